"""How calls go: closed with one tap, tried again, or followed by what was said (domain, section 5)."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from pledges import answers
from pledges.call_tasks import make_call
from pledges.models import Answer, CallTask, Pledge

__all__ = ["CallRefused", "close_call", "make_call"]

TRIES = 3  # of one reason without reaching anybody: then somebody more senior
Why, Outcome = CallTask.Why, CallTask.Outcome
SAID = {
    Outcome.SPOKE: Answer.Said.SPOKE,
    Outcome.HELP: Answer.Said.HELP,
    Outcome.LATER: Answer.Said.LATER,
    Outcome.CANNOT: Answer.Said.CANNOT,
}


class CallRefused(Exception):
    """The call is closed already, or its outcome lacks something. Its text may be shown to people."""


def close_call(
    *, task: CallTask, by: User, outcome: str, note: str = "", until: dt.date | None = None
) -> answers.Promised:
    """Write down how a call went, and what follows: an answer in the giver's name, or the next try.

    until: with outcome `later`, the first of the month they named. Not reached: again in two working days, and
    after TRIES somebody more senior. Raises CallRefused when it is closed already, or answers.AnswerRefused.
    """
    with transaction.atomic():
        pledge = answers.locked(task.pledge_id)
        row = CallTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
        if row.state != CallTask.State.OPEN:
            raise CallRefused(_("This call is closed already."))
        if outcome not in Outcome.values:
            raise CallRefused(_("Choose how the call went."))
        row.state, row.outcome, row.note = CallTask.State.DONE, outcome, note
        row.done_by, row.done_at = by, clock.now()
        row.save(update_fields=["state", "outcome", "note", "done_by", "done_at"])
        if outcome == Outcome.NOT_REACHED:
            again = _try_again(row, pledge)
            return answers.Promised(again.due_on, answers.name_of(pledge, again))
        return answers.answer(pledge=pledge, said=SAID[Outcome(outcome)], until=until, words=note, by=by)


def _try_again(row: CallTask, pledge: Pledge) -> CallTask:
    tries = CallTask.objects.filter(pledge=pledge, why=row.why, outcome=Outcome.NOT_REACHED)
    if pledge.followed_from:
        tries = tries.filter(made_at__date__gte=pledge.followed_from)
    why = Why.SENIOR if tries.count() >= TRIES else row.why
    return make_call(pledge=pledge, why=why)
