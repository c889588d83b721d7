"""The verbs of "I would like help again": asked with one tap, taken up with another."""

import datetime as dt
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User, YoungPerson
from core import clock
from core.models import LifecycleLog
from core.workdays import add_working_days
from introductions import events
from introductions.models import HelpAgain
from matching.overview import each_of

MODEL = "introductions.HelpAgain"
WORKDAYS = 2  # until somebody gets in touch


@transaction.atomic
def ask_again(*, person: YoungPerson, by: User) -> HelpAgain:
    """Note it once while nobody has taken it up, and announce it. Call it in a scope that sees the person."""
    lock(person)
    waits = waiting(person)
    if waits is not None:
        return waits
    made: HelpAgain = HelpAgain.objects.create(person=person, due_on=add_working_days(clock.today(), WORKDAYS))
    _log(made, "ask", old="", new="waiting", by=by)
    events.help_asked.send(sender=HelpAgain, id=made.pk, old="", new="waiting")
    return made


@transaction.atomic
def take_up(*, person: YoungPerson, by: User, role: str) -> bool:
    """Somebody has got in touch. False when nothing waits."""
    row = HelpAgain.objects.select_for_update(of=("self",)).filter(person=person, taken_at=None).first()
    if row is None:
        return False
    row.taken_by, row.taken_at = by, clock.now()
    row.save(update_fields=["taken_by", "taken_at"])
    _log(row, "take_up", old="waiting", new="taken", by=by, role=role)
    return True


def waiting(person: YoungPerson) -> HelpAgain | None:
    """What they asked, while nobody has taken it up. One query."""
    found: HelpAgain | None = HelpAgain.objects.filter(person=person, taken_at=None).first()
    return found


def lock(person: YoungPerson) -> None:
    """Two taps at once wait for each other; apart, so that a test can show what happens without it."""
    YoungPerson.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)


def waits() -> ArraySubquery:
    """What a person (`OuterRef("pk")`) asked and nobody has taken up: a kind of introductions.this_week."""
    return each_of(HelpAgain.objects.filter(person=OuterRef("pk"), taken_at=None), due="due_on")


def ring_them(person: YoungPerson, row: dict[str, Any], today: dt.date) -> dict[str, Any]:
    """Its line: components/todo_row.html."""
    due = dt.date.fromisoformat(row["due"])
    return {
        "due": due,
        "kind": "mentoring",
        "title": person.label,
        "url": reverse("matching:show-person", args=[person.public_id]),
        "text": _("They would like help again. Ring or write to them."),
        "more": _("They were told: by %(day)s") % {"day": date_format(due, "j F")},
        "badge": _("Overdue") if due < today else "",
        "badge_kind": "late",
        "action": reverse("introductions:take-up-help", args=[person.public_id]),
        "buttons": [{"label": _("I have got in touch"), "name": "done", "value": "1"}],
    }


def _log(row: HelpAgain, move: str, *, old: str, new: str, by: User, role: str = "") -> None:
    LifecycleLog.objects.create(
        model=MODEL, object_id=row.pk, move=move, old=old, new=new, actor=by.pk, role=role
    )  # fmt: skip
