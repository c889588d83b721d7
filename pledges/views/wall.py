"""The wall of an event for the big screen, the part of it that changes, and the event's QR code: open to anybody."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from pledges.models import Event
from pledges.wall import Wall, address_of, picture_of_code, short_address_of, tag_of, wall_of
from pledges.words import breakable, clean

A_DAY = 24 * 60 * 60


@require_safe
def show_wall(request: HttpRequest, code: str) -> HttpResponse:
    """The whole screen. Without JavaScript it has a link that asks for the newest."""
    event = get_object_or_404(Event, code=clean(code).upper())
    wall = _wall(event.code)
    context = {"event": event, "wall": wall, "address": breakable(short_address_of(event), "/")}
    return _never_old(render(request, "pledges/wall.html", context))


@require_safe
def show_wall_now(request: HttpRequest, code: str) -> HttpResponse:
    """The part that changes, for static/js/wall.js. An unchanged one is a 304 without a body."""
    page = _never_old(render(request, "pledges/wall_now.html", {"wall": _wall(clean(code).upper())}))
    page.headers["ETag"] = tag_of(page.content)
    return cast(HttpResponse, get_conditional_response(request, etag=page.headers["ETag"], response=page))


@require_safe
def show_public_code(request: HttpRequest, code: str) -> HttpResponse:
    """The event's address as a QR code."""
    event = get_object_or_404(Event, code=clean(code).upper())
    headers = {"Cache-Control": f"public, max-age={A_DAY}"}
    return HttpResponse(picture_of_code(address_of(event)), content_type="image/svg+xml", headers=headers)


def _wall(code: str) -> Wall:
    wall = wall_of(code)
    if wall is None:
        raise Http404
    return wall


def _never_old(page: HttpResponse) -> HttpResponse:
    page.headers["Cache-Control"] = "no-cache"
    return page
