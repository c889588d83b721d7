"""Find one of one's young people by label or by name. A name is typed into the page, never into an address."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.hats import Hat
from accounts.models import View, YoungPerson, YoungPersonContact
from accounts.roles import Role
from accounts.viewing import log_view
from matching import shown
from matching.views import hat_of

MOST_READ = 2_000  # names are encrypted: each is read to be compared (design, section 2)
MOST_SHOWN = 20


class FindForm(forms.Form):
    """Part of a label or of a name."""

    words = forms.CharField(
        label=gettext_lazy("Their name, or your label for them"), min_length=2, max_length=80,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": gettext_lazy("Type at least two letters."),
            "min_length": gettext_lazy("Type at least two letters."),
        },
    )  # fmt: skip


def find(people: QuerySet[YoungPerson], words: str) -> list[tuple[YoungPerson, str]]:
    """Who of `people` is meant, each with their name where it is known, by label; at most MOST_SHOWN.

    Every word typed stands somewhere in the label or in the name. Two queries.
    """
    rows = list(people[:MOST_READ])
    contacts = YoungPersonContact.objects.filter(person_id__in=[person.pk for person in rows]).order_by("pk")
    names = {contact.pk: str((contact.details or {}).get("name", "")) for contact in contacts}
    wanted = words.casefold().split()
    found = [
        (person, names.get(person.pk, ""))
        for person in rows
        if any(
            all(word in said.casefold() for word in wanted) for said in (person.label, names.get(person.pk, "")) if said
        )
    ]
    return found[:MOST_SHOWN]


@sensitive_post_parameters("words")
@require_http_methods(["GET", "HEAD", "POST"])
def find_person(request: HttpRequest) -> HttpResponse:
    """`/adviser/people/find/`: one's own; for a team manager the team's. Whoever is shown is written down as looked at.

    Somebody one may not see and somebody who is not there are answered in the same words.
    """
    hat, rows = hat_of(request), None
    form = FindForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        manager = hat.role == Role.TEAM_MANAGER
        found = find(shown.of_team(hat.team) if manager else shown.people_of(hat.user), form.cleaned_data["words"])
        log_view(hat, [person.pk for person, _name in found], View.Page.SEARCH)
        rows = [_row(person, name, hat) for person, name in found]
    context: dict[str, Any] = {
        "form": form,
        "rows": rows,
        "columns": [{"label": _("Your label")}, {"label": _("Name")}, {"label": _("Lives")}],
    }
    return render(request, "matching/find.html", context)


def _row(person: YoungPerson, name: str, hat: Hat) -> list[Any]:
    leads = "matching:hand-over" if hat.role == Role.TEAM_MANAGER else "matching:show-person"
    return [{"text": person.label, "url": reverse(leads, args=[person.public_id])}, name, person.living_sector]
