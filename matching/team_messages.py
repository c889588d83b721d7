"""When who supports whom has changed, the workers and the team manager are told. The mail names nobody."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.cover import managers_of
from accounts.models import AdviserLink, Cover, YoungPerson
from notifications import services as notifications
from notifications.models import Outbox
from notifications.registry import Mail, Purpose, register

PURPOSE = "team change"


def register_purpose() -> None:
    """Called once, when the room is ready."""
    register(Purpose(PURPOSE, "email", may_receive=may_receive, render=render))


def may_receive(rows: Sequence[Outbox]) -> set[int]:
    """Rows whose recipient still has an account in use."""
    return {row.pk for row in rows if row.recipient and row.recipient.is_active}


def render(row: Outbox, items: Sequence[Outbox]) -> Mail:
    """The same words for everybody, whatever has changed: who it is about stands on the page."""
    text = _("Hello,\n\nWho supports whom has changed. Your list on First Rung shows how it is now:\n%(address)s") % {
        "address": urljoin(settings.SITE_URL, reverse("introductions:show-monday"))
    }
    return Mail(_("A change on your list"), text)


def tell_of_hand_over(sender: Any = None, *, id: int, old: str, new: str, **_fact: Any) -> None:
    """Reaction: whoever supported them until now, whoever does from now on, and the managers."""
    link = AdviserLink.objects.get(pk=id)
    council = YoungPerson.objects.values_list("responsible_authority_id", flat=True).get(pk=link.person_id)
    workers = [int(worker) for worker in (old, new) if worker]
    _tell(council, workers, cause=id, version="hand-over", person=link.person_id)


def tell_of_cover(sender: Any = None, *, id: int, **_fact: Any) -> None:
    """Reaction: whoever is away, whoever stands in, and the managers."""
    cover = Cover.objects.get(pk=id)
    _tell(cover.council_id, [cover.worker_id, cover.stands_in_id], cause=id, version="cover")


def _tell(council: int, workers: Iterable[int], *, cause: int, version: str, person: int | None = None) -> None:
    for recipient in dict.fromkeys([*workers, *(manager.pk for manager in managers_of(council))]):
        notifications.tell(purpose=PURPOSE, recipient=recipient, cause_id=cause, version=version, person=person)
