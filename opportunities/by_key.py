"""The verbs of a business's own system, which comes with a key: drafts of its own, and nothing that is shown already.

Nobody's name is behind a key: the log says the role "key", and why begins with the name of the system.
"""

import copy
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.lifecycle import MoveRefused
from core.models import LifecycleLog
from opportunities import places as taken
from opportunities import services
from opportunities.lifecycle import KEY, LIFECYCLE, MODEL
from opportunities.models import Opportunity
from pledges import giving, ledger
from pledges import services as pledges
from pledges.lifecycle import GIVER
from pledges.models import Pledge, PledgeKind


class NoPledgeYet(Exception):
    """The business has not pledged in the partnership: no person to ask is known."""


def own(employer: int, partnership: int) -> Any:
    """The opportunities that a business's system has made in a partnership, whatever became of them."""
    return Opportunity.objects.filter(
        employer=employer, pledge__partnership=partnership, pledge__source=Pledge.Source.API
    )


def make_draft(
    *, employer: int, partnership: int, system: str, kind: PledgeKind, places: int, values: Mapping[str, Any]
) -> Opportunity:
    """A pledge of this kind, and its draft with these values (services.WRITABLE). Whom to reach is known from an
    earlier pledge in the partnership. Raises NoPledgeYet, ValidationError."""
    with transaction.atomic():
        earlier = Pledge.objects.filter(employer=employer, partnership=partnership, held_back="")
        known = earlier.order_by("-pk").first()
        if known is None:
            raise NoPledgeYet
        made = giving.pledge_by_system(pledge=known, kind=kind, places=places)
        row = services.draft_from_pledge(pledge_id=made.pk)
        assert row is not None
        write(opportunity=row, system=system, values=values)
    return row


def write(*, opportunity: Opportunity, system: str, values: Mapping[str, Any]) -> None:
    """Write into a draft. Raises MoveRefused when it is none any more, ValidationError."""
    with transaction.atomic():
        _refuse_impossible(services.locked(opportunity), values)
        services.complete(opportunity=opportunity, by=None, **values)
        LifecycleLog.objects.create(
            model=MODEL, object_id=opportunity.pk, move="write", old=opportunity.state, new=opportunity.state,
            role=KEY, why=_why(system, ", ".join(sorted(values))),
        )  # fmt: skip


def _refuse_impossible(row: Opportunity, values: Mapping[str, Any]) -> None:
    """What the database would refuse, in sentences."""
    tried = copy.copy(row)
    for name, value in values.items():
        if name != "postcode":
            setattr(tried, name, value)
    tried.validate_constraints()


def close(*, opportunity: Opportunity, system: str, why: str) -> None:
    """Give up a draft. Its pledge is taken back with it, unless an officer has split it: then more of it is on the way,
    or somebody has gone for a part of it already. Raises MoveRefused when it is none any more."""
    with transaction.atomic():
        row = services.locked(opportunity)
        if row.state != Opportunity.State.DRAFT:
            raise MoveRefused(_("This is not a draft any more."))
        LIFECYCLE.move(row, "withdraw", role=KEY, why=_why(system, why), changes={"live": False})
        if not taken.still_open(row.pledge_id):
            _end(row.pledge, why=_why(system, why))
    opportunity.refresh_from_db()


def _end(pledge: Pledge, *, why: str) -> None:
    """Nothing of it is on offer any more. What somebody holds or has begun is not taken back."""
    if pledge.places_held or pledge.places_started:
        ledger.settle(pledge_id=pledge.pk)
    else:
        pledges.move_pledge(pledge=pledge, name="withdraw", role=GIVER, why=why)


def _why(system: str, words: str) -> str:
    return f"{system}: {words}" if words else system
