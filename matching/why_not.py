"""Why was this not matched? The first rule that fails, in words for the adviser, and what would change it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, isqrt

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from matching.definition import Opportunity, Person, first_failing_code, square_distance

METRES_PER_MILE = 1609.344


@dataclass(frozen=True)
class Failure:
    """The rule that fails first and a sentence about it."""

    code: str
    sentence: str


# "allowed" says nothing of why: right to work is not spoken of, even here.
FIXED: dict[str, str | Promise] = {
    "live": gettext_lazy("It is not open now, or no place is free."),
    "audience": gettext_lazy("It is for care leavers of other councils, or living elsewhere."),
    "allowed": gettext_lazy("This kind is not open to them at the moment."),
    "kind": gettext_lazy("They did not ask for this kind. Add it to what they would like."),
    "interest": gettext_lazy("They did not ask for this work. Add it, or say that they are open to anything."),
    "needs": gettext_lazy("It asks for something that they do not have yet, or that nobody has ticked."),
    "hours": gettext_lazy("It is at other times of the day than they can do."),
    "remote": gettext_lazy("It is done from home, and they have not said that this suits them."),
    "dismissed": gettext_lazy("You said “not now”. It comes back if it changes."),
}


def first_failing_rule(person: Person, opportunity: Opportunity, today: int) -> Failure | None:
    """The first rule of the definition that the pair fails, with a sentence; None when it is a match."""
    code = first_failing_code(person, opportunity, today)
    if code is None:
        return None
    making = MADE.get(code)
    return Failure(code, making(person, opportunity) if making else str(FIXED[code]))


def _age(person: Person, opportunity: Opportunity) -> str:
    return _("It is for people of %(age)s and over on the day it starts.") % {"age": opportunity.min_age}


def _start(person: Person, opportunity: Opportunity) -> str:
    day = dt.date.fromordinal(opportunity.starts or 1)
    return _("It starts on %(day)s, before they can start.") % {"day": date_format(day, "j F Y")}


def _distance(person: Person, opportunity: Opportunity) -> str:
    square = square_distance(person, opportunity)
    if square is None:
        return _("We do not know where they live. Add the postcode area.")
    miles = max(1, ceil((isqrt(square) - person.radius_m) / METRES_PER_MILE))
    words = ngettext(
        "It is %(miles)s mile further than they will go.", "It is %(miles)s miles further than they will go.", miles
    )
    return words % {"miles": miles}


MADE: dict[str, Callable[[Person, Opportunity], str]] = {"age": _age, "start": _start, "distance": _distance}
