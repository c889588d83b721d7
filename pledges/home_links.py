"""The signed link to a business's own page, for one of its people. It goes to their mailbox or phone only.

A pledge's page offers to send it and never shows it: whoever was forwarded that page would else see all their pledges.
"""

import datetime as dt

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.links import EMPLOYER_DAYS, make_link
from core import clock
from notifications.models import Outbox
from notifications.registry import Mail, Purpose, Rows
from notifications.services import tell, tell_again
from pledges.models import Employer, EmployerContact

HOME = "employer_home"
HOME_VERBS = ("answer", "choose", "add", "write")
AGAIN_A_DAY = 3
SILENT = (Employer.Check.STOPPED, Employer.Check.MERGED)


def home_link(contact: EmployerContact) -> str:
    """The whole address of a new link. Only its hash is kept: send it now."""
    token = make_link(purpose=HOME, object_id=contact.pk, verbs=HOME_VERBS, days=EMPLOYER_DAYS, renew=True)
    return f"{settings.SITE_URL}/k/{token}/home/"


def send_home_link(contact: EmployerContact) -> None:
    """Send it to the person's own mailbox, at most once a day."""
    tell(purpose=HOME, cause_id=contact.pk, version=f"{clock.today()}")


def send_home_link_again(contact: EmployerContact) -> bool:
    """Once more, for a coordinator who has spoken to them. Whether it goes out: three times a day at the most."""
    return tell_again(purpose=HOME, cause_id=contact.pk, most=AGAIN_A_DAY)


def _contact(row: Outbox) -> EmployerContact:
    return EmployerContact.objects.select_related("employer").get(pk=row.cause_id or 0)


def may_receive(rows: Rows) -> set[int]:
    """People of businesses that may be written to."""
    found = EmployerContact.objects.filter(pk__in=[row.cause_id or 0 for row in rows])
    keep = set(found.exclude(employer__state__in=SILENT).values_list("pk", flat=True))
    return {row.pk for row in rows if row.cause_id in keep}


def render(row: Outbox, items: Rows) -> Mail:
    """One link and what it shows."""
    contact = _contact(row)
    text = render_to_string("pledges/home_link.txt", {"contact": contact, "link": home_link(contact)})
    return Mail(_("Your pledges on one page"), text)


HOME_MAIL = Purpose(
    name=HOME,
    channel="email",
    may_receive=may_receive,
    render=render,
    address=lambda row: _contact(row).email,
    expires_after=dt.timedelta(days=2),
    on_unknown="resend",
)
