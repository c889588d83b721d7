"""Somebody who works for the council themselves: only their own worker sees them, no colleague and no manager."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts import events
from accounts.hats import in_force
from accounts.models import AdviserLink, Membership, User, YoungPerson
from accounts.models.people import AdviserLinkQuerySet
from accounts.roles import SEES_YOUNG_PEOPLE, WORKERS
from accounts.services import locked_person
from accounts.transfers import take_back_all
from core import clock
from core.lifecycle import MoveRefused
from core.models import LifecycleLog


def in_use() -> Q:
    """The condition on links whose worker still works for the council that supports the young person. Who has left
    supports nobody."""
    hats = Membership.objects.filter(
        in_force(), user=OuterRef("worker"), council=OuterRef("person__responsible_authority"),
        role__in=WORKERS & SEES_YOUNG_PEOPLE,
    )  # fmt: skip
    return Q(Exists(hats), worker__is_active=True)


def links_in_use() -> AdviserLinkQuerySet:
    """The links in force that are in use."""
    links: AdviserLinkQuerySet = AdviserLink.objects.current()
    return links.filter(in_use())


def is_hidden(person: YoungPerson) -> bool:
    """Whether those who lead the team know nothing of them: kept apart, and somebody works with them."""
    return person.kept_apart and bool(links_in_use().filter(person=person).exists())


@transaction.atomic
def keep_apart(*, person: YoungPerson, apart: bool, by: User, role: str) -> bool:
    """Show somebody to their own worker alone, or to the team again. False when it was so already.

    What guests see ends with it, no other council is asked any more, and kept_apart is announced. Raises MoveRefused
    when nobody works with them: then nobody would see them. Call it in a scope that sees the person.
    """
    row = locked_person(person.pk)
    if row.kept_apart == apart:
        return False
    if apart and not links_in_use().filter(person=row).exists():
        raise MoveRefused(_("Choose their adviser first: nobody else sees them then."))
    row.kept_apart = apart
    row.save(update_fields=["kept_apart"])
    if apart:
        AdviserLink.objects.of_guests().filter(person=row).update(ended_on=clock.today())
        take_back_all(person=row.pk)
    old, new = ("apart", "with the team")[:: -1 if apart else 1]
    LifecycleLog.objects.create(
        model="accounts.YoungPerson", object_id=row.pk, move="keep_apart", old=old, new=new, actor=by.pk, role=role
    )
    if apart:
        events.kept_apart.send(sender=YoungPerson, id=row.pk, old=old, new=new, by=by, role=role)
    return True
