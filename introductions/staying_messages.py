"""The messages of check-ins: a question with a link, and to the worker that a talk is needed. Nobody's name, no
place, nothing of why.

The rows carry the check-in's number alone. Who reads them, and whether it still asks anything, is found at hand-over.
"""

import datetime as dt
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.hearing import REMINDERS
from accounts.links import make_link
from introductions import news, staying
from introductions.models import CheckIn
from notifications import registry
from notifications.models import Outbox
from notifications.registry import Mail, Purpose, Rows, Text
from notifications.services import tell
from pledges import stops
from pledges.models import EmployerContact

OWN_LINK, BUSINESS_LINK = "how", "how-business"
BY_TEXT = "by-text"  # among the verbs of a link that went to their number
DAYS = 30  # that a link answers
TROUBLE = "how_trouble"
_WEEK = dt.timedelta(days=7)


def own_link(row: CheckIn, *more: str) -> str:
    """The path of a new signed link: whoever holds it answers this one question as the young person, and sees no more.
    Only its hash is kept: hand it over now. more: BY_TEXT, for one that goes to their number."""
    return _link(OWN_LINK, row.start.person_id, row, *more)


def _link(purpose: str, who: int, row: CheckIn, *more: str) -> str:
    token = make_link(purpose=purpose, object_id=who, verbs=[f"{ANSWER}{row.pk}", *more], days=DAYS)
    return reverse("introductions:answer-how", args=[token])


ANSWER = "answer-"


def tell_of_trouble(sender: type, id: int, new: str, **_facts: Any) -> None:
    """The reaction to an answer: whoever is there for them hears that a talk is needed, unless they wrote it down."""
    row = CheckIn.objects.values("side", "answered_at").get(pk=id)
    if new in staying.TROUBLE and row["side"] != CheckIn.Side.WORKER:
        tell(purpose=TROUBLE, cause_id=id, version=row["answered_at"].isoformat())


def _ids(rows: Rows, *wanted: Q, **values: Any) -> set[int]:
    """The rows whose check-in is still so, of what goes on."""
    causes = [row.cause_id or 0 for row in rows]
    found = set(CheckIn.objects.filter(staying.going(), *wanted, pk__in=causes, **values).values_list("pk", flat=True))
    return {row.pk for row in rows if row.cause_id in found}


def may_be_asked(rows: Rows) -> set[int]:
    """While nobody has answered it, and it has not been put off."""
    return _ids(rows, answer="", asked_at__isnull=False)


HEARS = Q(
    start__introduction__employer__in=stops.hearing(), start__opportunity__pledge__contact__approved_on__isnull=False
)


def may_be_asked_as_business(rows: Rows) -> set[int]:
    """The same; and nothing goes to a business that is stopped, or to somebody nobody has approved."""
    return _ids(rows, HEARS, answer="", asked_at__isnull=False)


def may_hear_of_trouble(rows: Rows) -> set[int]:
    """Until the worker has it in hand."""
    return _ids(rows, staying.ALARMING, seen_at=None)


def _check_in(row: Outbox) -> CheckIn:
    rows = CheckIn.objects.select_related("start__person__user", "start__opportunity__pledge__contact__employer")
    found: CheckIn = rows.select_related("start__introduction").get(pk=row.cause_id or 0)
    return found


def _giver(row: Outbox) -> EmployerContact:
    found: EmployerContact = _check_in(row).start.opportunity.pledge.contact
    return found


def own_address(row: Outbox) -> str:
    """Of the young person, if they have an account."""
    user = _check_in(row).start.person.user
    return registry.reach_of(user)


def worker_address(row: Outbox) -> str:
    """Of whoever is there for them today."""
    there = news.there_for(_check_in(row).start.person_id)
    return (there.email or "") if there and there.is_active else ""


def giver_address(row: Outbox) -> str:
    """Where the giver reads mail now."""
    return _giver(row).email


def giver_phone(row: Outbox) -> str:
    """Where the giver reads texts now."""
    return _giver(row).phone


def _url_for_business(row: Outbox) -> str:
    return settings.SITE_URL + _link(BUSINESS_LINK, _giver(row).pk, _check_in(row))


def render_own(row: Outbox, items: Rows) -> Mail:
    """The question, and a link that answers it without a sign-in."""
    by_text = [] if "@" in own_address(row) else [BY_TEXT]
    url = settings.SITE_URL + own_link(_check_in(row), *by_text)
    words = render_to_string("introductions/how_own.txt", {"url": url})
    return Mail(_("How is it going?"), words, brief=_("how is it going? One tap tells us"))


def render_worker(row: Outbox, items: Rows) -> Mail:
    """That something waits, and where to read it."""
    values = {"url": urljoin(settings.SITE_URL, reverse("introductions:show-monday")), "own": False, "hold": False}
    return Mail(_("Something is waiting for you"), render_to_string("introductions/news.txt", values))


def render_trouble(row: Outbox, items: Rows) -> Mail:
    """That somebody would like a talk, and where to read who."""
    values = {"url": urljoin(settings.SITE_URL, reverse("introductions:show-monday"))}
    return Mail(_("Something is waiting for you"), render_to_string("introductions/how_trouble.txt", values))


def render_business(row: Outbox, items: Rows) -> Mail:
    """The reference, the question and its link."""
    values = {"url": _url_for_business(row), "reference": _check_in(row).start.introduction.reference}
    return Mail(_("How is it going?"), render_to_string("introductions/how_business.txt", values))


def render_business_text(row: Outbox, items: Rows) -> Text:
    """A question and its link."""
    words = _("First Rung: how is it going? One tap tells us:")
    return Text(f"{words} {_url_for_business(row)}")


def register() -> None:
    """Called once, when the room is ready."""
    for name, channel, may, render, address in (
        (staying.OWN, "email", may_be_asked, render_own, own_address),
        (staying.BY_WORKER, "email", may_be_asked, render_worker, worker_address),
        (staying.BUSINESS, "email", may_be_asked_as_business, render_business, giver_address),
        (staying.BUSINESS_BY_TEXT, "text", may_be_asked_as_business, render_business_text, giver_phone),
        (TROUBLE, "email", may_hear_of_trouble, render_trouble, worker_address),
    ):
        expires = None if name == TROUBLE else _WEEK
        off = REMINDERS if name == staying.OWN else ""
        registry.register(
            Purpose(name, channel, may, render, address, expires, on_unknown="resend", can_be_off=off)  # type: ignore[arg-type]
        )
