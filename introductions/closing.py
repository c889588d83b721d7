"""The closing message to everybody, at every end: neutral words, nobody's name, nothing of why.

The rows carry the introduction's number alone; who reads them is found at hand-over, when everybody can be seen.
"""

import datetime as dt
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.apart import links_in_use
from accounts.models import YoungPerson
from core.models import LifecycleLog
from introductions import business_messages as told
from introductions import news
from introductions.lifecycle import INTRODUCTION
from introductions.models import Introduction, Start
from notifications import causes, registry
from notifications.models import Outbox
from notifications.registry import Mail, Purpose, Rows, Text
from notifications.services import tell
from pledges import stops
from pledges.nudges import by_way

WORKER, YOUNG_PERSON, BUSINESS = "ended_worker", "ended_young_person", "ended_business"
BUSINESS_BY_TEXT = "ended_business_text"


def tell_everybody(sender: type, id: int, **_facts: Any) -> None:
    """The reaction to an end: the worker, the young person, and the business if it knew."""
    row = Introduction.objects.select_related("opportunity__pledge__contact").get(pk=id)
    way = by_way(row.opportunity.pledge.contact, BUSINESS_BY_TEXT, BUSINESS) if row.introduced_at else None
    for purpose in (WORKER, YOUNG_PERSON, *([way] if way else [])):
        tell(purpose=purpose, cause_id=id, version="ended")


def _introduction(row: Outbox) -> Introduction:
    found: Introduction = Introduction.objects.select_related("person__user", "opportunity__pledge__contact").get(
        pk=row.cause_id or 0
    )
    return found


def may_hear(rows: Rows) -> set[int]:
    """Neither they nor their worker hear of it when support has ended."""
    found = Introduction.objects.filter(pk__in=[row.cause_id or 0 for row in rows], person__ended_on=None)
    still = set(found.values_list("pk", flat=True))
    return {row.pk for row in rows if row.cause_id in still}


def may_hear_as_business(rows: Rows) -> set[int]:
    """Also when support has ended, so that it stops using what it knows: never when somebody has died. Nothing goes to
    a business that is stopped, or that has not heard of it and will not."""
    found = Introduction.objects.filter(pk__in=[row.cause_id or 0 for row in rows], employer__in=stops.hearing())
    found = found.exclude(person__ended_why=YoungPerson.Ending.DIED)
    hearing = set(found.values_list("pk", flat=True))
    hearing -= told.never_told(hearing)
    return {row.pk for row in rows if row.cause_id in hearing}


def _ended_by(row: Outbox) -> int:
    """The user who ended it, who need not be told; 0 for nobody."""
    moves = LifecycleLog.objects.filter(model=INTRODUCTION.model, object_id=row.cause_id or 0, new="ended")
    return moves.order_by("-pk").values_list("actor", flat=True).first() or 0


def worker_address(row: Outbox) -> str:
    """Of whoever is there for them today. Where a colleague who stands in ended it, their own worker hears; nobody does
    who ended it themselves."""
    person, by = _introduction(row).person_id, _ended_by(row)
    there = news.there_for(person)
    if there is not None and there.pk == by:
        link = links_in_use().filter(person=person).exclude(worker=by).select_related("worker").first()
        there = link.worker if link else None
    return (there.email or "") if there else ""


def own_address(row: Outbox) -> str:
    """Of the young person, if they have an account and did not end it themselves."""
    user = _introduction(row).person.user
    return registry.reach_of(user) if user and user.pk != _ended_by(row) else ""


def _had_begun(row: Outbox) -> bool:
    """Whether somebody had been there."""
    began = Start.objects.filter(introduction=row.cause_id or 0).exclude(ending=Start.Ending.NEVER)
    return bool(began.exists())


def render(row: Outbox, items: Rows) -> Mail:
    """That something has changed, and where to read it."""
    page = "introductions:list-fitting" if row.purpose == YOUNG_PERSON else "introductions:show-monday"
    values = {"url": urljoin(settings.SITE_URL, reverse(page)), "begun": _had_begun(row)}
    words = render_to_string("introductions/ended.txt", values)
    return Mail(_("Something has changed"), words)


def render_business(row: Outbox, items: Rows) -> Mail:
    """The reference, and thanks."""
    values = {"reference": _introduction(row).reference, "begun": _had_begun(row)}
    words = render_to_string("introductions/ended_business.txt", values)
    return Mail(_("Something has changed"), words)


def render_business_text(row: Outbox, items: Rows) -> Text:
    """The same in one line."""
    words = _("First Rung: introduction %(reference)s goes no further. Please delete what you were told. Thank you.")
    if _had_begun(row):
        words = _("First Rung: %(reference)s has come to an end. Please delete what you were told. Thank you.")
    return Text(words % {"reference": _introduction(row).reference})


def since(moment: dt.datetime) -> "QuerySet[Any, Any]":
    """What has ended: at each end there is a message to their worker and one to them, whoever reads it."""
    rows = Introduction.objects.filter(state=Introduction.State.ENDED, changed_at__gte=moment)
    both = Q(causes.told_of(WORKER)) & Q(causes.told_of(YOUNG_PERSON))
    found: QuerySet[Any, Any] = rows.annotate(told=both)
    return found


def register() -> None:
    """Called once, when the room is ready."""
    causes.register("ended", _lazy("An introduction has ended"), since)
    registry.register(Purpose(WORKER, "email", may_hear, render, worker_address, on_unknown="resend"))
    registry.register(Purpose(YOUNG_PERSON, "email", may_hear, render, own_address, on_unknown="resend"))
    registry.register(
        Purpose(BUSINESS, "email", may_hear_as_business, render_business, told.address, on_unknown="resend")
    )
    text = Purpose(
        BUSINESS_BY_TEXT, "text", may_hear_as_business, render_business_text, told.phone, on_unknown="resend"
    )
    registry.register(text)
