"""A guest: a worker of another council who helps one young person, to a last day. They see that one row and no other,
and from the day after nothing: the day is asked with every page, no job takes the access away."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import events
from accounts.hats import guest_of
from accounts.models import AdviserLink, Council, Membership, User, YoungPerson
from accounts.roles import Role
from accounts.services import locked_person, make_member
from core import clock, installation
from core.lifecycle import MoveRefused
from core.models import LifecycleLog

MOST_DAYS = 183  # six months
DEMO_MAIL = ".example"


@transaction.atomic
def let_in(*, person: YoungPerson, name: str, email: str, council: Council, until: dt.date, by: User) -> AdviserLink:
    """Let a worker of `council` see and help one young person, to the day `until`, six months from today at most.

    Announces guest_let_in. Raises ValidationError in words: the address is no council's, or is somebody's here already;
    the day; a second time. Raises MoveRefused when support has ended or they are kept apart. Call it in a scope that
    sees the person.
    """
    row = locked_person(person.pk)
    if row.ended_on is not None:
        raise MoveRefused(_("Support has ended, so nobody is let in."))
    if row.kept_apart:
        raise MoveRefused(_("They are kept apart: nobody but their own adviser sees them."))
    address = email.strip().lower()
    if problems := _problems(row, address, council, until):
        raise ValidationError(problems)
    user = User.objects.filter(email__iexact=address).first()
    if user is not None and Membership.objects.exclude(role=Role.GUEST_ADVISER).filter(user=user).exists():
        raise ValidationError({"email": _("Somebody with this address has another role here. Ask them to ring you.")})
    if user is not None and guest_of(user.pk) is not None:
        raise ValidationError({"email": _("A guest helps one young person at a time. This address is taken.")})
    hat = make_member(by=by, name=name, email=address, role=Role.GUEST_ADVISER, council=council, valid_to=until)
    link: AdviserLink = AdviserLink.objects.create(
        person=row, worker_id=hat.user_id, started_on=clock.today(), until=until
    )
    _log(link, "let_in", by)
    events.guest_let_in.send(sender=AdviserLink, id=link.pk, old="", new=str(hat.user_id))
    return link


def _problems(person: YoungPerson, address: str, council: Council, until: dt.date) -> dict[str, str]:
    found: dict[str, str] = {}
    domain, today = address.rpartition("@")[2], clock.today()
    if not (domain == council.mail_domain or (domain.endswith(DEMO_MAIL) and installation.is_demo())):
        said = {"council": council.short_name, "domain": council.mail_domain}
        found["email"] = _("Enter their address at %(council)s. It ends with @%(domain)s.") % said
    if not council.childrens_services or council.pk == person.responsible_authority_id:
        found["council"] = _("Choose the other council that they work for.")
    if not today <= until <= today + dt.timedelta(days=MOST_DAYS):
        found["until"] = _("Choose a last day from today to six months from now.")
    return found


@transaction.atomic
def see_off(*, link: AdviserLink, by: User) -> bool:
    """End a guest's access now. False when it had ended. Call it in a scope that sees the person."""
    row = AdviserLink.objects.select_for_update(of=("self",)).filter(pk=link.pk, ended_on=None, until__isnull=False)
    found = row.first()
    if found is None:
        return False
    found.ended_on = max(clock.today(), found.started_on)
    found.save(update_fields=["ended_on"])
    _log(found, "see_off", by)
    return True


def _log(link: AdviserLink, move: str, by: User) -> None:
    new = "guest" if move == "let_in" else "ended"
    LifecycleLog.objects.create(
        model="accounts.AdviserLink", object_id=link.pk, move=move, old="", new=new, actor=by.pk,
        role=Role.TEAM_MANAGER,
    )  # fmt: skip
