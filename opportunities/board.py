"""Where a board member starts: the public pages of their partnership's events, and what became of the promises."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from opportunities.finding import page_number
from pledges import access

PAGE = 25


@require_safe
def show_board(request: HttpRequest) -> HttpResponse:
    """`/board/`: events of the hat's partnership, the latest first. Two queries of its own, however many there are."""
    events = access.events_of(access.hat_of(request)).order_by("-held_on", "-pk")
    page = Paginator(events, PAGE).get_page(page_number(request.GET.get("page")))
    table = [
        [
            {"text": event.name, "url": reverse("pledges:show-promises", args=[event.code])},
            date_format(event.held_on, "j F Y"),
            {"text": _("Pledge wall"), "url": reverse("pledges:show-wall", args=[event.code])},
        ]
        for event in page
    ]
    columns = [{"label": _("What became of it")}, {"label": _("When")}, {"label": _("On the big screen")}]
    return render(request, "opportunities/board.html", {"page": page, "table": table, "columns": columns})
