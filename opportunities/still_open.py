"""Is it still open? What has no closing day is asked about every eight weeks; what has one, a week and 2 days before.

The giver gets one message about all of theirs, with one link for each (a GET asks, a POST answers). A business hears
from us once a week at most, follow-up included: the message is a `Nudge`. No answer within two weeks: it is paused, and
its owner has a call to make. Whoever cannot be written to is rung, as is whoever would hear too late of a closing day
because the week has had its message. (domain, section 5; job-marketplaces, rolling posts)
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from core.lifecycle import SYSTEM, MoveRefused
from core.models import LifecycleLog
from core.scope import EVERYTHING, current, scope
from core.workdays import DAY, add_working_days, is_working_day, last_working_day
from notifications.services import tell
from opportunities.events import opportunity_changed, opportunity_closed, opportunity_published
from opportunities.lifecycle import LIFECYCLE, MODEL
from opportunities.live import refresh_live
from opportunities.models import Opportunity
from opportunities.refusals import Refused, refusals
from opportunities.services import OPEN, answered, locked
from opportunities.still_open_messages import LAST_WORD, way_of
from pledges import ledger as pledge_ledger
from pledges.call_tasks import make_call
from pledges.lifecycle import GIVER
from pledges.models import CallTask, EmployerContact, Nudge
from pledges.nudges import STILL_OPEN_BY_TEXT
from pledges.situations import nudged_lately

State = Opportunity.State
ASK_AFTER = dt.timedelta(weeks=8)
ANSWER_WITHIN = dt.timedelta(days=14)
WARN_BEFORE = dt.timedelta(days=7)  # of a closing day
LAST_WARNING = dt.timedelta(days=2)  # of a closing day; on the last working day before that, if it is none
LONGER = dt.timedelta(weeks=4)  # that one tap gives


def follow() -> dict[str, int]:
    """The daily job. Safe to run twice, in two processes, and late. Returns counts."""
    today = clock.today()
    counts: Counter[str] = Counter()
    with scope(EVERYTHING):
        counts["paused"] = sum(_pause(row) for row in silent(today))
        if is_working_day(today):
            employers = sorted(set(to_ask(today).values_list("employer_id", flat=True)))
            for employer in employers:
                counts += _ask(employer, today)
    return dict(counts)


def to_ask(today: dt.date) -> QuerySet[Opportunity]:
    """What is live and due to be asked about, and was not asked about since its last word."""
    rows = Opportunity.objects.filter(live=True).annotate(last_word=LAST_WORD).filter(last_word__lt=today)
    rolling = Q(closes_on=None, last_word__lte=today - ASK_AFTER) & (
        Q(still_asked_on=None) | Q(still_asked_on__lt=F("last_word") + ASK_AFTER)
    )
    first = F("closes_on") - WARN_BEFORE
    closing = Q(closes_on__gt=today, closes_on__lte=today + WARN_BEFORE, last_word__lte=first) & (
        Q(still_asked_on=None) | Q(still_asked_on__lt=first)
    )
    return rows.filter(rolling | closing | _closing_now(today)).order_by("pk")


def _closing_now(today: dt.date) -> Q:
    """What gets its last warning today: no question and no word since the day of it."""
    found = Q(pk__in=[])
    until = add_working_days(today, 1) - DAY + LAST_WARNING
    for number in range(1, (until - today).days + 1):
        closes_on = today + number * DAY
        since = last_warning_of(closes_on)
        asked = Q(still_asked_on=None) | Q(still_asked_on__lt=since)
        found |= Q(closes_on=closes_on) & asked & (Q(still_open_on=None) | Q(still_open_on__lt=since))
    return found


def last_warning_of(closes_on: dt.date) -> dt.date:
    """The day of the last warning of a closing day."""
    return last_working_day(closes_on - LAST_WARNING)


def silent(today: dt.date) -> QuerySet[Opportunity]:
    """What was asked about two weeks ago or more without an answer since."""
    rows = Opportunity.objects.filter(state=State.PUBLISHED, closes_on=None).annotate(last_word=LAST_WORD)
    asked = rows.filter(still_asked_on__gt=F("last_word"), still_asked_on__lte=today - ANSWER_WITHIN)
    return asked.order_by("pk")


def _ask(employer: int, today: dt.date) -> Counter[str]:
    """One message for the person of this business who has waited longest; a call where nobody can be written to."""
    counts: Counter[str] = Counter()
    with transaction.atomic():
        ids = list(to_ask(today).filter(employer=employer).values_list("pledge_id", flat=True))
        pledge_ledger.lock(ids)
        due = list(to_ask(today).filter(employer=employer).select_related("pledge__contact", "pledge__employer"))
        due.sort(key=lambda row: (not _closes_now(row, today), row.pk))
        letters = _letters([row for row in due if way_of(row.pledge.contact)], employer, today)
        calls = [
            row for row in due if row not in letters and (_closes_now(row, today) or not way_of(row.pledge.contact))
        ]
        for row in calls:
            make_call(pledge=row.pledge, why=CallTask.Why.STILL_OPEN, due_on=_eve(row, today))
        counts["calls"], counts["asked"] = _note(calls, today), _note(letters, today)
        if letters:
            _send(letters[0].pledge.contact, today)
    return counts


def _letters(due: Sequence[Opportunity], employer: int, today: dt.date) -> list[Opportunity]:
    """What the message of this week is about: nothing if it has gone out already."""
    if not due or nudged_lately(today, employers=[employer]):
        return []
    contact = due[0].pledge.contact
    theirs = [row for row in due if row.pledge.contact_id == contact.pk]
    return theirs[:1] if way_of(contact) == STILL_OPEN_BY_TEXT else theirs  # a text has room for one link


def _closes_now(row: Opportunity, today: dt.date) -> bool:
    return row.closes_on is not None and last_warning_of(row.closes_on) <= today


def _eve(row: Opportunity, today: dt.date) -> dt.date | None:
    """The last working day on which a call still helps; None where no day presses."""
    if row.closes_on is None or not _closes_now(row, today):
        return None
    return max(today, last_working_day(row.closes_on - DAY))


def _note(rows: Iterable[Opportunity], today: dt.date) -> int:
    return Opportunity.objects.filter(pk__in=[row.pk for row in rows]).update(still_asked_on=today)


def _send(contact: EmployerContact, today: dt.date) -> None:
    nudge = Nudge.objects.create(employer=contact.employer, contact=contact, sent_on=today)
    tell(purpose=way_of(contact) or "", cause_id=nudge.pk, version=1)


@transaction.atomic
def _pause(row: Opportunity) -> int:
    row = locked(row)
    if not silent(clock.today()).filter(pk=row.pk).exists():
        return 0
    LIFECYCLE.move(
        row, "pause", role=SYSTEM, why=_("Nobody answered whether it is still open"), changes={"live": False}
    )
    refresh_live([row.pk])
    opportunity_changed.send(sender=Opportunity, id=row.pk, old="published", new="paused")
    make_call(pledge=row.pledge, why=CallTask.Why.STILL_OPEN)
    return 1


# --- answers ----------------------------------------------------------------------------------------------------------


def can_answer(row: Opportunity) -> bool:
    """Whether the giver's answer still changes something: it is published, or was paused because nobody answered."""
    return row.state == State.PUBLISHED or _paused_by_silence(row)


def is_answered(row: Opportunity) -> bool:
    """Whether somebody has said since the last question that it is open."""
    asked = row.still_asked_on
    return row.still_open_on is not None and (asked is None or row.still_open_on >= asked)


def _paused_by_silence(row: Opportunity) -> bool:
    if row.state != State.PAUSED:
        return False
    last = LifecycleLog.objects.filter(model=MODEL, object_id=row.pk, move="pause").order_by("-pk").first()
    return last is not None and last.role == SYSTEM


def say_open(*, opportunity: Opportunity, by: User | None = None, role: str = GIVER) -> Opportunity:
    """It is still open: eight weeks more. Said by the giver, four more to its closing day, and shown again when it was
    paused for want of an answer. The same tap twice is one answer. by: the officer who was told.

    Raises MoveRefused when it has ended meanwhile, Refused when something else stands in the way by now.
    """
    with transaction.atomic():
        row, today = locked(opportunity), clock.today()
        changes = {"still_open_on": today}
        if not can_answer(row):
            raise MoveRefused(_("It has ended already."))
        if found := refusals(row):
            raise Refused(found)
        behalf = None if by is None or current().actor == by.pk else by.pk
        if row.state == State.PAUSED:
            LIFECYCLE.move(row, "resume", role=role, on_behalf_of=behalf, changes=changes)
            refresh_live([row.pk])
            opportunity_published.send(sender=Opportunity, id=row.pk, old="paused", new="published")
        elif by is None and row.closes_on and row.closes_on <= today + WARN_BEFORE:
            LIFECYCLE.move(row, "say_open", role=role, changes={**changes, "closes_on": row.closes_on + LONGER})
            refresh_live([row.pk])
        elif row.still_open_on != today:
            LIFECYCLE.move(row, "say_open", role=role, on_behalf_of=behalf, changes=changes)
        answered(row)
    return row


def say_closed(opportunity: Opportunity, outcome: str) -> Opportunity:
    """The giver says that it is over, and what became of it (Opportunity.Outcome). Raises MoveRefused when it has ended
    meanwhile."""
    with transaction.atomic():
        row = locked(opportunity)
        if not can_answer(row):
            raise MoveRefused(_("It has ended already."))
        old = row.state
        LIFECYCLE.move(row, "close", role=GIVER, changes={"live": False, "outcome": outcome})
        refresh_live([row.pk])
        opportunity_closed.send(sender=Opportunity, id=row.pk, old=old, new="closed")
        if not Opportunity.objects.filter(pledge=row.pledge_id, state__in=OPEN).exists():
            pledge_ledger.settle(pledge_id=row.pledge_id)
        answered(row)
    return row
