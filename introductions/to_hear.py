"""On the worker's list: what the business said last, a place to see to, and checks with a week of silence."""

import datetime as dt
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.utils.translation import gettext as _

from introductions import fine, replies
from introductions.lifecycle import BUSINESS, KNOWN
from introductions.meeting_file import MEETS, UNSEEN
from introductions.models import Introduction
from introductions.step_line import step_line
from matching.overview import each_of


def said() -> ArraySubquery:
    """The rows of one young person (introductions.this_week.Kind)."""
    rows = replies.with_last_word(Introduction.objects.filter(person=OuterRef("pk"), state__in=KNOWN))
    rows = rows.filter(Q(last_role__in=BUSINESS) | UNSEEN | fine.to_look()).order_by("due_on", "pk")
    return each_of(
        rows, pk="pk", public_id="public_id", due="due_on", kind="opportunity__kind__code", title="opportunity__title",
        employer="employer__name", last_role="last_role", state="state",
    )  # fmt: skip


def to_hear(person: Any, row: dict[str, Any], today: dt.date) -> dict[str, Any]:
    """One of them as a line (introductions/monday_step.html)."""
    if row["last_role"] in BUSINESS or row["state"] in MEETS:
        said = {"label": _("See what they say"), "more": _("The business has answered.")}
    else:
        said = {"label": _("Ask: still fine?"), "more": _("Nobody has said for a week that it is still fine.")}
        said["step"] = "fine"
    return step_line(person, row, today, **said)
