"""Young people sleep: from 20:00 to 08:00 in England nothing is handed over to them but what is urgent."""

import datetime as dt
from collections.abc import Iterable

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
    return readers([to]).get(to)


def readers(ways: Iterable[str]) -> dict[str, YoungPerson]:
    """The same for several: those of them that a young person reads. One query."""
    wanted = {to: to.lower() if "@" in to else to for to in ways if to}
    people = YoungPerson.objects.select_related("user").annotate(address=Lower("user__email"))
    same = Q(user__phone__in=wanted.values()) | Q(address__in=wanted.values())
    found: dict[str | None, YoungPerson] = {}
    for person in people.filter(same).order_by("-pk") if wanted else []:
        for way in (person.address, person.user.phone if person.user else None):
            found[way] = person
    return {to: found[same_as] for to, same_as in wanted.items() if same_as in found}
