"""Introductions that wait for their worker, as the first lines of Monday's page."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import YoungPerson
from core import clock
from core.clock import LONDON
from introductions import news
from introductions.models import Introduction

S = Introduction.State
HOLD_DAYS = 14  # a hold may last for months: it stands among the first things for as long


def todo_rows(people: QuerySet[YoungPerson], *, most: int) -> list[dict[str, Any]]:
    """The lines of introductions/monday_step.html, what was due first before the rest. One query, and the time."""
    now = clock.now()
    held = Q(state=S.FROZEN, changed_at__gte=now - dt.timedelta(days=HOLD_DAYS))
    waits = Q(state__in=[S.INTERESTED, S.PERMITTED]) | news.to_confirm() | held
    found = Introduction.objects.filter(waits, person__in=people, person__ended_on=None)
    found = found.select_related("person", "opportunity__kind", "employer").order_by("due_on", "pk")
    return [_row(row, now.astimezone(LONDON).date()) for row in found[:most]]


STEPS = {S.INTERESTED: "ask", S.ASKED: "confirm", S.PERMITTED: "introduce"}


def _row(row: Introduction, today: dt.date) -> dict[str, Any]:
    state, page = S(row.state), reverse("introductions:show-introduction", args=[row.public_id])
    labels = {
        S.INTERESTED: _("Ask them"),
        S.ASKED: _("Confirm their yes"),
        S.PERMITTED: _("Tell the business"),
        S.FROZEN: _("On hold: ring them"),
    }
    step = STEPS.get(state)
    day = date_format(row.due_on, "j F")
    return {
        "step": True,
        "kind": row.opportunity.kind.code,
        "title": row.person.label,
        "url": page,
        "text": _("%(title)s, %(employer)s") % {"title": row.opportunity.title, "employer": row.employer.name},
        "more": _("We stopped working with the business.") if step is None else _("By %(day)s") % {"day": day},
        "badge": _("Overdue") if step is not None and row.due_on < today else "",
        "label": labels[state],
        "step_url": reverse("introductions:take-step", args=[row.public_id, step]) if step else page,
    }
