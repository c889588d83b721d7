"""The verbs of places: held for somebody, begun, given back. The pledge's ledger follows in the same transaction."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.lifecycle import MoveRefused
from opportunities.live import refresh_live
from opportunities.models import Opportunity
from opportunities.services import OPEN, locked
from pledges import ledger as pledges


def hold_place(*, opportunity_id: int) -> None:
    """Keep a place for somebody; with the last one nobody else is matched to it, and the public sees no difference.
    Raises MoveRefused when none is left."""
    _count(opportunity_id, held=1, refusal=_("There is no place left."))


def start_place(*, opportunity_id: int) -> None:
    """Somebody for whom a place was held has begun. Raises MoveRefused when none is held."""
    _count(opportunity_id, held=-1, started=1, refusal=_("No place is held."))


def give_back_place(*, opportunity_id: int, started: bool = False) -> None:
    """A held place is free again; started: one that had begun. Raises MoveRefused when there is none."""
    _count(opportunity_id, **({"started": -1} if started else {"held": -1}), refusal=_("No place is taken."))


def _count(opportunity_id: int, *, held: int = 0, started: int = 0, refusal: str) -> None:
    with transaction.atomic():
        row = locked(Opportunity.objects.get(pk=opportunity_id))
        now = row.places_held + held, row.places_started + started
        full = held > 0 and row.state != Opportunity.State.PUBLISHED  # nobody is on the way to what has closed
        if full or min(now) < 0 or sum(now) > row.places:
            raise MoveRefused(refusal)
        Opportunity.objects.filter(pk=row.pk).update(places_held=now[0], places_started=now[1])
        refresh_live([row.pk])
        if not still_open(row.pledge_id) or now[1] == row.pledge.places:
            pledges.settle(pledge_id=row.pledge_id)


def still_open(pledge_id: int) -> bool:
    """Whether something of the pledge may still be gone for, now or later."""
    return Opportunity.objects.filter(pledge=pledge_id, state__in=OPEN).exists()
