"""What follows from a stop, a check, a join, a closed opportunity and the end of support: one sweep, in the background.

The tables say what is due; the bell only says "now". Each introduction is a transaction of its own, locked and asked
again: cut off anywhere, run twice or by two at once, nothing is lost and nothing is done twice.
"""

import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from core import clock
from core.lifecycle import SYSTEM, MoveRefused
from core.models import LifecycleLog
from core.scope import EVERYTHING, scope
from introductions import news, services, starting
from introductions.concerns import raise_concern
from introductions.lifecycle import BEFORE, INTRODUCTION, KNOWN, OPEN
from introductions.models import Concern, Introduction, Start
from opportunities.models import Opportunity
from pledges.lifecycle import EMPLOYER
from pledges.models import Employer

log = logging.getLogger(__name__)
BATCH = 200
S, Ending = Introduction.State, Introduction.Ending
STOPPED = Q(employer__state=Employer.Check.STOPPED)
NOT_KNOWN = Q(state__in=BEFORE) | Q(state=S.FROZEN, frozen_from__in=[str(state) for state in BEFORE])
OVER = Q(opportunity__state__in=[Opportunity.State.CLOSED, Opportunity.State.WITHDRAWN])
GONE = Q(opportunity__places_started__gte=F("opportunity__places"))  # begun, not only held


def _joined() -> Q:
    """Their opportunity went to another record of the business: what is true of that one is true of them."""
    return ~Q(state=S.ENDED) & ~Q(employer=F("opportunity__employer"))


def _supported_no_more() -> Q:
    return Q(state__in=[*OPEN, S.STARTED], person__ended_on__isnull=False)


def _over() -> Q:
    return NOT_KNOWN & (OVER | GONE)


def _stopped() -> Q:
    return Q(state__in=[*BEFORE, *KNOWN]) & STOPPED


def _there() -> Q:
    """They have begun at a business that was stopped, and no lead has been told since."""
    moves = LifecycleLog.objects.filter(model=EMPLOYER.model, move="stop", object_id=OuterRef(OuterRef("employer_id")))
    last = Subquery(moves.values("object_id").annotate(last=Max("at")).values("last"))
    told = Concern.objects.filter(introduction=OuterRef("pk"), said_by=Concern.SaidBy.STOP)
    told = told.filter(~Q(state=Concern.State.CLOSED) | Q(made_at__gte=last))
    return Q(state=S.STARTED) & STOPPED & Q(~Exists(told))


def _first_day() -> Q:
    """The day has come; while the business is stopped nobody knows."""
    due = Start.objects.filter(introduction=OuterRef("pk"), state=Start.State.PLANNED, starts_on__lte=clock.today())
    return Q(state=S.STARTED) & ~STOPPED & Q(Exists(due))


def _checked_again() -> Q:
    return Q(state=S.FROZEN, employer__state=Employer.Check.CHECKED, employer__checked_until__gte=clock.today())


def _follow(row: Introduction) -> None:
    row.employer_id = row.opportunity.employer_id
    row.save(update_fields=["employer_id"])


def _end_support(row: Introduction) -> None:
    if row.state == S.STARTED:
        return starting.end_with_support(row)
    services.end(introduction=row, move="end_support", role=SYSTEM, ending=Ending.ENDED_SUPPORT)


def _fall_away(row: Introduction) -> None:
    gone = row.opportunity.places_started >= row.opportunity.places
    why = Ending.NO_PLACE if gone else Ending.CLOSED
    services.end(introduction=row, move="fall_away", role=SYSTEM, ending=why)


def _freeze(row: Introduction) -> None:
    """It keeps its place. Where the business knows somebody, the leads look today."""
    known = services.is_known(row)
    INTRODUCTION.move(row, "freeze", role=SYSTEM, changes={"frozen_from": row.state, "changed_at": clock.now()})
    if known:
        _tell_leads(row)


def _begin(row: Introduction) -> None:
    starting.begin(start=row.start, role=SYSTEM)


def _stopped_there(row: Introduction) -> None:
    news.tell_of_stop(row, _tell_leads(row).pk)


def _tell_leads(row: Introduction) -> Concern:
    words = _("We stopped working with the business. Somebody is there, or was about to meet them.")
    return raise_concern(
        said_by=Concern.SaidBy.STOP, urgency=Concern.Urgency.TODAY, role=SYSTEM, words=words, introduction=row
    )


def _thaw(row: Introduction) -> None:
    back = row.frozen_from
    changes = {"frozen_from": "", "due_on": services.due(back), "changed_at": clock.now()}
    INTRODUCTION.move(row, f"thaw_{back}", role=SYSTEM, changes=changes)


Kind = tuple[str, Callable[[], Q], Callable[[Introduction], None]]
# In this order: each belongs to the right business first, whoever is supported no more is not put on hold, and what is
# over is not taken up again.
KINDS: tuple[Kind, ...] = (
    ("joined", _joined, _follow),
    ("support", _supported_no_more, _end_support),
    ("over", _over, _fall_away),
    ("stopped", _stopped, _freeze),
    ("there", _there, _stopped_there),
    ("checked", _checked_again, _thaw),
    ("begun", _first_day, _begin),
)


def waiting() -> bool:
    """Whether anything is due. One quick query, over all councils."""
    due = Q()
    for _name, condition, _do in KINDS:
        due |= condition()
    return bool(Introduction.objects.filter(due).exists())


def sweep() -> dict[str, int]:
    """Do all that is due; how many of each. Background work only."""
    done = {}
    for name, condition, do in KINDS:
        with scope(EVERYTHING):
            rows = Introduction.objects.filter(condition()).order_by("pk")
            ids = list(rows.values_list("pk", flat=True)[:BATCH])
        done[name] = sum(_one(pk, condition, do) for pk in ids)
    return done


def _one(pk: int, condition: Callable[[], Q], do: Callable[[Introduction], None]) -> bool:
    """Do it to one introduction if it is still due. One that cannot be moved does not hold up the others."""
    try:
        with scope(EVERYTHING), transaction.atomic():
            mine = Introduction.objects.filter(pk=pk).select_for_update(of=("self",), skip_locked=True)
            if not mine.values_list("pk", flat=True) or not Introduction.objects.filter(condition(), pk=pk):
                return False  # somebody is at it: next time
            do(services.locked(Introduction(pk=pk)))
    except MoveRefused:
        log.error("introduction %d was due in the sweep and could not be moved", pk)
        return False
    return True
