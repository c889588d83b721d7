"""Introductions two years after their end, what was wrong six years after it was closed (domain, section 12)."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from accounts.retention import AUDIT, years_before
from core import clock
from core.clock import LONDON
from core.scope import EVERYTHING, scope
from introductions.models import CheckIn, Concern, ConcernNote, Introduction, Permission, Start

KEPT = 2  # years
LAST_CHECK_IN = 1  # year after the first day


def keep_no_longer() -> dict[str, int]:
    """Delete what is over for long enough. Each night; a second run finds nothing. Returns how many of each."""
    today = clock.today()
    with transaction.atomic(), scope(EVERYTHING):
        return {**_introductions(today), **_concerns(midnight(years_before(today, AUDIT)))}


def midnight(day: dt.date) -> dt.datetime:
    """When the day began in London."""
    return dt.datetime.combine(day, dt.time(), LONDON)


def _introductions(today: dt.date) -> dict[str, int]:
    """Two years after its end was written down (never by a day that somebody typed); of what goes on, after the last
    check-in."""
    since = years_before(today, KEPT)
    goes_on = ~Q(state="ended") & Q(start__starts_on__lt=years_before(since, LAST_CHECK_IN))
    old = Q(state="ended", ended_at__lt=midnight(since)) | goes_on
    found = list(Introduction.objects.filter(old).exclude(pk__in=_worried()).values_list("pk", flat=True))
    Concern.objects.filter(introduction__in=found).update(introduction=None)
    CheckIn.objects.filter(start__introduction__in=found).delete()
    Start.objects.filter(introduction__in=found).delete()
    Permission.objects.filter(introduction__in=found).delete()
    return {"introductions": Introduction.objects.filter(pk__in=found).delete()[0]}


def _worried() -> list[int]:
    """Introductions with something wrong that is not closed."""
    rows = Concern.objects.filter(introduction__isnull=False).exclude(state=Concern.State.CLOSED)
    return list(rows.values_list("introduction", flat=True))


def _concerns(since: dt.datetime) -> dict[str, int]:
    old = list(Concern.objects.filter(closed_at__lt=since, state=Concern.State.CLOSED).values_list("pk", flat=True))
    ConcernNote.objects.filter(concern__in=old).delete()
    return {"concerns": Concern.objects.filter(pk__in=old).delete()[0]}
