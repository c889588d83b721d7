"""The ambassador's pages: what readers said. They show no young people, and nothing of who said it."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Role
from core import clock
from opportunities.finding import page_number
from opportunities.models import Feedback
from pledges.access import hat_of

PAGE = 20
MOST_PAGES = 15


@require_safe
def list_feedback(request: HttpRequest) -> HttpResponse:
    """`/ambassador/`: what was said, the new first, and how many said yes and no of each page. Three queries."""
    unseen = request.GET.get("show") != "seen"
    rows = Feedback.objects.filter(seen_on__isnull=unseen).order_by("-pk")
    page = Paginator(rows, PAGE).get_page(page_number(request.GET.get("page")))
    context: dict[str, Any] = {
        "page": page,
        "unseen": unseen,
        "tabs": [
            {"label": _("New"), "url": "?", "current": unseen},
            {"label": _("Seen"), "url": "?show=seen", "current": not unseen},
        ],
        "can_act": hat_of(request).role == Role.AMBASSADOR,
        "table": _by_page(),
        "columns": [{"label": _("Page")}, {"label": _("Yes"), "num": True}, {"label": _("No"), "num": True}],
    }
    return render(request, "opportunities/feedback.html", context)


def _by_page() -> list[list[Any]]:
    """The pages most was said of. One query."""
    said = Feedback.objects.values("path").annotate(
        yes=Count("pk", filter=Q(useful=True)), no=Count("pk", filter=Q(useful=False))
    )
    return [
        [
            {"text": row["path"], "url": row["path"]},
            {"text": str(row["yes"]), "num": True, "name": _("Yes")},
            {"text": str(row["no"]), "num": True, "name": _("No")},
        ]
        for row in said.order_by("-no", "-yes", "path")[:MOST_PAGES]
    ]


@require_POST
def see_feedback(request: HttpRequest) -> HttpResponse:
    """`/ambassador/seen/`: these have been read. Said twice it changes nothing."""
    numbers = [int(text) for text in request.POST.getlist("row")[:PAGE] if text.isascii() and text.isdigit()]
    few = [number for number in numbers if number < 2**63]
    Feedback.objects.filter(pk__in=few, seen_on=None).update(seen_by=hat_of(request).user, seen_on=clock.today())
    return redirect("opportunities:list-feedback")
