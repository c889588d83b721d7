"""Check-ins: who is asked when, what may be said, and that nothing is asked twice or of nobody."""

import datetime as dt

import pytest

from introductions import staying
from introductions.models import CheckIn, Start
from tests import factories
from tests.introductions import chain

pytestmark = pytest.mark.django_db
FIRST = dt.date(2026, 12, 7)  # a Monday
ALL = ("day1", "week1", "week4", "week13", "week26", "week52")
AFTER = dict(zip(ALL, (1, 7, 28, 91, 182, 364), strict=True))


def started(somebody=None, to=None, on=FIRST, **more) -> Start:
    """In a block as the worker: somebody who has a first day, and their check-ins."""
    row = chain.walked("started", somebody, to)
    start = Start.objects.filter(introduction=row).first() or Start.objects.create(
        introduction=row, person=row.person, opportunity=row.opportunity, starts_on=on,
        named_contact="Sam Hale", made_by=factories.user(), **more,
    )  # fmt: skip
    Start.objects.filter(pk=start.pk).update(starts_on=on, **more)
    start.refresh_from_db()
    staying.plan_check_ins(start)
    return start


def planned(start) -> dict[tuple[str, str], dt.date]:
    return {(row.side, row.point): row.due_on for row in CheckIn.objects.filter(start=start)}


def test_each_side_has_its_points():
    with factories.as_worker():
        found = planned(started())
    wanted = {("young_person", point) for point in ALL}
    wanted |= {("employer", "week4"), ("employer", "week13"), ("worker", "week26"), ("worker", "week52")}
    assert found == {(side, point): FIRST + dt.timedelta(days=AFTER[point]) for side, point in wanted}


@pytest.mark.parametrize(
    ("kind", "lasts", "unit", "points"),
    [
        ("site-visit", None, "weeks", ALL[:2]),
        ("mentoring", 1, "days", ALL[:2]),
        ("work-experience", None, "weeks", ALL[:3]),
        ("work-experience", 2, "weeks", ALL[:3]),
        ("work-experience", 4, "weeks", ALL[:4]),
        ("ringfenced-job", 5, "months", ALL[:5]),
        ("ringfenced-job", 12, "months", ALL),
        ("ringfenced-job", None, "weeks", ALL),
    ],
)
def test_what_lasts_less_has_the_points_within_it_and_one_after(kind, lasts, unit, points):
    to = chain.opportunity(kind_code=kind, lasts=lasts, lasts_unit=unit)
    with factories.as_worker():
        found = planned(started(to=to))
    assert {point for side, point in found if side == "young_person"} == set(points)
    assert {point for side, point in found if side == "employer"} == {"week4", "week13"} & set(points)
    assert {point for side, point in found if side == "worker"} == {"week26", "week52"} & set(points)


def test_twice_is_once():
    with factories.as_worker():
        start = started()
        before = list(CheckIn.objects.filter(start=start).order_by("pk").values_list("pk", "due_on"))
        staying.plan_check_ins(start)
        assert list(CheckIn.objects.filter(start=start).order_by("pk").values_list("pk", "due_on")) == before


def test_another_first_day_moves_what_nobody_has_answered():
    later = FIRST + dt.timedelta(days=10)
    with factories.as_worker():
        start = started()
        now = dt.datetime(2026, 12, 8, 10, tzinfo=dt.UTC)
        CheckIn.objects.filter(start=start, point="day1").update(answer="good", answered_at=now, asked_at=now)
        CheckIn.objects.filter(start=start, point="week1").update(asked_at=now)
        start.starts_on = later
        start.save()
        staying.plan_check_ins(start)
        found = planned(start)
        assert found[("young_person", "day1")] == FIRST + dt.timedelta(days=1)  # said: it stays
        assert found[("young_person", "week1")] == later + dt.timedelta(days=7)
        assert CheckIn.objects.get(start=start, point="week1").asked_at is None  # asked again on its new day
