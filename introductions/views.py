"""The page an adviser opens on Monday: ten things first, then everybody."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.roles import Role
from matching import listing, shown
from matching.forms import ActionForm
from matching.shown import Group, Shown
from matching.views import hat_of

FIRST = 10  # things to do: about 20 minutes


@require_GET
def show_monday(request: HttpRequest) -> HttpResponse:
    """`/adviser/`: at most ten things to do, and my young people; for a team manager the team's list, to read."""
    hat = hat_of(request)
    if hat.role == Role.TEAM_MANAGER:
        people = shown.of_team(listing.team_of(hat))
        return render(request, "introductions/monday.html", {"manager": True, **listing.table(people, links=False)})
    mine = shown.people_of(hat.user)
    groups = shown.new_groups(mine, best=1)
    best = sorted(groups, key=lambda group: (-group.matches[0].score, group.person.label, group.person.pk))[:FIRST]
    context = {
        "manager": False,
        "name": hat.name.split(" ")[0],
        "todo": [_row(group, group.matches[0]) for group in best],
        **listing.table(mine, links=True),
    }
    return render(request, "introductions/monday.html", context)


def _row(group: Group, match: Shown) -> dict[str, Any]:
    """One line of components/todo_row.html."""
    return {
        "kind": match.kind,
        "title": group.person.label,
        "text": _what(match),
        "more": match.line,
        "action": reverse("matching:act-on-match"),
        "hidden": [("person", group.person.public_id), ("opportunity", match.opportunity), ("back", "monday")],
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
