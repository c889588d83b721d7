"""A business's fixed replies, through the worker, and whether its last word still waits for them.

There is no free message: nothing said here can be about somebody's past. A reply is a line of the introduction's log.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.lifecycle import MoveRefused
from core.models import LifecycleLog
from core.scope import current
from introductions import events, services
from introductions.lifecycle import BUSINESS, INTRODUCTION, KNOWN, WORKER
from introductions.models import Introduction

REPLY, HEARD, FINE = "reply", "heard", "fine"
REPLIES = {
    "ring": gettext_lazy("Please ring me"),
    "day": gettext_lazy("Can we change the day?"),
    "bring": gettext_lazy("What should they bring?"),
    "travel": gettext_lazy("How will they get here?"),
    "later": gettext_lazy("We need a few more days"),
}


NOTES = {HEARD: gettext_lazy("The worker answered the business"), FINE: gettext_lazy("Still fine")}


@transaction.atomic
def reply(*, introduction: Introduction, said: str, role: str) -> None:
    """The business says one of the fixed replies; the worker is told. Raises MoveRefused when it has ended.

    KeyError for what is not among them.
    """
    REPLIES[said]
    row = services.locked(introduction)
    services.refuse_business(row.employer)
    if row.state not in KNOWN or role not in BUSINESS:
        raise MoveRefused(_("This has ended. Nothing more is needed."))
    note(row, REPLY, role, said)
    events.replied.send(sender=Introduction, id=row.pk, old=row.state, new=row.state)


@transaction.atomic
def hear(*, introduction: Introduction, role: str) -> None:
    """The worker has answered the business."""
    note(services.locked(introduction), HEARD, role)


def note(row: Introduction, move: str, role: str, why: str = "") -> None:
    """A line of the log that moves nothing."""
    LifecycleLog.objects.create(
        model=INTRODUCTION.model, object_id=row.pk, move=move, old=row.state, new=row.state,
        actor=current().actor, role=role, why=why,
    )  # fmt: skip


def _words(of: Any) -> QuerySet[LifecycleLog]:
    """What the business and the worker said to each other, the last first: "still fine" and what the installation does
    by itself answer nobody."""
    return _words_of_many([of]).order_by("-pk")


def _words_of_many(introductions: Iterable[Any]) -> QuerySet[LifecycleLog]:
    wanted = list(introductions)
    lines = LifecycleLog.objects.filter(model=INTRODUCTION.model, object_id__in=wanted, role__in=BUSINESS | WORKER)
    return lines.exclude(move=FINE)


def with_last_word(rows: QuerySet[Introduction]) -> QuerySet[Introduction]:
    """Each with `last_role`: who of the business and the worker moved it or spoke of it last."""
    return rows.annotate(last_role=Subquery(_words(OuterRef("pk")).values("role")[:1]))


def waiting(row: Introduction) -> str:
    """What the business said last, if the worker has done nothing since; "" for nothing."""
    last = _words(row.pk).first()
    if last is None or last.role not in BUSINESS or row.state not in KNOWN:
        return ""
    return words_of(last)


def bring_of(row: Introduction) -> str:
    """What the young person is to bring. A business's own words are for them once the worker has done something about
    it since; before that, and without any, what the page says, once they have a first day."""
    page = row.opportunity.bring if row.state == Introduction.State.STARTED else ""
    return ("" if row.pk in with_unread_bring([row.pk]) else row.bring) or page


def with_unread_bring(introductions: Iterable[int]) -> set[int]:
    """Those of which a business has said what to bring and the worker has done nothing since. One query."""
    found: set[int] = set()
    lines = _words_of_many(introductions).order_by("pk").values_list("object_id", "move", "role")
    for pk, move, role in lines:
        if role in WORKER:
            found.discard(pk)
        elif move == "check":
            found.add(pk)
    return found


def words_of(move: LifecycleLog) -> str:
    """A line of the log in words."""
    if move.move == REPLY:
        return _("The business says: %(words)s") % {"words": REPLIES.get(move.why, move.why)}
    if move.move in NOTES:
        return str(NOTES[move.move])
    return str(Introduction.State(move.new).label)
