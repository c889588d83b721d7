"""A young person does not want somebody to see them, or something done. Somebody who leads the team answers in words.

The law gives one month (UK GDPR, article 12); what we promise the young person is sooner, and the caller says when.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import events
from accounts.apart import is_hidden
from accounts.models import Objection, User, YoungPerson
from core import clock
from core.clock import LONDON
from core.lifecycle import MoveRefused
from core.models import LifecycleLog

MODEL = "accounts.Objection"
MOST = 3  # that wait for an answer: more can be said in one of them


class NobodyReads(MoveRefused):
    """They are kept apart: no manager would ever read it."""


@transaction.atomic
def make_objection(*, person: YoungPerson, about: str, words: str, answer_by: dt.date, by: User) -> Objection:
    """Write it down and announce it. The same words again while they wait: no change.

    about: whom they do not want to see them, if they named somebody. Raises NobodyReads for somebody kept apart, and
    MoveRefused in words when many wait.
    """
    if is_hidden(lock(person)):
        raise NobodyReads(_("Those who lead your team do not see you."))
    waiting: list[Objection] = list(Objection.objects.filter(person=person, answered_at=None))
    said = {"about": about, "words": words}
    for row in waiting:
        if row.words == said:
            return row
    if len(waiting) >= MOST:
        raise MoveRefused(_("You have told us a few things already. Wait for the answer, or talk to your adviser."))
    made: Objection = Objection.objects.create(person=person, words=said, answer_by=answer_by)
    _log(made, "object", old="", new="waiting", by=by)
    events.objected.send(sender=Objection, id=made.pk, old="", new="waiting")
    return made


def lock(person: YoungPerson) -> YoungPerson:
    """As they are now, held: somebody may be keeping them apart. Apart, so that a test can show what happens without
    it."""
    row: YoungPerson = YoungPerson.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    return row


@transaction.atomic
def answer_objection(*, objection: Objection, words: str, by: User, role: str) -> None:
    """Answer once, in words that the young person reads. Raises MoveRefused when somebody was quicker."""
    row: Objection = Objection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    if row.answered_at is not None:
        raise MoveRefused(_("Somebody has answered already. See the answer below."))
    row.answer, row.answered_by, row.answered_at = words, by, clock.now()
    row.save(update_fields=["answer", "answered_by", "answered_at"])
    _log(row, "answer", old="waiting", new="answered", by=by, role=role)
    events.objection_answered.send(sender=Objection, id=row.pk, old="waiting", new="answered")


def last_lawful_day(objection: Objection) -> dt.date:
    """One month after it was made: the same day of the next month, or its last."""
    made = objection.made_at.astimezone(LONDON).date()
    first = (made.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    return first.replace(day=min(made.day, last.day))


def _log(row: Objection, move: str, *, old: str, new: str, by: User, role: str = "") -> None:
    LifecycleLog.objects.create(
        model=MODEL, object_id=row.pk, move=move, old=old, new=new, actor=by.pk, role=role
    )  # fmt: skip
