"""The worker's pages of introductions: where each is, one date and one name, and the next step first.

Only for one's own young people; anybody else's introduction is as unknown as a random id.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User, View, YoungPerson
from accounts.viewing import log_view
from core import clock
from core.clock import LONDON
from core.lifecycle import MoveRefused
from core.models import LifecycleLog
from introductions import (
    ages,
    business_messages,
    fine,
    meeting_file,
    replies,
    services,
    starting,
    starting_pages,
    staying_lists,
    wording,
)
from introductions import worker_forms as ask_for
from introductions.lifecycle import INTRODUCTION, START
from introductions.models import Introduction, Permission, Start
from introductions.starting_forms import EndForm, StartForm
from matching.shown import people_of
from matching.views import hat_of
from opportunities.models import Opportunity

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


def _words(turn: Turn, form: forms.Form) -> wording.Words:
    assert isinstance(form, ask_for.AskForm)
    said, reach = form.cleaned_data, form.way_in_words(turn.by.name)
    return wording.words_for(
        turn.row, name=said["name"], reach=reach, who_knows=said["who_knows"], more=said["more"]
    )  # fmt: skip


def _ask(turn: Turn, form: forms.Form) -> None:
    day = form.cleaned_data["interpreter_on"]
    services.ask(introduction=turn.row, by=turn.by, role=turn.role, words=_words(turn, form), interpreter_on=day)


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


def mine(request: HttpRequest, public_id: UUID) -> Turn:
    """The worker at one of their own. 404 for anybody else's."""
    user = request.user
    assert isinstance(user, User)  # the policy lets nobody else in
    rows = Introduction.objects.filter(person__in=people_of(hat_of(request).user))
    row = get_object_or_404(
        rows.select_related("person", "opportunity__kind", "opportunity__pledge__contact", "employer"),
        public_id=public_id,
    )
    return Turn(row, user, hat_of(request).role)


@require_safe
def list_introductions(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/people/<person>/introductions/`: all of one young person, what is open first."""
    person: YoungPerson = get_object_or_404(people_of(hat_of(request).user), public_id=public_id)
    log_view(hat_of(request), [person.pk], View.Page.INTRODUCTION)
    rows = Introduction.objects.filter(person=person).select_related("opportunity", "employer")
    found = sorted(rows.order_by("-made_at", "-pk"), key=lambda row: row.state == S.ENDED)
    return render(request, "introductions/worker_list.html", {"person": person, "introductions": found})


@require_safe
def show_introduction(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/introductions/<introduction>/`."""
    turn = mine(request, public_id)
    log_view(hat_of(request), [turn.row.person_id], View.Page.INTRODUCTION)
    steps = [
        {"label": step.label, "url": reverse("introductions:take-step", args=[public_id, name])}
        for name, step in steps_of(turn).items()
    ]
    moves = LifecycleLog.objects.filter(model=INTRODUCTION.model, object_id=turn.row.pk).order_by("-pk")
    moments = [{"date": each.at.astimezone(LONDON), "text": replies.words_of(each)} for each in moves]
    context = {
        "row": turn.row, "person": turn.row.person, "steps": steps, "moments": moments, "line": case_line(turn.row),
        "who": _next_by(turn), "over": turn.row.state in (S.ENDED, S.STARTED), "question": turn.question,
        "never": wording.never_asks(), "tell": _whom_to_tell(turn.row),
        "said": replies.waiting(turn.row), "has_file": meeting_file.has_file(turn.row),
        "again": business_messages.may_go_again(turn.row),
        "place": "interview" if turn.row.state == S.INTERVIEW else "meet",
        **starting_pages.context_of(turn.row, turn.start, hat_of(request).council),
        "check_ins": staying_lists.of_introduction(turn.row),
    }  # fmt: skip
    return render(request, "introductions/worker_introduction.html", context)


@require_safe
def show_file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/introductions/<introduction>/meeting.ics`."""
    turn = mine(request, public_id)
    log_view(hat_of(request), [turn.row.person_id], View.Page.INTRODUCTION)
    return meeting_file.answer_with(turn.row)


def _next_by(turn: Turn) -> str:
    """Who does the next thing: the young person while a question waits for them, the business once it knows."""
    row, question = turn.row, turn.question
    if row.state == S.ASKED and question is not None and not question.answer:
        return str(row.person.label)
    return str(row.employer.name) if row.state in (S.INTRODUCED, S.MEETING, S.INTERVIEW) else str(turn.by.name)


def case_line(row: Introduction) -> str:
    """One line to paste into the case system."""
    said = {
        "day": clock.today().strftime("%d/%m/%Y"), "what": row.opportunity.title, "where": row.employer.name,
        "state": row.get_state_display(), "reference": row.reference,
    }  # fmt: skip
    return _("%(day)s: %(what)s, %(where)s: %(state)s (reference %(reference)s).") % said


@require_http_methods(["GET", "HEAD", "POST"])
def take_step(request: HttpRequest, public_id: UUID, name: str) -> HttpResponse:
    """`/adviser/introductions/<introduction>/<step>/`: its questions; what is asked is shown before it is sent."""
    turn, step = mine(request, public_id), STEPS.get(name)
    if step is None:
        raise Http404
    log_view(hat_of(request), [turn.row.person_id], View.Page.INTRODUCTION)
    here = redirect("introductions:show-introduction", public_id=public_id)
    if name not in steps_of(turn) or _somebody_else_was_here(request, turn):
        messages.warning(request, _("This has moved on since you opened it. Look at where it is now."))
        return here
    form = _form_of(step, turn, request)
    preview = None
    if request.method == "POST" and form.is_valid():
        if isinstance(form, ask_for.AskForm) and "send" not in request.POST:
            preview = _words(turn, form)
        elif _done(step, turn, form):
            messages.success(request, _("Saved."))
            return here
    context = {
        "form": form, "step": step, "row": turn.row, "person": turn.row.person, "preview": preview,
        "plainly": wording.plainly(), "question": turn.question if name in ("answer", "confirm") else None,
        "seen": turn.row.changed_at.isoformat(), "asks": step.form is ask_for.AskForm,
        "holds": name == "introduce",
        "interpreter": wording.interpreter_for(turn.row.person) if step.form is ask_for.AskForm else "",
        "right": starting_pages.right_to_work(turn.row.person) if step.form is StartForm else "",
    }  # fmt: skip
    return render(request, "introductions/worker_step.html", context)


def _whom_to_tell(row: Introduction) -> dict[str, Any] | None:
    """Once a place is held: who gave the pledge, if somebody has approved them, and the words that were agreed.

    sent: we have written to them; else the worker says the words. None before that, and while the business is not
    checked.
    """
    if row.state != S.INTRODUCED or not services.is_checked(row.employer):
        return None
    giver = row.opportunity.pledge.contact
    known = giver.approved_on is not None
    ways = [giver.name, giver.phone, giver.email] if known else []
    return {
        "giver": ", ".join(way for way in ways if way),
        "words": (row.agreed or {}).get("text", ""),
        "sent": known and business_messages.goes_out(row),
    }


def _somebody_else_was_here(request: HttpRequest, turn: Turn) -> bool:
    """Whether it changed after the form was shown. It stays locked until the answer."""
    if request.method != "POST":
        return False
    turn.row.changed_at = services.locked(turn.row).changed_at
    return request.POST.get("seen") != turn.row.changed_at.isoformat()


def _form_of(step: Step, turn: Turn, request: HttpRequest) -> forms.Form:
    data = request.POST if request.method == "POST" else None
    if step.form is StartForm:
        return StartForm(data, opportunity=turn.row.opportunity, start=turn.start)
    form = step.form(data, initial=meeting_file.arranged(turn.row))
    if isinstance(form, ask_for.IntroduceForm) and not turn.row.opportunity.kind.one_to_one:
        form.fields.pop("adult_name")
    if isinstance(form, ask_for.AnswerForm) and not turn.child:
        form.fields.pop("agreed_role")
    return form


def _done(step: Step, turn: Turn, form: forms.Form) -> bool:
    try:
        step.do(turn, form)
    except MoveRefused as refused:
        form.add_error(None, ValidationError(str(refused)))
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def note_interest(request: HttpRequest, public_id: UUID, opportunity: UUID) -> HttpResponse:
    """`/adviser/people/<person>/interested/<opportunity>/`: they told their worker that they would like it."""
    person: YoungPerson = get_object_or_404(people_of(hat_of(request).user), public_id=public_id)
    log_view(hat_of(request), [person.pk], View.Page.PERSON)
    wanted = get_object_or_404(Opportunity.objects.select_related("employer"), public_id=opportunity, row__isnull=False)
    refusal = ""
    if request.method == "POST":
        try:
            row = services.say_interested(
                person=person, opportunity=wanted, said_by=Introduction.SaidBy.WORKER, role=hat_of(request).role
            )
        except MoveRefused as refused:
            refusal = str(refused)
        else:
            return redirect("introductions:show-introduction", public_id=row.public_id)
    context = {"person": person, "opportunity": wanted, "refusal": refusal}
    return render(request, "introductions/worker_interest.html", context)
