"""Events: the list, a new one, one with its pledges and its address, the QR code, open and close, a card typed in."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Role
from core.idempotency import DifferentBody, once
from core.lifecycle import MoveRefused
from pledges import access, ledger, wanted
from pledges.desk_forms import CardForm
from pledges.forms import EventForm
from pledges.intake import keep_card
from pledges.lifecycle import EVENT
from pledges.models import Event, Pledge, ToClearUp
from pledges.note import day_note
from pledges.papers import address_of, code_of
from pledges.services import EVENT_WORDS, change_event, make_event, move_event, promise_pledge
from pledges.views import typed
from pledges.words import breakable, clean

A_PAGE = 25


def event_of(request: HttpRequest, code: str) -> Event:
    """The hat's event of that code. Another partnership's is a 404 like one that does not exist."""
    rows = access.events_of(access.hat_of(request)).select_related("owner", "partnership")
    return get_object_or_404(rows, code=clean(code).upper())


@require_safe
def list_events(request: HttpRequest) -> HttpResponse:
    """Events of the partnership, the latest first."""
    rows: Any = access.events_of(access.hat_of(request)).annotate(made=Count("pledges")).order_by("-held_on", "-pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    table = [
        [
            {"text": event.name, "url": reverse("pledges:show-event", args=[event.code])},
            date_format(event.held_on, "j F Y"),
            str(Event.State(event.state).label),
            {"text": str(event.made), "num": True, "name": _("Pledges")},
        ]
        for event in page
    ]
    columns = [{"label": _("Event")}, {"label": _("When")}, {"label": _("Now")}, {"label": _("Pledges"), "num": True}]
    return render(request, "pledges/events.html", {"page": page, "table": table, "columns": columns})


@require_http_methods(["GET", "HEAD", "POST"])
def add_event(request: HttpRequest) -> HttpResponse:
    """A new event for the hat's partnership, owned by whoever makes it."""
    area = access.area_of(access.hat_of(request))
    if area is None:
        raise Http404
    form = EventForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        event = make_event(**form.cleaned_data, partnership=area, owner=access.user_of(request))
        return redirect("pledges:show-event", event.code)
    return render(request, "pledges/event_new.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def edit_event(request: HttpRequest, code: str) -> HttpResponse:
    """Put right what is said about the event, and on its papers."""
    event = event_of(request, code)
    initial = {name: getattr(event, name) for name in EVENT_WORDS}
    form = EventForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        change_event(event=event, to=form.cleaned_data)
        messages.success(request, _("Saved. If you have printed the poster or the cards, print them again."))
        return redirect("pledges:show-event", event.code)
    return render(request, "pledges/event_edit.html", {"form": form, "event": event})


@require_safe
def show_note(request: HttpRequest, code: str) -> HttpResponse:
    """One page for the day after: the figures of the morning, what happens next, and thanks to send."""
    event = event_of(request, code)
    return render(request, "pledges/event_note.html", {"event": event, **day_note(event)})


@require_safe
def show_wanted(request: HttpRequest, code: str) -> HttpResponse:
    """One page to print before the morning: what young people of the area would like and nobody offers."""
    event = event_of(request, code)
    return render(request, "pledges/event_wanted.html", {"event": event, "wanted": wanted.sheet(event)})


@require_safe
def show_event(request: HttpRequest, code: str) -> HttpResponse:
    """One event: its address and code, what to do next, and its pledges."""
    event = event_of(request, code)
    rows = Pledge.objects.filter(event=event).select_related("employer", "kind").order_by("-pk")
    coordinator = access.hat_of(request).role == Role.COORDINATOR
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "event": event,
        "address": breakable(address_of(event), "/"),
        "moves": EVENT.may(event.state, access.hat_of(request).role),
        "open_records": ToClearUp.objects.filter(event=event, state=ToClearUp.State.OPEN).count(),
        "page": page,
        "table": [_pledge_row(pledge, coordinator=coordinator) for pledge in page],
        "columns": [
            {"label": _("Business")},
            {"label": _("Pledge")},
            {"label": _("By")},
            {"label": _("Now")},
            *([{"label": _("Places")}] if coordinator else []),
            {"label": _("How many"), "num": True},
        ],
    }
    return render(request, "pledges/event.html", context)


def _pledge_row(pledge: Pledge, *, coordinator: bool) -> list[Any]:
    state = str(Pledge.State(pledge.state).label)
    late = _("After closing: %(state)s") % {"state": state}
    return [
        {"text": pledge.employer.name, "url": reverse("pledges:show-employer", args=[pledge.employer.public_id])},
        pledge.kind.name,
        {"text": date_format(pledge.by_month, "F Y") if pledge.by_month else _("Not said"), "name": _("By")},
        {"text": late if pledge.after_closing else state, "badge": "late" if pledge.after_closing else "info"},
        *([{"text": ledger.in_words(pledge), "name": _("Places")}] if coordinator else []),
        {"text": str(pledge.places), "num": True, "name": _("How many")},
    ]


@require_safe
def show_code(request: HttpRequest, code: str) -> HttpResponse:
    """The event's address as a QR code, an SVG picture without any style."""
    event = event_of(request, code)
    headers = {"Content-Disposition": f'inline; filename="code-{event.code}.svg"'}
    return HttpResponse(code_of(event), content_type="image/svg+xml", headers=headers)


@require_POST
def move_event_now(request: HttpRequest, code: str, move: str) -> HttpResponse:
    """Close the event, or open it again."""
    event = event_of(request, code)
    if move not in EVENT.by_name:
        raise Http404
    try:
        move_event(event=event, name=move, role=access.hat_of(request).role)
    except MoveRefused as refused:
        messages.error(request, str(refused))
    return redirect("pledges:show-event", event.code)


@require_http_methods(["GET", "HEAD", "POST"])
def type_pledge(request: HttpRequest, code: str) -> HttpResponse:
    """Paper cards, one after the other: a good one is saved, and an empty one comes, or one of the same business."""
    event = event_of(request, code)
    form = CardForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            _save_card(request, form, event)
        except DifferentBody:
            messages.info(request, _("This card is saved already. Type in the next."))
        if not request.POST.get("same"):
            return redirect("pledges:type-pledge", event.code)
        form = CardForm(initial={name: request.POST.get(name, "") for name in CardForm.of_the_person})
    context = {"form": form, "event": event, "typed": typed.remembered(request, event.code)}
    return render(request, "pledges/event_type.html", context)


def _save_card(request: HttpRequest, form: CardForm, event: Event) -> None:
    by = access.user_of(request)

    def save() -> list[Any]:
        if form.only_words:
            return ["record", keep_card(event=event, words=form.written(), why=form.why(), by=by).pk]
        promise = form.promise()
        return ["pledge", promise_pledge(event=event, promise=promise, source=Pledge.Source.DESK, typed_by=by).pk]

    body = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    (what, pk), repeated = once(scope=f"card {event.code}", key=form.cleaned_data["key"], body=body, do=save)
    if not repeated:
        rows: Any = Pledge.objects if what == "pledge" else ToClearUp.objects
        typed.remember(request, event.code, rows.get(pk=pk))
