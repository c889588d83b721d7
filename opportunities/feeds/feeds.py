"""RSS 2.0 and JSON Feed 1.1 of what is open. Both carry an ETag; there is no Last-Modified, because a word that is
corrected on a page moves no date."""

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import clock
from opportunities.feeds.items import Listing, listing

VERSION = "https://jsonfeed.org/version/1.1"
SECONDS = 300  # a reader may keep it
LANGUAGE = "en-gb"


class Rss(Rss201rev2Feed):
    """An empty feed is as old as its day, so that its ETag holds."""

    def latest_post_date(self) -> Any:
        return (
            super().latest_post_date() if self.items else clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        )


@require_safe
def show_rss(request: HttpRequest) -> HttpResponseBase:
    """`/opportunities/feed/rss/`, with the filters of the search and `council`."""
    found = listing(request)
    feed = Rss(
        title=title(found),
        link=_home(request),
        description=_description(),
        language=LANGUAGE,
        feed_url=request.build_absolute_uri(),
    )
    for item in found.items:
        feed.add_item(
            title=item.title,
            link=item.url,
            description=item.text,
            unique_id=item.url,
            unique_id_is_permalink=True,
            pubdate=item.opened,
            categories=item.tags,
        )
    return _answer(request, feed.writeString("utf-8"), "application/rss+xml; charset=utf-8")


@require_safe
def show_json(request: HttpRequest) -> HttpResponseBase:
    """`/opportunities/feed/json/`: the same for other sites' scripts, which may read it from anywhere."""
    found = listing(request)
    feed = {
        "version": VERSION,
        "title": title(found),
        "home_page_url": _home(request),
        "feed_url": request.build_absolute_uri(),
        "description": _description(),
        "language": LANGUAGE,
        "items": [
            {
                "id": item.url,
                "url": item.url,
                "title": item.title,
                "content_text": item.text,
                "date_published": item.opened.isoformat(),
                "tags": list(item.tags),
            }
            for item in found.items
        ],
    }
    return _answer(request, json.dumps(feed, ensure_ascii=False), "application/feed+json")


def title(found: Listing) -> str:
    """Of a feed or an embedded list."""
    return _("Open now in %(place)s") % {"place": found.place} if found.place else _("Open now")


def _description() -> str:
    return _("Jobs, tasters and training that a real person has checked")


def _home(request: HttpRequest) -> str:
    return request.build_absolute_uri("/opportunities/")


def _answer(request: HttpRequest, body: str, kind: str) -> HttpResponseBase:
    etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    response = HttpResponse(
        body,
        content_type=kind,
        headers={"ETag": etag, "Cache-Control": f"max-age={SECONDS}", "Access-Control-Allow-Origin": "*"},
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return get_conditional_response(request, etag=etag, response=response) or response
