"""How a young person signs in has changed: they and their worker hear of it, in case somebody else has done it.

Neutral words, nobody's name. The rows carry the person's number; who reads them is found at hand-over.
"""

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.joining import JOINED
from accounts.models import YoungPerson
from core.models import LifecycleLog
from introductions import news
from notifications import registry
from notifications.models import Outbox
from notifications.registry import Mail, Purpose, Rows
from notifications.services import tell

OWN, WORKER = "sign_in_own", "sign_in_worker"


def tell_of_change(sender: type, id: int, **_facts: Any) -> None:
    """The reaction to a number that is new, or has gone: their mailbox, where they have one, and their worker."""
    line = LifecycleLog.objects.filter(model=JOINED, object_id=id).latest("pk").pk
    for purpose in (OWN, WORKER):
        tell(purpose=purpose, cause_id=id, person=id, version=line)


def _may_hear(rows: Rows) -> set[int]:
    """While somebody supports them."""
    found = YoungPerson.objects.filter(pk__in=[row.cause_id or 0 for row in rows], ended_on=None)
    still = set(found.values_list("pk", flat=True))
    return {row.pk for row in rows if row.cause_id in still}


def _person(row: Outbox) -> YoungPerson:
    found: YoungPerson = YoungPerson.objects.select_related("user").get(pk=row.cause_id or 0)
    return found


def own_address(row: Outbox) -> str:
    """Their mailbox, never the number that is new."""
    user = _person(row).user
    return (user.email or "") if user and user.is_active else ""


def worker_address(row: Outbox) -> str:
    """Of whoever is there for them today."""
    there = news.there_for(row.cause_id or 0)
    return (there.email or "") if there and there.is_active else ""


def render(row: Outbox, items: Rows) -> Mail:
    """That something has changed, and where to read what."""
    own = row.purpose == OWN
    page = reverse("introductions:show-data")
    if not own:
        page = reverse("introductions:invite-person", args=[_person(row).public_id])
    values = {"own": own, "url": urljoin(settings.SITE_URL, page)}
    return Mail(_("Something has changed"), render_to_string("introductions/sign_in_changed.txt", values))


def register() -> None:
    """Called once, when the room is ready."""
    registry.register(Purpose(OWN, "email", _may_hear, render, own_address, on_unknown="resend"))
    registry.register(Purpose(WORKER, "email", _may_hear, render, worker_address, on_unknown="resend"))
