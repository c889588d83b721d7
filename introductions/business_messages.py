"""Whoever gave the pledge is told that somebody would like to come: a reference and a link, nothing of the person.

The agreed words stand on the page behind the link. Before hand-over all of it is asked again: taken back, on hold,
not checked, nobody approved or support ended, and the message ends.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.links import EMPLOYER_DAYS, make_link
from core import clock
from core.models import LifecycleLog
from introductions.lifecycle import INTRODUCTION, KNOWN, WORKER
from introductions.models import Introduction
from introductions.services import is_checked
from notifications import addresses, registry
from notifications.models import Outbox
from notifications.registry import Mail, Purpose, Rows, Text
from notifications.services import tell, tell_again
from pledges import stops
from pledges.contacts import may_act
from pledges.home_links import AGAIN_A_DAY
from pledges.models import Employer, EmployerContact
from pledges.nudges import by_way

LINK, VERB = "introduction", "answer"
TOLD, TOLD_BY_TEXT = "introduced_business", "introduced_business_text"
WAYS = (TOLD, TOLD_BY_TEXT)
NOT_SENT = "not entitled"  # the outbox's word for what was true no more at hand-over
State = Outbox.State


def tell_giver(sender: type, id: int, **_facts: Any) -> None:
    """The reaction to an introduction. Where nobody can be written to, the worker's page says whom to ring."""
    _tell(id, "introduced")


def _tell(id: int, version: str) -> None:
    row = Introduction.objects.select_related("opportunity__pledge__contact__employer").get(pk=id)
    giver = row.opportunity.pledge.contact
    way = _way_to(giver)
    if way is not None:
        tell(purpose=way, cause_id=id, version=version)


def _way_to(giver: EmployerContact) -> str | None:
    return by_way(giver, TOLD_BY_TEXT, TOLD) if may_act(giver) else None


def may_go_again(row: Introduction) -> bool:
    """Whether the giver knows of it and can be written to: then their worker may have the link sent once more."""
    told = row.state in KNOWN and is_checked(row.employer)
    return told and _way_to(row.opportunity.pledge.contact) is not None


def comes_back(row: Introduction) -> bool:
    """Whether the giver's address or number does not work any more, so that nothing is sent there."""
    giver = row.opportunity.pledge.contact
    return addresses.sends_nothing(giver.phone if _way_to(giver) == TOLD_BY_TEXT else giver.email)


def send_again(row: Introduction) -> bool:
    """Once more, to where the giver reads it now. Whether it goes out: three times a day at the most."""
    way = _way_to(row.opportunity.pledge.contact)
    return way is not None and tell_again(purpose=way, cause_id=row.pk, most=AGAIN_A_DAY)


def tell_giver_of_move(sender: type, id: int, **_facts: Any) -> None:
    """The reaction to a move by the worker: the giver reads it on the same page."""
    last = LifecycleLog.objects.filter(model=INTRODUCTION.model, object_id=id).latest("pk")
    if last.role in WORKER:
        _tell(id, f"move-{last.pk}")


def goes_out(row: Introduction) -> bool:
    """Whether the giver has been written to, or is about to be."""
    failed = [State.ENDED, State.DEAD, State.BOUNCED]
    return Outbox.objects.filter(purpose__in=WAYS, cause_id=row.pk).exclude(state__in=failed).exists()


def never_told(rows: Iterable[int]) -> set[int]:
    """Those of which the message to the giver has not left the house and will not: they hear of no end either."""
    waits = Q(state__in=[State.DUE, State.CLAIMED]) | Q(state=State.ENDED, reason=NOT_SENT)
    found = Outbox.objects.filter(purpose__in=WAYS, cause_id__in=list(rows))
    held_back = set(found.filter(waits).values_list("cause_id", flat=True))
    return held_back - set(found.exclude(waits).values_list("cause_id", flat=True))


def known_to_givers() -> Q:
    """Introductions of which somebody approved at a checked business may hear today."""
    return Q(
        state__in=KNOWN,
        person__ended_on=None,
        employer__in=stops.hearing(),
        employer__state=Employer.Check.CHECKED,
        employer__checked_until__gte=clock.today(),
        opportunity__pledge__contact__approved_by__isnull=False,
    )


def may_hear(rows: Rows) -> set[int]:
    """While it is still so."""
    found = Introduction.objects.filter(known_to_givers(), pk__in=[row.cause_id or 0 for row in rows])
    still = set(found.values_list("pk", flat=True))
    return {row.pk for row in rows if row.cause_id in still}


def introduction_of(row: Outbox) -> Introduction:
    """The introduction that a message is about."""
    found: Introduction = Introduction.objects.select_related("opportunity__pledge__contact").get(pk=row.cause_id or 0)
    return found


def link_to(row: Introduction) -> str:
    """The whole address of a new link for the giver. Only its hash is kept: send it now."""
    giver = row.opportunity.pledge.contact_id
    token = make_link(purpose=LINK, object_id=giver, verbs=[VERB], days=EMPLOYER_DAYS, renew=True)
    return settings.SITE_URL + reverse("introductions:show-known-link", args=[token, row.reference])


def address(row: Outbox) -> str:
    """Where the giver reads mail now, if somebody has approved them."""
    giver = introduction_of(row).opportunity.pledge.contact
    return giver.email if giver.approved_by_id is not None else ""


def phone(row: Outbox) -> str:
    """Where the giver reads texts now, if somebody has approved them."""
    giver = introduction_of(row).opportunity.pledge.contact
    return giver.phone if giver.approved_by_id is not None else ""


def render(row: Outbox, items: Rows) -> Mail:
    """The reference, and a link."""
    found = introduction_of(row)
    words = render_to_string(
        "introductions/business_told.txt",
        {
            "reference": found.reference,
            "url": link_to(found),
            "day": found.due_on,
            "moved": found.state != Introduction.State.INTRODUCED,
        },
    )
    return Mail(_("Something is waiting for you"), words)


def render_text(row: Outbox, items: Rows) -> Text:
    """The same in one line."""
    words = _("First Rung: something about your pledge is waiting for you:")
    return Text(f"{words} {link_to(introduction_of(row))}")


WORTH = dt.timedelta(days=5)


def register() -> None:
    """Called once, when the room is ready."""
    mail = Purpose(TOLD, "email", may_hear, render, address, expires_after=WORTH, on_unknown="resend")
    text = Purpose(TOLD_BY_TEXT, "text", may_hear, render_text, phone, expires_after=WORTH, on_unknown="resend")
    registry.register(mail)
    registry.register(text)
