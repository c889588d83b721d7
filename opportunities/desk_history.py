"""All that was done to one opportunity: what, who, when, why. For the desk alone."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.clock import LONDON
from core.lifecycle import SYSTEM
from core.models import LifecycleLog
from opportunities import lineage
from opportunities.by_business import READY, WRITE
from opportunities.forms import CompleteForm
from opportunities.lifecycle import KEY, MODEL
from opportunities.models import Opportunity
from opportunities.questions import FIELDS
from pledges.lifecycle import GIVER

SAID = {
    "submit": gettext_lazy("Sent in"),
    "send_back": gettext_lazy("Sent back"),
    "approve": gettext_lazy("Published"),
    "change": gettext_lazy("Changed"),
    "extend": gettext_lazy("Open longer"),
    "say_open": gettext_lazy("Still open"),
    "pause": gettext_lazy("Paused"),
    "resume": gettext_lazy("Shown again"),
    "close": gettext_lazy("Closed"),
    "withdraw": gettext_lazy("Given up"),
}
OF_ANOTHER = {
    lineage.AGAIN[0]: gettext_lazy("Offered again as another draft"),
    lineage.AGAIN[1]: gettext_lazy("Made from one that has ended"),
    lineage.SPLIT[0]: gettext_lazy("Some of its places went to a second draft"),
    lineage.SPLIT[1]: gettext_lazy("Made from a draft that became two"),
}
FROM_ANOTHER = {lineage.AGAIN[1], lineage.SPLIT[1]}
SAID_BY_BUSINESS = {
    WRITE: gettext_lazy("Written by the business"),
    READY: gettext_lazy("The business says that it is ready"),
}
BY = {
    SYSTEM: gettext_lazy("by itself"),
    GIVER: gettext_lazy("the business"),
    KEY: gettext_lazy("the business’s own system"),
}


def history(row: Opportunity) -> list[dict[str, Any]]:
    """For components/timeline.html, newest first; how the draft was made is the last. Two queries. Of people who take a
    place nothing is here: see docs/decisions/2026-11-26-timelines.md."""
    log = list(LifecycleLog.objects.filter(model=MODEL, object_id=row.pk).order_by("-pk"))
    people = {entry.on_behalf_of or entry.actor or 0 for entry in log}
    names = dict(User.objects.filter(pk__in=people).order_by().values_list("pk", "name"))
    found = [{"date": entry.at.astimezone(LONDON), "text": _with_outcome(entry, row, names)} for entry in log]
    found = _with_question(found, row)
    if any(entry.move in FROM_ANOTHER for entry in log):
        return found
    return [*found, {"date": row.made_at, "text": _("The draft was made from the pledge")}]


def _with_question(found: list[dict[str, Any]], row: Opportunity) -> list[dict[str, Any]]:
    """With the last time it was due to be asked about: before what was done on that day. The answers are moves."""
    asked = row.still_asked_on
    if asked is None:
        return found
    later = [moment for moment in found if moment["date"].date() >= asked]
    question = {"date": asked, "text": _("The business is asked whether it is still open, or rung.")}
    return [*later, question, *found[len(later) :]]


def _with_outcome(entry: LifecycleLog, row: Opportunity, names: dict[int, str]) -> str:
    line = _line(entry, names)
    return f"{line} {row.get_outcome_display()}." if entry.move == "close" and row.outcome else line


def _line(entry: LifecycleLog, names: dict[int, str]) -> str:
    name = names.get(entry.on_behalf_of or entry.actor or 0)
    if entry.role == GIVER and entry.move in SAID_BY_BUSINESS:
        what = str(SAID_BY_BUSINESS[entry.move])
        words = _("%(what)s (%(who)s).") % {"what": what, "who": name} if name else _("%(what)s.") % {"what": what}
        return f"{words} {_changed(entry.why)}".strip()
    what = _("Written") if entry.move == WRITE else str((SAID | OF_ANOTHER).get(entry.move, entry.move))
    who = name or str(BY.get(entry.role, _("somebody")))
    if entry.move in OF_ANOTHER and entry.role == SYSTEM:
        who = str(BY[SYSTEM])  # whoever closed the old one did not ask for the new one
    words = _("%(what)s: %(who)s.") % {"what": what, "who": who}
    if entry.move in OF_ANOTHER:
        other = reverse("opportunities:edit-opportunity", args=[entry.why])
        return format_html('{} <a href="{}">{}</a>', words, other, _("See the other one"))
    why = _changed(entry.why) if entry.move == "change" else entry.why
    return f"{words} {why}".strip()


def _changed(names: str) -> str:
    """The names of fields as the form says them."""
    fields = CompleteForm.base_fields
    asked = dict.fromkeys(FIELDS.get(name, name) for name in names.split(", "))
    return ", ".join(str(fields[name].label) for name in asked if name in fields)
