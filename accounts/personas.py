"""The demonstration's people, listed on the sign-in page so that anybody can be anybody. Never in a real
installation."""

from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from accounts.hats import in_force
from accounts.models import Membership
from accounts.roles import Role


@dataclass(frozen=True)
class Persona:
    """One button: who, and where they work."""

    public_id: UUID
    name: str
    where: str


@dataclass(frozen=True)
class Group:
    """The personas of one role."""

    label: str
    people: list[Persona]


def groups() -> list[Group]:
    """Everybody who wears a hat today, by their first hat's role in the order of `Role`. One query."""
    rows = Membership.objects.filter(in_force(), user__is_active=True).select_related("user", "council", "partnership")
    first = {row.user_id: row for row in rows.order_by("-pk")}
    order = {value: place for place, value in enumerate(Role.values)}
    members = sorted(first.values(), key=lambda row: (order[row.role], row.pk))
    return [
        Group(str(Role(role).label), [_persona(row) for row in people])
        for role, people in groupby(members, key=lambda row: row.role)
    ]


def _persona(row: Membership) -> Persona:
    return Persona(row.user.public_id, row.user.name, str(row.council or row.partnership or ""))
