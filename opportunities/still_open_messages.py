"""The message that asks a giver whether what they offer is still open: one link for each, nothing in the subject."""

import datetime as dt

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.links import make_link
from notifications.models import Outbox
from notifications.registry import Mail, Purpose, Rows, Text
from opportunities.models import Opportunity
from pledges.models import EmployerContact, Nudge
from pledges.nudges import STILL_OPEN, STILL_OPEN_BY_TEXT, by_way, nudge_address, nudge_phone
from pledges.situations import GONE

LINK = "still-open"
VERB = "answer"
LAST_WORD = Greatest("opened_on", "still_open_on")  # PostgreSQL's: a missing day is left out


def way_of(contact: EmployerContact) -> str | None:
    """The purpose by which this person is asked. None for who can only be rung."""
    return by_way(contact, STILL_OPEN_BY_TEXT, STILL_OPEN)


def link_to(row: Opportunity) -> str:
    """The path of a new signed link to the question. Only its hash is kept: send it now."""
    token = make_link(purpose=LINK, object_id=row.pk, verbs=[VERB], days=60)
    return reverse("opportunities:answer-still-open", args=[token])


def asked_with(nudge: Nudge) -> QuerySet[Opportunity]:
    """What a message asks about, as long as nobody has answered."""
    asked = Opportunity.objects.filter(pledge__contact=nudge.contact_id, still_asked_on=nudge.sent_on)
    rows = asked.filter(state=Opportunity.State.PUBLISHED).annotate(last_word=LAST_WORD)
    return rows.filter(Q(closes_on=None) | Q(closes_on__gte=nudge.sent_on), last_word__lt=nudge.sent_on).order_by("pk")


def may_be_asked(rows: Rows) -> set[int]:
    """Asked again at hand-over: an answer, an end or a stop since then ends the message."""
    nudges = Nudge.objects.filter(pk__in=[row.cause_id for row in rows]).exclude(employer__state__in=GONE)
    open_still = {nudge.pk for nudge in nudges if asked_with(nudge).exists()}
    return {row.pk for row in rows if row.cause_id in open_still}


def _nudge(row: Outbox) -> Nudge:
    return Nudge.objects.select_related("contact", "employer__lead").get(pk=row.cause_id or 0)


def render(row: Outbox, items: Rows) -> Mail:
    """Each with its title, its closing day and its link."""
    nudge = _nudge(row)
    lines = [(each, settings.SITE_URL + link_to(each)) for each in asked_with(nudge)]
    text = render_to_string("opportunities/still_open.txt", {"lines": lines, "employer": nudge.employer})
    return Mail(_("Is it still open?"), text)


def render_text(row: Outbox, items: Rows) -> Text:
    """A question and the link of the first: the next comes another week."""
    first = asked_with(_nudge(row))[0]
    words = _("First Rung: is what you offer still open? One tap tells us:")
    return Text(f"{words} {settings.SITE_URL}{link_to(first)}")


_LATE = dt.timedelta(days=3)
PURPOSES = [
    Purpose(STILL_OPEN, "email", may_be_asked, render, nudge_address, expires_after=_LATE, on_unknown="end"),
    Purpose(STILL_OPEN_BY_TEXT, "text", may_be_asked, render_text, nudge_phone, expires_after=_LATE, on_unknown="end"),
]
