"""`/desk/checks/`: standard checks that wait for the second person, several at once; and checks that end soon."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import clock
from pledges import access, checks
from pledges.employer_forms import BatchForm
from pledges.models import EmployerCheck, PledgeKind

SHOWN = 50


def list_checks(request: HttpRequest) -> HttpResponse:
    """The list; POST: one answer for those that are ticked, with what became of each."""
    results: list[checks.Agreed] = []
    form = BatchForm()
    ticked = set(request.POST.getlist("check"))
    if request.method == "POST":
        form = BatchForm(request.POST)
        chosen = [check for check in _standard(request) if str(check.pk) in ticked]
        if not chosen:
            form.add_error(None, _("Tick at least one business."))
        if form.is_valid():
            by = access.user_of(request)
            results = checks.agree_batch(checks=chosen, by=by, on=clock.today(), because=form.cleaned_data["because"])
            form, ticked = BatchForm(), set()
    context = {
        "form": form,
        "results": results,
        "waiting": [{"check": check, "ticked": str(check.pk) in ticked} for check in _standard(request)],
        "one_by_one": [_row(check) for check in _waiting(request).exclude(weight=PledgeKind.Weight.STANDARD)[:SHOWN]],
        "ending": _ending(request),
        "columns": [{"label": _("Business")}, {"label": _("First person")}, {"label": _("On")}],
        "again": [{"label": _("Business")}, {"label": _("Check ends")}, {"label": _("Led by")}],
    }
    return render(request, "pledges/checks_list.html", context)


def _waiting(request: HttpRequest) -> QuerySet[EmployerCheck]:
    hat = access.hat_of(request)
    rows = checks.waiting_for_second(access.user_of(request)).filter(employer__in=access.employers_of(hat))
    return rows.select_related("employer", "first_by", "called_by")


def _standard(request: HttpRequest) -> list[EmployerCheck]:
    return list(_waiting(request).filter(weight=PledgeKind.Weight.STANDARD)[:SHOWN])


def _row(check: EmployerCheck) -> list[Any]:
    return [
        {"text": check.employer.name, "url": reverse("pledges:show-employer", args=[check.employer.public_id])},
        check.first_by.name if check.first_by else "",
        date_format(check.first_on, "j F") if check.first_on else "",
    ]


def _ending(request: HttpRequest) -> list[list[Any]]:
    mine = access.employers_of(access.hat_of(request)).values("pk")
    rows = checks.ending_soon().filter(pk__in=mine).select_related("lead")[:SHOWN]
    return [
        [
            {"text": row.name, "url": reverse("pledges:show-employer", args=[row.public_id])},
            date_format(row.checked_until, "l j F") if row.checked_until else "",
            row.lead.name if row.lead else _("Nobody yet"),
        ]
        for row in rows
    ]
