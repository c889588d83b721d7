"""The thank-you: within a minute of the pledge, with a link to see and correct it."""

import datetime as dt

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.links import EMPLOYER_DAYS, make_link
from notifications.models import Outbox
from notifications.registry import Attachment, Mail, Purpose, Rows
from pledges import stops
from pledges.calendar import TYPE, promise_file
from pledges.home_links import home_link
from pledges.models import Pledge
from pledges.services import THANKS, made_together

LINK = "pledge"
LINK_VERBS = ("answer", "correct", "withdraw", "reopen")


def link_to(pledge: Pledge) -> str:
    """The path of a new signed link to this pledge, for its giver. Only its hash is kept: show or send it
    now.
    """
    token = make_link(purpose=LINK, object_id=pledge.pk, verbs=LINK_VERBS, days=EMPLOYER_DAYS, renew=True)
    return reverse("pledges:show-link", args=[token])


def _pledge(row: Outbox) -> Pledge:
    return Pledge.objects.select_related("contact", "employer", "event").get(pk=row.cause_id or 0)


def may_receive(rows: Rows) -> set[int]:
    """Whoever has not taken the pledge back since; nobody of a business that is stopped."""
    ended = (Pledge.State.WITHDRAWN, Pledge.State.LAPSED)
    causes = [row.cause_id for row in rows if row.cause_id is not None]
    open_ones = Pledge.objects.filter(pk__in=causes, employer__in=stops.hearing()).exclude(state__in=ended)
    still = set(open_ones.values_list("pk", flat=True))
    return {row.pk for row in rows if row.cause_id in still}


def address(row: Outbox) -> str:
    """The address the giver wrote down, as it is now."""
    return _pledge(row).contact.email


def render(row: Outbox, items: Rows) -> Mail:
    """One letter for all that this person pledged together, each with its own link."""
    pledge = _pledge(row)
    lines = [(each, settings.SITE_URL + link_to(each)) for each in made_together(pledge)]
    context = {
        "pledge": pledge,
        "lines": lines,
        "home": home_link(pledge.contact),
        "owner": pledge.event.owner if pledge.event else None,
    }
    text = render_to_string("pledges/thank_you.txt", context)
    return Mail(_("Thank you for your pledge"), text, _calendar([each for each, _link in lines]))


def _calendar(pledges: list[Pledge]) -> tuple[Attachment, ...]:
    """The promised months, when there are any."""
    if not any(each.by_month for each in pledges):
        return ()
    return (Attachment("promise.ics", TYPE, promise_file(*pledges).encode()),)


THANK_YOU = Purpose(
    name=THANKS,
    channel="email",
    may_receive=may_receive,
    render=render,
    address=address,
    expires_after=dt.timedelta(days=7),
    on_unknown="resend",  # a second thank-you does no harm, none at all would
)
