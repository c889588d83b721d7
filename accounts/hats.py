"""From a session to a hat, and from a hat to a scope."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from accounts.models import Membership
from accounts.roles import SEES_YOUNG_PEOPLE, Role
from core import clock
from core.scope import NOBODY, Scope

SESSION_KEY = "hat"


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

    def scope(self) -> Scope:
        """Whose rows may be seen: young people only for the roles that work with them."""
        sees = self.role in SEES_YOUNG_PEOPLE and self.council is not None
        councils = frozenset([self.council]) if sees and self.council is not None else frozenset[int]()
        return Scope(councils=councils, employer=self.employer, actor=self.user)


def in_force() -> Q:
    """The condition on memberships that may be worn today."""
    today = clock.today()
    return Q(valid_from__lte=today) & (Q(valid_to__isnull=True) | Q(valid_to__gte=today))


def memberships(user_id: int) -> list[Membership]:
    """The hats a user may wear today, the oldest first."""
    rows = Membership.objects.filter(in_force(), user_id=user_id)
    return list(rows.select_related("council", "partnership", "user").order_by("pk"))


def hat_of(membership: Membership) -> Hat:
    """The hat of a membership loaded with its user, council and partnership."""
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
    )


class HatMiddleware:
    """Sets `request.hat`: the one chosen in the session if it is still in force, else the first, else None."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.hat = self.find(request)  # type: ignore[attr-defined]
        return self.get_response(request)

    @staticmethod
    def find(request: HttpRequest) -> Hat | None:
        """One query for a signed-in user, none for a visitor."""
        if not request.user.is_authenticated:
            return None
        rows = memberships(request.user.pk)
        chosen = [row for row in rows if row.pk == request.session.get(SESSION_KEY)]
        return hat_of((chosen or rows)[0]) if rows else None


def scope_for(request: HttpRequest) -> Scope:
    """The scope of the hat worn in this session; NOBODY for a visitor."""
    hat: Hat | None = getattr(request, "hat", None)
    return hat.scope() if hat else NOBODY
