"""How each followed pledge stands today: read for many at once, so that the number of queries stays the same."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Subquery

from core.models import LifecycleLog
from pledges.lifecycle import PLEDGE
from pledges.models import Answer, CallTask, Employer, EmployerCheck, FollowUp, Nudge, Pledge

WEEK = dt.timedelta(days=7)
FOLLOWED = (Pledge.State.NOTED, Pledge.State.CONFIRMED, Pledge.State.SHAPED)
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
    """The pledges that are followed, oldest first. Three queries. employers: of these only; None for all.

    None that is held back, none of a business that was stopped or joined to another.
    """
    rows = _followed()
    if employers is not None:
        rows = rows.filter(employer__in=list(employers))
    found = {row.pk: _situation(row) for row in rows}
    for pledge_id, step in FollowUp.objects.filter(
        pledge__in=found, counted_from=F("pledge__followed_from")
    ).values_list("pledge_id", "step"):
        found[pledge_id].done.add(step)
    for task in CallTask.objects.filter(pledge__in=found, state=CallTask.State.OPEN).order_by("due_on", "pk"):
        found[task.pledge_id].open_calls.append(task)
    return list(found.values())


def _followed() -> QuerySet[Pledge]:
    """Pledges, with what was said since their count began. An answer that gave one back ended the count before it."""
    since = Q(made_at__date__gte=OuterRef("followed_from"))
    answers = Answer.objects.filter(since, pledge=OuterRef("pk")).exclude(said=Answer.Said.CANNOT)
    told = Answer.objects.filter(since, pledge__employer=OuterRef("employer"), typed_by__isnull=False)
    calls = EmployerCheck.objects.filter(employer=OuterRef("employer"), called_on__gte=OuterRef("followed_from"))
    moves = LifecycleLog.objects.filter(
        model=PLEDGE.model, object_id=OuterRef("pk"), move__in=TAKEN_FURTHER, at__date__gte=OuterRef("followed_from")
    )
    rows = Pledge.objects.filter(state__in=FOLLOWED, held_back="", followed_from__isnull=False)
    rows = rows.exclude(employer__state__in=[Employer.Check.STOPPED, Employer.Check.MERGED])
    rows = rows.select_related("contact", "employer", "kind", "owner", "employer__lead").order_by("pk")
    return rows.annotate(
        said=Subquery(answers.order_by("-pk").values("said")[:1]),
        word=Exists(told) | Exists(calls),
        further=Exists(moves),
    )


def _situation(row: Pledge) -> Situation:
    assert row.followed_from is not None  # the query asks for it
    said, word, further = (getattr(row, name) for name in ("said", "word", "further"))
    return Situation(row, row.followed_from, said=said or "", had_a_word=word, taken_further=further)


def nudged_lately(today: dt.date, *, employers: Iterable[int] | None = None) -> set[int]:
    """Employers that may get no reminder on that day: they had one less than a week ago. One query."""
    rows = Nudge.objects.filter(sent_on__gt=today - WEEK, sent_on__lt=today + WEEK)
    if employers is not None:
        rows = rows.filter(employer__in=list(employers))
    return set(rows.values_list("employer_id", flat=True))


def lapsed_lately(today: dt.date) -> dict[tuple[int, dt.date], list[Pledge]]:
    """Pledges that lapsed in the last two weeks and have not been taken up again, by contact and day. One query."""
    last = FollowUp.objects.filter(pledge=OuterRef("pk"), step="lapse", counted_from=OuterRef("followed_from"))
    rows = Pledge.objects.filter(state=Pledge.State.LAPSED).exclude(
        employer__state__in=[Employer.Check.STOPPED, Employer.Check.MERGED]
    )
    rows = rows.annotate(lapsed_on=Subquery(last.values("done_on")[:1], output_field=DateField()))
    rows = rows.filter(lapsed_on__gt=today - 2 * WEEK, lapsed_on__lte=today).select_related("contact").order_by("pk")
    found: dict[tuple[int, dt.date], list[Pledge]] = defaultdict(list)
    for row in rows:
        found[row.contact_id, row.lapsed_on].append(row)
    return found
