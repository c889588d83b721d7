"""What a business writes into its own draft: five of the six questions, and that it is ready.

Who may go for it, how many places there are and why something may be unpaid stay with the desk. The log says the role
"giver": behind a signed link there is no user.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.lifecycle import MoveRefused
from core.models import LifecycleLog
from core.scope import current
from notifications import services as messages
from opportunities import questions, services
from opportunities.lifecycle import MODEL
from opportunities.models import Opportunity
from opportunities.questions import Question, Standing
from opportunities.refusals import Refusal, refusals
from pledges.call_tasks import owner_of
from pledges.lifecycle import GIVER

WRITE, READY = "write", "ready"
TELL_READY = "draft_ready"  # the purpose of what its officer is told: see opportunities/ready_messages.py
NOT_ASKED = frozenset({"unpaid_reason"})
ASKED = {
    "work": gettext_lazy("What is it, and what would they do?"),
    "place": gettext_lazy("Where and when is it?"),
    "pay": gettext_lazy("What do you pay and promise?"),
    "support": gettext_lazy("What support do you offer?"),
    "way": gettext_lazy("How do people go for it?"),
}
BY_CODE: dict[str, Question] = {
    code: replace(
        questions.BY_CODE[code],
        title=title,
        fields=tuple(name for name in questions.BY_CODE[code].fields if name not in NOT_ASKED),
    )
    for code, title in ASKED.items()
}
_HOURS = gettext_lazy("16 and 17 year olds may not work these hours. Change them, or tell us it is for 18 and over.")
# For what a refusal asks of an officer: what it asks of the business itself.
SAID = {
    "review": gettext_lazy("Leave out phone numbers, links and anything that can be read in two ways."),
    "pay": gettext_lazy("Enter the pay for one hour. If it is unpaid, we talk about it when we ring you."),
    "start_past": gettext_lazy("The start has passed. Enter a new date."),
    "young_nights": _HOURS,
    "young_long_week": _HOURS,
    "young_long_day": _HOURS,
}


def standings(row: Opportunity) -> list[Standing]:
    """How far each question is, in words for the business."""
    missing = [Refusal(each.code, str(SAID.get(each.code, each.sentence))) for each in refusals(row)]
    return questions.of(row, list(dict.fromkeys(missing)), BY_CODE.values())


def write(*, opportunity: Opportunity, question: Question, **values: Any) -> None:
    """Keep the answer to one question. Pay that is entered ends a reason for being unpaid.

    Raises as services.complete does; TypeError for a name the question does not ask for.
    """
    asked = {"pay_pence" if name == "pay" else name for name in question.fields}
    if unknown := set(values) - asked:
        raise TypeError(f"not asked of a business: {sorted(unknown)}")
    if values.get("pay_pence") is not None:
        values["unpaid_reason"] = None
    with transaction.atomic():
        before = services.locked(opportunity)
        services.complete(opportunity=opportunity, by=None, done=question.mask, **values)
        changed = sorted(
            field.name
            for field in Opportunity._meta.concrete_fields
            if field.name not in ("questions_done", "questions_to_check")
            and getattr(before, field.attname) != getattr(opportunity, field.attname)
        )
        if changed or before.questions_done != opportunity.questions_done:
            _log(opportunity, WRITE, ", ".join(changed))


def say_ready(*, opportunity: Opportunity) -> None:
    """The business has written what it can: whoever answers for the pledge hears of it with their next digest.

    Said twice it counts once. Raises MoveRefused when it is no draft.
    """
    with transaction.atomic():
        row = services.locked(opportunity)
        if row.state != Opportunity.State.DRAFT:
            raise MoveRefused(_("This is not a draft any more."))
        last = last_words([row.pk]).get(row.pk)
        if last is None or last.move != READY:
            said, owner = _log(row, READY), owner_of(row.pledge)
            messages.hold(purpose=TELL_READY, items=[(owner, None, said.pk, 1)] if owner else [])


def _log(row: Opportunity, move: str, why: str = "") -> LifecycleLog:
    return LifecycleLog.objects.create(
        model=MODEL, object_id=row.pk, move=move, old=row.state, new=row.state,
        actor=current().actor, role=GIVER, why=why,
    )  # fmt: skip


def last_words(ids: Iterable[int]) -> dict[int, LifecycleLog]:
    """The last that each business wrote or said of its draft, unless the draft was sent back after it. One query."""
    rows = LifecycleLog.objects.filter(model=MODEL, object_id__in=list(ids))
    rows = rows.filter(Q(role=GIVER, move__in=(WRITE, READY)) | Q(move="send_back"))
    found = rows.order_by("object_id", "-pk").distinct("object_id")
    return {entry.object_id: entry for entry in found if entry.move != "send_back"}


def told(entry: LifecycleLog | None) -> str:
    """For the desk, in one sentence; "" when the business has written nothing."""
    if entry is None:
        return ""
    day = {"day": date_format(entry.at.astimezone(clock.LONDON), "j F")}
    if entry.move == READY:
        return _("Written by the business on %(day)s.") % day
    return _("The business is writing it, last on %(day)s.") % day
