"""While checks are under way, "is it still fine?" once a week: one tap by the young person, or their worker for them.

Whoever has an account is written to; for the others, and after a week without an answer, it is on the worker's list.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Greatest, TruncDate
from django.utils.translation import gettext as _

from core import clock
from core.clock import LONDON, FrNow
from core.lifecycle import MoveRefused
from core.scope import EVERYTHING, scope
from introductions import services
from introductions.lifecycle import SELF, WORKER
from introductions.models import Introduction
from introductions.replies import FINE, note
from notifications.services import tell

S = Introduction.State
WEEK = dt.timedelta(days=7)
ASK = "news_fine"
SINCE = Greatest("still_fine_on", TruncDate("changed_at", tzinfo=LONDON))  # PostgreSQL's: a missing day is left out


@transaction.atomic
def say_fine(*, introduction: Introduction, role: str) -> None:
    """They still want it. Said twice a day it is once. Raises MoveRefused when no checks are under way."""
    row = services.locked(introduction)
    if row.state != S.CHECKS or role not in SELF | WORKER:
        raise MoveRefused(_("This has moved on since you looked. See where it is now."))
    today = clock.today()
    if row.still_fine_on != today:
        Introduction.objects.filter(pk=row.pk).update(still_fine_on=today)
        note(row, FINE, role)


def may_say(row: Introduction) -> bool:
    """Whether checks are under way."""
    return row.state == S.CHECKS


def _silent(weeks: int) -> Q:
    """No word for so many weeks, since the checks began or since the last."""
    before = FrNow() - weeks * WEEK
    said = Q(still_fine_on=None) | Q(still_fine_on__lte=TruncDate(before, tzinfo=LONDON))
    return Q(state=S.CHECKS, changed_at__lte=before) & said


def to_ask() -> Q:
    """A week has gone by without a word."""
    return _silent(1)


def to_look() -> Q:
    """Their worker asks: they have no account or want no reminders, or were asked a week ago and have not answered."""
    unasked = Q(person__user=None) | Q(person__hearing__reminders=False)
    return (_silent(1) & unasked) | _silent(2)


def is_due(row: Introduction, today: dt.date) -> bool:
    """Whether a week has gone by without a word."""
    last = max(row.changed_at.astimezone(LONDON).date(), row.still_fine_on or dt.date.min)
    return row.state == S.CHECKS and today - last >= WEEK


def ask() -> dict[str, int]:
    """The daily job: those with an account are asked, once for each week of silence. Safe to run twice, and late."""
    with scope(EVERYTHING):
        rows = Introduction.objects.filter(to_ask(), person__ended_on=None, person__user__isnull=False)
        today = clock.today()
        found = list(rows.annotate(since=SINCE).values_list("pk", "person_id", "since"))
        asked = [
            tell(purpose=ASK, cause_id=pk, person=person, version=f"{since}-{(today - since) // WEEK}")
            for pk, person, since in found
        ]
    return {"asked": sum(asked)}
