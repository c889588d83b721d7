"""What is printed or kept: poster and table cards for officers, certificate and calendar file for givers."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.links import find_link
from pledges import papers
from pledges.calendar import TYPE, promise_file
from pledges.messages import LINK
from pledges.models import Pledge
from pledges.views.events import event_of
from pledges.views.links import tell_nobody

PDF = "application/pdf"


@require_safe
def show_poster(request: HttpRequest, code: str, size: str) -> HttpResponse:
    """The event's poster, A3 or A4."""
    event = event_of(request, code)
    return _file(papers.poster(event, size), PDF, f"poster-{event.code}-{size}.pdf")


@require_safe
def show_cards(request: HttpRequest, code: str) -> HttpResponse:
    """A sheet for one table: print one for each."""
    event = event_of(request, code)
    return _file(papers.cards(event), PDF, f"table-card-{event.code}.pdf")


@require_safe
@tell_nobody
def show_certificate(request: HttpRequest, token: str) -> HttpResponse:
    """Thanks for the pledge itself. None while the pledge is held back: nothing follows from it then."""
    pledge = _pledge_of(token)
    if pledge.held_back:
        raise Http404
    return _file(papers.certificate(pledge), PDF, "thank-you.pdf")


@require_safe
@tell_nobody
def show_promise_file(request: HttpRequest, token: str) -> HttpResponse:
    """The promised month for the giver's calendar."""
    pledge = _pledge_of(token)
    if pledge.by_month is None:
        raise Http404
    return _file(promise_file(pledge).encode(), f"{TYPE}; charset=utf-8", "promise.ics", how="attachment")


def _file(data: bytes, kind: str, name: str, *, how: str = "inline") -> HttpResponse:
    return HttpResponse(data, content_type=kind, headers={"Content-Disposition": f'{how}; filename="{name}"'})


def _pledge_of(token: str) -> Pledge:
    link = find_link(token, LINK)
    rows = Pledge.objects.select_related("employer", "kind", "event", "partnership")
    pledge = rows.filter(pk=link.object_id).first() if link else None
    if pledge is None:
        raise Http404
    return pledge
