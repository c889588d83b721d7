"""What somebody must hear of, held against the messages there are. Cause and message commit together, so of every cause
without a message something was lost. Rooms register what they can say in one statement, in AppConfig.ready.

    register("interest", _("Interested young people"), lambda since: Introduction.objects.filter(
        made_at__gte=since).annotate(told=told_of("news_interested")))
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise

from core import clock
from notifications.models import Outbox

LATELY = dt.timedelta(days=30)
Since = Callable[[dt.datetime], "QuerySet[Any, Any]"]
_causes: dict[str, tuple[str | Promise, Since]] = {}


def register(name: str, label: str | Promise, since: Since) -> None:
    """Add a kind of cause. since(moment): those since then, annotated with `told`, whether a message was made. A second
    of the name raises ValueError."""
    if name in _causes:
        raise ValueError(f"The cause {name!r} is registered already")
    _causes[name] = (label, since)


def told_of(*purposes: str, cause: str = "pk", **same: Any) -> Exists:
    """Whether there is a message of one of these purposes about the cause. cause: its field with the number that the
    message carries; same: further fields of the message, as in a filter."""
    return Exists(Outbox.objects.filter(purpose__in=purposes, cause_id=OuterRef(cause), **same))


def count() -> dict[str, list[int]]:
    """Of each kind how many there were lately, and how many of them have no message. In a scope that sees all; one
    query each."""
    found = {}
    for name, (_label, since) in _causes.items():
        rows = since(clock.now() - LATELY)
        sums = rows.order_by().aggregate(all=Count("told"), untold=Count("told", filter=Q(told=False)))
        found[name] = [sums["all"], sums["untold"]]
    return found


def label_of(name: str) -> str:
    """In words."""
    return str(_causes[name][0]) if name in _causes else name
