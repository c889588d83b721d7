"""A business: its pledges and people, whom it may be the same as, and the checks, step by step."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.roles import Role
from core import clock
from core.lifecycle import MoveRefused
from pledges import access, checks
from pledges.forms import CallBackForm, FirstForm, ReasonForm, SecondForm
from pledges.models import Employer, EmployerCheck, Pledge, PledgeKind

PLEDGES_SHOWN = 100


def _employer(request: HttpRequest, public_id: str) -> Employer:
    rows = access.employers_of(access.hat_of(request)).select_related("lead", "sector")
    return get_object_or_404(rows, public_id=public_id)


@require_safe
def show_employer(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/desk/employers/<public_id>/`."""
    return _page(request, _employer(request, public_id))


def _page(request: HttpRequest, employer: Employer, step: str = "", form: forms.Form | None = None) -> HttpResponse:
    hat = access.hat_of(request)
    seen = list(employer.checks.select_related("called_by", "first_by", "second_by").order_by("-pk")[:10])
    pledges = access.pledges_of(hat).filter(employer=employer).select_related("kind", "event", "owner").order_by("pk")
    steps: list[tuple[str, forms.Form]] = []
    if hat.role == Role.COORDINATOR:
        names = next_steps(employer, seen, user=hat.user)
        steps = [(name, form if name == step and form else _form(name, seen)) for name in names]
    context = {
        "employer": employer,
        "form": form,
        "contacts": employer.contacts.order_by("pk")[:20],
        "columns": [
            {"label": _("Pledge")},
            {"label": _("By")},
            {"label": _("Now")},
            {"label": _("Whose")},
            {"label": _("How many"), "num": True},
        ],
        "pledges": [_pledge_row(pledge) for pledge in pledges[:PLEDGES_SHOWN]],
        "maybe": _maybe_same(request, employer),
        "checks": [_check_rows(check) for check in seen],
        "needed": PledgeKind.Weight(checks.weight_needed(employer)).label,
        "steps": [{"name": name, "form": shown, **WORDS[name]} for name, shown in steps],
    }
    return render(request, "pledges/employer.html", context)


WORDS = {
    "call-back": {"title": lazy("Ring them"), "button": lazy("We have spoken to them")},
    "first": {"title": lazy("The first person"), "button": lazy("Yes, I agree")},
    "second": {"title": lazy("The second person"), "button": lazy("Yes, I agree")},
    "stop": {"title": lazy("Stop this business"), "button": lazy("Stop it now")},
    "reopen": {"title": lazy("Open it again"), "button": lazy("Open it again")},
}


def open_check(seen: list[EmployerCheck]) -> EmployerCheck | None:
    """The round of checks that is under way: the newest, if it has not passed."""
    return seen[0] if seen and seen[0].passed_on is None else None


def next_steps(employer: Employer, seen: list[EmployerCheck], *, user: int) -> list[str]:
    """What a coordinator can do now, the most likely first. The first person is not offered the second step."""
    if employer.state == Employer.Check.STOPPED:
        return ["reopen"]
    check = open_check(seen)
    if check is None:
        return ["call-back", "stop"]
    if check.first_by_id is None:
        return ["first", "stop"]
    return ["stop"] if check.first_by_id == user else ["second", "stop"]


def _form(name: str, seen: list[EmployerCheck], data: Any = None) -> forms.Form:
    prefix = name
    check = open_check(seen)
    if name == "call-back":
        return CallBackForm(data, prefix=prefix, initial={"on": clock.today()})
    if name == "first":
        return FirstForm(data, prefix=prefix, weight=check.weight if check else PledgeKind.Weight.FULL)
    if name == "second":
        return SecondForm(data, prefix=prefix)
    return ReasonForm(data, prefix=prefix)


def _maybe_same(request: HttpRequest, employer: Employer) -> list[dict[str, str]]:
    """Businesses this one may be, in both directions; those of other partnerships by name only."""
    rows = Employer.objects.filter(Q(pk=employer.maybe_same_as_id) | Q(maybe_same_as=employer)).order_by("pk")[:10]
    mine = set(
        access.employers_of(access.hat_of(request)).filter(pk__in=[r.pk for r in rows]).values_list("pk", flat=True)
    )
    return [
        {
            "name": row.name,
            "domain": row.domain,
            "state": str(Employer.Check(row.state).label),
            "url": reverse("pledges:show-employer", args=[row.public_id]) if row.pk in mine else "",
        }
        for row in rows
    ]


def _pledge_row(pledge: Pledge) -> list[Any]:
    return [
        pledge.kind.name,
        date_format(pledge.by_month, "F Y") if pledge.by_month else _("Not said"),
        str(Pledge.State(pledge.state).label),
        {"text": pledge.owner.name if pledge.owner else _("Nobody yet"), "name": _("Whose")},
        {"text": str(pledge.places), "num": True, "name": _("How many")},
    ]


def _check_rows(check: EmployerCheck) -> list[dict[str, str]]:
    found = EmployerCheck.Found(check.found_by).label
    rows = [
        {"label": _("Weight"), "value": str(PledgeKind.Weight(check.weight).label)},
        {
            "label": _("Called back"),
            "value": f"{_day(check.called_on)}, {check.called_by.name}: {check.spoke_to}. {found}",
        },
    ]
    if check.insurance_until:
        rows.append({"label": _("Insured until"), "value": _day(check.insurance_until)})
    if check.visited_on:
        rows.append({"label": _("Visited"), "value": _day(check.visited_on)})
    for label, by, on, because in (
        (_("First person"), check.first_by, check.first_on, check.first_because),
        (_("Second person"), check.second_by, check.second_on, check.second_because),
    ):
        if by:
            rows.append({"label": label, "value": f"{_day(on)}, {by.name}: {because}"})
    return rows


def _day(day: Any) -> str:
    return date_format(day, "j F Y") if day else ""


@require_POST
def take_step(request: HttpRequest, public_id: str, step: str) -> HttpResponse:
    """One step of the checks, the stop or its end. What cannot be comes back with a sentence."""
    employer = _employer(request, public_id)
    if step not in DOERS:
        raise Http404
    seen = list(employer.checks.order_by("-pk")[:1])
    form = _form(step, seen, request.POST)
    if not form.is_valid():
        return _page(request, employer, step, form)
    try:
        DOERS[step](employer, open_check(seen), access.user_of(request), form.cleaned_data)
    except (checks.CheckRefused, MoveRefused) as refused:
        form.add_error(None, str(refused))
        return _page(request, employer, step, form)
    messages.success(request, _("Saved."))
    return redirect("pledges:show-employer", employer.public_id)


def _must(check: EmployerCheck | None) -> EmployerCheck:
    if check is None:
        raise checks.CheckRefused(_("Ring them first, and write down that you did."))
    return check


def _call_back(employer: Employer, check: EmployerCheck | None, by: User, data: dict[str, Any]) -> None:
    weight = PledgeKind.Weight.FULL if data.pop("full") else ""
    checks.record_call_back(employer=employer, by=by, weight=weight, **data)


def _first(employer: Employer, check: EmployerCheck | None, by: User, data: dict[str, Any]) -> None:
    checks.agree_first(check=_must(check), by=by, on=clock.today(), **data)


def _second(employer: Employer, check: EmployerCheck | None, by: User, data: dict[str, Any]) -> None:
    checks.agree_second(check=_must(check), by=by, on=clock.today(), **data)


def _stop(employer: Employer, check: EmployerCheck | None, by: User, data: dict[str, Any]) -> None:
    checks.stop_employer(employer=employer, by=by, why=data["because"])


def _reopen(employer: Employer, check: EmployerCheck | None, by: User, data: dict[str, Any]) -> None:
    checks.reopen_employer(employer=employer, by=by, why=data["because"])


Doer = Callable[[Employer, EmployerCheck | None, User, dict[str, Any]], None]
DOERS: dict[str, Doer] = {
    "call-back": _call_back,
    "first": _first,
    "second": _second,
    "stop": _stop,
    "reopen": _reopen,
}
