"""What is wanted, and where: five people or more, counted by the matcher alone, told to whoever has pledged."""

import numpy as np
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.models import Council
from core.models import PostcodeSector
from matching import demand, passes
from matching.demand import REACH_M
from pledges import wanted
from pledges.models import Category, Demand, Pledge, PledgeKind
from tests import factories as everybody
from tests.matching import factories
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


def test_planted_the_table_itself_refuses_four():
    with everybody.as_worker(), pytest.raises(IntegrityError, match="demand_suppressed"), transaction.atomic():
        Demand.objects.create(place="XC1", people=4)


def test_the_edge_of_eight_miles_counts_and_a_metre_more_does_not(place):
    somebody(5, "XC1 2")
    somebody(5, "XC1 3")
    assert counted(place=place)[KITCHENS, None] == 5


def test_who_is_open_to_anything_wants_every_category_and_who_may_only_volunteer_no_job(place):
    somebody(5, categories=0, open_to_anything=True)
    assert counted(place=place)["animal-care", "apprenticeship"] == 5
    somebody(5, right_to_work="volunteering")
    found = counted(place=place)
    assert found[KITCHENS, "volunteering"] == 10 and found[KITCHENS, "ringfenced-job"] == 5


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
            assert found.get((category.code, kind.code), 0) == (number if number >= 5 else 0)


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
    figure(14, place="NG18")
    assert wanted.sentence_for(pledged(postcode="NG18 1AB")) == "14 young people within 8 miles would like this."
    assert wanted.sentence_for(pledged(postcode="NG19 1AB")) == "" == wanted.sentence_for(pledged())


def test_without_a_postcode_it_is_the_area_and_near_says_more():
    area = everybody.partnership()
    figure(31, partnership=area)
    row = pledged(postcode="NG18 1AB")
    row.partnership = area
    assert wanted.sentence_for(row) == "31 young people around here would like this."
    figure(14, place="NG18")
    assert wanted.sentence_for(row) == "14 young people within 8 miles would like this."


def test_the_sheet_asks_for_what_nobody_offers_and_says_figures_only_where_many_live(sign_in):
    event = made.event()
    rows = {code: Category.objects.get(code=code) for code in (KITCHENS, "animal-care", "transport")}
    with everybody.as_worker():
        for code, people in ((KITCHENS, 9), ("animal-care", 12), ("transport", 30)):
            Demand.objects.create(partnership=event.partnership, category=rows[code], people=people)
    row = made.pledge(code="mentoring")
    Pledge.objects.filter(pk=row.pk).update(partnership=event.partnership, category=rows["transport"])
    assert [(one.name, one.people) for one in wanted.sheet(event)] == [
        (rows["animal-care"].name, None),
        (rows[KITCHENS].name, None),
    ]
    with everybody.as_worker():
        Demand.objects.create(partnership=event.partnership, people=100)
    assert [one.people for one in wanted.sheet(event)] == [12, 9]
    client = sign_in("coordinator", partnership=event.partnership)
    page = client.get(f"/desk/events/{event.code}/wanted/").content.decode()
    assert "12 young people" in page and rows["transport"].name not in page
    Pledge.objects.update(state=Pledge.State.WITHDRAWN)
    assert [one.people for one in wanted.sheet(event)] == [30, 12, 9]
