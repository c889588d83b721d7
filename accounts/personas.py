"""The demonstration's people, listed on the sign-in page so that anybody can be anybody. Never in a real
installation."""

from dataclasses import dataclass
from itertools import groupby

from accounts.hats import in_force
from accounts.models import Membership, User
from accounts.roles import Role


@dataclass(frozen=True)
class Group:
    """The personas of one role in one place."""

    code: str
    role: str
    where: str
    people: list[User]


def groups() -> list[Group]:
    """Everybody who wears a hat today, by their first hat's role in the order of `Role`, then by place. One query."""
    rows = Membership.objects.filter(in_force(), user__is_active=True).select_related("user", "council", "partnership")
    first = {row.user_id: row for row in rows.order_by("-pk")}
    order = {value: place for place, value in enumerate(Role.values)}
    members = sorted(first.values(), key=lambda row: (order[row.role], _place(row), row.pk))
    return [
        Group(role, str(Role(role).label), place, [row.user for row in people])
        for (role, place), people in groupby(members, key=lambda row: (row.role, _place(row)))
    ]


def _place(row: Membership) -> str:
    return str(row.council or row.partnership or "")
