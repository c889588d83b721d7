"""Who is invited to an event: the list, many at once, and what each said and did."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from core.lifecycle import MoveRefused
from pledges import access, invitations
from pledges.forms import InvitationsForm
from pledges.lifecycle import INVITATION
from pledges.models import Event, Invitation
from pledges.views.events import event_of
from pledges.words import breakable, clean

A_PAGE = 50
SHOWN = 50  # bad lines named on the page
MOVES = {"say_yes": lazy("Coming"), "say_no": lazy("Not coming"), "come": lazy("Came"), "undo": lazy("Undo")}


@require_http_methods(["GET", "HEAD", "POST"])
def list_invitations(request: HttpRequest, code: str) -> HttpResponse:
    """The list with its counts. POST adds lines: the good ones are saved, the others come back to be put right."""
    event = event_of(request, code)
    form = InvitationsForm(request.POST if request.method == "POST" else None)
    bad: list[invitations.BadLine] = []
    if request.method == "POST" and form.is_valid():
        good, bad = form.cleaned_data["lines"]
        _say(request, *invitations.invite(event=event, guests=good))
        if not bad:
            return redirect("pledges:list-invitations", event.code)
        form = InvitationsForm(initial={"lines": _lines(request.POST["lines"], bad)})
    context = {**_list(request, event), "form": form, "bad": bad[:SHOWN], "more_bad": max(0, len(bad) - SHOWN)}
    return render(request, "pledges/invitations.html", context)


def _say(request: HttpRequest, added: int, already: int) -> None:
    said = ngettext("%(n)d business added.", "%(n)d businesses added.", added) % {"n": added}
    if already:
        said += " " + _("On the list already: %(n)d.") % {"n": already}
    messages.success(request, said)


def _lines(text: str, bad: list[invitations.BadLine]) -> str:
    """The lines that could not be read, as they were typed: what is left to do."""
    numbers = {line.number for line in bad}
    return "\n".join(line for number, line in enumerate(text.splitlines(), start=1) if number in numbers)


def _list(request: HttpRequest, event: Event) -> dict[str, Any]:
    words = clean(request.GET.get("q", ""))[:120]
    page = Paginator(invitations.listed(event, words), A_PAGE).get_page(request.GET.get("page"))
    role, found = access.hat_of(request).role, invitations.counts(event)
    rows = [
        (row, breakable(row.email, "@._-"), [(move.name, MOVES[move.name]) for move in INVITATION.may(row.state, role)])
        for row in page
    ]
    stats = [
        {"label": _("Invited"), "figure": found["invited"]},
        {"label": _("Coming"), "figure": found["coming"], "more": _("Those who came are among them.")},
        {"label": _("Came"), "figure": found["came"]},
        {"label": _("Pledged"), "figure": found["gave"], "lead": True},
    ]
    return {"event": event, "page": page, "rows": rows, "stats": stats, "words": words}


@require_POST
def move_invitation(request: HttpRequest, code: str, public_id: uuid.UUID, move: str) -> HttpResponse:
    """They are coming, are not, came; or that was a slip. Back to the same place of the list."""
    event = event_of(request, code)
    invitation = get_object_or_404(Invitation, event=event, public_id=public_id)
    if move not in INVITATION.by_name:
        raise Http404
    try:
        invitations.move_invitation(invitation=invitation, name=move, role=access.hat_of(request).role)
    except MoveRefused as refused:
        messages.error(request, str(refused))
    place = {name: request.POST[name] for name in ("q", "page") if request.POST.get(name)}
    address = reverse("pledges:list-invitations", args=[event.code])
    return redirect(f"{address}{'?' + urlencode(place) if place else ''}#i-{invitation.public_id.hex}")
