"""What should be there before day one: each thing, why it matters and how to get it. Seen by them and their worker."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import YoungPerson
from core.clock import FrNow
from introductions.models import Readiness


@dataclass(frozen=True)
class Thing:
    """One thing to have: the field that says it is there, its name, and how to get it."""

    field: str
    name: str | Promise
    how: str | Promise


THINGS = (
    Thing(
        "identity",
        _("Something that shows who you are"),
        _("A passport, or a birth certificate. If you have none, your adviser orders one with you."),
    ),
    Thing(
        "bank_account",
        _("A bank account in your name"),
        _("Your wage goes there. Most banks open one in a week. Take what shows who you are."),
    ),
    Thing(
        "insurance_number",
        _("Your National Insurance number"),
        _("Two letters, six numbers and a letter. You can find it in the HMRC app, or ask your adviser."),
    ),
    Thing(
        "phone",
        _("A phone that works"),
        _("So that they can ring you on the day. No credit or no phone? Tell your adviser."),
    ),
    Thing(
        "first_wage_plan",
        _("A plan for the time until your first wage"),
        _("It can take five weeks to come. Plan with your adviser how to pay for rent, food and bus until then."),
    ),
)


def ready(person: YoungPerson) -> set[str]:
    """The fields of what somebody has. One query."""
    row = Readiness.objects.filter(person=person).first()
    return {thing.field for thing in THINGS if row is not None and getattr(row, thing.field)}


def things_of(person: YoungPerson) -> list[tuple[Thing, bool]]:
    """Each thing, and whether it is there. One query."""
    has = ready(person)
    return [(thing, thing.field in has) for thing in THINGS]


@transaction.atomic
def record_ready(*, person: YoungPerson, has: set[str]) -> None:
    """Write down what is there; all else is not."""
    values = {thing.field: thing.field in has for thing in THINGS}
    Readiness.objects.update_or_create(person=person, defaults={**values, "changed_at": FrNow()})
