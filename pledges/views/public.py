"""The pledge form: no account, no cookie, one page, sent by anything that can send a form."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.idempotency import DifferentBody, once
from core.models import IdempotencyKey
from pledges.messages import link_to
from pledges.models import Event, Pledge
from pledges.public_forms import PledgeForm
from pledges.services import Promise, promise_pledge
from pledges.words import clean

KEYS = "pledge"  # the scope of our idempotency keys


@csrf_exempt  # anonymous: there is no session to abuse; a key of the page makes a repetition harmless
@require_http_methods(["GET", "HEAD", "POST"])
def make_pledge(request: HttpRequest, code: str = "") -> HttpResponse:
    """`/pledge/` and `/pledge/<code>/`: the form; a good one leads to the pledge's own link.

    Nobody is refused for sending often: a whole room sits behind one address.
    """
    typed, code = code, clean(code)  # the database cannot look for NUL
    event = Event.objects.select_related("owner", "partnership").filter(code=code.upper()).first() if code else None
    if typed and event is None:
        return render(request, "pledges/no_event.html", {"code": code[:20]}, status=404)
    form = PledgeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _save(request, form, event)
    return _page(request, form, event)


def _page(request: HttpRequest, form: PledgeForm, event: Event | None, **more: Any) -> HttpResponse:
    return render(request, "pledges/make_pledge.html", {"form": form, "event": event, **more})


def _save(request: HttpRequest, form: PledgeForm, event: Event | None) -> HttpResponse:
    promise: Promise = form.cleaned_data["promise"]
    key = form.cleaned_data["key"]

    def make() -> dict[str, int]:
        return {"pledge": promise_pledge(event=event, promise=promise, source=Pledge.Source.FORM).pk}

    try:
        answer, _again = once(scope=KEYS, key=key, body=_body(promise, event), do=make)
    except DifferentBody:
        return made_already(request, key, event)
    return redirect("pledges:saved-link", token_of(answer["pledge"]))


def _body(promise: Promise, event: Event | None) -> dict[str, Any]:
    """What makes two submissions the same."""
    return {
        "event": event.code if event else "",
        "kind": promise.kind.code,
        "places": promise.places,
        "business": promise.business.name,
        "shown": promise.show_business,
        "reach": [promise.reach.email, promise.reach.phone, promise.reach.way, promise.reach.best_time],
    }


def token_of(pledge_id: int) -> str:
    """A link for whoever holds the page's key: they made the pledge."""
    return link_to(Pledge(pk=pledge_id)).strip("/").split("/")[-1]


def made_already(request: HttpRequest, key: str, event: Event | None) -> HttpResponse:
    """The page was sent before, and its words have changed since: change that pledge, or make another."""
    made = IdempotencyKey.objects.get(scope=KEYS, key=key)
    again = request.POST.copy()
    again["key"] = uuid.uuid4().hex
    context = {
        "event": event,
        "token": token_of((made.answer or {})["pledge"]),
        "again": [(name, value) for name, value in again.items() if name in (*PledgeForm.base_fields, "kind")],
    }
    return render(request, "pledges/made_already.html", context, status=409)
