"""A start on its worker's page: its facts, the line for the case system, support to ask for, and what comes next."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import YoungPerson
from core import clock
from introductions import eet, readiness, start_facts
from introductions.models import Introduction, Start
from pledges import asks

Right = YoungPerson.RightToWork
FEW = 5  # lines of support
S = Introduction.State


def context_of(row: Introduction, start: Start | None, council: int | None) -> dict[str, Any]:
    """For introductions/worker_start.html. council: of the hat, whose support may be asked for."""
    today, ended = clock.today(), row.state == S.ENDED
    soon = row.state in (S.OFFERED, S.CHECKS) or (start is not None and start.state == Start.State.PLANNED)
    return {
        "start": start,
        "facts": start_facts.rows(start) if start else [],
        "eet": eet.eet_line(start, today) if start else "",
        "stock": _stock(row, start, council, today) if start and not ended else [],
        "things": readiness.things_of(row.person) if soon and not ended else [],
    }


def _stock(row: Introduction, start: Start, council: int | None, today: dt.date) -> list[dict[str, Any]]:
    """What was pledged at the same event and is left. The address says a number and a day, never for whom."""
    event = row.opportunity.pledge.event_id
    if event is None:
        return []
    by = max(today, start.starts_on - dt.timedelta(days=1))
    said = urlencode({"quantity": "1", "needed_for": "start", "needed_by": by.isoformat()})
    return [
        {
            "label": f"{pledge.kind.name}, {pledge.employer.name}",
            "words": pledge.words[:120],
            "url": f"{reverse('pledges:ask-for', args=[pledge.public_id])}?{said}",
        }
        for pledge in asks.stock_for(council).filter(event=event)[:FEW]
    ]


def right_to_work(person: YoungPerson) -> str:
    """For the worker's form of a start, and for nobody else: what to look at before the first day; "" for nothing."""
    if person.right_to_work == Right.UNCHECKED:
        return _("Right to work: to be checked before the first day.")
    if person.right_to_work != Right.LIMITED:
        return ""
    if person.right_to_work_until is None:
        return _("Right to work: with limits. Check before the first day that this is allowed.")
    day = date_format(person.right_to_work_until, "j F Y")
    return _("Right to work: with limits, until %(day)s. Check before the first day that this is allowed.") % {
        "day": day
    }
