"""What an officer's hat may see: the events, pledges and businesses of their partnership. The rest is not found."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.hats import Hat, in_force
from accounts.models import Membership, Partnership, User
from accounts.roles import Role
from pledges.models import Employer, Event, Pledge, ToClearUp


def hat_of(request: HttpRequest) -> Hat:
    """The hat of a signed-in request; the policy has let nobody else in."""
    hat: Hat = request.hat  # type: ignore[attr-defined]
    return hat


def user_of(request: HttpRequest) -> User:
    """The officer."""
    return User.objects.get(pk=hat_of(request).user)


def areas(hat: Hat) -> QuerySet[Partnership]:
    """The hat's partnership, or those of its council. Asked as part of other queries."""
    return Partnership.objects.filter(Q(pk=hat.partnership) | Q(councils=hat.council)).order_by("pk")


def area_of(hat: Hat) -> Partnership | None:
    """The partnership an officer makes events for."""
    return areas(hat).first()


def events_of(hat: Hat) -> QuerySet[Event]:
    """Events of the hat's partnership."""
    return Event.objects.filter(partnership__in=areas(hat))


def pledges_of(hat: Hat) -> QuerySet[Pledge]:
    """Pledges of the hat's partnership, and those that nobody has taken on yet."""
    return Pledge.objects.filter(Q(partnership__in=areas(hat)) | Q(partnership__isnull=True))


def employers_of(hat: Hat) -> QuerySet[Employer]:
    """Businesses with a pledge the hat may see."""
    return Employer.objects.filter(pk__in=pledges_of(hat).values("employer"))


def to_clear_up_of(hat: Hat) -> QuerySet[ToClearUp]:
    """Records to clear up of the hat's partnership."""
    return ToClearUp.objects.filter(partnership__in=areas(hat))


def coordinators_of(hat: Hat) -> QuerySet[User]:
    """Who may lead a business: the coordinators of the hat's partnership and of its member councils, today."""
    here = Membership.objects.filter(in_force(), role=Role.COORDINATOR)
    here = here.filter(Q(partnership__in=areas(hat)) | Q(council__partnerships__in=areas(hat)))
    return User.objects.filter(pk__in=here.values("user")).order_by("name", "pk")
