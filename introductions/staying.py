"""Check-ins: one short question to each side at day 1 and weeks 1, 4, 13, 26 and 52, and what is said to it."""

import datetime as dt

from django.db import transaction
from django.db.models import Case, Value, When

from introductions.models import CheckIn, Start
from opportunities.young_rules import DAYS_IN

Point, Side, Answer = CheckIn.Point, CheckIn.Side, CheckIn.Answer

# Days after the first one. Day 1 is asked about the morning after: nobody can say on the way to work how it went.
AFTER = {
    Point.DAY_1: 1, Point.WEEK_1: 7, Point.WEEK_4: 28, Point.WEEK_13: 91, Point.WEEK_26: 182, Point.WEEK_52: 364,
}  # fmt: skip
ASKED_AT = {
    Side.YOUNG_PERSON: tuple(AFTER),
    Side.EMPLOYER: (Point.WEEK_4, Point.WEEK_13),
    Side.WORKER: (Point.WEEK_26, Point.WEEK_52),  # from whoever knows: the worker, and the young person if they read it
}
BRIEF = {
    "site-visit": 1,
    "mock-interview": 1,
    "guaranteed-interview": 1,
    "work-trial": 5,
    "work-experience": 14,
}  # days


def points_of(start: Start) -> tuple[str, ...]:
    """The points within its length, and one after: what lasts a day is not asked about for a year, and the one after
    finds out what came of it. All of them where nobody has said how long it lasts; the kinds that are brief have a
    usual length."""
    row = start.opportunity
    lasts = BRIEF.get(row.kind.code) if row.lasts is None else row.lasts * DAYS_IN[row.lasts_unit]
    if lasts is None:
        return tuple(AFTER)
    within = [point for point, days in AFTER.items() if days <= lasts]
    return tuple(AFTER)[: len(within) + 1]


@transaction.atomic
def plan_check_ins(start: Start) -> None:
    """One row for each side and point of this start, due by its first day. Called again after another first day, those
    nobody has answered get their new day, and are asked about again when that is still to come. Twice is once.
    """
    points = points_of(start)
    wanted = [(side, point) for side, mine in ASKED_AT.items() for point in mine if point in points]
    CheckIn.objects.bulk_create(
        [CheckIn(start=start, side=side, point=point, due_on=_due(start, point)) for side, point in wanted],
        ignore_conflicts=True,
    )
    days = Case(*(When(point=point, then=Value(_due(start, point))) for point in AFTER))
    waiting = CheckIn.objects.filter(start=start, answer="").exclude(due_on=days)
    waiting.update(due_on=days, asked_at=None)


def _due(start: Start, point: str) -> dt.date:
    return start.starts_on + dt.timedelta(days=AFTER[Point(point)])
