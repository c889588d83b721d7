"""No more mails about what fits, by their own link: a button of the mail program (RFC 8058), or a page that asks first.

As with digests (notifications/stopping.py), whatever only opens the address changes nothing.
"""

from urllib.parse import urljoin

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.links import find_link, make_link, use
from accounts.models import Hearing, SignedLink
from core.scope import Scope, scope
from notifications.stopping import ONE_CLICK

LINK, VERB = "own_matches", "stop"


def make_address(person: int) -> str:
    """A new link, to where somebody stops the mails about what fits them, without a sign-in."""
    token = make_link(purpose=LINK, object_id=person, verbs=[VERB])
    return urljoin(settings.SITE_URL, reverse("matching:stop-news", args=[token]))


@csrf_exempt  # the address is the right to
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_news(request: HttpRequest, token: str) -> HttpResponse:
    """`/k/<token>/news/stop/`: what fits stands on their page alone from now on."""
    link = find_link(token, LINK)
    response = _of(link, request) if link else render(request, "notifications/link_over.html", status=404)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _of(link: SignedLink, request: HttpRequest) -> HttpResponse:
    name, value = ONE_CLICK
    with scope(Scope(person=link.object_id)):
        told = Hearing.objects.filter(person=link.object_id).exclude(matches=Hearing.Matches.PAGE)
        if request.method == "POST" and request.POST.get(name) == value and use(link, VERB):
            told.update(matches=Hearing.Matches.PAGE)
        return render(request, "matching/stop_news.html", {"stopped": not told.exists()})
