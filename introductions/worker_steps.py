"""What a worker may do about an introduction, step by step: each with its questions and the verb behind it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import clock
from core.clock import LONDON
from core.lifecycle import MoveRefused
from introductions import (
    ages,
    fine,
    replies,
    services,
    starting,
    wording,
)
from introductions import worker_forms as ask_for
from introductions.lifecycle import INTRODUCTION, START
from introductions.models import Introduction, Permission, Start
from introductions.starting_forms import EndForm, StartForm

S, Ending = Introduction.State, Introduction.Ending


@dataclass
class Turn:
    """One worker at one introduction."""

    row: Introduction
    by: User
    role: str

    @property
    def question(self) -> Permission | None:
        """What was asked last and still counts."""
        rows = Permission.objects.filter(introduction=self.row, withdrawn_at=None)
        found: Permission | None = rows.order_by("-pk").first()
        return found

    @property
    def child(self) -> bool:
        return ages.is_child(self.row.person, clock.today())

    @cached_property
    def start(self) -> Start | None:
        """Once they have a first day."""
        found: Start | None = Start.objects.filter(introduction=self.row).first()
        if found is not None:
            found.introduction, found.opportunity = self.row, self.row.opportunity
        return found

    @property
    def started(self) -> Start:
        """Raises MoveRefused when there is none."""
        if self.start is None:
            raise MoveRefused(_("They have no first day yet."))
        return self.start


Said = dict[str, Any]


def words_to_agree(turn: Turn, form: forms.Form) -> wording.Words:
    """What the business would get, as the form says it now."""
    assert isinstance(form, ask_for.AskForm)
    said, reach = form.cleaned_data, form.way_in_words(turn.by.name)
    return wording.words_for(
        turn.row, name=said["name"], reach=reach, who_knows=said["who_knows"], more=said["more"]
    )  # fmt: skip


def _ask(turn: Turn, form: forms.Form) -> None:
    day = form.cleaned_data["interpreter_on"]
    services.ask(
        introduction=turn.row, by=turn.by, role=turn.role, words=words_to_agree(turn, form), interpreter_on=day
    )


def _answer(turn: Turn, form: forms.Form) -> None:
    said, question = form.cleaned_data, turn.question
    if question is None:
        raise MoveRefused(_("Nothing has been asked. Ask first."))
    services.answer(
        permission=question, yes=said["answer"] == "yes", role=turn.role, by=turn.by, in_person=True,
        agreed_role=said.get("agreed_role", ""),
    )  # fmt: skip


def _confirm(turn: Turn, form: forms.Form) -> None:
    question = turn.question
    if question is None:
        raise MoveRefused(_("There is no yes to confirm any more."))
    agreed = form.cleaned_data["agreed_role"]
    services.confirm(permission=question, by=turn.by, role=turn.role, agreed_role=agreed)


def _introduce(turn: Turn, form: forms.Form) -> None:
    services.introduce(introduction=turn.row, role=turn.role, adult_name=form.cleaned_data.get("adult_name", ""))


def _move_on(move: str) -> Callable[[Turn, forms.Form], None]:
    def do(turn: Turn, form: forms.Form) -> None:
        facts: Said = dict(form.cleaned_data)
        if "day" in facts:
            at = dt.datetime.combine(facts.pop("day"), facts.pop("time"), tzinfo=LONDON)
            if at <= clock.now():
                raise MoveRefused(_("That time has passed. Write one that is still to come."))
            facts["meets_at"] = at
        services.move_on(introduction=turn.row, move=move, role=turn.role, **facts)

    return do


def _start(turn: Turn, form: forms.Form) -> None:
    assert isinstance(form, StartForm)
    starting.start(introduction=turn.row, by=turn.by, role=turn.role, facts=form.facts())


def _put_right(turn: Turn, form: forms.Form) -> None:
    assert isinstance(form, StartForm)
    starting.put_right(start=turn.started, role=turn.role, facts=form.facts())


def _begin(turn: Turn, form: forms.Form) -> None:
    starting.begin(start=turn.started, role=turn.role)


def _end_start(turn: Turn, form: forms.Form) -> None:
    starting.end(start=turn.started, role=turn.role, **form.cleaned_data)


def _end(move: str, ending: str) -> Callable[[Turn, forms.Form], None]:
    def do(turn: Turn, form: forms.Form) -> None:
        services.end(introduction=turn.row, move=move, role=turn.role, ending=ending, **form.cleaned_data)

    return do


def _hear(turn: Turn, form: forms.Form) -> None:
    replies.hear(introduction=turn.row, role=turn.role)


def _fine(turn: Turn, form: forms.Form) -> None:
    fine.say_fine(introduction=turn.row, role=turn.role)


@dataclass(frozen=True)
class Step:
    """One thing a worker may do. move: of the lifecycle, which says when it may be done; of_start: of the start's.
    Where there is no move, `when` says it."""

    move: str
    label: Any
    form: type[forms.Form]
    do: Callable[[Turn, forms.Form], None]
    of_start: bool = False
    when: Callable[[Introduction], object] = lambda row: False

    def open_to(self, turn: Turn, moves: set[tuple[str, bool]]) -> bool:
        """Whether it may be done now."""
        return (self.move, self.of_start) in moves or bool(self.when(turn.row))


STEPS = {
    "heard": Step("", gettext_lazy("I have answered the business"), ask_for.SureForm, _hear, when=replies.waiting),
    "ask": Step("ask", gettext_lazy("Ask them"), ask_for.AskForm, _ask),
    "answer": Step("permit", gettext_lazy("Write down their answer"), ask_for.AnswerForm, _answer),
    "confirm": Step("permit", gettext_lazy("Confirm their yes"), ask_for.ConfirmForm, _confirm),
    "introduce": Step(
        "introduce", gettext_lazy("Hold a place and tell the business"), ask_for.IntroduceForm, _introduce
    ),
    "start": Step("start", gettext_lazy("They have a first day"), StartForm, _start),
    "begin": Step("begin", gettext_lazy("They are there"), ask_for.SureForm, _begin, of_start=True),
    "put-right": Step("put_right", gettext_lazy("Put the start right"), StartForm, _put_right, of_start=True),
    "end-start": Step("end", gettext_lazy("They are not there any more"), EndForm, _end_start, of_start=True),
    "check": Step("check", gettext_lazy("Checks are under way"), ask_for.CheckForm, _move_on("check")),
    "fine": Step("", gettext_lazy("They say it is still fine"), ask_for.SureForm, _fine, when=fine.may_say),
    "meet": Step("meet", gettext_lazy("They will meet"), ask_for.MeetForm, _move_on("meet")),
    "interview": Step("interview", gettext_lazy("There is an interview"), ask_for.MeetForm, _move_on("interview")),
    "offer": Step("offer", gettext_lazy("They have an offer"), ask_for.SureForm, _move_on("offer")),
    "ask-again": Step("ask_again", gettext_lazy("Ask with other words"), ask_for.AskForm, _ask),
    "not-this-time": Step(
        "not_this_time",
        gettext_lazy("The business says not this time"),
        ask_for.NotThisTimeForm,
        _end("not_this_time", Ending.NOT_THIS_TIME),
    ),
    "withdraw": Step(
        "withdraw", gettext_lazy("They take their yes back"), ask_for.SureForm, _end("withdraw", Ending.WITHDRAWN)
    ),
    "decline": Step(
        "decline", gettext_lazy("They do not want it"), ask_for.SureForm, _end("decline", Ending.YOUNG_PERSON)
    ),
}


def steps_of(turn: Turn) -> dict[str, Step]:
    """What may be done now, the next step first."""
    moves = {(move.name, False) for move in INTRODUCTION.may(turn.row.state, turn.role)}
    if turn.row.state == S.STARTED and turn.start is not None:
        moves |= {(move.name, True) for move in START.may(turn.start.state, turn.role)}
    found = {name: step for name, step in STEPS.items() if step.open_to(turn, moves)}
    answered = turn.question if turn.row.state == S.ASKED else None
    if turn.start is not None and turn.start.starts_on > clock.today():
        found.pop("begin", None)
    found.pop("answer" if answered and answered.answer else "confirm", None)
    if "withdraw" in found:
        found.pop("decline", None)
    return found
