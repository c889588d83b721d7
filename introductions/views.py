"""The page an adviser opens on Monday: ten things first, then everybody."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import View, YoungPerson
from accounts.roles import Role
from accounts.viewing import log_view
from introductions import this_week
from matching import listing, marked, reasons, shown
from matching.forms import ActionForm
from matching.marked import Gone, Marked
from matching.shown import FEW, Group, Shown
from matching.views import hat_of

FIRST = 10  # things to do: about 20 minutes


@require_GET
def show_monday(request: HttpRequest) -> HttpResponse:
    """`/adviser/`: at most ten things to do, and my young people; for a team manager the team's list, to read."""
    hat = hat_of(request)
    if hat.role == Role.TEAM_MANAGER:
        people = shown.of_team(listing.team_of(hat))
        table = listing.table(people, links=False)
        log_view(hat, table["people"], View.Page.LIST)
        return render(request, "introductions/monday.html", {"manager": True, "stats": listing.stats(table), **table})
    mine = shown.people_of(hat.user)
    first = this_week.todo_rows(mine, most=FIRST)
    groups = shown.new_groups(mine, best=1)
    best = sorted(groups, key=lambda group: (-group.matches[0].score, group.person.label, group.person.pk))[
        : FIRST - len(first)
    ]
    context: dict[str, Any] = {
        "manager": False,
        "name": hat.name.split(" ")[0],
        "todo": _with_marked(
            [*first, *(_row(group, at) for at, group in enumerate(best, len(first)))], marked.recall(request), mine
        ),
        "back": "monday",
        **listing.table(mine, links=True),
    }
    log_view(hat, context["people"], View.Page.LIST)
    return render(request, "introductions/monday.html", context)


def _with_marked(todo: list[Any], kept: Marked | None, mine: Iterable[YoungPerson]) -> list[Any]:
    """What was done a moment ago, and for whom, in its old place: the next of the same person may stand there now."""
    if kept is None:
        return todo
    who = next((person.label for person in mine if person.pk == kept.person_id), "")
    return [*todo[: kept.at], Gone(kept, who), *todo[kept.at :]]


def _row(group: Group, at: int) -> dict[str, Any]:
    """One line of components/todo_row.html: the name leads to the match on their own page, the title to what it is."""
    person, match = group.person, group.matches[0]
    own_page = reverse("matching:show-person", args=[person.public_id])
    offer = reverse("opportunities:show-opportunity", args=[match.opportunity])
    return {
        "kind": match.kind,
        "title": person.label,
        "url": f"{own_page}#m-{person.public_id}-{match.opportunity}",
        "text": _what(match),
        "text_url": f"{offer}?{urlencode({'back': reverse('introductions:show-monday')})}",
        "more": reasons.SEPARATOR.join(match.reasons[:FEW]),
        "action": reverse("matching:act-on-match"),
        "hidden": [
            ("person", person.public_id),
            ("opportunity", match.opportunity),
            ("back", "monday"),
            ("at", at),
        ],
        "buttons": [
            {"label": _("I have shared it"), "name": "state", "value": ActionForm.SHARED},
            {"label": _("Later"), "name": "state", "value": ActionForm.LATER, "second": True},
        ],
    }


def _what(match: Shown) -> str:
    """The title and who offers it; the kind before it, unless the title says it already."""
    said = {"title": match.title, "employer": match.employer, "kind": match.kind_name}
    if match.kind_name.split(" ")[0].casefold() in match.title.casefold():
        return _("%(title)s, %(employer)s") % said
    return _("%(kind)s: %(title)s, %(employer)s") % said
