"""The page an adviser opens on Monday: ten things first, then everybody."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import View, YoungPerson
from accounts.roles import Role
from accounts.viewing import log_view
from introductions import asked, reaching, this_week
from matching import listing, marked, overview, shown
from matching.forms import ActionForm
from matching.marked import WHY, Gone, Marked
from matching.views import hat_of

FIRST = 10  # things to do: about 20 minutes


@require_GET
def show_monday(request: HttpRequest) -> HttpResponse:
    """`/adviser/`: at most ten things to do, and my young people; for a team manager the team's list, to read."""
    hat = hat_of(request)
    if hat.role == Role.TEAM_MANAGER:
        table = listing.table(overview.known(shown.of_team(hat.team)), links=False)
        log_view(hat, table["people"], View.Page.LIST)
        waits = asked.waits_for_manager(hat.council)
        context: dict[str, Any] = {"manager": True, "waits": waits, "stats": listing.stats(table), **table}
        return render(request, "introductions/monday.html", context)
    mine = list(this_week.asked(overview.known(shown.people_of(hat.user))))
    todo = [*reaching.broken(mine), *this_week.lines(mine, most=FIRST)][:FIRST]
    ticks = sum("tick" in line for line in todo) > 1
    for at, line in enumerate(todo):
        line.setdefault("hidden", []).append(("at", at))
        line["tick"] = line.get("tick") if ticks else None
    context = {
        "manager": False,
        "name": hat.name.split(" ")[0],
        "todo": _with_marked(todo, marked.recall(request), mine),
        "quiet": this_week.quiet(mine),
        "several": [(one, _label(mine, one)) for one in marked.recall_several(request)],
        "ticks": ticks,
        "reasons": ActionForm.REASONS,
        "quick_reasons": WHY,
        "back": "monday",
        **listing.table(mine, links=True),
    }
    log_view(hat, context["people"], View.Page.LIST)
    return render(request, "introductions/monday.html", context)


def _with_marked(todo: list[Any], kept: Marked | None, mine: Iterable[YoungPerson]) -> list[Any]:
    """What was done a moment ago, and for whom, in its old place: the next of the same person may stand there now."""
    if kept is None:
        return todo
    return [*todo[: kept.at], Gone(kept, _label(mine, kept)), *todo[kept.at :]]


def _label(mine: Iterable[YoungPerson], kept: Marked) -> str:
    return next((person.label for person in mine if person.pk == kept.person_id), "")
