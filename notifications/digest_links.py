"""The signed link of a digest: what its reader does from the mail, without a sign-in.

One row for each mail, whatever it carries. Its object is the reader. Its verbs are EMAILS (no more of these emails) and
one for each item that the mail lists; a room's page asks for the item and decides the rest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.hats import memberships
from accounts.links import find_link, make_link, use
from accounts.models import Membership, SignedLink, User
from notifications.models import Outbox
from notifications.registry import Rows

PURPOSE = "digest"
EMAILS = "emails"
ITEM = "item:"


class Over(Exception):
    """There is nothing to do here any more, or never was: one answer for all of it."""


@dataclass(frozen=True)
class Reader:
    """Whoever the mail was written to, with the hats they may wear today."""

    link: SignedLink
    user: User
    hats: list[Membership]

    def item(self, pk: int) -> str:
        """The verb of an item. Raises Over when the mail did not list it."""
        verb = f"{ITEM}{pk}"
        if verb not in self.link.verbs:
            raise Over
        return verb

    def use(self, verb: str) -> None:
        """Note that the link is used for this. Raises Over when it has ended since the page was opened."""
        if not use(self.link, verb):
            raise Over


def sign(row: Outbox, items: Rows) -> None:
    """Make the link of a digest that is being written, for the items that it lists. Two statements."""
    verbs = [EMAILS, *(f"{ITEM}{item.pk}" for item in items)]
    row.link = make_link(purpose=PURPOSE, object_id=row.recipient_id or 0, verbs=verbs)


def address(row: Outbox, name: str, *parts: Any) -> str:
    """The whole address of a page behind the mail's link."""
    return urljoin(settings.SITE_URL, reverse(name, args=[row.link, *parts]))


def opened(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For `/k/<token>/...`: the view gets the Reader. A GET shows, a POST acts; the address is the right to.

    What is over, unknown, or of somebody who does not work here any more, gets the same kind 404.
    """

    @wraps(view)
    def inner(request: HttpRequest, token: str, **parts: Any) -> HttpResponse:
        try:
            response = view(request, _reader(token), **parts)
        except Over:
            response = render(request, "notifications/link_over.html", status=404)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return csrf_exempt(never_cache(require_http_methods(["GET", "HEAD", "POST"])(inner)))


def _reader(token: str) -> Reader:
    link = find_link(token, PURPOSE)
    user = User.objects.filter(pk=link.object_id, is_active=True).first() if link else None
    hats = memberships(user.pk) if user else []
    if link is None or user is None or not hats:
        raise Over
    return Reader(link, user, hats)
