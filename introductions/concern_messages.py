"""What leads and managers hear of a concern: that there is one, by when, and where to look. Never what or who."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import Transfer
from accounts.roles import Role
from core import clock
from core.clock import LONDON
from core.scope import EVERYTHING, scope
from introductions import concerns
from introductions.models import Concern
from notifications import causes, registry
from notifications.models import Outbox
from notifications.registry import Mail, Purpose, Rows
from notifications.services import tell

TOLD, MANY, LATE = "concern", "concerns_many", "concern_late"
BATCH = 200
HOUR, MOMENT = dt.timedelta(hours=1), dt.timedelta(minutes=1)


def tell_leads(sender: type, id: int, **_facts: Any) -> None:
    """The reaction to a new concern. A council without a lead: its managers are told at once."""
    row = Concern.objects.get(pk=id)
    councils = concerns.councils_of(row)
    leads = concerns.holders(concerns.LEAD, councils)
    for user, council in leads:
        if row.words.get("many"):
            tell(purpose=MANY, recipient=user, cause_id=council, version=_hour())
        else:
            tell(purpose=TOLD, recipient=user, cause_id=row.pk, version="new")
    version = _hour() if row.words.get("many") else f"new-{row.pk}"
    _tell_managers(dict.fromkeys(set(councils) - {council for _user, council in leads}, version))


def follow_transfer(sender: type, id: int, **_facts: Any) -> None:
    """The reaction to a transfer: what is not closed is looked at by the council that has taken over, whose leads hear
    of it. Where it was late, their managers hear so too."""
    transfer = Transfer.objects.get(pk=id)
    about = Q(person=transfer.person_id) | Q(introduction__person=transfer.person_id)
    rows = Concern.objects.filter(about).exclude(state=Concern.State.CLOSED)
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
        Concern.objects.filter(pk=pk).update(responsible=transfer.to_council_id, late_told_at=None)
        tell_leads(Concern, pk)


def _tell_managers(versions: Mapping[int, str]) -> set[int]:
    """council -> version of what is told. Returns the councils where it was news to somebody."""
    people = concerns.holders(Role.TEAM_MANAGER, versions)
    told = {
        (council, tell(purpose=LATE, recipient=user, cause_id=council, version=versions[council]))
        for user, council in people
    }
    return {council for council, news in told if news}


def _hour() -> str:
    return clock.now().astimezone(dt.UTC).strftime("%Y-%m-%dT%H")


def tell_late() -> int:
    """Tell the managers of the responsible council of everything nobody has looked at in time, each concern once.
    Background work only. Returns how many concerns."""
    with scope(EVERYTHING), transaction.atomic():
        found = dict(concerns.late()[:BATCH])
        rows = Concern.objects.filter(pk__in=found, state=Concern.State.NEW, late_told_at=None)
        locked = rows.select_for_update(of=("self",), skip_locked=True).order_by("pk").values_list("pk", flat=True)
        waiting = {pk: found[pk] for pk in locked}
        newest = {council: f"late-{pk}" for pk, council in waiting.items()}  # one message for all of a council
        reached = _tell_managers(newest)
        told = [pk for pk, council in waiting.items() if council in reached]
        Concern.objects.filter(pk__in=told).update(late_told_at=clock.now())
    return len(told)


def may_hear(rows: Rows) -> set[int]:
    """Leads, today, of a council that the concern reaches; while it is not closed."""
    found = Concern.objects.exclude(state=Concern.State.CLOSED).filter(pk__in=[row.cause_id or 0 for row in rows])
    reached = {row.pk: concerns.councils_of(row) for row in found}
    pairs = set(concerns.holders(concerns.LEAD, {council for each in reached.values() for council in each}))
    return {
        row.pk
        for row in rows
        if any((row.recipient_id, council) in pairs for council in reached.get(row.cause_id or 0, []))
    }


def _wears(role: str, rows: Rows) -> set[int]:
    pairs = set(concerns.holders(role, {row.cause_id or 0 for row in rows}))
    return {row.pk for row in rows if (row.recipient_id, row.cause_id) in pairs}


def render_told(row: Outbox, items: Rows) -> Mail:
    """By when to look, and the address of the page."""
    concern = Concern.objects.get(pk=row.cause_id or 0)
    values = {"by": concern.look_by.astimezone(LONDON), "url": f"{settings.SITE_URL}/safeguarding/{concern.public_id}/"}
    return Mail(_("Something needs a look"), render_to_string("introductions/concern_told.txt", values))


def render_many(row: Outbox, items: Rows) -> Mail:
    """More than usual: one message for all."""
    values = {"url": f"{settings.SITE_URL}/safeguarding/"}
    return Mail(_("Several things need a look"), render_to_string("introductions/concerns_many.txt", values))


def render_late(row: Outbox, items: Rows) -> Mail:
    """Nobody has looked, or there is nobody to look."""
    values = {"url": f"{settings.SITE_URL}/safeguarding/"}
    return Mail(_("Something needs a look"), render_to_string("introductions/concern_late.txt", values))


def since(moment: dt.datetime) -> "QuerySet[Any, Any]":
    """What somebody must have been told of: by itself, or in the message of its hour to one of its councils, or later
    where another council has taken over. Where a council has neither leads nor managers, nobody was."""
    since_then = {"made_at__gte": OuterRef("made_at") - HOUR}
    told = Q(causes.told_of(TOLD))
    for council in ("responsible_id", "work_council_id"):
        told |= Q(causes.told_of(MANY, LATE, cause=council, made_at__lte=OuterRef("made_at") + MOMENT, **since_then))
    taken_over = Exists(Transfer.objects.filter(person=OuterRef("about"), decided_at__gte=OuterRef("made_at")))
    told |= Q(taken_over) & Q(causes.told_of(MANY, LATE, cause="responsible_id", **since_then))
    rows = Concern.objects.filter(made_at__gte=moment).annotate(about=Coalesce("person_id", "introduction__person_id"))
    found: QuerySet[Any, Any] = rows.annotate(told=told)
    return found


def register() -> None:
    """Called once, when the room is ready."""
    causes.register("concerns", _lazy("Somebody says that something is wrong"), since)
    rules = (
        (TOLD, may_hear, render_told, _lazy("Somebody says that something is wrong. Please look at it.")),
        (MANY, lambda rows: _wears(concerns.LEAD, rows), render_many, _lazy("Several things came in. Please look.")),
        (LATE, lambda rows: _wears(Role.TEAM_MANAGER, rows), render_late, _lazy("Nobody has looked at a concern yet.")),
    )
    for name, may, render, words in rules:
        line, page = registry.says(words), "introductions:list-concerns"
        registry.register(Purpose(name, "email", may, render, on_unknown="resend", line=line, page=page))
