"""The demonstration's people, listed on the sign-in page so that anybody can be anybody. Never in a real
installation."""

from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from accounts.hats import in_force
from accounts.joining import JOIN, JOINED
from accounts.models import Membership, User
from accounts.roles import YOUNG_PERSON, Role
from core.models import LifecycleLog

FEW = 12  # young people who can be tried; whoever has taken up an invitation is among them


@dataclass(frozen=True)
class Group:
    """The personas of one role in one place."""

    code: str
    role: str
    where: str
    people: list[User]


def groups() -> list[Group]:
    """Everybody who wears a hat today, by their first hat's role in the order of `Role`, then by place.
    Then young people who have an account: the log of who took one up stands before no wall. Two queries."""
    rows = Membership.objects.filter(in_force(), user__is_active=True).select_related("user", "council", "partnership")
    first = {row.user_id: row for row in rows.order_by("-pk")}
    order = {value: place for place, value in enumerate(Role.values)}
    members = sorted(first.values(), key=lambda row: (order[row.role], _place(row), row.pk))
    found = [
        Group(role, str(Role(role).label), place, [row.user for row in people])
        for (role, place), people in groupby(members, key=lambda row: (row.role, _place(row)))
    ]
    joined = LifecycleLog.objects.filter(model=JOINED, move=JOIN).values("actor")
    young = list(User.objects.filter(pk__in=joined, is_active=True, memberships=None).order_by("pk")[:FEW])
    return [*found, Group(YOUNG_PERSON, _("Young people"), "", young)] if young else found


def _place(row: Membership) -> str:
    return str(row.council or row.partnership or "")
