"""From a session to a hat, and from a hat to a scope."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from accounts.roles import SEES_YOUNG_PEOPLE, YOUNG_PERSON, Role
from core.clock import FrToday
from core.scope import NOBODY, Scope, scope

SESSION_KEY = "hat"
ONESELF = 0  # in the place of a membership's number


@dataclass(frozen=True)
class Hat:
    """The membership a session acts under. All values are loaded before the request's transaction opens, so that
    error pages need no query."""

    membership: int
    user: int
    name: str
    role: str
    role_label: str
    where: str
    council: int | None
    partnership: int | None
    employer: int | None
    person: int | None = None  # of somebody who is here as themselves
    team: int | None = None
    guest_of: int | None = None  # the one young person whom a guest helps
    plain: bool = False  # of oneself: pages without pictures

    def scope(self) -> Scope:
        """Whose rows may be seen: young people only for the roles that work with them, and oneself."""
        sees = self.role in SEES_YOUNG_PEOPLE and self.council is not None
        councils = frozenset([self.council]) if sees and self.council is not None else frozenset[int]()
        person = self.person or self.guest_of
        return Scope(councils=councils, person=person, employer=self.employer, actor=self.user)


def in_force() -> Q:
    """The condition on memberships that may be worn today."""
    return Q(valid_from__lte=FrToday()) & (Q(valid_to__isnull=True) | Q(valid_to__gte=FrToday()))


def memberships(user_id: int) -> list[Membership]:
    """The hats a user may wear today, the oldest first."""
    rows = Membership.objects.filter(in_force(), user_id=user_id)
    return list(rows.select_related("council", "partnership", "user").order_by("pk"))


def worn_by(user: User) -> list[Membership]:
    """The same of somebody who has just been loaded with them, or else from the database."""
    loaded: list[Membership] | None = getattr(user, "worn_today", None)
    return memberships(user.pk) if loaded is None else loaded


def hat_of(membership: Membership) -> Hat:
    """The hat of a membership loaded with its user, council and partnership. One query more for a guest."""
    place = membership.council or membership.partnership
    return Hat(
        membership=membership.pk,
        user=membership.user_id,
        name=membership.user.name,
        role=membership.role,
        role_label=str(Role(membership.role).label),
        where=str(place) if place else "",
        council=membership.council_id,
        partnership=membership.partnership_id,
        employer=membership.employer_id,
        team=membership.team_id,
        guest_of=guest_of(membership.user_id) if membership.role == Role.GUEST_ADVISER else None,
    )


GUEST_LINK = """
SELECT person_id FROM adviser_link
WHERE worker_id = %s AND ended_on IS NULL AND until >= (fr_now() AT TIME ZONE 'Europe/London')::date
ORDER BY id LIMIT 1
"""


def guest_of(user_id: int) -> int | None:
    """The young person whom a guest helps today. No hat is worn while this is asked: the wall shows their link."""
    with scope(Scope(actor=user_id)), connection.cursor() as cursor:
        cursor.execute(GUEST_LINK, [user_id])
        found = cursor.fetchone()
    return found[0] if found else None


OWN_ROW = "SELECT id, plain FROM young_person WHERE user_id = %s AND ended_on IS NULL"


def oneself(user_id: int) -> int | None:
    """The young person a user is."""
    found = own_row(user_id)
    return found[0] if found else None


def own_row(user_id: int) -> tuple[int, bool] | None:
    """The same, and whether they like plain pages. No hat is worn while this is asked: the wall shows the own row
    only."""
    with scope(Scope(actor=user_id)), connection.cursor() as cursor:
        cursor.execute(OWN_ROW, [user_id])
        found: tuple[int, bool] | None = cursor.fetchone()
    return found


def hat_of_oneself(user: User, person: int, plain: bool = False) -> Hat:
    """The hat of somebody who is here as themselves."""
    return Hat(
        membership=0, user=user.pk, name=user.name, role=YOUNG_PERSON, role_label=str(_("You")), where="",
        council=None, partnership=None, employer=None, person=person, plain=plain,
    )  # fmt: skip


class HatMiddleware:
    """Sets `request.hat`: the one chosen in the session if it is still in force, else the first, else oneself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        hat = self.find(request)
        request.hat = hat  # type: ignore[attr-defined]
        request.plain = hat is not None and hat.plain  # type: ignore[attr-defined]
        return self.get_response(request)

    @staticmethod
    def find(request: HttpRequest) -> Hat | None:
        """No query for somebody who wears a membership (accounts.backend loaded them), none for a visitor."""
        if not isinstance(request.user, User):
            return None
        rows, wanted = worn_by(request.user), request.session.get(SESSION_KEY)
        chosen = [row for row in rows if row.pk == wanted]
        if rows and wanted != ONESELF:
            return hat_of((chosen or rows)[0])
        own = own_row(request.user.pk)
        if own is not None:
            return hat_of_oneself(request.user, *own)
        return hat_of(rows[0]) if rows else None


def scope_for(request: HttpRequest) -> Scope:
    """The scope of the hat worn in this session; NOBODY for a visitor."""
    hat: Hat | None = getattr(request, "hat", None)
    return hat.scope() if hat else NOBODY
