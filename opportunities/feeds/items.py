"""What a feed or an embedded list shows: the newest of what is open, with the filters of the search and the public
words of its list (the town only)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import gettext as _

from core.clock import LONDON
from opportunities import councils, shown, views, words
from opportunities.finding import FindForm
from opportunities.models import Opportunity
from opportunities.search import NEWEST
from pledges.words import clean

MOST = 50


@dataclass(frozen=True)
class Item:
    """One opportunity as other places may show it."""

    url: str
    title: str
    text: str
    tags: tuple[str, ...]
    opened: dt.datetime


@dataclass(frozen=True)
class Listing:
    """What was found. place: the words of the area that was asked for, "" for all; said: see opportunities.words."""

    place: str
    items: list[Item]
    cards: list[dict[str, Any]]
    said: Mapping[str, str]


def asked(request: HttpRequest) -> FindForm:
    """The filters of the address; `council` is another word for a place, and means what it means in the API."""
    values: QueryDict = request.GET.copy()
    name = str(values.get("council") or "").replace("\x00", "").strip()[:80]
    council = councils.named(name) if name else None
    if council:
        values.setlist("place", [council.name])
    form = FindForm(values)
    if name and council is None:
        form.is_valid()
        form.add_error("place", _("We do not know this council."))
    return form


def listing(request: HttpRequest) -> Listing:
    """The newest of what one can go to and of what is done from home. A constant number of queries.

    A filter that makes no sense is a 404: a feed that showed all instead would be wrong on somebody's site for years.
    """
    form = asked(request)
    filters = replace(form.filters(size=MOST), sort=NEWEST, page=1)
    if form.errors:
        raise Http404
    found = [views.find(replace(filters, remote=remote)) for remote in _tabs(remote=filters.remote)]
    rows = sorted(chain(*(rows for _results, rows in found)), key=_newest, reverse=True)[:MOST]
    said = words.now()
    cards = shown.cards(rows, {}, found[0][0].today, said)
    items = [_item(request, row, card) for row, card in zip(rows, cards, strict=True)]
    return Listing(form.cleaned_data.get("place", ""), items, cards, said)


def _tabs(*, remote: bool) -> tuple[bool, ...]:
    return (True,) if remote else (False, True)


def _newest(row: Opportunity) -> tuple[dt.date, int]:
    assert row.opened_on is not None  # only what is open was found
    return row.opened_on, row.pk


def _item(request: HttpRequest, row: Opportunity, card: dict[str, Any]) -> Item:
    """Cleaned again: one sign that XML does not know would take the feed from everybody."""
    parts = [row.employer.name, card["sentence"], *(fact["text"] for fact in card["facts"])]
    tags = [row.kind.name, *([row.category.name] if row.category else [])]
    return Item(
        url=request.build_absolute_uri(card["url"]),
        title=clean(row.title),
        text=clean(" ".join(part if part.endswith((".", "!", "?", "…")) else f"{part}." for part in parts)),
        tags=tuple(clean(tag) for tag in tags),
        opened=dt.datetime.combine(_newest(row)[0], dt.time(), LONDON),
    )
