"""Support that was pledged: what there is, asking for it, and what became of each ask. No page here knows for whom."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.hats import Hat
from accounts.models import Council
from accounts.roles import WORKERS
from core.lifecycle import MoveRefused
from pledges import access
from pledges.ask_forms import AskForm
from pledges.asks import NotSoMany, cancel, hand_over, left_of, make_ask, stock_for
from pledges.lifecycle import ASK
from pledges.models import Ask, Pledge

PAGE = 25


def _page_of(request: HttpRequest, rows: QuerySet[Any]) -> Any:
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


@require_safe
def list_support(request: HttpRequest) -> HttpResponse:
    """`/adviser/support/`: what a worker of this council can ask for."""
    page = _page_of(request, stock_for(access.hat_of(request).council))
    context = {
        "page": page,
        "columns": [
            {"label": _("What")},
            {"label": _("Left"), "num": True},
            {"label": _("From")},
            {"label": _("In their words")},
            {"label": _("Until")},
        ],
        "rows": [_stock_row(pledge) for pledge in page],
    }
    return render(request, "pledges/asks_support.html", context)


def _stock_row(pledge: Pledge) -> list[Any]:
    return [
        {"text": pledge.kind.name, "url": reverse("pledges:ask-for", args=[pledge.public_id])},
        {"text": str(left_of(pledge)), "num": True, "name": _("Left")},
        pledge.employer.name,
        pledge.words[:120] or _("Not said"),
        {"text": _until(pledge), "name": _("Until")},
    ]


def _until(pledge: Pledge) -> str:
    return date_format(pledge.available_until, "l j F") if pledge.available_until else _("No end day")


@require_http_methods(["GET", "HEAD", "POST"])
def ask_for(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/support/<id>/`: how many, for what, where, by when. Never for whom."""
    hat = access.hat_of(request)
    pledge = get_object_or_404(stock_for(hat.council).select_related("contact"), public_id=public_id)
    form = AskForm(request.POST) if request.method == "POST" else AskForm(initial=_suggested(request))
    if request.method == "POST" and form.is_valid():
        try:
            ask = make_ask(
                pledge=pledge,
                by=access.user_of(request),
                council=_council(hat),
                **form.cleaned_data,
            )
        except NotSoMany as refused:
            form.add_error("quantity", str(refused))
        else:
            said = {"number": ask.number, "day": date_format(ask.needed_by, "l j F"), "name": pledge.employer.name}
            messages.success(request, _("Asked. %(name)s is told: number %(number)s, by %(day)s.") % said)
            return redirect("pledges:list-asks")
    return render(request, "pledges/ask.html", {"form": form, "pledge": pledge, "left": left_of(pledge)})


def _suggested(request: HttpRequest) -> dict[str, Any]:
    """What a link of another page knows already, and where this worker had things handed over last. Never for whom."""
    given = request.GET
    found: dict[str, Any] = {name: given[name] for name in ("quantity", "needed_for", "needed_by") if name in given}
    try:
        found["needed_by"] = dt.date.fromisoformat(found.get("needed_by", ""))
    except ValueError:
        found.pop("needed_by", None)
    last = Ask.objects.filter(asked_by=access.user_of(request), council=access.hat_of(request).council).order_by("-pk")
    return {**found, "hand_over_at": last.values_list("hand_over_at", flat=True).first() or ""} if found else {}


def _council(hat: Hat) -> Council:
    """The council a worker acts for. Stock is found through it, so there is one."""
    return get_object_or_404(Council, pk=hat.council or 0)


def _asks_of(request: HttpRequest) -> QuerySet[Ask]:
    """A worker's own; for officers all that are asked of their area's pledges."""
    hat = access.hat_of(request)
    rows = Ask.objects.select_related("pledge__kind", "pledge__employer", "pledge__contact", "asked_by", "council")
    if hat.role in WORKERS:
        return rows.filter(asked_by=hat.user, council=hat.council)
    return rows.filter(pledge__in=access.pledges_of(hat))


@require_safe
def list_asks(request: HttpRequest) -> HttpResponse:
    """`/adviser/support/asks/` and `/desk/asks/`: what was asked for, the newest first, and what became of it."""
    hat = access.hat_of(request)
    worker = hat.role in WORKERS
    page = _page_of(request, _asks_of(request).order_by("-pk"))
    context = {
        "page": page,
        "worker": worker,
        "action": "pledges:move-ask" if worker else "pledges:move-ask-desk",
        "asks": [(ask, {move.name for move in ASK.may(ask.state, hat.role)}) for ask in page],
    }
    return render(request, "pledges/asks.html", context)


@require_POST
def move_ask(request: HttpRequest, public_id: UUID, move: str) -> HttpResponse:
    """Handed over, or no longer needed."""
    ask = get_object_or_404(_asks_of(request), public_id=public_id)
    role = access.hat_of(request).role
    try:
        if move == "hand_over":
            hand_over(ask=ask, by=access.user_of(request), role=role)
        elif move == "cancel":
            cancel(ask=ask, role=role)
        else:
            raise Http404
        messages.success(request, _("Saved."))
    except MoveRefused:
        messages.info(request, _("Nothing has changed: see below how it stands."))
    return redirect("pledges:list-asks" if role in WORKERS else "pledges:list-asks-desk")
