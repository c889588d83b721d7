"""Three answers to what people type, from the typed sample; one test loads all of England."""

import threading

import psycopg
import pytest
from django.db import connection

from core import postcode_tables, postcodes, reference
from core.models import Postcode, PostcodeSector, ReferenceLoad
from core.postcodes import (
    Area,
    Found,
    Plausible,
    Point,
    WrongShape,
    find_area,
    find_sector,
    find_sectors,
    look_up,
    miles,
    normalise,
    sector_point,
)
from tests import database

pytestmark = pytest.mark.django_db
HOTEL = Found("NG18 5ZZ", "NG18 5", 453957, 361021, "E07000174")


@pytest.mark.parametrize(
    "typed",
    [
        "NG18 5ZZ",
        "ng185zz",
        " ng18  5zz ",
        "NG18-5ZZ",
        "n g 1 8 5 z z",
        "NG18\t5ZZ\n",
        "NG18 5ZZ.",
        "\u200fNG18 5ZZ",
        "NG18\u00a05ZZ",
    ],
)
def test_found_however_it_is_typed(typed):
    assert look_up(typed) == HOTEL


def test_every_sample_postcode_is_found_where_it_is():
    for row in reference.read_csv(postcode_tables.SAMPLE):
        found = look_up(row["postcode"].lower().replace(" ", ""))
        assert isinstance(found, Found)
        assert (found.easting, found.northing) == (int(row["easting"]), int(row["northing"]))
        assert found.district_gss == row["district"] and found.sector == row["postcode"][:-2]


def test_unknown_in_a_known_sector_falls_back_to_it():
    point = sector_point("NG18 5")
    assert look_up("NG18 5QQ") == Plausible("NG18 5QQ", "NG18 5", *point, "E07000174", "sector")


def test_unknown_in_a_known_district_falls_back_to_that():
    found = look_up("NG18 9QQ")
    assert (found.sector, found.fell_back_to, found.district_gss) == (None, "outcode", "E07000174")
    assert found.easting is not None


def test_plausible_and_nothing_known():
    assert look_up("ZE1 0AA") == Plausible("ZE1 0AA")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "hello",
        "NG18",
        "NG18 5",
        "12345",
        "NG18 5Z",
        "NG18 5ZZZ",
        "ONG18 5ZZ",
        "£$%",
        "🏠",
        "NG18 5ZZ NG18 5ZZ",
        "x" * 5000,
    ],
)
def test_wrong_shape(typed):
    assert look_up(typed) == WrongShape(typed)


@pytest.mark.parametrize(
    ("typed", "meant"), [("NGI8 5ZZ", "NG18 5ZZ"), ("NG1 lAA".replace("l", "I"), "NG1 1AA"), ("S8O 2AH", "S80 2AH")]
)
def test_a_letter_for_a_number_is_asked_and_never_assumed(typed, meant):
    found = look_up(typed)
    if isinstance(found, WrongShape):
        assert found.did_you_mean == meant
    else:  # the shape is right as typed ("S8O 2AH"): then it is unknown, and not silently the other one
        assert isinstance(found, Plausible) and found.code == normalise(typed)


def test_normalise_keeps_what_is_too_short():
    assert normalise("ng1") == "NG1" and normalise("ng18") == "N G18" and normalise("") == ""


def test_sectors_and_districts_are_the_middle_of_their_postcodes():
    for code, points in (("NG18 5", ["NG18 5ZZ"]), ("DE1", ["DE1 2QY"])):
        mine = list(Postcode.objects.filter(code__startswith=code if " " in code else f"{code} ").order_by("code"))
        area = PostcodeSector.objects.get(code=code)
        assert area.postcodes == len(mine) and points[0] in {row.code for row in mine}
        assert area.easting == sorted(row.easting for row in mine)[(len(mine) - 1) // 2]
        assert area.spans == len({row.district_gss for row in mine})


def test_find_area_takes_a_postcode_a_sector_or_a_district():
    assert find_area("ng18 5zz") == Area("NG18 5ZZ", *HOTEL_POINT, "E07000174")
    assert find_area("ng18 5qq").code == "NG18 5"
    assert find_area("NG18 5").code == find_area("ng185").code == "NG18 5"
    assert find_area("ng18").code == "NG18"
    assert find_area("ng1 8").code == "NG1"  # with the space a sector is meant: unknown, so its district
    assert find_area("NG18").code == "NG18"  # written together it is the district, not sector 8 of NG1
    for typed in ("", "hello", "ZE1", "ZE1 0AA", "5"):
        assert find_area(typed) is None


HOTEL_POINT = Point(453957, 361021)


def test_sector_point_falls_back_to_the_district():
    assert sector_point("NG18 9") == find_area("NG18").point
    assert sector_point("ZE1 0") is None and sector_point("") is None


def test_miles():
    assert miles(Point(0, 0), Point(3000, 4000)) == pytest.approx(3.10686, abs=1e-4)
    assert miles(HOTEL_POINT, HOTEL_POINT) == 0


@pytest.mark.parametrize(("typed", "queries"), [("NG18 5ZZ", 1), ("NG18 5QQ", 1), ("hello", 0)])
def test_queries(typed, queries, django_assert_num_queries):
    with django_assert_num_queries(queries):
        look_up(typed)


def test_a_second_load_of_the_sample_writes_nothing(django_assert_num_queries):
    with django_assert_num_queries(1):
        rows = postcode_tables.load_sample()
    assert rows == Postcode.objects.count()
    assert not postcodes.england_is_loaded()


def test_find_sectors_reads_many_at_once_as_one_at_a_time(django_assert_num_queries):
    texts = ["ng18 5zz", "NG18 5QQ", "NG18 5", "ng185", "NG18", "ng1 8", "NG1 1", "NG11", "ZZ99 9ZZ", "", "Mansfield"]
    with django_assert_num_queries(1):
        found = find_sectors(texts)
    assert found["ng18 5zz"] == found["NG18 5QQ"] == found["ng185"] == "NG18 5"
    for text in texts:
        area = find_area(normalise(text)[:-2] if isinstance(look_up(text), Found | Plausible) else text)
        assert found.get(text, "") == (area.code if area and " " in area.code else ""), text


def test_find_sector_takes_a_sector_as_we_write_it():
    assert find_sector("NG18 5").point == sector_point("NG18 5")
    for text in ("NG18", "NG185", "NG18 5ZZ", "ng18 5", "NG18 9", "", " ", "N G18"):
        assert find_sector(text) is None


# --- all of England ---------------------------------------------------------------------------------------------------


@pytest.fixture
def small_england(monkeypatch):
    """A package of a thousand rows, so that the loader's own work shows."""
    rows = [
        (f"ZZ{n // 100} {n // 10 % 10}{chr(65 + n % 10)}A", 400000 + n, 300000 + n, "E07000174") for n in range(1000)
    ]
    monkeypatch.setattr(postcode_tables, "packaged", lambda: iter([rows[:500], [], rows[500:]]))
    monkeypatch.setattr(postcode_tables, "installed_version", lambda: "test")


@pytest.fixture
def as_owner(transactional_db):
    """Django connected as fr_owner, as the command is."""
    with database.point_django_at(USER="fr_owner"):
        yield


def indexes():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename IN ('postcode', 'postcode_sector')")
        return {name for (name,) in cursor.fetchall()}


def test_england_takes_the_place_of_the_sample(as_owner, small_england):
    before = indexes()
    told = list(postcode_tables.load_england())
    assert "1,000" in told[-1] and Postcode.objects.count() == 1000
    assert isinstance(look_up("ZZ9 9JA"), Found) and not isinstance(look_up("NG18 5ZZ"), Found)
    assert PostcodeSector.objects.filter(code="ZZ3").get().postcodes == 100
    assert PostcodeSector.objects.filter(code="ZZ3 3").get().postcodes == 10
    assert indexes() == before
    assert ReferenceLoad.objects.get().version == "test" and postcodes.england_is_loaded()


def test_the_second_load_does_nothing(as_owner, small_england):
    list(postcode_tables.load_england())
    told = list(postcode_tables.load_england())
    assert len(told) == 1 and "already" in told[0]
    assert len(list(postcode_tables.load_england(force=True))) > 1


def test_the_web_role_reads_the_new_tables(as_owner, small_england):
    list(postcode_tables.load_england())
    with database.point_django_at(USER="fr_web"):
        assert isinstance(look_up("ZZ9 9JA"), Found)


def test_look_ups_go_on_while_it_loads(as_owner, small_england):
    """Between any two steps another connection still reads the old tables, without waiting."""
    answers = []
    with psycopg.connect(
        **database.LOGIN, user="fr_web", dbname=connection.settings_dict["NAME"], autocommit=True
    ) as web:
        web.execute("SET lock_timeout = '2s'")
        for sentence in postcode_tables.load_england():
            if not sentence.startswith("done"):
                answers.append(web.execute("SELECT count(*) FROM postcode WHERE code = 'NG18 5ZZ'").fetchone()[0])
    assert answers and set(answers) == {1}


def test_a_load_that_fails_leaves_the_sample(as_owner, monkeypatch):
    def breaks():
        yield [("ZZ1 1AA", 1, 1, "E07000174")]
        raise OSError("planted: the file is cut off")

    monkeypatch.setattr(postcode_tables, "packaged", breaks)
    with pytest.raises(OSError, match="planted"):
        list(postcode_tables.load_england())
    assert look_up("NG18 5ZZ") == HOTEL and not postcodes.england_is_loaded()


def test_two_loads_at_once_do_the_work_once(as_owner, small_england):
    told, started = [], threading.Event()

    def load():
        from django.db import connections

        started.set()
        told.append(list(postcode_tables.load_england()))
        connections.close_all()

    first = postcode_tables.load_england()
    next(first)  # holds the lock now
    thread = threading.Thread(target=load)
    thread.start()
    started.wait(10)
    list(first)
    thread.join(20)
    assert "already" in told[0][0]


@pytest.mark.battery
def test_all_of_england_from_the_package(as_owner):
    told = list(postcode_tables.load_england())
    assert Postcode.objects.count() == 2_264_892, told[-1]
    assert look_up("SW1A 1AA").district_gss == "E09000033"
    for row in reference.read_csv(postcode_tables.SAMPLE):
        assert look_up(row["postcode"]).easting == int(row["easting"])
    assert not Postcode.objects.exclude(district_gss__startswith="E").exists()
