"""Very many pledges in a short time: they are kept, and nothing follows from them until a coordinator has looked.

Never a refusal, and never by network address: at an event the whole room sits behind one. What is counted is what the
form sends: pledges for one event, and pledges of one person (so also of one link). Officers' entries and sheets are not
limited: a person looked at them.
"""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from core import clock
from pledges.models import Pledge

WINDOW = dt.timedelta(hours=24)
# The yardstick is a morning of 73 pledges (domain, section 2). More than ten times that many come from no hall.
AT_EVENT = 1000
# One of each kind (there are 18), and two to spare.
FROM_ONE = 20


def hold_back(rows: Iterable[Pledge]) -> None:
    """Mark those of the pledges, about to be saved, that come when the limit is reached. Two queries for each.

    The count of one person is exact, as their pledges wait for each other (employers.wait_for_twins). That of an event
    is not, and need not be: nobody waits for a room.
    """
    for row in rows:
        if row.source == Pledge.Source.FORM:
            row.held_back = _why(row)


def _why(row: Pledge) -> str:
    recent = Pledge.objects.filter(source=Pledge.Source.FORM, made_at__gt=clock.now() - WINDOW)
    same = Q()
    if row.contact.email:
        same |= Q(contact__email__iexact=row.contact.email)
    if row.contact.phone:
        same |= Q(contact__phone=row.contact.phone)
    if recent.filter(same).count() >= FROM_ONE:
        return Pledge.HeldBack.MANY_FROM_ONE
    if row.event_id and recent.filter(event=row.event_id).count() >= AT_EVENT:
        return Pledge.HeldBack.MANY_AT_EVENT
    return Pledge.HeldBack.NO
