"""`/desk/api-keys/`: the keys of the partnership's businesses and councils: made, shown once, ended."""

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.hats import Hat
from accounts.models import Council, Partnership
from core import clock
from opportunities.api import keys
from opportunities.models import ApiKey
from pledges import access
from pledges.forms import WordsField
from pledges.models import Employer, Pledge

PERIODS = ((30, gettext_lazy("A month")), (91, gettext_lazy("Three months")), (keys.LONGEST, gettext_lazy("A year")))


def _employers(hat: Hat) -> QuerySet[Employer]:
    ended = (Employer.Check.STOPPED, Employer.Check.MERGED)
    here = Pledge.objects.filter(partnership__in=access.areas(hat))  # one that nobody has taken on is of no area
    return Employer.objects.filter(pk__in=here.values("employer")).exclude(state__in=ended).order_by("name", "pk")


def _partnership(hat: Hat, employer: Employer | None) -> Partnership | None:
    """Where the business has pledged, within the hat's own area."""
    if employer is None:
        return None
    here = Pledge.objects.filter(employer=employer, partnership__in=access.areas(hat)).order_by("-pk")
    return here.select_related("partnership")[0].partnership


def _councils(hat: Hat) -> QuerySet[Council]:
    return Council.objects.filter(partnerships__in=access.areas(hat)).distinct().order_by("short_name")


def _own(hat: Hat) -> QuerySet[ApiKey]:
    areas = access.areas(hat)
    return keys.listed(employers=access.employers_of(hat), partnerships=areas, councils=_councils(hat))


class KeyForm(forms.Form):
    """Whose system it is, and what it may do."""

    name = WordsField(
        label=gettext_lazy("What is the system called?"),
        help_text=gettext_lazy("Like Staff system. It is named in the history of what the key writes."),
        max_length=60,
        error_messages={"required": gettext_lazy("Enter what the system is called, like Staff system")},
    )
    employer = forms.ModelChoiceField(
        label=gettext_lazy("Which business?"), queryset=Employer.objects.none(), required=False,
        empty_label=gettext_lazy("None: it is a council's"),
    )  # fmt: skip
    council = forms.ModelChoiceField(
        label=gettext_lazy("Or which council?"), queryset=Council.objects.none(), required=False,
        empty_label=gettext_lazy("None: it is a business's"),
    )  # fmt: skip
    scope = forms.ChoiceField(label=gettext_lazy("What may it do?"), choices=list(keys.SCOPES.items()))
    days = forms.TypedChoiceField(label=gettext_lazy("For how long?"), choices=PERIODS, coerce=int)

    def __init__(self, data: Any, *, hat: Hat) -> None:
        super().__init__(data)
        for name, rows in (("employer", _employers(hat)), ("council", _councils(hat))):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows

    def clean(self) -> dict[str, Any]:
        """Of one of the two, and a council reads only."""
        clean = super().clean() or {}
        if "employer" in self.errors or "council" in self.errors:
            return clean
        if bool(clean.get("employer")) == bool(clean.get("council")):
            self.add_error("employer", _("Choose one business, or one council"))
        elif clean.get("council") and clean.get("scope") == keys.WRITE:
            self.add_error("scope", _("A council's system reads only. Choose that, or a business"))
        return clean


@require_safe
def list_keys(request: HttpRequest) -> HttpResponse:
    """All keys of the hat's area, or of one business in it (`?business=`), with a button to end those in force."""
    hat = access.hat_of(request)
    rows, employer = _own(hat), None
    if wanted := request.GET.get("business"):
        employer = get_object_or_404(access.employers_of(hat), public_id=_id(wanted))
        rows = rows.filter(employer=employer)
    context = {"rows": rows[:200], "employer": employer, "today": clock.today()}
    return render(request, "opportunities/api_keys.html", context)


def _id(text: str) -> UUID:
    """The id of an address; what is none is of nobody."""
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def make_key(request: HttpRequest) -> HttpResponse:
    """A new key. What POST answers is the only page that ever shows it."""
    hat = access.hat_of(request)
    form = KeyForm(request.POST if request.method == "POST" else None, hat=hat)
    if request.method != "POST" or not form.is_valid():
        return render(request, "opportunities/api_key_new.html", {"form": form})
    found = form.cleaned_data
    until = clock.today() + dt.timedelta(days=found["days"])
    row, text = keys.make(
        employer=found["employer"],
        council=found["council"],
        partnership=_partnership(hat, found["employer"]),
        name=found["name"],
        scope=found["scope"],
        until=until,
        by=access.user_of(request),
    )
    return render(request, "opportunities/api_key_made.html", {"key": row, "text": text})


@require_POST
def end_key(request: HttpRequest, number: int) -> HttpResponse:
    """Out of force from this moment."""
    row = get_object_or_404(_own(access.hat_of(request)), pk=number)
    if keys.end(key=row, by=access.user_of(request)):
        messages.success(request, _("The key is ended. Nothing can be done with it from now on."))
    else:
        messages.error(request, _("This key was ended before."))
    return redirect("opportunities:list-keys")
