"""What givers say about their pledges, by one tap or to an officer, and what they are told: one date and one name."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from core.workdays import add_working_days, next_working_day
from pledges import cadence, ledger
from pledges.call_tasks import drop_calls, make_call
from pledges.lifecycle import GIVER, OPEN, PLEDGE
from pledges.models import Answer, CallTask, EmployerCheck, Pledge
from pledges.services import move_pledge

Said, Why = Answer.Said, CallTask.Why
WRITE = "write"  # the words of the answer to "shall we write the advert for you?"
LOOK_AGAIN = 20  # working days: when no month was promised
MONTHS_AHEAD = 12


class AnswerRefused(Exception):
    """It cannot be said now. Its text may be shown to people."""


@dataclass(frozen=True)
class Promised:
    """What follows from an answer: who rings by when. date is None when nobody will: the pledge was given back."""

    date: dt.date | None
    name: str


def locked(pledge_id: int) -> Pledge:
    """The pledge, locked: an answer, the follow-up and a stop of the same business wait for each other."""
    ledger.lock([pledge_id])
    return Pledge.objects.select_related("employer__lead", "owner", "event__owner").get(pk=pledge_id)


def answer(
    *, pledge: Pledge, said: str, until: dt.date | None = None, words: str = "", by: User | None = None
) -> Promised:
    """Write down what was said, end the reminders, and make the call that follows.

    until: with `later`, the first of the month they named. by: the officer who was told; None for a giver's own tap.
    The same tap twice is one answer. Raises AnswerRefused when the pledge has ended, or `later` lacks its month.
    """
    with transaction.atomic():
        row = locked(pledge.pk)
        until = until if said == Said.LATER else None
        if said == Said.CANNOT and row.state == Pledge.State.WITHDRAWN:
            return Promised(None, name_of(row))
        _refuse(row, said, until)
        if by is None and _said_before(row, said, until, words):
            return promised(row, said, words)
        Answer.objects.create(pledge=row, said=said, until=until, words=words[:300], typed_by=by)
        return _follow(row, said, until, words, by)


def _refuse(pledge: Pledge, said: str, until: dt.date | None) -> None:
    if pledge.state not in OPEN:
        raise AnswerRefused(_("This pledge has ended. You can take it up again."))
    if said == Said.LATER and until not in months_ahead(clock.today()):
        raise AnswerRefused(_("Choose a month."))


def months_ahead(today: dt.date) -> list[dt.date]:
    """The first days of the next 12 months."""
    months = (today.year * 12 + today.month + number for number in range(MONTHS_AHEAD))
    return [dt.date(month // 12, month % 12 + 1, 1) for month in months]


def answers_since(pledge: Pledge) -> QuerySet[Answer]:
    """Answers that belong to the present count. One that gave the pledge back ended the count before."""
    rows = Answer.objects.filter(pledge=pledge).exclude(said=Said.CANNOT)
    return rows.filter(made_at__date__gte=pledge.followed_from) if pledge.followed_from else rows


def _said_before(pledge: Pledge, said: str, until: dt.date | None, words: str) -> bool:
    last = answers_since(pledge).order_by("-pk").first()
    return last is not None and (last.said, last.until, last.words) == (said, until, words) and not last.typed_by_id


def _follow(pledge: Pledge, said: str, until: dt.date | None, words: str, by: User | None) -> Promised:
    """What an answer leads to. A call that the human word still needs stays, whatever was tapped."""
    if said == Said.CANNOT:
        move_pledge(pledge=pledge, name="withdraw", role=GIVER, why=_("Can't now") if by is None else words)
        drop_calls(pledge=pledge)
        return Promised(None, name_of(pledge))
    keep = () if by else (Why.FIRST_WORD,)
    if said in (Said.ON_TRACK, Said.SPOKE):
        drop_calls(pledge=pledge, but=keep)
        if pledge.state == Pledge.State.NOTED:
            PLEDGE.move(pledge, "confirm", role=GIVER)
    elif said == Said.HELP:
        why = why_of(said, words)
        drop_calls(pledge=pledge, but=(why,))  # the call that was asked for is a human word too
        make_call(pledge=pledge, why=why)
    elif until is not None:
        drop_calls(pledge=pledge, but=keep)
        make_call(pledge=pledge, why=Why.LATER, due_on=until)
        _move_month(pledge, until)
    return promised(pledge, said, words)


def _move_month(pledge: Pledge, until: dt.date) -> None:
    """Later is a new promise: the month they named, unless it is open already and people rely on the old one."""
    if pledge.state != Pledge.State.LIVE:
        Pledge.objects.filter(pk=pledge.pk).update(by_month=until)
        pledge.by_month = until


def why_of(said: str, words: str) -> str:
    """The reason of the call that an answer asks for."""
    if said == Said.LATER:
        return Why.LATER
    return Why.WRITE if words == WRITE else Why.HELP


def promised(pledge: Pledge, said: str, words: str = "") -> Promised:
    """One date and one name, for a pledge after that answer. Makes the call where nothing else would."""
    if said == Said.CANNOT or pledge.state not in OPEN:
        return Promised(None, name_of(pledge))
    rows = CallTask.objects.filter(pledge=pledge, state=CallTask.State.OPEN).select_related("owner")
    if said in (Said.HELP, Said.LATER):
        rows = rows.filter(why=why_of(said, words))
    task = rows.order_by("due_on", "pk").first()
    if task is None and (day := _by_itself(pledge)):
        return Promised(day, name_of(pledge))
    if task is None:
        why = Why.PROMISE if had_a_word(pledge) else Why.FIRST_WORD
        task = make_call(pledge=pledge, why=why, due_on=_next_look(pledge, why))
    return Promised(task.due_on, name_of(pledge, task))


def _by_itself(pledge: Pledge) -> dt.date | None:
    """The day of the call that the follow-up will make without further ado; None when it will make none."""
    steps, today = cadence.steps_on(clock.today()), clock.today()
    code = cadence.PROMISE if had_a_word(pledge) else cadence.FIRST_WORD
    if code not in steps or pledge.followed_from is None or pledge.held_back:
        return None
    day = cadence.due_on(steps[code], pledge.followed_from, pledge.by_month)
    if day is None or day <= today:
        return None
    return cadence.word_by(pledge.followed_from) if code == cadence.FIRST_WORD else cadence.promise_call_by(day)


def _next_look(pledge: Pledge, why: str) -> dt.date:
    today = clock.today()
    soon = add_working_days(today, cadence.CALL_WITHIN)
    if why == Why.FIRST_WORD:
        return soon
    if pledge.by_month is None:
        return add_working_days(today, LOOK_AGAIN)
    return max(soon, next_working_day(pledge.by_month))


def had_a_word(pledge: Pledge) -> bool:
    """Whether a person has spoken to the business since the count began: an answer told to an officer, or the
    call-back of its check.
    """
    if pledge.followed_from is None:
        return False
    spoken = Q(pledge__employer=pledge.employer_id, typed_by__isnull=False)
    return (
        Answer.objects.filter(spoken, made_at__date__gte=pledge.followed_from).exists()
        or EmployerCheck.objects.filter(employer=pledge.employer_id, called_on__gte=pledge.followed_from).exists()
    )


def name_of(pledge: Pledge, task: CallTask | None = None) -> str:
    """Who answers for it, by name."""
    owner = (task.owner if task else None) or pledge.owner or pledge.employer.lead
    return owner.name if owner else _("Somebody of the partnership")


def last_answer(pledge: Pledge) -> Answer | None:
    """The newest, one that gave it back among them."""
    return Answer.objects.filter(pledge=pledge).order_by("-pk").first()


def late_call(pledge: Pledge) -> CallTask | None:
    """The call that should have been made by now, the oldest first: then it is we who are late."""
    rows = CallTask.objects.filter(pledge=pledge, state=CallTask.State.OPEN, due_on__lt=clock.today())
    return rows.select_related("owner").order_by("due_on").first() if pledge.state in OPEN else None
