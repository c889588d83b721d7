"""Calls that somebody has promised, as rows: made, and dropped when nobody needs them any more.

Every call has one name and one date. Nobody rings twice for one thing: a reason has one open call per pledge.
"""

import datetime as dt

from django.db import IntegrityError, transaction

from core import clock
from core.workdays import add_working_days, next_working_day
from pledges.cadence import CALL_WITHIN
from pledges.models import CallTask, Pledge


def make_call(*, pledge: Pledge, why: str, due_on: dt.date | None = None) -> CallTask:
    """A call to make, by the pledge's owner, on a working day. The open one of that reason when there is one.

    due_on: the last day for it; in CALL_WITHIN working days when it is not told.
    """
    rows = CallTask.objects.filter(pledge=pledge, why=why, state=CallTask.State.OPEN)
    due = next_working_day(due_on) if due_on else add_working_days(clock.today(), CALL_WITHIN)
    found = rows.first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return CallTask.objects.create(pledge=pledge, why=why, owner_id=owner_of(pledge), due_on=due)
    except IntegrityError:  # somebody else made it at the same moment
        return rows.get()


def owner_of(pledge: Pledge) -> int | None:
    """Whose call it is: the pledge's owner, or the business's lead."""
    return pledge.owner_id or pledge.employer.lead_id


def drop_calls(*, pledge: Pledge, but: tuple[str, ...] = ()) -> int:
    """Open calls of the pledge that are no longer needed; those with a reason in `but` stay."""
    rows = CallTask.objects.filter(pledge=pledge, state=CallTask.State.OPEN).exclude(why__in=but)
    return rows.update(state=CallTask.State.DROPPED)


def drop_call(*, pledge: Pledge, why: str) -> int:
    """The open call of this reason: what it was for has come by itself."""
    rows = CallTask.objects.filter(pledge=pledge, why=why, state=CallTask.State.OPEN)
    return rows.update(state=CallTask.State.DROPPED)


def drop_ended() -> int:
    """Open calls about pledges that have ended, however that came: nobody needs to make them."""
    ended = (Pledge.State.KEPT, Pledge.State.PARTLY_KEPT, Pledge.State.WITHDRAWN, Pledge.State.LAPSED)
    rows = CallTask.objects.filter(state=CallTask.State.OPEN, pledge__state__in=ended)
    return rows.update(state=CallTask.State.DROPPED)
