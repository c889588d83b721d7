"""Whom to ring at a council when something is wrong. 999 stands before it on every page."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from accounts.models import Council, SafetyNumbers, User
from core import clock


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
    """Those a concern may reach: with children's services, today. One query."""
    today = clock.today()
    rows = Council.objects.filter(childrens_services=True, valid_from__lte=today)
    return [row for row in rows.order_by("short_name") if row.valid_to is None or row.valid_to > today]
