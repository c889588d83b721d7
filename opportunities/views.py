"""The public pages: what is open now, without an account."""

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from core import clock
from occupations import slang
from opportunities import beside, easy, shown, words
from opportunities.feeds import engines
from opportunities.finding import FindForm
from opportunities.models import Opportunity
from opportunities.pay import Floors
from opportunities.search import NEAREST, VISITS, Filters, Results, further, search

State = Opportunity.State
WORKERS_PAGES = "/adviser/"  # their links say where to come back to
MOST_MEANT = 3  # categories that an empty page asks about
NEVER_PUBLIC = (State.DRAFT, State.SUBMITTED, State.WITHDRAWN)


def public_rows() -> QuerySet[Opportunity]:
    """Opportunities with what a page shows of them."""
    rows = Opportunity.objects.select_related("kind", "employer", "unpaid_reason", "category", "row")
    return rows.defer("row__words")


def find(filters: Filters) -> tuple[Results, list[Opportunity]]:
    """What was found, and the rows of its page in order. Two queries."""
    found = search(filters)
    rows = {row.pk: row for row in public_rows().filter(pk__in=found.ids)} if found.ids else {}
    return found, [rows[pk] for pk in found.ids if pk in rows]


@require_safe
def list_opportunities(request: HttpRequest) -> HttpResponse:
    """`/opportunities/`: search and browse. At most four queries of its own, however many rows there are; where words
    found nothing two more, to ask "did you mean"."""
    form = FindForm(request.GET)
    if form.told_age:  # on to the address of its band
        return redirect(f"{request.path}{form.address({})}")
    filters = form.filters()
    found, rows = find(filters)
    said = words.now()
    form.offer(found, said)
    on = form.on(found, said)
    context = {
        "form": form,
        "on": on,
        "cards": shown.cards(rows, found.metres, found.today, said),
        "how_many": how_many(found.total, filters, said),
        "tabs": _tabs(form, filters, found, said),
        "page": Paginator(range(found.total), filters.size).page(found.page),
        "offers": [] if found.total else _offers(form, filters, found, said),
        "from_home": filters.remote,
        "older": older(found.older, said),
        "said": said,
    }
    return render(request, "opportunities/list.html", context)


def how_many(total: int, filters: Filters, said: shown.Said) -> str:
    """ "24 things near there"."""
    if filters.remote:
        return words.count("list.home", said, total)
    if filters.point and filters.miles is None and filters.sort == NEAREST:
        return words.count("list.nearest", said, total)
    return words.count("list.near" if filters.point and filters.miles is not None else "list.open", said, total)


def older(more: dict[int, int], said: shown.Said) -> str:
    """What somebody is too young for today, honestly: "3 more are open from 18, and 1 more from 21."; "" for none."""
    parts = [words.say("list.older.part", said, n=n, age=age) for age, n in more.items()]
    return words.say("list.older", said, list=", ".join(parts)) if parts else ""


def _tabs(form: FindForm, filters: Filters, found: Results, said: shown.Said) -> list[dict[str, Any]]:
    return [
        {
            "label": words.say("list.tab.go", said),
            "url": form.address({"remote": []}),
            "current": not filters.remote,
            "count": found.here,
        },
        {
            "label": words.say("list.tab.home" if found.remote else "list.tab.home.none", said),
            "url": form.address({"remote": ["1"]}),
            "current": filters.remote,
            "count": found.remote or None,
        },
    ]


def _offers(form: FindForm, filters: Filters, found: Results, said: shown.Said) -> list[tuple[str, str]]:
    """What an empty page offers instead: what the words may mean, further away, or from home, each with how many there
    would be."""
    offers = _meant(form, filters, said) if filters.words else []
    more = further(filters)
    for miles, count in more.wider:
        if miles is not None:
            wider = words.say("nothing.miles", said, n=count, miles=miles)
            offers.append((wider, form.address({"miles": [str(miles)]})))
        else:
            offers.append((words.say("nothing.any", said, n=count), form.without("place", "miles")))
    if more.visits:
        only: dict[str, list[str]] = {name: [] for name in ("q", "category", "badge", "start")}
        address = form.address({**only, "kind": list(VISITS)})
        offers.append((words.say("nothing.visit", said, n=more.visits), address))
    if found.remote and not filters.remote:
        offers.append((words.say("nothing.home", said, n=found.remote), form.address({"remote": ["1"]})))
    return offers


def _meant(form: FindForm, filters: Filters, said: shown.Said) -> list[tuple[str, str]]:
    """Did you mean: the categories that the words may mean and in which something is open there."""
    codes = dict.fromkeys(code for each in slang.suggest(filters.words) for code in each.categories)
    if not codes:
        return []
    there = {choice.code: choice for choice in search(replace(filters, words="", categories=(), page=1)).categories}
    meant = [there[code] for code in codes if code in there and there[code].count][:MOST_MEANT]
    return [
        (
            words.say("nothing.mean", said, name=choice.name, n=choice.count),
            form.address({"q": [], "category": [choice.code]}),
        )
        for choice in meant
    ]


@require_safe
def show_opportunity(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/opportunities/<id>/`: one opportunity; without a title 410 for what is over, 404 for the rest."""
    row = public_rows().filter(public_id=public_id).exclude(state__in=NEVER_PUBLIC).first()
    if row is None:
        raise Http404
    today = clock.today()
    if not is_open(row, today):
        over = is_over(row, today)
        context = {"over": over, "said": words.now()}
        return render(request, "opportunities/gone.html", context, status=410 if over else 404)
    signed_in = getattr(request, "hat", None) is not None
    said = words.now()
    if request.GET.get("view") == "easy":
        lines = easy.lines(row, today, said)
        return render(request, "opportunities/easy.html", {"opportunity": row, "lines": lines, "said": said})
    context = page(row, today, said, shown.Reader(signed_in=signed_in))
    alike = beside.similar(row, public_rows())
    context |= {"similar": shown.cards(alike, {}, today, said), "address": request.build_absolute_uri(request.path)}
    if context["for_search_engines"]:
        address = request.build_absolute_uri(request.path)
        context["posting"] = engines.data_block(engines.posting(row, address))
    came_from = request.GET.get("back", "") if signed_in else ""
    context["back"] = came_from if came_from.startswith(WORKERS_PAGES) else ""
    return render(request, "opportunities/show.html", context)


def is_open(row: Opportunity, today: dt.date) -> bool:
    """Live, and not past a closing day that the nightly job has not seen yet."""
    return row.live and (row.closes_on is None or row.closes_on >= today)


def is_over(row: Opportunity, today: dt.date) -> bool:
    """Closed, or past its closing day. What else is not open (paused, its business not checked) may come back; its page
    is the same whatever the reason. Who has taken its places changes nothing: see docs/decisions, worth finding."""
    past = row.closes_on is not None and row.closes_on < today
    return row.state == State.CLOSED or past


def page(row: Opportunity, today: dt.date, said: shown.Said, reader: shown.Reader = shown.VISITOR) -> dict[str, Any]:
    """What the page of an opportunity shows; the desk's preview is the same."""
    return {
        "said": said,
        "opportunity": row,
        "chips": shown.chips(row, said),
        "facts": shown.facts(row, Floors.load(), today, reader, said),
        "asks": shown.asks(row, said),
        "gives": shown.gives(row, said),
        "steps": words.steps(said),
        "spares": shown.spares(row, said),
        "early": shown.starts_early(row),
        "entitlements": beside.entitlements(row, today),
        "own_way": shown.own_way(row, today, said),
        "for_search_engines": engines.may_be_found(row),
    }
