"""What goes on longer, or begins once more: a later closing day, the same words offered again, one draft made two."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from core.lifecycle import MoveRefused
from core.scope import current
from opportunities import lineage
from opportunities.events import opportunity_changed
from opportunities.following import DATES
from opportunities.lifecycle import LIFECYCLE
from opportunities.live import refresh_live
from opportunities.models import Opportunity
from opportunities.refusals import Refused, refusals
from opportunities.services import add_another, answered, copied_fields, locked, used_places
from pledges.models import Pledge

State = Opportunity.State
ENDED = (Pledge.State.KEPT, Pledge.State.PARTLY_KEPT, Pledge.State.WITHDRAWN, Pledge.State.LAPSED)


def extend(*, opportunity: Opportunity, by: User, role: str, closes_on: dt.date | None) -> Opportunity:
    """A later last day, None: no last day. One person may; it is written down.

    Raises ValidationError for a day that is no later, MoveRefused when it is not published, Refused when something else
    stands in the way by now.
    """
    with transaction.atomic():
        row, today = locked(opportunity), clock.today()
        if closes_on and (closes_on < today or (row.closes_on and closes_on <= row.closes_on)):
            raise ValidationError(_("Enter a day that is later than the last day so far, or leave it empty."))
        if closes_on == row.closes_on:
            raise ValidationError(_("It has no last day already. Nothing was changed."))
        row.closes_on = closes_on
        if found := refusals(row):
            raise Refused(found)
        why = date_format(closes_on, "j F Y") if closes_on else _("It stays open")
        behalf = None if current().actor == by.pk else by.pk
        changes = {"closes_on": closes_on, "still_open_on": today}
        LIFECYCLE.move(row, "extend", role=role, why=why, on_behalf_of=behalf, changes=changes)
        refresh_live([row.pk])
        opportunity_changed.send(sender=Opportunity, id=row.pk, old="published", new="published")
        answered(row)
    return row


def offer_again(*, opportunity: Opportunity, by: User, role: str) -> Opportunity:
    """A new draft with the words of a closed one, without its dates; the one that took its places by itself, when the
    last of a pledge ended. Raises MoveRefused: it is not closed, its pledge has ended, or no place is left."""
    with transaction.atomic():
        row = locked(opportunity)
        if row.state != State.CLOSED:
            raise MoveRefused(_("Only what is closed can be offered again."))
        if row.pledge.state in ENDED:
            raise MoveRefused(_("The pledge has ended. Ask the business for a new one."))
        left = row.pledge.places - used_places(row.pledge)
        there = Opportunity.objects.filter(pledge=row.pledge_id, state=State.DRAFT).order_by("-pk").first()
        if left < 1 and there is not None:
            return there
        if left < 1:
            raise MoveRefused(_("No place of this pledge is left. Ask the business for more places first."))
        words = {name: getattr(row, name) for name in copied_fields()}
        new = Opportunity.objects.create(**{**words, **DATES, "places": min(row.places, left)})
        lineage.log(old=row, new=new, moves=lineage.AGAIN, role=role, by=by)
        return new


def split(*, opportunity: Opportunity, by: User, role: str, places: int) -> Opportunity:
    """A second draft of the same words takes some of the places. Raises MoveRefused when this is not possible now."""
    try:
        with transaction.atomic():
            new = add_another(opportunity=opportunity, places=places, by=by)
            lineage.log(old=opportunity, new=new, moves=lineage.SPLIT, role=role, by=by)
            return new
    except ValueError:
        raise MoveRefused(_("This cannot be split now.")) from None
