"""The worker's pages of introductions: where each is, one date and one name, and the next step first.

Only for one's own young people; anybody else's introduction is as unknown as a random id.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User, View, YoungPerson
from accounts.viewing import log_view
from core import clock
from core.clock import LONDON
from core.lifecycle import MoveRefused
from core.models import LifecycleLog
from introductions import (
    business_messages,
    meeting_file,
    replies,
    services,
    starting_pages,
    staying_lists,
    wording,
)
from introductions import worker_forms as ask_for
from introductions.lifecycle import INTRODUCTION
from introductions.models import Introduction
from introductions.starting_forms import StartForm
from introductions.worker_steps import STEPS, Step, Turn, steps_of, words_to_agree
from matching.shown import people_of
from matching.views import hat_of
from opportunities.models import Opportunity

S = Introduction.State


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
            preview = words_to_agree(turn, form)
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
