"""Young people sleep: from 20:00 to 08:00 in England nothing is handed over to them but what is urgent."""

import datetime as dt

from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import YoungPerson
from core.clock import LONDON

FROM, TO = dt.time(20), dt.time(8)


def until(now: dt.datetime) -> dt.datetime | None:
    """When the quiet hours end in which `now` lies; None by day. On nights when the clocks change too."""
    local = now.astimezone(LONDON)
    if TO <= local.time() < FROM:
        return None
    morning = local.date() + dt.timedelta(days=1 if local.time() >= FROM else 0)
    return dt.datetime.combine(morning, TO, LONDON).astimezone(dt.UTC)


def reader(to: str) -> YoungPerson | None:
    """The young person who reads what goes to this address or number, if one does. One query."""
    same = Q(user__phone=to) if "@" not in to else Q(address=to.lower())
    people = YoungPerson.objects.select_related("user").annotate(address=Lower("user__email"))
    found: YoungPerson | None = people.filter(same).first()
    return found
