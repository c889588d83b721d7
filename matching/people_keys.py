"""`/adviser/team/keys/`: the keys with which a council's case system sends young people: made, shown once, ended."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import papers
from accounts.models import Council
from core import clock
from matching.team_views import council_of, decision_page, user_of
from opportunities.api import keys
from opportunities.api.desk_keys import PERIODS
from opportunities.models import ApiKey
from pledges.forms import WordsField

HERE = "matching:list-people-keys"


class KeyForm(forms.Form):
    """Which system, and until when."""

    name = WordsField(
        label=gettext_lazy("What is the system called?"), help_text=gettext_lazy("Like Case system."), max_length=60,
        error_messages={"required": gettext_lazy("Enter what the system is called, like Case system")},
    )  # fmt: skip
    days = forms.TypedChoiceField(label=gettext_lazy("For how long?"), choices=PERIODS, coerce=int)


@require_http_methods(["GET", "HEAD", "POST"])
def list_keys(request: HttpRequest) -> HttpResponse:
    """The council's keys, and a form for a new one. What POST answers is the only page that ever shows it."""
    council = Council.objects.get(pk=council_of(request))
    form = KeyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        until = clock.today() + dt.timedelta(days=form.cleaned_data["days"])
        row, text = keys.make(
            council=council, name=form.cleaned_data["name"], scope=keys.PEOPLE, until=until, by=user_of(request)
        )
        context = {"key": row, "text": text, "done_url": reverse(HERE)}
        return render(request, "opportunities/api_key_made.html", context)
    context = {
        "form": form,
        "refused": papers.refusal(council),
        "rows": [_row(row) for row in keys.of_people(council.pk)[:100]],
        "columns": [{"label": label} for label in (_("System"), _("Until"), _("Last used"), _("End it"))],
    }
    return render(request, "matching/people_keys.html", context)


def _row(row: ApiKey) -> list[Any]:
    used = date_format(row.last_used_on, "j F Y") if row.last_used_on else _("Never")
    until = {"text": date_format(row.expires_on, "j F Y"), "name": _("Until")}
    name = f"{row.name} (frk_{row.prefix}…)"  # two keys of one system are told apart
    return [name, until, {"text": used, "name": _("Last used")}, _end(row)]


def _end(row: ApiKey) -> Any:
    if row.ended_on:
        return _("Ended %(day)s") % {"day": date_format(row.ended_on, "j F Y")}
    if row.expires_on < clock.today():
        return _("Run out")
    return {"text": _("End it"), "url": reverse("matching:end-people-key", args=[row.pk])}


@require_http_methods(["GET", "HEAD", "POST"])
def end_key(request: HttpRequest, number: int) -> HttpResponse:
    """`/adviser/team/keys/<number>/`: out of force from this moment."""
    row = get_object_or_404(keys.of_people(council_of(request)), pk=number)
    if request.method == "POST":
        if keys.end(key=row, by=user_of(request)):
            messages.success(request, _("The key is ended. Nothing can be done with it from now on."))
        else:
            messages.info(request, _("This key was ended before."))
        return redirect(HERE)
    lead = _("%(name)s can send nobody any more. Whom it sent stays.") % {"name": row.name}
    more = {"back": reverse(HERE), "back_label": _("Keys of your case system")}
    return decision_page(request, forms.Form(), _("End the key?"), _("End it now"), lead, **more)
