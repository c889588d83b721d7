"""What is wanted, and where: five people or more, counted by the matcher alone, told to whoever has pledged."""

import threading

import numpy as np
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.models import Council
from core.models import PostcodeSector
from matching import demand, passes, store
from matching.demand import REACH_M
from pledges import wanted
from pledges.models import Category, Demand, Pledge, PledgeKind
from tests import factories as everybody
from tests.core import locks
from tests.matching import factories
from tests.matching.at_work import other_connection
from tests.pledges import made

pytestmark = pytest.mark.django_db
KITCHENS = "hospitality-and-food"


@pytest.fixture
def place():
    """A postcode district of a member council, and a sector at its middle, at the edge of reach, and just outside."""
    factories.places()
    everybody.partnership()
    council = Council.objects.get(short_name="Mansfield")
    with everybody.as_worker():
        PostcodeSector.objects.bulk_create(
            PostcodeSector(code=code, easting=450_000 + east, northing=350_000, district_gss=council.gss_code)
            for code, east in (("XC1", 0), ("XC1 1", 0), ("XC1 2", REACH_M), ("XC1 3", REACH_M + 1))
        )
    return "XC1"


def bit(code: str) -> int:
    return 1 << Category.objects.get(code=code).bit


def somebody(number: int, sector: str = "XC1 1", **wishes) -> None:
    for _one in range(number):
        factories.person(sector=sector, **{"categories": bit(KITCHENS), **wishes})


def counted(**area) -> dict[tuple[str | None, str | None], int]:
    with everybody.as_worker():
        demand.rewrite()
    rows = Demand.objects.filter(**area).values_list("category__code", "kind__code", "people")
    return {(category, kind): people for category, kind, people in rows}


def test_five_are_counted_and_four_are_not(place):
    somebody(4)
    assert counted() == {}
    somebody(1)
    found = counted(place=place)
    assert found[KITCHENS, None] == found[None, None] == found[KITCHENS, "ringfenced-job"] == 5
    assert ("animal-care", None) not in found
    somebody(4)
    assert counted(place=place) == found  # one more or less shows nothing


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"place": "XC1", "people": 4}, "demand_suppressed"),
        ({"place": "XC1", "people": 0}, "demand_suppressed"),
        ({"place": "XC1", "people": 11}, "demand_suppressed"),
        ({"people": 5}, "demand_of_one_area"),
    ],
)
def test_planted_the_table_itself_refuses_it(values, rule):
    with everybody.as_worker(), pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Demand.objects.create(**values)


def test_the_edge_of_eight_miles_counts_and_a_metre_more_does_not(place):
    somebody(5, "XC1 2")
    somebody(5, "XC1 3")
    assert counted(place=place)[KITCHENS, None] == 5


def test_who_is_open_to_anything_wants_every_category_and_who_may_only_volunteer_no_kind(place):
    somebody(5, categories=0, open_to_anything=True)
    assert counted(place=place)["animal-care", "apprenticeship"] == 5
    somebody(5, right_to_work="volunteering")
    found = counted(place=place)
    assert found[KITCHENS, None] == 10 and found[KITCHENS, "volunteering"] == found[KITCHENS, "ringfenced-job"] == 5


def test_who_named_no_work_is_counted_nowhere(place):
    somebody(6, categories=0)
    assert counted() == {}


def test_a_partnership_counts_its_own_wherever_they_live(place):
    somebody(5, "XB1 1")
    assert counted(partnership=everybody.partnership())[KITCHENS, None] == 5 and counted(place=place) == {}


def test_the_web_role_may_not_write_it():
    with pytest.raises(ProgrammingError), transaction.atomic():
        Demand.objects.create(place="XC1", people=9)


def test_it_is_written_whole_each_time_and_with_the_pass_over_everybody(place):
    somebody(5)
    factories.run()
    assert Demand.objects.filter(place=place).exists()
    with everybody.as_worker():
        from matching.models import Interests

        Interests.objects.update(categories=bit("animal-care"))
        passes.nightly()
    assert not Demand.objects.filter(category__code=KITCHENS).exists()
    assert Demand.objects.filter(place=place, category__code="animal-care").exists()


def test_by_hand_the_same_figures(place):
    """Against one query for each figure."""
    dice = np.random.default_rng(3)
    for _one in range(60):
        somebody(
            1,
            str(dice.choice(["XC1 1", "XC1 2", "XC1 3"])),
            categories=int(dice.integers(1, 8)),
            kinds=int(dice.integers(0, 8)),
        )
    found = counted(place=place)
    for category in Category.objects.filter(bit__lt=4):
        for kind in PledgeKind.objects.filter(bit__lt=4):
            with everybody.as_worker(), connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM interests WHERE categories >> %s & 1 = 1"
                    " AND (kinds = 0 OR kinds >> %s & 1 = 1)"
                    " AND (easting - 450000) ^ 2 + (northing - 350000) ^ 2 <= %s ^ 2",
                    [category.bit, kind.bit, REACH_M],
                )
                number = cursor.fetchone()[0]
            assert found.get((category.code, kind.code), 0) == number // 5 * 5


# --- told -------------------------------------------------------------------------------------------------------------


def pledged(**more) -> Pledge:
    row = made.pledge(code="ringfenced-job")
    Pledge.objects.filter(pk=row.pk).update(category=Category.objects.get(code=KITCHENS), partnership=None, **more)
    return Pledge.objects.select_related("employer").get(pk=row.pk)


def figure(people: int, **area) -> None:
    with everybody.as_worker():
        kind = PledgeKind.objects.get(code="ringfenced-job")
        Demand.objects.create(category=Category.objects.get(code=KITCHENS), kind=kind, people=people, **area)


def test_whoever_pledged_is_told_how_many_near_it_would_like_it():
    figure(10, place="NG18")
    assert (
        wanted.sentence_for(pledged(postcode="NG18 1AB")) == "10 or more young people within 8 miles would like this."
    )
    assert wanted.sentence_for(pledged(postcode="NG19 1AB")) == "" == wanted.sentence_for(pledged())


def test_without_a_postcode_it_is_the_area_and_near_says_more():
    area = everybody.partnership()
    figure(30, partnership=area)
    row = pledged(postcode="NG18 1AB")
    row.partnership = area
    assert wanted.sentence_for(row) == "30 or more young people around here would like this."
    figure(15, place="NG18")
    assert wanted.sentence_for(row) == "15 or more young people within 8 miles would like this."
    Pledge.objects.filter(pk=row.pk).update(category=None)
    assert wanted.sentence_for(Pledge.objects.select_related("employer").get(pk=row.pk)) == ""


def test_the_sheet_asks_for_what_nobody_offers_and_says_figures_only_where_many_live(sign_in):
    event = made.event()
    rows = {code: Category.objects.get(code=code) for code in (KITCHENS, "animal-care", "transport")}
    with everybody.as_worker():
        for code, people in ((KITCHENS, 5), ("animal-care", 10), ("transport", 30)):
            Demand.objects.create(partnership=event.partnership, category=rows[code], people=people)
    row = made.pledge(code="mentoring")
    Pledge.objects.filter(pk=row.pk).update(partnership=event.partnership, category=rows["transport"])
    assert wanted.sheet(event) == []  # nobody says that ten have wishes here
    with everybody.as_worker():
        everyone = Demand.objects.create(partnership=event.partnership, people=45)
    assert [(one.name, one.people) for one in wanted.sheet(event)] == [
        (rows["animal-care"].name, None),
        (rows[KITCHENS].name, None),
    ]
    with everybody.as_worker():
        Demand.objects.filter(pk=everyone.pk).update(people=100)
    assert [one.people for one in wanted.sheet(event)] == [10, 5]
    client = sign_in("coordinator", partnership=event.partnership)
    page = client.get(f"/desk/events/{event.code}/wanted/").content.decode()
    assert "10 or more young people" in page and rows["transport"].name not in page
    Pledge.objects.update(state=Pledge.State.WITHDRAWN)
    assert [one.people for one in wanted.sheet(event)] == [30, 10, 5]


@pytest.mark.parametrize("planted", [False, True])
def test_two_matchers_count_one_after_the_other(planted, as_fr_worker, monkeypatch):
    """Planted: without the lock the second one's figures would meet the first one's."""
    if planted:
        monkeypatch.setattr(store, "lock", lambda cursor: None)
    thread = threading.Thread(target=lambda: (demand.rewrite(), connection.close()))
    with other_connection() as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [store.LOCK])
        thread.start()
        waited = locks.waits(thread)
        other.rollback()
        thread.join()
    assert waited is not planted
