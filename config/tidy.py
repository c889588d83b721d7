"""The nightly sweep of what is over and was never meant to be kept."""

import datetime as dt

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

from accounts.models import SignInAttempt
from core import clock, schedule
from core.clock import FrNow
from core.models import IdempotencyKey, LifecycleLog
from matching import drop_in
from notifications.retention import keep_no_longer
from opportunities.models import ApiKey, Feedback
from pledges.models import SheetUpload

ATTEMPTS_KEPT = dt.timedelta(days=1)  # the longest that a limit looks back
SHEETS_KEPT = dt.timedelta(days=30)  # uploaded and never applied; an applied one has let go of its rows already
WORDS_KEPT = dt.timedelta(days=730)  # of readers, who may have written about themselves; their tap is kept
MOVES_KEPT = dt.timedelta(days=6 * 365 + 2)  # six years, with their leap days; keys of systems after their end, too
KEYS_KEPT = dt.timedelta(days=30)  # a phone sends a pledge again within a day


def tidy() -> dict[str, int]:
    """Delete what is over: sign-in attempts, idempotency keys, sheets never applied, readers' words, sessions, old job
    runs, moves, keys of systems and messages.

    Returns how many of each.
    """
    with transaction.atomic():
        return {
            "sign_in_attempts": SignInAttempt.objects.filter(at__lt=FrNow() - ATTEMPTS_KEPT).delete()[0],
            "idempotency_keys": IdempotencyKey.objects.filter(made_at__lt=FrNow() - KEYS_KEPT).delete()[0],
            "sheets": SheetUpload.objects.filter(applied_at=None, uploaded_at__lt=FrNow() - SHEETS_KEPT).delete()[0],
            "words": Feedback.objects.filter(on__lt=clock.today() - WORDS_KEPT).exclude(words="").update(words=""),
            "sessions": Session.objects.filter(expire_date__lt=FrNow()).delete()[0],
            "drop_ins": drop_in.forget_old(),
            "job_runs": schedule.tidy(),
            "system_keys": _system_keys(),
            "moves": LifecycleLog.objects.filter(at__lt=FrNow() - MOVES_KEPT).delete()[0],
            "messages": keep_no_longer(),
        }


def _system_keys() -> int:
    """Keys that ended, or ran out, so long ago. Nothing points at them."""
    day = clock.today() - MOVES_KEPT
    return ApiKey.objects.filter(Q(ended_on__lt=day) | Q(expires_on__lt=day)).delete()[0]
