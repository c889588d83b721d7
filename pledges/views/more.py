"""After the pledge: the saved page, one optional question at a time, another pledge, how the giver is reached.

The address is the right to act, as on the pledge's page (views/links.py). A GET changes nothing.
"""

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.links import use
from core import clock
from core.idempotency import DifferentBody, once
from pledges import cadence, giving, wanted
from pledges.answers import name_of
from pledges.contacts import ContactRefused, correct_giver, correction_of, drop_correction
from pledges.models import Pledge
from pledges.more_forms import STEPS, ReachForm, StepForm, question_of, steps_of
from pledges.public_forms import WhatForm
from pledges.services import AlreadyOpen
from pledges.views.links import CORRECTABLE, giver_of, tell_nobody
from pledges.views.public import KEYS, made_already, token_of


@require_safe
@tell_nobody
def show_saved(request: HttpRequest, token: str) -> HttpResponse:
    """Right after the pledge: it is saved, who rings by when, and what one may do next or leave."""
    _link, pledge = giver_of(token)
    context = {
        "pledge": pledge,
        "token": token,
        "name": name_of(pledge),
        "day": _ring_by(pledge),
        "wanted": wanted.sentence_for(pledge),
        "steps": steps_of(pledge) if pledge.state in CORRECTABLE else [],
    }
    return render(request, "pledges/link_saved.html", context)


def _ring_by(pledge: Pledge) -> dt.date | None:
    day = cadence.word_by(pledge.followed_from) if pledge.followed_from else None
    return day if day and day >= clock.today() else None


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@tell_nobody
def more_link(request: HttpRequest, token: str, step: str) -> HttpResponse:
    """One question. Every button saves what was typed: the one that goes on, the one back, and "Done for now"."""
    link, pledge = giver_of(token)
    if step not in STEPS:
        raise Http404
    steps = steps_of(pledge)
    if pledge.state not in CORRECTABLE or step not in steps:
        return redirect("pledges:show-link", token)
    form = STEPS[step].form(request.POST if request.method == "POST" else None, pledge=pledge)
    if request.method == "POST" and form.is_valid() and use(link, "correct") and _saved(form):
        return _go_on(request, token, steps, steps.index(step))
    context = {
        "form": form,
        "pledge": pledge,
        "token": token,
        "question": question_of(step, pledge),
        "sentence": STEPS[step].sentence,
        "number": steps.index(step) + 1,
        "of": len(steps),
    }
    return render(request, "pledges/more.html", context)


def _saved(form: StepForm) -> bool:
    try:
        form.save()
    except (AlreadyOpen, ContactRefused) as refused:
        form.add_error(None, str(refused))
        return False
    return True


def _go_on(request: HttpRequest, token: str, steps: list[str], here: int) -> HttpResponse:
    """To the next question, the one before, or the pledge."""
    to = {"back": here - 1, "on": here + 1}.get(request.POST.get("then", "on"), len(steps))
    if to < 0:
        return redirect("pledges:saved-link", token)
    if to < len(steps):
        return redirect("pledges:more-link", token, steps[to])
    messages.success(request, _("Saved. Thank you."))
    return redirect("pledges:show-link", token)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@tell_nobody
def another_link(request: HttpRequest, token: str) -> HttpResponse:
    """Another pledge of the same person: only what, and how many. Sent twice it is one."""
    link, pledge = giver_of(token)
    form = WhatForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and use(link, "correct"):
        return _pledge_again(request, pledge, form)
    return render(request, "pledges/another.html", {"form": form, "pledge": pledge, "token": token})


def _pledge_again(request: HttpRequest, pledge: Pledge, form: WhatForm) -> HttpResponse:
    kind, places, key = (form.cleaned_data[name] for name in ("kind", "places", "key"))

    def make() -> dict[str, int]:
        return {"pledge": giving.pledge_again(pledge=pledge, kind=kind, places=places).pk}

    body = {"again": pledge.pk, "kind": kind.code, "places": places}
    try:
        answer, _again = once(scope=KEYS, key=key, body=body, do=make)
    except DifferentBody:
        return made_already(request, key, pledge.event)
    return redirect("pledges:saved-link", token_of(answer["pledge"]))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@tell_nobody
def contact_link(request: HttpRequest, token: str) -> HttpResponse:
    """How the giver is reached. Another address or number waits for a coordinator: see pledges.contacts."""
    link, pledge = giver_of(token)
    form = ReachForm(request.POST if request.method == "POST" else None, contact=pledge.contact)
    if request.method == "POST" and form.is_valid() and use(link, "correct"):
        try:
            waits = correct_giver(pledge=pledge, to=form.cleaned_data["reach"])
        except ContactRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _waits() if waits else _("Saved. Thank you."))
            return redirect("pledges:show-link", token)
    context = {"form": form, "token": token, "waits": correction_of(pledge.contact) is not None}
    return render(request, "pledges/link_contact.html", context)


def _waits() -> str:
    return _("Thank you. We ring your business first. Until then we reach you as before.")


@csrf_exempt
@require_POST
@tell_nobody
def keep_contact(request: HttpRequest, token: str) -> HttpResponse:
    """Drop the new address or number that waits. Twice is once."""
    link, pledge = giver_of(token)
    if not use(link, "correct"):
        raise Http404
    drop_correction(contact=pledge.contact)
    messages.success(request, _("It stays as it was. Thank you for telling us."))
    return redirect("pledges:show-link", token)


@csrf_exempt
@require_POST
@tell_nobody
def show_business(request: HttpRequest, token: str) -> HttpResponse:
    """Whether the business may be named on the screen and on pages about promises."""
    link, pledge = giver_of(token)
    if not use(link, "correct"):
        raise Http404
    giving.agree_to_be_shown(pledge=pledge, shown=request.POST.get("shown") == "yes")
    messages.success(request, _("Saved. Thank you."))
    return redirect("pledges:show-link", token)
