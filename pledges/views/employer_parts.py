"""What stands on the page of a business, part by part."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from notifications import addresses
from pledges import ledger, phrases
from pledges.models import Employer, EmployerCheck, EmployerContact, Pledge, PledgeKind, RiskyPhrase

SHOWN = 20
PLEDGES_SHOWN = 100


def facts(employer: Employer) -> list[dict[str, str]]:
    """The record in rows."""
    return [
        {"label": _("Company number"), "value": employer.company_number or _("Not known")},
        {"label": _("Charity number"), "value": employer.charity_number or _("Not known")},
        {"label": _("Email domain"), "value": employer.domain or _("None of its own")},
        {"label": _("How many people work there"), "value": employer.size or _("Not known")},
        {"label": _("Sector"), "value": employer.sector.name if employer.sector else _("Not known")},
        {"label": _("Led by"), "value": employer.lead.name if employer.lead else _("Nobody yet")},
    ]


def contacts_of(employer: Employer) -> list[EmployerContact]:
    """The people there, each with `broken`: which of their addresses and numbers do not work any more."""
    rows = employer.contacts.select_related("replaces", "named_by__kind").order_by("pk")
    found = list(rows[:SHOWN])
    stopped = addresses.stopped(to for contact in found for to in (contact.email, contact.phone))
    for contact in found:
        contact.broken = [to for to in (contact.email, contact.phone) if to in stopped]  # type: ignore[attr-defined]
    return found


def promised(rows: QuerySet[Pledge], *, coordinator: bool = False) -> dict[str, Any]:
    """The table of pledges, with its ledger for a coordinator; and those whose words a coordinator has to look at."""
    found = list(rows.select_related("kind", "event", "owner", "category").order_by("pk")[:PLEDGES_SHOWN])
    risky = [pledge for pledge in found if phrases.waiting(pledge) and pledge.state not in phrases.ENDED]
    why = dict(RiskyPhrase.objects.values_list("code", "why")) if risky else {}
    return {
        "columns": [
            {"label": _("Pledge")},
            {"label": _("By")},
            {"label": _("Now")},
            {"label": _("Whose")},
            *([{"label": _("Places")}] if coordinator else []),
            {"label": _("How many"), "num": True},
        ],
        "pledges": [_pledge_row(pledge, coordinator=coordinator) for pledge in found],
        "risky": [{"pledge": pledge, "why": [why.get(code, code) for code in pledge.phrases]} for pledge in risky],
    }


def _pledge_row(pledge: Pledge, *, coordinator: bool) -> list[Any]:
    return [
        pledge.kind.name,
        date_format(pledge.by_month, "F Y") if pledge.by_month else _("Not said"),
        str(Pledge.State(pledge.state).label),
        {"text": pledge.owner.name if pledge.owner else _("Nobody yet"), "name": _("Whose")},
        *([{"text": ledger.in_words(pledge), "name": _("Places")}] if coordinator else []),
        {"text": str(pledge.places), "num": True, "name": _("How many")},
    ]


def maybe_same(employer: Employer, mine: QuerySet[Employer]) -> list[dict[str, str]]:
    """Businesses this one may be, in both directions; those of other partnerships by name only."""
    either = Q(pk=employer.maybe_same_as_id) | Q(maybe_same_as=employer)
    rows = list(Employer.objects.filter(either).exclude(state=Employer.Check.MERGED).order_by("pk")[:10])
    seen = set(mine.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)) if rows else set()
    return [
        {
            "name": row.name,
            "domain": row.domain,
            "state": str(Employer.Check(row.state).label),
            "url": reverse("pledges:show-employer", args=[row.public_id]) if row.pk in seen else "",
            "merge": reverse("pledges:show-merge", args=[employer.public_id, row.public_id]) if row.pk in seen else "",
        }
        for row in rows
    ]


def checks_of(employer: Employer) -> list[EmployerCheck]:
    """The last rounds of checks, the newest first; with those of records that were joined to this one."""
    rows = EmployerCheck.objects.filter(Q(employer=employer) | Q(employer__merged_into=employer))
    return list(rows.select_related("employer", "called_by", "first_by", "second_by").order_by("-pk")[:10])


def check_rows(check: EmployerCheck, employer: Employer) -> list[dict[str, str]]:
    """One round in rows."""
    found = EmployerCheck.Found(check.found_by).label
    rows = [
        {"label": _("Kind of check"), "value": str(PledgeKind.Weight(check.weight).label)},
        {
            "label": _("Called back"),
            "value": f"{_day(check.called_on)}, {check.called_by.name}: {check.spoke_to}. {found}",
        },
    ]
    if check.employer_id != employer.pk:
        rows.insert(0, {"label": _("Of the record that was joined"), "value": check.employer.name})
    elif check.pk <= employer.checks_after:
        rows.insert(0, {"label": _("No longer counts"), "value": _("The business has changed or was stopped since.")})
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
