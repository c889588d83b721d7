"""Councils and partnerships are loaded from files, twice without a change."""

import pytest
from django.db import connection

from accounts import reference as accounts_reference
from accounts.models import Council, Partnership
from accounts.places import authority_of_district, authority_of_sector
from core import postcode_tables, reference
from tests import database, factories

pytestmark = pytest.mark.django_db
NOTTINGHAMSHIRE = {
    "Nottinghamshire", "Nottingham", "Ashfield", "Bassetlaw", "Broxtowe", "Gedling", "Mansfield", "Newark and Sherwood",
    "Rushcliffe",
}  # fmt: skip
OUTSIDE = {
    "Sheffield", "Doncaster", "Rotherham", "South Kesteven", "West Lindsey", "East Staffordshire", "Lichfield",
    "Stockport", "North Northamptonshire", "North Warwickshire",
}  # fmt: skip


def everything():
    councils = list(Council.objects.order_by("pk").values())
    members = sorted(Partnership.councils.through.objects.values_list("pk", "partnership_id", "council_id"))
    return councils, list(Partnership.objects.order_by("pk").values()), members


def test_29_councils_in_their_tiers():
    tiers = list(Council.objects.order_by("pk").values_list("tier", "childrens_services", "dfe_code"))
    assert len(tiers) == 29
    assert sum(tier == "district" for tier, *_ in tiers) == 22
    assert {code for _tier, serves, code in tiers if serves} == {"891", "892", "830", "831", "855", "856", "857"}
    assert all(bool(code) == serves for _tier, serves, code in tiers)


def test_districts_stand_under_their_county():
    assert factories.council("Mansfield").county == factories.council("Nottinghamshire")
    assert factories.council("High Peak").county == factories.council("Derbyshire")
    assert factories.council("Rutland").county is None


def test_partnerships_have_nine_councils_each():
    nine = {council.short_name for council in factories.partnership().councils.order_by("pk")}
    assert nine == NOTTINGHAMSHIRE
    for code in ("derbyshire", "leicestershire"):
        assert factories.partnership(code).councils.count() == 9
    assert not Partnership.objects.filter(councils__short_name__in=["Rutland", "Derby"]).exists()


@pytest.mark.django_db(transaction=True)
def test_a_second_load_changes_nothing():
    before = everything()
    done = database.manage("load_reference", role="fr_owner", dbname=connection.settings_dict["NAME"])
    assert "councils: 29" in done.stdout and "partnerships: 3" in done.stdout
    assert everything() == before


@pytest.mark.django_db(transaction=True)
def test_a_load_mends_what_was_changed_by_hand():
    before = everything()
    Council.objects.filter(short_name="Mansfield").update(name="Wrong")
    factories.partnership().councils.remove(factories.council("Mansfield"))
    database.manage("load_reference", role="fr_owner", dbname=connection.settings_dict["NAME"])
    assert everything()[:2] == before[:2] and factories.partnership().councils.count() == 9


@pytest.mark.django_db(transaction=True)
def test_the_mode_of_a_database_never_changes(monkeypatch):
    name = connection.settings_dict["NAME"]
    assert "mode: demo" in database.manage("load_reference", role="fr_owner", dbname=name).stdout
    monkeypatch.setenv("FR_MODE", "real")
    done = database.manage("load_reference", role="fr_owner", dbname=name, check=False)
    assert done.returncode and "made as “demo”" in done.stderr and "Traceback" not in done.stderr


def test_every_loader_is_run_and_a_second_of_the_name_is_refused(monkeypatch):
    assert {"sample postcodes", "councils", "partnerships"} <= set(reference._loaders)
    with pytest.raises(ValueError, match="twice"):
        reference.register("councils", lambda: 0)


def test_a_loader_that_fails_leaves_nothing_of_itself(monkeypatch):
    def fails() -> int:
        Council.objects.update(name="half done")
        raise RuntimeError("planted")

    monkeypatch.setattr(reference, "_loaders", {"planted": fails})
    with pytest.raises(RuntimeError):
        list(reference.load_all())
    assert not Council.objects.filter(name="half done").exists()


def test_every_sample_postcode_lies_in_a_council_or_is_named_as_outside():
    known = set(Council.objects.order_by("pk").values_list("gss_code", flat=True))
    rows = reference.read_csv(postcode_tables.SAMPLE)
    assert {row["place"] for row in rows if row["district"] not in known} == OUTSIDE
    inside = {row["place"] for row in rows if row["district"] in known}
    assert len(inside) == 26  # every council but the three counties, which lie in districts


def test_the_files_name_their_sources():
    for name in ("councils.csv", "partnerships.csv"):
        assert all(row["source"] for row in reference.read_csv(accounts_reference.DATA / name))


def test_the_authority_of_a_district_is_its_county_and_of_a_city_itself():
    assert authority_of_district("E07000174") == factories.council("Nottinghamshire")
    assert authority_of_district("E06000018") == factories.council("Nottingham")
    assert authority_of_district("E08000039") is None and authority_of_district("") is None
    assert authority_of_sector("NG18 1") == factories.council("Nottinghamshire")
    assert authority_of_sector("ZZ1 1") is None
