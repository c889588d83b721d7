"""What is most worth doing next: calls by what hangs on them, and a week's plan sized to the hours there are."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.hats import Hat
from core.workdays import add_working_days
from pledges import access
from pledges.cadence import CALL_WITHIN, word_by
from pledges.clearing import title_of
from pledges.lifecycle import OPEN
from pledges.models import CallTask, Employer, EmployerCheck, PledgeKind, ToClearUp
from pledges.situations import GONE, local_day, with_a_word

MINUTES = {"call": 10, "call-back": 15, "second": 10, "clear-up": 5}  # how long each takes, as coordinators tell
SOON = 5  # working days: a call that is due later than that can wait
NO_MONTH = 90  # days: how far a promise without a month is taken to be
MOST = 300  # of each sort; nobody makes more in a week


@dataclass(frozen=True)
class Worth:
    """Why something comes before something else: first what the human word by day 10 asks for, then places by
    nearness, then the earlier day.
    """

    floor: bool
    score: float
    day: dt.date

    def key(self) -> tuple[bool, float, dt.date]:
        """For sorting, the most worth first."""
        return (not self.floor, -self.score, self.day)


@dataclass(frozen=True)
class Call:
    """One call to make, with what is needed to see why it is where it is in the list."""

    task: CallTask
    worth: Worth
    late: bool


def score(places: int, by_month: dt.date | None, today: dt.date) -> float:
    """Places by the nearness of the promise: one place promised for today counts as much as ten far away."""
    days = max((by_month - today).days, 0) if by_month else NO_MONTH
    return places * 100 / (10 + days)


def calls_of(hat: Hat) -> QuerySet[CallTask]:
    """Open calls about open pledges that the hat may see."""
    rows = CallTask.objects.filter(state=CallTask.State.OPEN, pledge__state__in=OPEN)
    return rows.filter(pledge__in=access.pledges_of(hat).exclude(employer__state__in=GONE))


def calls_to_make(hat: Hat, today: dt.date) -> list[Call]:
    """Calls that are due soon, the most worth first; one per pledge. Three queries."""
    until = add_working_days(today, SOON)
    rows = calls_of(hat).filter(due_on__lte=until).order_by("due_on", "pk")
    tasks = rows.select_related("pledge__employer", "pledge__kind", "pledge__contact", "pledge__owner", "owner")
    first: dict[int, CallTask] = {}
    for task in tasks[:MOST]:
        first.setdefault(task.pledge_id, task)
    spoken = with_a_word(task.pledge for task in first.values())
    calls = [_call(task, spoken, today) for task in first.values()]
    return sorted(calls, key=lambda call: (call.worth.key(), call.task.pk))


def _call(task: CallTask, spoken: set[int], today: dt.date) -> Call:
    pledge = task.pledge
    from_day = pledge.followed_from
    floor = (
        pledge.pk not in spoken and from_day is not None and word_by(from_day) <= add_working_days(today, CALL_WITHIN)
    )
    worth = Worth(floor, score(pledge.places, pledge.by_month, today), task.due_on)
    return Call(task, worth, late=task.due_on < today)


# --- a week -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """One thing to do in the week."""

    sort: str  # a key of MINUTES
    title: str
    more: str
    url: str
    worth: Worth

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return MINUTES[self.sort]


@dataclass(frozen=True)
class Week:
    """What fits into the hours, in order of worth, and how much does not."""

    items: list[Item]
    left_out: dict[str, int]  # sort -> how many

    @property
    def minutes(self) -> int:
        """How long all of it takes."""
        return sum(item.minutes for item in self.items)


def fill(items: Iterable[Item], hours: int) -> Week:
    """Take the most worth first until the hours are full. What is too long for the rest makes room for what is not."""
    left, taken, out = hours * 60, [], dict.fromkeys(MINUTES, 0)
    for item in sorted(items, key=lambda each: each.worth.key()):
        if item.minutes <= left:
            left -= item.minutes
            taken.append(item)
        else:
            out[item.sort] += 1
    return Week(taken, {sort: count for sort, count in out.items() if count})


def week_of(hat: Hat, *, hours: int, today: dt.date) -> Week:
    """The week's plan of a hat's partnership. The number of queries does not grow with the rows."""
    items = [*_calls(hat, today), *_call_backs(hat, today), *_seconds(hat, today), *_records(hat, today)]
    return fill(items, hours)


def _calls(hat: Hat, today: dt.date) -> list[Item]:
    return [
        Item(
            "call",
            call.task.pledge.employer.name,
            str(CallTask.Why(call.task.why).label),
            reverse("pledges:show-call", args=[call.task.public_id]),
            call.worth,
        )
        for call in calls_to_make(hat, today)
    ]


def _best(hat: Hat, employers: QuerySet[Any], today: dt.date) -> dict[int, Worth]:
    """What hangs on each business: its open pledges together."""
    rows = access.pledges_of(hat).filter(employer__in=employers, state__in=OPEN)
    found: dict[int, Worth] = {}
    for employer, places, month, day in rows.values_list("employer", "places", "by_month", F("followed_from")):
        before = found.get(employer, Worth(False, 0, day or today))
        found[employer] = Worth(False, before.score + score(places, month, today), min(before.day, day or today))
    return found


def _call_backs(hat: Hat, today: dt.date) -> list[Item]:
    employers = access.employers_of(hat).filter(state=Employer.Check.UNCHECKED)
    worth = _best(hat, employers.values("pk"), today)
    more = _("Find the number yourself and ask whether the pledge is theirs")
    return [
        Item("call-back", row.name, more, reverse("pledges:show-employer", args=[row.public_id]), worth[row.pk])
        for row in employers.order_by("pk")[:MOST]
        if row.pk in worth
    ]


def _seconds(hat: Hat, today: dt.date) -> list[Item]:
    """Checks that wait for a second person, who is not the first."""
    checks = EmployerCheck.objects.filter(
        employer__in=access.employers_of(hat).exclude(state__in=GONE), first_by__isnull=False, passed_on__isnull=True
    ).exclude(weight=PledgeKind.Weight.LIGHT)
    checks = checks.exclude(first_by=hat.user)
    worth = _best(hat, checks.values("employer"), today)
    found = {}
    for check in checks.select_related("employer").order_by("pk")[:MOST]:
        url = reverse("pledges:show-employer", args=[check.employer.public_id])
        if check.employer_id in worth:
            more = _("Be the second person of the check")
            found[check.employer_id] = Item("second", check.employer.name, more, url, worth[check.employer_id])
    return list(found.values())


def _records(hat: Hat, today: dt.date) -> list[Item]:
    """What cannot be read may hold a promise: one place with no month, until somebody has looked."""
    rows = access.to_clear_up_of(hat).filter(state=ToClearUp.State.OPEN).order_by("pk")[:MOST]
    return [
        Item(
            "clear-up",
            title_of(row),
            row.reasons[0][1] if row.reasons else "",
            reverse("pledges:show-to-clear-up", args=[row.public_id]),
            Worth(False, score(1, None, today), local_day(row.made_at)),
        )
        for row in rows
    ]


def words_for(sort: str, n: int) -> str:
    """ "3 calls": what was left out, in words."""
    return {
        "call": ngettext("%d call", "%d calls", n),
        "call-back": ngettext("%d call back", "%d calls back", n),
        "second": ngettext("%d second check", "%d second checks", n),
        "clear-up": ngettext("%d record to clear up", "%d records to clear up", n),
    }[sort] % n
