"""Check-ins: one short question to each side at day 1 and weeks 1, 4, 13, 26 and 52, and what is said to it."""

import datetime as dt
from collections import Counter

from django.db import transaction
from django.db.models import (
    Case,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from accounts.hearing import REMINDERS, is_off
from core import clock
from core.lifecycle import MoveRefused
from core.scope import EVERYTHING, scope
from core.workdays import add_working_days, is_working_day
from introductions import events
from introductions.models import CheckIn, Introduction, Start
from introductions.services import refuse_ended
from notifications.registry import reach_of
from notifications.services import tell
from opportunities.models import Opportunity
from opportunities.young_rules import DAYS_IN
from pledges import stops
from pledges.nudges import by_way

Point, Side, Answer = CheckIn.Point, CheckIn.Side, CheckIn.Answer
OWN, BY_WORKER, BUSINESS, BUSINESS_BY_TEXT = "how_own", "how_worker", "how_business", "how_business_text"

# Days after the first one. Day 1 is asked about the morning after: nobody can say on the way to work how it went.
AFTER = {
    Point.DAY_1: 1, Point.WEEK_1: 7, Point.WEEK_4: 28, Point.WEEK_13: 91, Point.WEEK_26: 182, Point.WEEK_52: 364,
}  # fmt: skip
ASKED_AT = {
    Side.YOUNG_PERSON: tuple(AFTER),
    Side.EMPLOYER: (Point.WEEK_4, Point.WEEK_13),
    Side.WORKER: (Point.WEEK_26, Point.WEEK_52),  # from whoever knows: the worker, and the young person if they read it
}
# The usual length, in days, of kinds that are brief.
BRIEF = {"site-visit": 1, "mock-interview": 1, "guaranteed-interview": 1, "work-trial": 5, "work-experience": 14}
STILL = 14  # days after the time is over in which it is written down how it ended
TROUBLE = (Answer.NOT_WELL, Answer.LEFT)
ALARMING = Q(answer__in=TROUBLE) | Q(first_answer__in=TROUBLE)  # somebody may have been made to take it back


# --- the plan ---------------------------------------------------------------------------------------------------------


def points_of(start: Start) -> tuple[str, ...]:
    """The points within its length, and one after: what lasts a day is not asked about for a year, and the one after
    finds out what came of it. All of them where nobody has said how long it lasts, except for kinds that are brief."""
    lasts = _days_of(start.opportunity)
    if lasts is None:
        return tuple(AFTER)
    within = [point for point, days in AFTER.items() if days <= lasts]
    return tuple(AFTER)[: len(within) + 1]


def _days_of(opportunity: Opportunity) -> float | None:
    """How many days it lasts; None for what goes on."""
    if opportunity.lasts is None:
        return BRIEF.get(opportunity.kind.code)
    return opportunity.lasts * DAYS_IN[opportunity.lasts_unit]


def time_is_over(start: Start, opportunity: Opportunity, day: dt.date) -> bool:
    """Whether what was for a time is over on a day: `over_on` of one start, without a query."""
    days = _days_of(opportunity)
    return days is not None and start.starts_on + dt.timedelta(round(days)) < day


def over_on(start: str = "") -> Combinable:
    """The day on which what is for a time is over, in a queryset; none for what goes on. start: the way to the start,
    like "start__"."""
    unit, lasts = f"{start}opportunity__lasts_unit", F(f"{start}opportunity__lasts")
    units = Case(*(When(**{unit: name}, then=Value(float(days))) for name, days in DAYS_IN.items()))
    brief = (When(**{f"{start}opportunity__kind__code": code}, then=Value(days)) for code, days in BRIEF.items())
    said = When(**{f"{start}opportunity__lasts__isnull": False}, then=Cast(lasts * units, IntegerField()))
    days = Case(said, *brief, output_field=IntegerField())
    return ExpressionWrapper(F(f"{start}starts_on") + days, output_field=DateField())


def read_until(start: str = "") -> Combinable:
    """The last day on which the business reads who it is, in a queryset: two weeks after it is over, or after the last
    check-in of what goes on."""
    last = ExpressionWrapper(F(f"{start}starts_on") + Value(AFTER[Point.WEEK_52]), output_field=DateField())
    return ExpressionWrapper(Coalesce(over_on(start), last) + Value(STILL), output_field=DateField())


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


# --- asking -----------------------------------------------------------------------------------------------------------


def going() -> Q:
    """Check-ins of what goes on, of somebody who is supported."""
    return Q(
        start__state__in=[Start.State.PLANNED, Start.State.BEGUN],
        start__introduction__state=Introduction.State.STARTED,
        start__person__ended_on=None,
    )


def due(today: dt.date) -> QuerySet[CheckIn]:
    """What is to be asked now, late rather than never; not when the side's next point is due as well. A business and a
    worker are asked on working days; one that is stopped is not asked."""
    rows = CheckIn.objects.filter(going(), answer="", asked_at=None, due_on__lte=today)
    later = CheckIn.objects.filter(
        start=OuterRef("start"), side=OuterRef("side"), due_on__gt=OuterRef("due_on"), due_on__lte=today
    )
    asked = ~Q(side=Side.EMPLOYER) | Q(start__introduction__employer__in=stops.hearing())
    found = rows.filter(asked).exclude(Exists(later))
    return found if is_working_day(today) else found.filter(side=Side.YOUNG_PERSON)


def ask_due() -> dict[str, int]:
    """The daily job. Safe to run twice, in two processes, and late. Returns how many of each side were asked."""
    today = clock.today()
    counts: Counter[str] = Counter()
    with scope(EVERYTHING):
        ids = list(due(today).order_by("due_on", "pk").values_list("pk", "side"))
    for pk, side in ids:
        with scope(EVERYTHING):
            counts[side] += _ask(pk, today)
    return dict(counts)


def to_be_asked(pk: int, today: dt.date) -> CheckIn | None:
    """The row, locked, if it is still to be asked and nobody else is at it; apart, so that a test can show what happens
    without the lock."""
    rows = due(today).filter(pk=pk).select_for_update(of=("self",), skip_locked=True)
    found: CheckIn | None = rows.select_related("start__person__user", "start__opportunity__pledge__contact").first()
    return found


@transaction.atomic
def _ask(pk: int, today: dt.date) -> bool:
    row = to_be_asked(pk, today)
    if row is None:
        return False
    CheckIn.objects.filter(pk=pk).update(asked_at=clock.now())
    purpose = way_of(row)
    if purpose is not None:
        tell(purpose=purpose, cause_id=pk, person=row.start.person_id, version=row.due_on.isoformat())
    return True


def way_of(row: CheckIn) -> str | None:
    """The purpose by which this side is asked: their worker where the young person reads nothing from here, or wants no
    reminders. None for a business that can only be rung: the worker sees that nobody has written."""
    if row.side == Side.EMPLOYER:
        giver = row.start.opportunity.pledge.contact
        return by_way(giver, BUSINESS_BY_TEXT, BUSINESS) if giver.approved_on is not None else None
    person = row.start.person
    theirs = row.side == Side.YOUNG_PERSON and reach_of(person.user) and not is_off(person, REMINDERS)
    return OWN if theirs else BY_WORKER


# --- what is said -----------------------------------------------------------------------------------------------------


def locked(check_in: CheckIn) -> CheckIn:
    """The row as it is now, locked; apart, so that a test can show what happens without it."""
    rows = CheckIn.objects.select_for_update(of=("self",)).select_related("start__introduction")
    found: CheckIn = rows.get(pk=check_in.pk)
    return found


def is_over(row: CheckIn) -> bool:
    """Whether what it asks about has ended."""
    return row.start.state == Start.State.ENDED or row.start.introduction.state != Introduction.State.STARTED


def _refuse(row: CheckIn) -> None:
    if row.side != Side.EMPLOYER:  # a business sees nobody; what it says then reaches nobody
        refuse_ended(row.start.person)
    if is_over(row):
        raise MoveRefused(_("This has come to an end. Nobody has to answer."))
    if row.due_on > clock.today():
        raise MoveRefused(_("It is not time for this yet."))


@transaction.atomic
def say(*, check_in: CheckIn, answer: str, words: str = "") -> CheckIn:
    """One answer by its side. Said otherwise later, the last counts and one before it is kept: the first, or a
    trouble that was taken back. The same tap twice is one.

    words: for the worker alone. Raises MoveRefused when it has ended, or is not due yet.
    """
    row = locked(check_in)
    _refuse(row)
    old, now = row.answer, clock.now()
    if words.strip():
        row.words = {**(row.words or {}), "words": words.strip()}
    if old != Answer(answer):
        worse = old in TROUBLE and answer not in TROUBLE  # a trouble taken back outweighs what was said before it
        row.first_answer = old if worse and row.first_answer not in TROUBLE else row.first_answer or old
        row.answer, row.answered_at = answer, now
        row.seen_at = now if row.side == Side.WORKER else None  # whoever writes it down has seen it
    row.save(update_fields=["answer", "answered_at", "first_answer", "seen_at", "words"])
    if old != answer:
        events.checked_in.send(sender=CheckIn, id=row.pk, old=old, new=row.answer)
    return row


@transaction.atomic
def say_for(*, start: Start, point: str, answer: str, words: str = "") -> CheckIn:
    """What the worker was told, or knows. A row of its own: nobody's own answer is written over.

    Raises MoveRefused as `say` does, and for a point that its length has none of.
    """
    if point not in points_of(start):
        raise MoveRefused(_("This start is not asked about at that point."))
    row, _new = CheckIn.objects.get_or_create(
        start=start, point=Point(point), side=Side.WORKER, defaults={"due_on": _due(start, point)}
    )
    return say(check_in=row, answer=answer, words=words)


@transaction.atomic
def add_words(*, check_in: CheckIn, words: str, wants_talk: bool = False) -> None:
    """More for the worker beside an answer. wants_talk: and the young person would like the worker to talk to their
    named contact; nobody at the business is written to.

    Raises MoveRefused when nothing has been said, or it has ended.
    """
    row = locked(check_in)
    _refuse(row)
    if not row.answer:
        raise MoveRefused(_("Choose an answer first."))
    said = dict(row.words or {})
    if words.strip():
        said["words"] = words.strip()
    if wants_talk and row.side == Side.YOUNG_PERSON and row.answer in TROUBLE:
        said["talk"] = True
    if said != (row.words or {}):
        CheckIn.objects.filter(pk=row.pk).update(words=said, seen_at=None)


@transaction.atomic
def take_in_hand(*, start: Start, point: str) -> int:
    """ "I'm on it": everything that was said at this point has been seen. How many answers were new."""
    rows = CheckIn.objects.filter(start=start, point=point, seen_at=None).exclude(answer="")
    return int(rows.update(seen_at=clock.now()))


def talk_by(row: CheckIn) -> dt.date:
    """By when the worker talks to whoever said that it does not go well."""
    day = row.answered_at.astimezone(clock.LONDON).date() if row.answered_at else clock.today()
    return add_working_days(day, 1)


def reached(start: Start) -> str:
    """The last point at which somebody said that they are still there and nobody that they are not; "" for none."""
    said: dict[str, set[str]] = {}
    for point, answer in CheckIn.objects.filter(start=start).exclude(answer="").values_list("point", "answer"):
        said.setdefault(point, set()).add(answer)
    there = [point for point in AFTER if said.get(point) and Answer.LEFT not in said[point]]
    return there[-1] if there else ""
