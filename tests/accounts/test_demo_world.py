"""The demonstration's people: how many, where, the same every time, and as the verbs would have written them."""

import datetime as dt
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import services
from accounts.models import AdviserLink, Council, Membership, SafetyNumbers, YoungPerson, YoungPersonContact
from core.models import Installation, LifecycleLog, PostcodeSector, ReferenceLoad
from core.scope import EVERYTHING, scope
from demo import settling, world
from demo.wishes import WISHES
from matching.models import Interests
from opportunities.needs import mask_of
from pledges.models import Category, PledgeKind
from tests import database, factories

DAY = dt.date(2026, 11, 24)


def districts():
    return dict(Council.objects.order_by("pk").values_list("short_name", "gss_code"))


@pytest.fixture
def drawn(db):
    return world.draw(DAY, districts())


def oldest(person: world.Person, day: dt.date = DAY) -> int:
    return services.oldest_age(person.birth_month, day)


# --- drawn ------------------------------------------------------------------------------------------------------------


def test_three_authorities_twelve_advisers_and_twenty_each(drawn):
    assert len(drawn) == 240
    assert set(Counter(person.adviser for person in drawn).values()) == {20}
    assert Counter(person.authority for person in drawn) == {"Nottinghamshire": 80, "Nottingham": 80, "Derbyshire": 80}


def test_the_same_day_draws_the_same_people(drawn):
    assert drawn == world.draw(DAY, districts())


@pytest.mark.parametrize("day", [DAY, dt.date(2027, 3, 31), dt.date(2026, 12, 28), dt.date(2028, 2, 29)])
def test_on_any_day_they_are_of_age_and_some_are_under_18(db, day):
    ages = [oldest(person, day) for person in world.draw(day, districts())]
    assert min(ages) == 16 and max(ages) <= 25
    assert sum(age < 18 for age in ages) == 36  # three of each adviser's


def test_a_fifth_live_outside_their_authority(drawn):
    inside = world._homes(districts())
    outside = [p for p in drawn if p.sector not in {home.code for home in inside[p.authority]}]
    assert len(outside) == 48


def test_labels_are_short_and_once_per_adviser(drawn):
    assert len({(person.adviser, person.label.lower()) for person in drawn}) == 240
    assert all(len(person.label) <= 6 and person.name not in person.label for person in drawn)


def test_right_to_work_has_every_case(drawn):
    found = Counter(person.right_to_work for person in drawn)
    assert found == {"limited": 24, "volunteering": 12, "unchecked": 60, "confirmed": 144}
    assert all((p.right_to_work_until is not None) == (p.right_to_work == "limited") for p in drawn)


def test_nobody_under_18_drives(drawn):
    assert not [person for person in drawn if "driving-licence" in person.needs and oldest(person) < 18]


def test_wishes_use_kinds_and_categories_that_exist(db):
    kinds = set(PledgeKind.objects.filter(becomes="places").order_by("pk").values_list("code", flat=True))
    categories = set(Category.objects.order_by("pk").values_list("code", flat=True))
    assert {kind for wish in WISHES for kind in wish.kinds} == kinds
    assert {category for wish in WISHES for category in wish.categories} <= categories
    assert len({wish.words for wish in WISHES}) == len(WISHES)


def test_towns_weigh_more(drawn):
    """Mansfield and its neighbours have a third or more of the county's own."""
    mine = [person.sector.split(" ")[0] for person in drawn if person.authority == "Nottinghamshire"]
    assert sum(outcode in ("NG17", "NG18", "NG19") for outcode in mine) >= len(mine) / 4


# --- written ----------------------------------------------------------------------------------------------------------


def manage(*args, **more):
    return database.manage(*args, role="fr_worker", dbname=connection.settings_dict["NAME"], **more)


@pytest.mark.django_db(transaction=True)
def test_the_command_writes_them_once():
    assert "240 young people" in manage("demo_world").stdout
    with factories.as_worker():
        before = everything()
    assert "there already" in manage("demo_world").stdout
    with factories.as_worker():
        assert everything() == before
        assert YoungPerson.objects.count() == Interests.objects.count() == 240
        assert AdviserLink.objects.current().count() == YoungPersonContact.objects.count() == 240
        assert not Interests.objects.filter(easting=None).exists()  # every sector is known before England is loaded
        assert not YoungPerson.objects.filter(living_authority=None).exists()
    roles = Counter(Membership.objects.order_by("pk").values_list("role", flat=True))
    assert roles == {
        "adviser": 12, "team_manager": 3, "safeguarding_lead": 4, "coordinator": 2, "support_officer": 1,
        "economic_development": 1, "board_member": 1, "ambassador": 1, "operator": 1, "employer_member": 5,
        "guest_adviser": 1,
    }  # fmt: skip
    for authority in world.ADVISERS:  # each council has a lead and numbers
        assert Membership.objects.filter(role="safeguarding_lead", council__short_name=authority).exists()
        assert SafetyNumbers.objects.filter(council__short_name=authority).exists()


def everything():
    tables = (YoungPerson, AdviserLink, Interests, Membership, LifecycleLog, PostcodeSector)
    return [list(model.objects.order_by("pk").values()) for model in tables]


@pytest.mark.django_db(transaction=True)
def test_it_is_refused_in_a_real_installation(monkeypatch):
    monkeypatch.setenv("FR_MODE", "real")  # the settings say so
    done = manage("demo_world", check=False)
    assert done.returncode and "real installation" in done.stderr
    monkeypatch.delenv("FR_MODE")
    with database.owner(connection.settings_dict["NAME"]) as owner:
        owner.execute("ALTER TABLE installation DISABLE TRIGGER USER")
        owner.execute("UPDATE installation SET mode = 'real'")  # the database says so
    done = manage("demo_world", check=False)
    assert done.returncode and "real installation" in done.stderr
    with factories.as_worker():
        assert not YoungPerson.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_run_that_fails_leaves_nothing(monkeypatch):
    def breaks(**more):
        raise RuntimeError("planted")

    monkeypatch.setattr(settling, "record_interests", breaks)
    with database.point_django_at(USER="fr_worker"):
        with pytest.raises(RuntimeError, match="planted"):
            settling.settle()
        with scope(EVERYTHING):
            assert not YoungPerson.objects.exists()
        assert not Membership.objects.exists() and not ReferenceLoad.objects.exists()


def test_written_in_bulk_is_as_the_verbs_would_write_it(drawn):
    """The first of the drawn, both ways: the rows are equal but for keys and times."""
    one = drawn[0]
    councils = {council.short_name: council for council in Council.objects.order_by("pk")}
    with factories.as_worker():
        settling.load_sectors()
        worker = settling._workers(councils)[one.adviser]
        (bulk,) = settling._young_people([one], councils, {one.adviser: worker})
        verb = services.add_young_person(
            by=None, council=councils[one.authority], label=one.label, birth_month=one.birth_month, sector=one.sector,
            right_to_work=one.right_to_work, right_to_work_until=one.right_to_work_until,
            name=one.name, phone=one.phone,
        )  # fmt: skip
        services.assign_worker(person=verb, worker=worker, by=None, on=one.since)
        assert told(bulk) == told(verb)


def told(person: YoungPerson):
    person = YoungPerson.objects.get(pk=person.pk)
    mine = {k: v for k, v in vars(person).items() if k not in ("id", "public_id", "made_at", "_state")}
    link = AdviserLink.objects.get(person=person)
    logs = LifecycleLog.objects.filter(object_id__in=[person.pk]).filter(model="accounts.YoungPerson")
    logs |= LifecycleLog.objects.filter(object_id=link.pk, model="accounts.AdviserLink")
    said = sorted(logs.values_list("model", "move", "old", "new", "actor", "role", "on_behalf_of", "why"))
    return mine, person.contact.details, (link.worker_id, link.started_on, link.ended_on), said


def test_every_drawn_person_passes_the_checks_of_the_verb(drawn, monkeypatch):
    councils = {council.short_name: council for council in Council.objects.order_by("pk")}
    with factories.as_worker():
        settling.load_sectors()
    monkeypatch.setattr(services.clock, "today", lambda: DAY)
    for one in drawn:
        assert services._problems(councils[one.authority], one.label, one.birth_month, one.sector) == {}
        assert mask_of(one.needs) >= 0


def test_the_bulk_authorities_are_those_of_the_verb(drawn):
    from accounts.places import authority_of_sector

    with factories.as_worker():
        settling.load_sectors()
    councils = {council.short_name: council for council in Council.objects.order_by("pk")}
    lives = settling._authorities(councils)
    for sector in sorted({one.sector for one in drawn}):
        assert lives[sector] == authority_of_sector(sector)


def test_planted_refusal_by_hand(db, settings):
    settings.INSTALLATION_MODE = "real"
    with pytest.raises(CommandError):
        call_command("demo_world")
    assert Installation.objects.get().mode == "demo"


@pytest.mark.battery
@pytest.mark.django_db(transaction=True)
def test_the_sectors_file_says_what_the_package_says():
    from core import postcode_tables, reference

    with database.point_django_at(USER="fr_owner"):
        list(postcode_tables.load_england())
        for row in reference.read_csv(world.SECTORS):
            real = PostcodeSector.objects.get(code=row["code"])
            assert (real.easting, real.northing) == (int(row["easting"]), int(row["northing"])), row["code"]
            assert (real.district_gss, real.spans) == (row["district"], int(row["spans"]))
