"""Whom to ring at a council when something is wrong. 999 stands before it on every page."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.hats import in_force
from accounts.models import Council, Membership, SafetyNumbers, User
from accounts.roles import Role
from core import clock

HEARS = (Role.SAFEGUARDING_LEAD, Role.TEAM_MANAGER)  # who is told of a concern at a council


@dataclass(frozen=True)
class Numbers:
    """A council and its numbers; None while nobody has recorded any: the page then says so."""

    council: Council
    known: SafetyNumbers | None


def numbers_of(councils: Iterable[Council]) -> list[Numbers]:
    """In the order given, each council once. One query."""
    wanted = {council.pk: council for council in councils}
    rows = {row.pk: row for row in SafetyNumbers.objects.filter(pk__in=wanted)} if wanted else {}
    return [Numbers(council, rows.get(pk)) for pk, council in wanted.items()]


@transaction.atomic
def record_numbers(*, council: Council, by: User | None, day_phone: str, day_hours: str, night_phone: str) -> None:
    """Set or change a council's numbers."""
    values = {"day_phone": day_phone, "day_hours": day_hours, "night_phone": night_phone}
    SafetyNumbers.objects.update_or_create(
        pk=council.pk, defaults={**values, "changed_by": by, "changed_at": clock.now()}
    )


def councils() -> list[Council]:
    """Those a concern may be sent to: with children's services and somebody who hears of it, today. One query."""
    today = clock.today()
    rows = Council.objects.filter(childrens_services=True, valid_from__lte=today, pk__in=_hearing())
    return [row for row in rows.order_by("short_name") if row.valid_to is None or row.valid_to > today]


def heard_at(councils: Iterable[int]) -> set[int]:
    """Which of them have a lead or a team manager today. One query."""
    return set(_hearing().filter(council__in=list(councils)).values_list("council_id", flat=True))


def _hearing() -> QuerySet[Membership, Any]:
    rows = Membership.objects.filter(in_force(), role__in=HEARS, council__isnull=False, user__is_active=True)
    found: QuerySet[Membership, Any] = rows.values("council_id")
    return found
