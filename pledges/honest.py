"""The honest page of an event: what became of its promises, as far as this room knows (domain, section 11).

Every promise stands in exactly one place:

- ended: taken back, or lapsed;
- open: it has been opened for young people, or it is support that workers may ask for;
- waiting on the business: we have spoken to it, nobody has answered yet, or it named a later month;
- waiting on the council: all the rest. Nobody has rung, an answer waits for us, or a draft waits for a check;
- waiting on training: this room does not know yet, so always 0.

"No public trace of a person" (domain, section 5): what is public from day to day must not change when one person
starts or leaves. So a promise that was kept, or that closed without anybody, stays where it stood before that. "Kept"
is counted on day 30, 90 and 365 alone (EventScore), and shown only for events of MANY businesses.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core import clock
from core.models import LifecycleLog
from pledges.lifecycle import PLEDGE
from pledges.models import Answer, Employer, Event, EventScore, Pledge, PledgeKind

DAYS = (30, 90, 365)
MANY = 5  # businesses of an event, below which "kept" would name somebody
TYPED_BY_MISTAKE = "typed by mistake"  # the reason of a card taken back at once: nobody ever promised it
PARTS = ("open", "waiting_council", "waiting_business", "waiting_training", "kept", "ended")
_S = Pledge.State


@dataclass(frozen=True)
class Score:
    """Counts of promises. The parts add up to `pledged`."""

    pledged: int
    open: int = 0
    waiting_council: int = 0
    waiting_business: int = 0
    waiting_training: int = 0
    kept: int = 0
    ended: int = 0

    @property
    def waiting(self) -> int:
        """On whomever."""
        return self.waiting_council + self.waiting_business + self.waiting_training


def counted(event: Event) -> QuerySet[Pledge]:
    """The promises that count: not those held back, nor cards that were typed by mistake."""
    mistake = _log().filter(move="withdraw", why=TYPED_BY_MISTAKE)
    rows = Pledge.objects.filter(event=event, held_back="")
    return rows.exclude(Q(Exists(mistake)) & Q(state=_S.WITHDRAWN))


def score_of(event: Event, *, today: dt.date, public: bool = True) -> Score:
    """Where each promise stands, in one query. public: as the page may show it on any day; otherwise for a snapshot."""
    rows = _where(counted(event), today, public).values("where").annotate(n=Count("pk")).order_by()
    found = {row["where"]: row["n"] for row in rows}
    return Score(pledged=sum(found.values()), **{part: found.get(part, 0) for part in PARTS})


def _log() -> QuerySet[LifecycleLog]:
    return LifecycleLog.objects.filter(model=PLEDGE.model, object_id=OuterRef("pk"))


def _where(rows: QuerySet[Pledge], today: dt.date, public: bool) -> QuerySet[Any, Any]:
    answer = Answer.objects.filter(pledge=OuterRef("pk")).order_by("-pk")
    before_kept = _log().filter(move__in=["keep", "end"]).order_by("-pk").values("old")[:1]
    closed = Q(state__in=[_S.KEPT, _S.PARTLY_KEPT])
    rows = rows.annotate(
        stood=Case(When(closed, then=Coalesce(Subquery(before_kept), F("state"))), default=F("state")),
        opened=Exists(_log().filter(move="go_live")),
        said=Subquery(answer.values("said")[:1]),
        until=Subquery(answer.values("until")[:1]),
    )
    spoken = Q(employer__state__in=[Employer.Check.CALLED_BACK, Employer.Check.CHECKED])
    support = Q(kind__becomes=PledgeKind.Becomes.ASK) & spoken
    silent = Q(said__isnull=True) | Q(said=Answer.Said.LATER, until__gt=today)
    kept: Iterable[When] = (
        []
        if public
        else [
            When(state=_S.KEPT, then=Value("kept")),
            When(state=_S.PARTLY_KEPT, then=Value("ended")),
        ]
    )
    is_open = Q(stood__in=[_S.LIVE, _S.KEPT, _S.PARTLY_KEPT]) | support
    where = Case(
        *kept,
        When(state__in=[_S.WITHDRAWN, _S.LAPSED], then=Value("ended")),
        When(is_open | Q(opened=True) if public else is_open, then=Value("open")),
        When(Q(stood=_S.NOTED) & spoken & silent, then=Value("waiting_business")),
        default=Value("waiting_council"),
    )
    return rows.annotate(where=where)


# --- snapshots --------------------------------------------------------------------------------------------------------


def score_events(today: dt.date | None = None) -> dict[str, int]:
    """The job "event scores": the snapshots of days 30, 90 and 365 that are due and not there yet, late rather than
    never. Each says on which day it was counted."""
    today = today or clock.today()
    there = set(EventScore.objects.values_list("event", "day"))
    made = 0
    for event in Event.objects.filter(held_on__lte=today - dt.timedelta(days=min(DAYS))).order_by("pk"):
        due = [day for day in DAYS if event.held_on + dt.timedelta(days=day) <= today and (event.pk, day) not in there]
        if due:
            made += len(_keep(event, due, today))
    return {"scores": made}


def _keep(event: Event, days: list[int], today: dt.date) -> list[EventScore]:
    score = score_of(event, today=today, public=False)
    values = {"pledged": score.pledged, **{part: getattr(score, part) for part in PARTS}}
    rows = [EventScore(event=event, day=day, counted_on=today, **values) for day in days]
    return EventScore.objects.bulk_create(rows, ignore_conflicts=True)


@dataclass(frozen=True)
class Snapshot:
    """A score of a past day. `says_kept`: whether so many businesses pledged that it may say what was kept."""

    day: int
    counted_on: dt.date
    score: Score
    says_kept: bool


def snapshots_of(event: Event) -> list[Snapshot]:
    """The latest first. Of an event of few businesses they say "open or filled" for what is kept."""
    many = counted(event).values("employer").distinct().count() >= MANY
    rows = EventScore.objects.filter(event=event).order_by("-day")
    return [Snapshot(row.day, row.counted_on, _as_shown(row, many), many) for row in rows]


def _as_shown(row: EventScore, many: bool) -> Score:
    values = {part: getattr(row, part) for part in PARTS}
    if not many:
        values.update(open=row.open + row.kept, kept=0)
    return Score(pledged=row.pledged, **values)


# --- in words ---------------------------------------------------------------------------------------------------------


def sentence_of(score: Score, *, says_kept: bool = False) -> str:
    """ "73 promises. 31 open now. 20 waiting: 9 on the council, 8 on the business, 3 on training. 12 kept. 10 ended,
    with thanks." Without the right to say what is kept: "43 open or filled"."""
    promises = _("%(n)d promises.") if score.pledged != 1 else _("%(n)d promise.")
    is_open = _("%(n)d open now.") if says_kept else _("%(n)d open or filled.")
    said = [promises % {"n": score.pledged}, is_open % {"n": score.open}, _waiting(score)]
    if says_kept:
        said.append(_("%(n)d kept.") % {"n": score.kept})
    return " ".join([*said, _("%(n)d ended, with thanks.") % {"n": score.ended}])


def _waiting(score: Score) -> str:
    parts = [
        _("%(n)d on the council") % {"n": score.waiting_council},
        _("%(n)d on the business") % {"n": score.waiting_business},
    ]
    if score.waiting_training:
        parts.append(_("%(n)d on training") % {"n": score.waiting_training})
    if not score.waiting:
        return _("None waiting.")
    return _("%(n)d waiting: %(parts)s.") % {"n": score.waiting, "parts": ", ".join(parts)}
