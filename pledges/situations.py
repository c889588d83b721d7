"""How each followed pledge stands today: read for many at once, so that the number of queries stays the same."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import F

from core import clock
from core.models import LifecycleLog
from pledges.cadence import LAPSE
from pledges.lifecycle import PLEDGE
from pledges.models import Answer, CallTask, Employer, EmployerCheck, FollowUp, Nudge, Pledge

WEEK = dt.timedelta(days=7)
FOLLOWED = (Pledge.State.NOTED, Pledge.State.CONFIRMED, Pledge.State.SHAPED)
GONE = (Employer.Check.STOPPED, Employer.Check.MERGED)
# Somebody took it further, or silence was agreement: it does not lapse.
TAKEN_FURTHER = ("confirm", "agree_by_silence", "shape", "go_live")


@dataclass
class Situation:
    """One pledge, what was said since its count began, and what the follow-up has done. Changed as steps are taken."""

    pledge: Pledge
    count_from: dt.date
    said: str  # the last answer of this count; "" for none
    had_a_word: bool
    taken_further: bool
    done: set[str] = field(default_factory=set)  # codes of steps
    open_calls: list[CallTask] = field(default_factory=list)  # the first due first

    @property
    def answered(self) -> bool:
        """Any answer stops the reminders."""
        return bool(self.said)

    @property
    def first_call(self) -> CallTask | None:
        """The open call that comes first."""
        return self.open_calls[0] if self.open_calls else None


def read(*, employers: Iterable[int] | None = None) -> list[Situation]:
    """The pledges that are followed, oldest first. Seven queries. employers: of these only; None for all.

    None that is held back, none of a business that was stopped or joined to another.
    """
    rows = Pledge.objects.filter(state__in=FOLLOWED, held_back="", followed_from__isnull=False).exclude(
        employer__state__in=GONE
    )
    if employers is not None:
        rows = rows.filter(employer__in=list(employers))
    pledges = list(rows.select_related("contact", "employer__lead", "kind", "owner").order_by("pk"))
    said, spoken, further = _said(pledges), with_a_word(pledges), _taken_further(pledges)
    found = {
        row.pk: Situation(
            row,
            row.followed_from or dt.date.min,
            said=said.get(row.pk, ""),
            had_a_word=row.pk in spoken,
            taken_further=row.pk in further,
        )
        for row in pledges
    }
    steps = FollowUp.objects.filter(pledge__in=found).values_list("pledge_id", "step", "counted_from")
    for pledge_id, step, counted_from in steps:
        if counted_from == found[pledge_id].count_from:
            found[pledge_id].done.add(step)
    for task in CallTask.objects.filter(pledge__in=found, state=CallTask.State.OPEN).order_by("due_on", "pk"):
        found[task.pledge_id].open_calls.append(task)
    return list(found.values())


def local_day(at: dt.datetime) -> dt.date:
    """The day in England."""
    return at.astimezone(clock.LONDON).date()


def _since(pledge: Pledge, day: dt.date) -> bool:
    """Whether it belongs to the present count."""
    return pledge.followed_from is not None and day >= pledge.followed_from


def _said(pledges: Sequence[Pledge]) -> dict[int, str]:
    """The last answer of each count. One that gave a pledge back ended the count before it."""
    by_pk = {row.pk: row for row in pledges}
    rows = Answer.objects.filter(pledge__in=by_pk).exclude(said=Answer.Said.CANNOT).order_by("pk")
    found = rows.values_list("pledge_id", "said", "made_at")
    return {pk: said for pk, said, at in found if _since(by_pk[pk], local_day(at))}


def _taken_further(pledges: Sequence[Pledge]) -> set[int]:
    by_pk = {row.pk: row for row in pledges}
    rows = LifecycleLog.objects.filter(model=PLEDGE.model, object_id__in=by_pk, move__in=TAKEN_FURTHER)
    return {pk for pk, at in rows.values_list("object_id", "at") if _since(by_pk[pk], local_day(at))}


def with_a_word(pledges: Iterable[Pledge]) -> set[int]:
    """Those of the pledges about whose business a person has spoken since their count began: an answer told to an
    officer, or the call-back of a check. Two queries.
    """
    rows = list(pledges)
    employers = {row.employer_id for row in rows}
    told = Answer.objects.filter(pledge__employer__in=employers, typed_by__isnull=False)
    words = [(employer, local_day(at)) for employer, at in told.values_list("pledge__employer", "made_at")]
    words += EmployerCheck.objects.filter(employer__in=employers).values_list("employer", "called_on")
    latest: dict[int, dt.date] = {}
    for employer, day in words:
        latest[employer] = max(latest.get(employer, day), day)
    return {row.pk for row in rows if row.employer_id in latest and _since(row, latest[row.employer_id])}


def nudged_lately(today: dt.date, *, employers: Iterable[int] | None = None) -> set[int]:
    """Employers that may get no reminder on that day: they had one less than a week ago. One query."""
    rows = Nudge.objects.filter(sent_on__gt=today - WEEK, sent_on__lt=today + WEEK)
    if employers is not None:
        rows = rows.filter(employer__in=list(employers))
    return set(rows.values_list("employer_id", flat=True))


def lapsed_lately(today: dt.date) -> dict[tuple[int, dt.date], list[Pledge]]:
    """Pledges that lapsed in the last two weeks and have not been taken up again, by contact and day. One query."""
    rows = FollowUp.objects.filter(
        step=LAPSE,
        done_on__gt=today - 2 * WEEK,
        done_on__lte=today,
        counted_from=F("pledge__followed_from"),
        pledge__state=Pledge.State.LAPSED,
    ).exclude(pledge__employer__state__in=GONE)
    found: dict[tuple[int, dt.date], list[Pledge]] = defaultdict(list)
    for row in rows.select_related("pledge__contact").order_by("pledge"):
        found[row.pledge.contact_id, row.done_on].append(row.pledge)
    return found
