"""What the pages behind links tell of a pledge that has ended.

Links are passed on. In a firm of six, a page that turns from "live" to "kept" names the person who started (domain,
section 5): so it goes on saying "live" until as many have started as may be told. Who signs in for the business sees
how it is.
"""

import copy

from django.db.models import Q

from pledges.models import Pledge

ENOUGH = 5
CLOSED = (Pledge.State.KEPT, Pledge.State.PARTLY_KEPT)
# Pledges that ended with so few people that a link does not tell it.
UNTOLD = Q(state__in=CLOSED, places_started__gt=0, places_started__lt=ENOUGH)
ENDING_MOVES = ("keep", "end")


def is_untold(pledge: Pledge) -> bool:
    """The same as UNTOLD, of a row that is loaded."""
    return pledge.state in CLOSED and 0 < pledge.places_started < ENOUGH


def as_told(pledge: Pledge) -> Pledge:
    """The pledge as a link tells it. A copy to be shown, never saved."""
    if not is_untold(pledge):
        return pledge
    told = copy.copy(pledge)
    told.state = Pledge.State.LIVE
    return told
