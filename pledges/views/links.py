"""The giver's page behind a signed link: see the pledge, correct it, take it back, and see what became of it.

The address itself is the right to act, so these pages need no session and no CSRF token. A GET changes nothing.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.links import find_link, use
from accounts.models import SignedLink
from core.lifecycle import MoveRefused
from core.models import LifecycleLog
from pledges.contacts import correction_of
from pledges.discreet import ENDING_MOVES, as_told, is_untold
from pledges.home_links import send_home_link
from pledges.lifecycle import GIVER, PLEDGE
from pledges.messages import LINK
from pledges.models import Pledge
from pledges.more_forms import LinkForm
from pledges.services import AlreadyOpen, correct_contact, correct_pledge, move_pledge
from pledges.views.answers import choices_for

RELATED = ("contact", "employer", "kind", "category", "event__owner", "owner")
CORRECTABLE = (Pledge.State.NOTED, Pledge.State.CONFIRMED, Pledge.State.SHAPED)


def tell_nobody(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The address is a secret: a browser that leaves the page must not tell it to the next."""

    @wraps(view)
    def inner(request: HttpRequest, token: str, **more: str) -> HttpResponse:
        response = view(request, token, **more)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return inner


def giver_of(token: str) -> tuple[SignedLink, Pledge]:
    """The link in force and its pledge. Anything else is a 404."""
    link = find_link(token, LINK)
    pledge = Pledge.objects.select_related(*RELATED).filter(pk=link.object_id).first() if link else None
    if link is None or pledge is None:
        raise Http404
    return link, pledge


@require_safe
@tell_nobody
def show_link(request: HttpRequest, token: str) -> HttpResponse:
    """What was promised, where it stands, and what happens next."""
    _link, found = giver_of(token)
    pledge = as_told(found)
    context = {
        "pledge": pledge,
        "token": token,
        "rows": _rows(pledge),
        "moments": _moments(found),
        "can_correct": pledge.state in CORRECTABLE,
        "moves": {move.name for move in PLEDGE.may(pledge.state, GIVER)},
        "owner": pledge.owner,
        "waits": correction_of(pledge.contact) is not None,
        **choices_for(pledge),
    }
    return render(request, "pledges/link.html", context)


def _rows(pledge: Pledge) -> list[dict[str, Any]]:
    month = f"{pledge.by_month:%B %Y}" if pledge.by_month else _("Not said yet")
    return [
        {"label": _("Pledge"), "value": pledge.kind.name},
        {"label": _("How many"), "value": str(pledge.places)},
        {"label": _("In your words"), "value": pledge.words or _("Not said yet")},
        {"label": _("By"), "value": month},
        {"label": _("Postcode of the workplace"), "value": pledge.postcode or _("Not said yet")},
    ]


SAID = {
    "confirm": lazy("You said yes to it."),
    "shape": lazy("It is written up and ready to check."),
    "go_live": lazy("It is open: young people can go for it."),
    "keep": lazy("It is kept. Thank you."),
    "end": lazy("It has ended. Thank you for what you gave."),
    "rest": lazy("It is closed for now. We ring you about what comes next."),
    "withdraw": lazy("You took it back, with our thanks."),
    "lapse": lazy("We heard nothing and let it go."),
    "reopen": lazy("It was taken up again."),
}


def _moments(pledge: Pledge) -> list[dict[str, Any]]:
    """Newest first. Nothing here tells of a person: only of the promise."""
    log = LifecycleLog.objects.filter(model=PLEDGE.model, object_id=pledge.pk).order_by("-pk")
    if is_untold(pledge):
        log = log.exclude(move__in=ENDING_MOVES)
    moments = [{"date": row.at, "text": SAID.get(row.move, "")} for row in log[:20]]
    return [*moments, {"date": pledge.made_at, "text": _("You made the pledge.")}]


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@tell_nobody
def change_link(request: HttpRequest, token: str) -> HttpResponse:
    """Add or correct, all on one page: all of it optional but the number."""
    link, pledge = giver_of(token)
    if pledge.state not in CORRECTABLE:
        return redirect("pledges:show-link", token)
    form = LinkForm(request.POST if request.method == "POST" else None, initial=_initial(pledge), pledge=pledge)
    if request.method == "POST" and form.is_valid() and use(link, "correct"):
        try:
            correct_pledge(pledge=pledge, to=form.correction())
            correct_contact(pledge=pledge, name=form.cleaned_data["name"])
        except AlreadyOpen as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved. Thank you."))
            return redirect("pledges:show-link", token)
    return render(request, "pledges/link_change.html", {"form": form, "pledge": pledge, "token": token})


def _initial(pledge: Pledge) -> dict[str, Any]:
    return {
        "places": pledge.places,
        "words": pledge.words,
        "by_month": pledge.by_month,
        "postcode": pledge.postcode,
        "category": pledge.category_id,
        "name": pledge.contact.name,
        "publish_if_silent": bool(pledge.publish_if_silent),
    }


@csrf_exempt
@require_POST
def move_link(request: HttpRequest, token: str, move: str) -> HttpResponse:
    """Take the pledge back, or take it up again. A second press is answered with how it stands."""
    link, pledge = giver_of(token)
    if move not in ("withdraw", "reopen") or not use(link, move):
        raise Http404
    try:
        move_pledge(pledge=pledge, name=move, role=GIVER)
        messages.success(request, _("Done. Thank you for telling us."))
    except MoveRefused:
        messages.info(request, _("Nothing has changed: see below how it stands."))
    return redirect("pledges:show-link", token)


@csrf_exempt
@require_POST
@tell_nobody
def send_home(request: HttpRequest, token: str) -> HttpResponse:
    """Send the address of all their pledges to the giver's own mailbox: this page may have been passed on."""
    link, pledge = giver_of(token)
    if not pledge.contact.email or not use(link):
        raise Http404
    send_home_link(pledge.contact)
    messages.success(request, _("Sent to the email address of this pledge."))
    return redirect("pledges:show-link", token)
