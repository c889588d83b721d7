"""Monday's lines about how young people are reached: what does not work any more, and numbers not heard of for long."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import YoungPerson
from core.clock import FrNow
from introductions.lifecycle import OPEN
from introductions.models import Introduction
from matching import reach
from matching.overview import each_of

Line = dict[str, Any]


def broken(people: Iterable[Any]) -> list[Line]:
    """A line for each of them whose number or email address does not work any more. One query."""
    people = list(people)
    found = reach.broken(people)
    return [_line(person, found[person.pk], _("It works: try again")) for person in people if person.pk in found]


def old_number() -> ArraySubquery:
    """One row while an introduction is open and nobody has heard from their number for 90 days."""
    rows = Introduction.objects.filter(
        person=OuterRef("pk"), state__in=OPEN, person__user__phone_at__lt=FrNow() - reach.ASK_AGAIN
    )
    return each_of(rows.order_by("pk")[:1], pk="pk")


def ask_number(person: YoungPerson, row: Line, today: dt.date) -> Line:
    """A kind of introductions.this_week."""
    return _line(person, _("Is their phone number still theirs? Ask them when you speak."), _("Yes, it is")) | {
        "due": today
    }


def _line(person: Any, text: str, yes: str) -> Line:
    return {
        "kind": "",
        "title": person.label,
        "url": reverse("matching:show-person", args=[person.public_id]),
        "text": text,
        "action": reverse("matching:say-it-works", args=[person.public_id]),
        "buttons": [{"label": yes, "name": "works", "value": "yes", "second": True}],
    }
