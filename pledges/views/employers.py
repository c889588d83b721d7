"""A business: the list, its page, and the checks, step by step."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.roles import Role
from core import clock
from core.lifecycle import MoveRefused
from core.policy import may_read
from pledges import access, checks, desk_list, stops
from pledges.employer_forms import FindEmployers, LeadForm
from pledges.forms import CallBackForm, FirstForm, ReasonForm, SecondForm
from pledges.history import sent_and_said
from pledges.models import Employer, EmployerCheck, PledgeKind
from pledges.views import employer_parts as parts
from pledges.views.records import employer_of

PAGE = 25


@require_safe
def list_employers(request: HttpRequest) -> HttpResponse:
    """`/desk/employers/`: by name, state and what they need. The number of queries does not grow with the rows."""
    form = FindEmployers(request.GET)
    rows = desk_list.find(access.employers_of(access.hat_of(request)), form.wanted())
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "on": form.on(),
        "is_coordinator": access.hat_of(request).role == Role.COORDINATOR,
        "page": page,
        "columns": [
            {"label": _("Business")},
            {"label": _("Check")},
            {"label": _("Needs")},
            {"label": _("Led by")},
            {"label": _("Pledges"), "num": True},
        ],
        "rows": [_list_row(row) for row in page],
    }
    return render(request, "pledges/employer_list.html", context)


def _list_row(row: Any) -> list[Any]:
    return [
        {"text": row.name, "url": reverse("pledges:show-employer", args=[row.public_id])},
        str(Employer.Check(row.state).label),
        {"text": desk_list.needs(row), "name": _("Needs")},
        {"text": row.lead.name if row.lead else _("Nobody yet"), "name": _("Led by")},
        {"text": str(row.promised), "num": True, "name": _("Pledges")},
    ]


@require_safe
def show_employer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/desk/employers/<public_id>/`. One that was joined to another leads to that one."""
    mine = access.employers_of(access.hat_of(request))
    joined = Employer.objects.filter(public_id=public_id, merged_into__in=mine).select_related("merged_into").first()
    if joined and joined.merged_into:
        return redirect("pledges:show-employer", joined.merged_into.public_id)
    return _page(request, employer_of(request, public_id))


def _page(request: HttpRequest, employer: Employer, step: str = "", form: forms.Form | None = None) -> HttpResponse:
    hat = access.hat_of(request)
    seen = parts.checks_of(employer)
    context = {
        "employer": employer,
        "form": form,
        "facts": parts.facts(employer),
        "contacts": parts.contacts_of(employer),
        "sites": employer.sites.order_by("pk")[: parts.SHOWN],
        "maybe": parts.maybe_same(employer, access.employers_of(hat)),
        "history": sent_and_said(employer),
        "joined": employer.merged.order_by("pk"),
        "checks": [parts.check_rows(check, employer) for check in seen],
        "needed": PledgeKind.Weight(checks.weight_needed(employer)).label,
        "is_coordinator": hat.role == Role.COORDINATOR,
        "keys": _keys(employer, hat.role),
        **parts.promised(access.pledges_of(hat).filter(employer=employer), coordinator=hat.role == Role.COORDINATOR),
    }
    if hat.role == Role.COORDINATOR:
        context |= _for_coordinators(request, employer, seen, step, form)
    return render(request, "pledges/employer.html", context)


def _keys(employer: Employer, role: str) -> str:
    """The address of the keys of its own systems; nothing for who may not see them."""
    address = reverse("opportunities:list-keys")
    return f"{address}?{urlencode({'business': employer.public_id})}" if may_read(address, role) else ""


def _for_coordinators(
    request: HttpRequest, employer: Employer, seen: list[EmployerCheck], step: str, form: forms.Form | None
) -> dict[str, Any]:
    hat = access.hat_of(request)
    counting = [check for check in seen if check.employer_id == employer.pk and check.pk > employer.checks_after]
    names = next_steps(employer, counting, user=hat.user)
    steps = [
        {
            "name": name,
            "form": form if name == step and form else _form(name, counting),
            "folded": name == "call-back" and employer.state == Employer.Check.CHECKED and name != step,
            **WORDS[name],
        }
        for name in names
    ]
    return {
        "steps": steps,
        "shared": stops.shared_with(employer),
        "lead_form": LeadForm(people=access.coordinators_of(hat), initial={"lead": employer.lead_id}),
        "may_write": employer.state not in (Employer.Check.STOPPED, Employer.Check.MERGED),
    }


WORDS = {
    "call-back": {"title": lazy("Ring them"), "button": lazy("We have spoken to them")},
    "first": {"title": lazy("The first person"), "button": lazy("Yes, I agree")},
    "second": {"title": lazy("The second person"), "button": lazy("Yes, I agree")},
    "stop": {"title": lazy("Stop this business"), "button": lazy("Stop it now")},
    "reopen": {"title": lazy("Open it again"), "button": lazy("Open it again")},
}


def open_check(seen: list[EmployerCheck]) -> EmployerCheck | None:
    """The round of checks that is under way: the newest of those that count, if it has not passed."""
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


@require_POST
def take_step(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """One step of the checks, the stop or its end. What cannot be comes back with a sentence."""
    employer = employer_of(request, public_id)
    if step not in DOERS:
        raise Http404
    seen = list(employer.checks.filter(pk__gt=employer.checks_after).order_by("-pk")[:1])
    form = _form(step, seen, request.POST)
    if not form.is_valid():
        return _page(request, employer, step, form)
    try:
        DOERS[step](employer, open_check(seen), access.user_of(request), form.cleaned_data)
    except (checks.CheckRefused, MoveRefused) as refused:
        form.add_error(None, str(refused))
        return _page(request, employer, step, form)
    messages.success(request, SAID.get(step, _("Saved.")))
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
# What is said afterwards, where that is more than that it was kept.
SAID = {
    "call-back": lazy("Saved. Next, answer the question of the check."),
    "first": lazy("Saved. Now somebody else has to agree."),
}
DOERS: dict[str, Doer] = {
    "call-back": _call_back,
    "first": _first,
    "second": _second,
    "stop": _stop,
    "reopen": _reopen,
}
