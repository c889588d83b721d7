"""A business's page about one introduction: the agreed words, where it stands, and its answers.

By sign-in (`/employer/introductions/<reference>/`) or by the giver's own signed link
(`/k/<token>/introduction/<reference>/`): the link to their page, which may be passed on, opens none. A GET changes
nothing. What may not be read any more, is taken back or never was, gets one answer: a sentence without anything of a
person.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.links import find_link, find_used
from accounts.roles import Role
from core import clock
from core.clock import LONDON
from core.lifecycle import MoveRefused
from introductions import business_forms as ask_for
from introductions import known, meeting_file, replies, services, staying_lists
from introductions.business_messages import LINK, VERB
from introductions.home import Visitor
from introductions.home_views import Door, View, signed_in
from introductions.lifecycle import INTRODUCTION
from introductions.models import Introduction
from introductions.worker_forms import SureForm
from pledges.lifecycle import GIVER
from pledges.models import EmployerContact

Ending = Introduction.Ending


def _by_link(token: str) -> Door | None:
    link = find_link(token, LINK)
    contact = EmployerContact.objects.select_related("employer").filter(pk=link.object_id).first() if link else None
    return Door(Visitor(contact.employer, contact), token, link) if contact else None


def linked(view: View) -> View:
    """For `/k/<token>/introduction/...`: an old link that somebody has used gets a sentence, an unknown one a 404."""

    @wraps(view)
    def inner(request: HttpRequest, token: str, **parts: Any) -> HttpResponse:
        door = _by_link(token)
        if door is not None:
            response = _inside(view, request, door, parts)
        elif find_used(token, LINK):
            response = render(request, "introductions/business_gone.html", {"old_link": True})
        else:
            raise Http404
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return csrf_exempt(inner)


def by_sign_in(view: View) -> View:
    """For `/employer/introductions/...`: the hat says which business, its address which of its people."""

    @wraps(view)
    def inner(request: HttpRequest, door: Door, **parts: Any) -> HttpResponse:
        return _inside(view, request, door, parts)

    return signed_in(inner)


def _inside(view: View, request: HttpRequest, door: Door, parts: dict[str, Any]) -> HttpResponse:
    with known.as_business(door.visitor):
        return view(request, door, **parts)


def find(door: Door, reference: str) -> Introduction | None:
    """The introduction, if this visitor may read it now."""
    if not services.is_checked(door.visitor.employer):
        return None
    found: Introduction | None = known.of_giver(door.visitor).filter(reference=reference).first()
    return found


def _gone(request: HttpRequest, door: Door, reference: str) -> HttpResponse:
    """Nothing to read: the business is not checked at the moment, or it is over. The same for what never was."""
    context = {
        "resting": not services.is_checked(door.visitor.employer),
        "wrong_url": door.url("say-known-wrong", reference),
    }
    return render(request, "introductions/business_gone.html", context)


def _role(door: Door) -> str:
    return GIVER if door.token else str(Role.EMPLOYER_MEMBER)


Do = Callable[[Introduction, str, dict[str, Any]], None]


def _move_on(move: str) -> Do:
    def do(row: Introduction, role: str, said: dict[str, Any]) -> None:
        facts = dict(said)
        if "day" in facts:
            at = dt.datetime.combine(facts.pop("day"), facts.pop("time"), tzinfo=LONDON)
            if at <= clock.now():
                raise MoveRefused(_("That time has passed. Write one that is still to come."))
            facts |= {"meets_at": at, "in_staffed_place": False}  # their worker looks at the place
        services.move_on(introduction=row, move=move, role=role, **facts)

    return do


def _not_this_time(row: Introduction, role: str, said: dict[str, Any]) -> None:
    services.end(introduction=row, move="not_this_time", role=role, ending=Ending.NOT_THIS_TIME, **said)


@dataclass(frozen=True)
class Answer:
    """One thing a business may say. move: of the lifecycle, which says when it may be said."""

    move: str
    label: Any
    lead: Any
    form: type[forms.Form]
    do: Do


ANSWERS = {
    "meet": Answer(
        "meet",
        gettext_lazy("Let us meet"),
        gettext_lazy("Say when and where. Their worker looks at the place and tells them."),
        ask_for.BusinessMeetForm,
        _move_on("meet"),
    ),
    "interview": Answer(
        "interview",
        gettext_lazy("We invite them to an interview"),
        gettext_lazy("Say when and where. Their worker helps them to get ready."),
        ask_for.BusinessMeetForm,
        _move_on("interview"),
    ),
    "offer": Answer(
        "offer",
        gettext_lazy("We offer it to them"),
        gettext_lazy("Their worker goes through it with them. They can still say no."),
        SureForm,
        _move_on("offer"),
    ),
    "checks": Answer(
        "check",
        gettext_lazy("Checks are under way"),
        gettext_lazy("Say when they should be back, and what they bring. Their worker reads it first."),
        ask_for.BusinessCheckForm,
        _move_on("check"),
    ),
    "not-this-time": Answer(
        "not_this_time",
        gettext_lazy("Not this time"),
        gettext_lazy("The place is free again. We tell them kindly."),
        ask_for.ReasonForm,
        _not_this_time,
    ),
}


def answers_of(row: Introduction, role: str) -> dict[str, Answer]:
    """What may be said now."""
    moves = {move.name for move in INTRODUCTION.may(row.state, role)}
    return {name: answer for name, answer in ANSWERS.items() if answer.move in moves}


def _label(row: Introduction, answer: Answer) -> Any:
    """A meeting that is arranged is not arranged again, but changed."""
    again = row.state in meeting_file.MEETS and INTRODUCTION.by_name[answer.move].new == row.state
    return _("Change the day or the place") if again else answer.label


@require_safe
def show(request: HttpRequest, door: Door, reference: str) -> HttpResponse:
    """The agreed words, where it stands, and what the business may say."""
    row = find(door, reference)
    if row is None:
        return _gone(request, door, reference)
    said = answers_of(row, _role(door))
    context = {
        "row": row,
        "door": door,
        "agreed": row.agreed or {},
        "stands": known.stands(row),
        "facts": known.facts(row),
        "answers": [(_label(row, answer), door.url("answer-known", reference, name)) for name, answer in said.items()],
        "replies": replies.REPLIES.items() if said else (),
        "reply_url": door.url("reply-known", reference),
        "check_ins": staying_lists.of_side(row, "employer"),
        "wrong_url": door.url("say-known-wrong", reference),
        "file_url": door.url("show-known-file", reference) if meeting_file.has_file(row) else "",
        **_ways_back(door, row),
    }
    return render(request, "introductions/business_introduction.html", context)


def _ways_back(door: Door, row: Introduction) -> dict[str, str]:
    """To their own page and to all of the opportunity; a link to the introduction alone opens neither."""
    if door.link is not None:
        return {"back": "", "whole_url": ""}
    return {
        "back": door.url("show-home"),
        "whole_url": door.url("show-home-opportunity", row.opportunity.public_id),
    }


@require_safe
def show_file(request: HttpRequest, door: Door, reference: str) -> HttpResponse:
    """`.../meeting.ics`: what comes next, for a calendar."""
    return meeting_file.answer_with(find(door, reference))


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, door: Door, reference: str, said: str) -> HttpResponse:
    """`.../<answer>/`: a GET asks, a POST says it. Taken back meanwhile: a sentence, and nothing happens."""
    row, chosen = find(door, reference), ANSWERS.get(said)
    if chosen is None:
        raise Http404
    if row is None:
        return _gone(request, door, reference)
    here = redirect(door.url("show-known", reference))
    if said not in answers_of(row, _role(door)) or _moved_meanwhile(request, row):
        messages.warning(request, _("This has moved on since you opened it. Look at where it is now."))
        return here
    form = chosen.form(request.POST if request.method == "POST" else None, initial=meeting_file.arranged(row))
    if request.method == "POST" and form.is_valid():
        door.may(VERB)
        try:
            chosen.do(row, _role(door), form.cleaned_data)
        except MoveRefused as refused:
            form.add_error(None, ValidationError(str(refused)))
        except Introduction.DoesNotExist:  # taken back, or put on hold, while the form was open
            return _gone(request, door, reference)
        else:
            messages.success(request, _("Thank you. Their worker hears of it now."))
            return here
    context = {
        "form": form, "answer": chosen, "row": row, "door": door, "back": door.url("show-known", reference),
        "seen": row.changed_at.isoformat(),
    }  # fmt: skip
    return render(request, "introductions/business_answer.html", context)


def _moved_meanwhile(request: HttpRequest, row: Introduction) -> bool:
    """Whether it changed after the form was shown. It stays locked until the answer."""
    if request.method != "POST":
        return False
    try:
        row.changed_at = services.locked(row).changed_at
    except Introduction.DoesNotExist:  # taken back, or put on hold: the answer itself says so
        return False
    return request.POST.get("seen") != row.changed_at.isoformat()


@require_POST
def reply(request: HttpRequest, door: Door, reference: str) -> HttpResponse:
    """One tap: a fixed reply, which their worker hears."""
    row, said = find(door, reference), request.POST.get("said", "")
    if said not in replies.REPLIES:
        raise Http404
    if row is None:
        return _gone(request, door, reference)
    door.may(VERB)
    try:
        replies.reply(introduction=row, said=said, role=_role(door))
    except MoveRefused as refused:
        messages.warning(request, str(refused))
    except Introduction.DoesNotExist:
        return _gone(request, door, reference)
    else:
        messages.success(request, _("Thank you. Their worker hears of it now."))
    return redirect(door.url("show-known", reference))
