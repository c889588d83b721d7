"""One introduction as a line of Monday's page, for every kind of thing to do with it."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _


def step_line(
    person: Any, row: dict[str, Any], today: dt.date, *, label: str, more: str, step: str = ""
) -> dict[str, Any]:
    """As introductions/monday_step.html takes it.

    row: pk, public_id, due (as text), kind, title and employer of the introduction. label: of the button; step: the
    step it leads to, "" for the introduction itself. more: what to know before.
    """
    page, due = reverse("introductions:show-introduction", args=[row["public_id"]]), dt.date.fromisoformat(row["due"])
    return {
        "step": True,
        "due": due,
        "order": row["pk"],
        "kind": row["kind"],
        "title": person.label,
        "url": page,
        "text": _("%(title)s, %(employer)s") % row,
        "more": more,
        "badge": _("Overdue") if due < today else "",
        "label": label,
        "step_url": reverse("introductions:take-step", args=[row["public_id"], step]) if step else page,
    }
