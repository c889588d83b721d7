"""When who supports whom has changed, the workers and the team manager are told; when another council takes over, the
young person too. When a council is asked to, its managers are, and whoever asked hears of a no. No mail names anybody.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.cover import managers_of
from accounts.models import AdviserLink, Cover, Transfer, YoungPerson
from core import clock
from notifications import causes
from notifications import services as notifications
from notifications.models import Outbox
from notifications.registry import Mail, Purpose, register, says

PURPOSE, TRANSFER, OWN = "team change", "transfer", "team change own"
ASKED, REFUSED = "asked", "refused"


def asked_since(moment: dt.datetime) -> "QuerySet[Any, Any]":
    """Which council was asked to take over: its managers must hear."""
    rows = Transfer.objects.filter(asked_at__gte=moment)
    found: QuerySet[Any, Any] = rows.annotate(told=causes.told_of(TRANSFER))
    return found


def register_purpose() -> None:
    """Called once, when the room is ready."""
    causes.register("transfers", _lazy("A council is asked to take over a young person"), asked_since)
    register(
        Purpose(
            PURPOSE, "email", may_receive=may_receive, render=render,
            page="introductions:show-monday", line=says(_lazy("Who supports whom has changed. Your list shows it.")),
        )
    )  # fmt: skip
    register(
        Purpose(
            TRANSFER, "email", may_receive=may_hear_of_transfer, render=render_transfer,
            page="matching:show-team", line=line_of_transfer,
        )
    )  # fmt: skip
    register(
        Purpose(
            OWN, "email", may_receive=may_receive_own, render=render_own, on_unknown="resend",
            page="introductions:show-who", line=says(_lazy("Who can see your page has changed.")),
        )
    )  # fmt: skip


def may_receive(rows: Sequence[Outbox]) -> set[int]:
    """Rows whose recipient still has an account in use."""
    return {row.pk for row in rows if row.recipient and row.recipient.is_active}


def may_hear_of_transfer(rows: Sequence[Outbox]) -> set[int]:
    """A question while it waits, an answer while somebody supports them."""
    found = Transfer.objects.filter(pk__in=[row.cause_id or 0 for row in rows], person__ended_on=None)
    still = {transfer.pk for transfer in found.exclude(state=Transfer.State.CANCELLED)}
    waits = {transfer.pk for transfer in found.filter(state=Transfer.State.ASKED)}
    mine = may_receive(rows)
    return {row.pk for row in rows if row.pk in mine and row.cause_id in (waits if _asks(row) else still)}


def line_of_transfer(row: Outbox) -> str:
    """A question, or an answer."""
    if _asks(row):
        return _("Another council asks you to take over a young person. It waits for your answer.")
    return _("Another council has answered whether it takes over a young person.")


def _asks(row: Outbox) -> bool:
    return row.dedupe_key.endswith(f":{ASKED}")


def may_receive_own(rows: Sequence[Outbox]) -> set[int]:
    """Young people with an account whose support goes on."""
    people = YoungPerson.objects.filter(pk__in=[row.person_id or 0 for row in rows], ended_on=None)
    users = set(people.filter(user__is_active=True).values_list("pk", "user_id"))
    return {row.pk for row in rows if (row.person_id, row.recipient_id) in users}


def render(row: Outbox, items: Sequence[Outbox]) -> Mail:
    """The same words for everybody, whatever has changed: who it is about stands on the page."""
    text = _("Hello,\n\nWho supports whom has changed. Your list on First Rung shows how it is now:\n%(address)s") % {
        "address": urljoin(settings.SITE_URL, reverse("introductions:show-monday"))
    }
    return Mail(_("A change on your list"), text)


def render_transfer(row: Outbox, items: Sequence[Outbox]) -> Mail:
    """That something waits on the team's page, or has been answered there."""
    page = urljoin(settings.SITE_URL, reverse("matching:show-team"))
    if _asks(row):
        text = _("Hello,\n\nSomething on your team's page on First Rung waits for your answer:\n%(address)s")
        return Mail(_("Something waits for your answer"), text % {"address": page})
    text = _("Hello,\n\nSomething you asked for was answered. Your team's page on First Rung shows it:\n%(address)s")
    return Mail(_("You have an answer"), text % {"address": page})


def render_own(row: Outbox, items: Sequence[Outbox]) -> Mail:
    """To the young person: that somebody else sees them now, and where it stands."""
    text = _("Hello,\n\nWho can see your page has changed. This shows who can see it now:\n%(address)s") % {
        "address": urljoin(settings.SITE_URL, reverse("introductions:show-who"))
    }
    return Mail(_("Something has changed"), text)


def tell_of_transfer_asked(sender: Any = None, *, id: int, **_fact: Any) -> None:
    """Reaction: the managers of the council that is asked."""
    transfer = Transfer.objects.get(pk=id)
    for manager in managers_of(transfer.to_council_id):
        notifications.tell(purpose=TRANSFER, recipient=manager, cause_id=id, version=ASKED, person=transfer.person_id)


def tell_of_transfer_refused(sender: Any = None, *, id: int, **_fact: Any) -> None:
    """Reaction: whoever asked, and their council's managers. Who refuses sees nobody, so the row says of whom by its
    cause alone."""
    transfer = Transfer.objects.get(pk=id)
    for manager in dict.fromkeys([transfer.asked_by_id, *(one.pk for one in managers_of(transfer.from_council_id))]):
        notifications.tell(purpose=TRANSFER, recipient=manager, cause_id=id, version=REFUSED)


def tell_of_transfer(sender: Any = None, *, id: int, old: str, new: str, **_fact: Any) -> None:
    """Reaction: both workers, the managers of both councils, and the young person."""
    transfer = Transfer.objects.select_related("person").get(pk=id)
    workers, person = [int(worker) for worker in (old, new) if worker], transfer.person_id
    for council in (transfer.from_council_id, transfer.to_council_id):
        _tell(council, workers, cause=id, version="transfer", person=person)
    if user := transfer.person.user_id:
        notifications.tell(purpose=OWN, recipient=user, cause_id=id, person=person, version="transfer")


def tell_of_hand_over(sender: Any = None, *, id: int, old: str, new: str, **_fact: Any) -> None:
    """Reaction: whoever supported them until now, whoever does from now on, and the managers."""
    link = AdviserLink.objects.get(pk=id)
    council = YoungPerson.objects.values_list("responsible_authority_id", flat=True).get(pk=link.person_id)
    workers = [int(worker) for worker in (old, new) if worker]
    _tell(council, workers, cause=id, version="hand-over", person=link.person_id)


def tell_of_end(sender: Any = None, *, id: int, new: str, **_fact: Any) -> None:
    """Reaction: who supported somebody until today hears that their list has changed; of a death nobody does. The row
    names no person: they may be erased tonight."""
    links = AdviserLink.objects.filter(person=id, until=None, ended_on=clock.today()).order_by("-pk")
    link = None if new == YoungPerson.Ending.DIED else links.first()
    if link is not None:
        notifications.tell(purpose=PURPOSE, recipient=link.worker_id, cause_id=link.pk, version="ended")


def tell_of_guest(sender: Any = None, *, id: int, new: str, **_fact: Any) -> None:
    """Reaction: the guest, the worker of the young person, and the managers."""
    link = AdviserLink.objects.select_related("person").get(pk=id)
    own = AdviserLink.objects.current().filter(person=link.person_id).values_list("worker_id", flat=True)
    council = link.person.responsible_authority_id
    _tell(council, [int(new), *own], cause=id, version="guest", person=link.person_id)


def tell_of_cover(sender: Any = None, *, id: int, **_fact: Any) -> None:
    """Reaction: whoever is away, whoever stands in, and the managers."""
    cover = Cover.objects.get(pk=id)
    _tell(cover.council_id, [cover.worker_id, cover.stands_in_id], cause=id, version="cover")


def tell_of_cover_end(sender: Any = None, *, id: int, **_fact: Any) -> None:
    """Reaction: whoever was away, whoever stood in, and the managers."""
    cover = Cover.objects.get(pk=id)
    _tell(cover.council_id, [cover.worker_id, cover.stands_in_id], cause=id, version="cover ended")


def _tell(council: int, workers: Iterable[int], *, cause: int, version: str, person: int | None = None) -> None:
    for recipient in dict.fromkeys([*workers, *(manager.pk for manager in managers_of(council))]):
        notifications.tell(purpose=PURPOSE, recipient=recipient, cause_id=cause, version=version, person=person)
