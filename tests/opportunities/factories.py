"""Businesses, pledges and opportunities for tests, written straight into their tables."""

import datetime as dt
import itertools
from contextlib import contextmanager
from decimal import Decimal

from accounts.models import User
from core import clock
from core.scope import Scope, scope
from opportunities import services
from opportunities.kinds import APPRENTICESHIPS
from opportunities.models import Opportunity, UnpaidReason
from pledges.models import Category, Employer, EmployerCheck, EmployerContact, Pledge, PledgeKind
from tests import factories

_numbers = itertools.count(1)
MANSFIELD = (453_850, 361_230)


def kind(code: str = "ringfenced-job") -> PledgeKind:
    return PledgeKind.objects.get(code=code)


def category(code: str = "hospitality-and-food") -> Category:
    return Category.objects.get(code=code)


def reason(code: str) -> UnpaidReason:
    return UnpaidReason.objects.get(code=code)


def employer(name: str = "", *, state: str = "checked", weight: str | None = "full", **more) -> Employer:
    """A business. weight: of the check it passed, None for none at all."""
    name = name or f"Business {next(_numbers)}"
    row = Employer.objects.create(name=name, name_key=name.lower(), **more)
    if weight:
        passed_check(row, weight)
        row.checked_until, row.checked_weight = clock.today() + dt.timedelta(days=300), weight
    row.state = state
    row.save()
    return row


def passed_check(of: Employer, weight: str) -> EmployerCheck:
    today = clock.today()
    first, second = factories.user(), factories.user()
    return EmployerCheck.objects.create(
        employer=of,
        weight=weight,
        called_by=first,
        called_on=today,
        spoke_to="The owner",
        found_by="register",
        insurance_until=today + dt.timedelta(days=200),
        visited_on=today,
        first_by=first,
        first_on=today,
        second_by=second,
        second_on=today,
        passed_on=today,
    )


def pledge(
    of: Employer | None = None, *, kind_code: str = "ringfenced-job", partnership="nottinghamshire", **more
) -> Pledge:
    of = of or employer()
    contact = EmployerContact.objects.create(employer=of, email="giver@business.example")
    values = {
        "places": 2,
        "category": category(),
        "words": "Help in the kitchen",
        "postcode": "",
        "town": "Mansfield",
        "source": "form",
        "partnership": factories.partnership(partnership) if partnership else None,
        **more,
    }
    number = next(_numbers)
    return Pledge.objects.create(
        identity=f"test-{number}", employer=of, contact=contact, kind=kind(kind_code), **values
    )


def draft(of: Employer | None = None, *, kind_code: str = "ringfenced-job", **more) -> Opportunity:
    """A draft that lacks nothing, unless `more` takes it away."""
    given = more.pop("pledge", None) or pledge(of, kind_code=kind_code, places=more.get("places", 2))
    easting, northing = MANSFIELD
    values = {
        "title": "Kitchen team member",
        "summary": "Learn to cook with a small, friendly team.",
        "category": given.category,
        "places": given.places,
        "partnership": given.partnership,
        "town": "Mansfield",
        "sector": "NG18 1",
        "easting": easting,
        "northing": northing,
        "hours_a_week": Decimal(30),
        "pay_pence": 1400,
        "min_age": 18,
        **more,
    }
    values = {**_lawful(given.kind.code, values), **values}
    return Opportunity.objects.create(pledge=given, employer=given.employer, kind=given.kind, **values)


def _lawful(kind_code: str, values: dict) -> dict:
    """What the rules of age and apprenticeships ask for."""
    found = {"min_age_reason": "insurance"} if values["min_age"] > 16 else {}
    if values["min_age"] < 18:
        found["risk_assessment_on"] = clock.today()
    if kind_code in APPRENTICESHIPS:
        found |= {"lasts": 15, "lasts_unit": "months", "provider_wanted": True}
    return found


@contextmanager
def acting(user: User):
    """As a request of this officer would: in a scope that sees no young people."""
    with scope(Scope(actor=user.pk)):
        yield user


def submitted(of: Employer | None = None, *, by: User | None = None, **more) -> Opportunity:
    row = draft(of, **more)
    with acting(by or factories.user()) as officer:
        services.submit(opportunity=row, by=officer, role="coordinator")
    return row


def published(of: Employer | None = None, **more) -> Opportunity:
    row = submitted(of, **more)
    with acting(factories.user()) as officer:
        services.approve(opportunity=row, by=officer, role="coordinator")
    row.refresh_from_db()
    return row
