"""What a giver of support hears: that something is asked for, and, a month at a time, that something was used."""

import datetime as dt
from dataclasses import replace

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from core import clock
from core.scope import EVERYTHING, scope
from core.workdays import next_working_day
from notifications.models import Outbox
from notifications.registry import Mail, Purpose, Rows, Text
from notifications.services import tell
from pledges.asks import ASK_MADE, ASK_MADE_TEXT
from pledges.home_links import home_link
from pledges.models import Ask, Employer, EmployerContact

USED = "support_used"
SILENT = (Employer.Check.STOPPED, Employer.Check.MERGED)  # nothing goes to them


def _ask(row: Outbox) -> Ask:
    return Ask.objects.select_related("pledge__contact", "pledge__kind", "council").get(pk=row.cause_id or 0)


def may_hear_of_ask(rows: Rows) -> set[int]:
    """While it is still asked for, and the business may be written to."""
    asks = Ask.objects.filter(pk__in=[row.cause_id or 0 for row in rows], state=Ask.State.ASKED)
    still = set(asks.exclude(pledge__employer__state__in=SILENT).values_list("pk", flat=True))
    return {row.pk for row in rows if row.cause_id in still}


def render_ask(row: Outbox, items: Rows) -> Mail:
    """The number, what, how many, where and by when. Nobody's name but the council's."""
    return Mail(_("Something you pledged is needed"), render_to_string("pledges/ask_made.txt", {"ask": _ask(row)}))


ASK_MADE_MAIL = Purpose(
    name=ASK_MADE,
    channel="email",
    may_receive=may_hear_of_ask,
    render=render_ask,
    address=lambda row: _ask(row).pledge.contact.email,
    expires_after=dt.timedelta(days=14),
    on_unknown="resend",
)


def render_ask_text(row: Outbox, items: Rows) -> Text:
    """The same in one line. Where to hand it over stands on their page: the place may say whose office it is."""
    ask = _ask(row)
    said = {"n": ask.quantity, "number": ask.number, "day": f"{ask.needed_by:%d/%m}"}
    words = _("First Rung: %(n)s of what you pledged, by %(day)s. Write %(number)s on it. Where:") % said
    return Text(f"{words} {home_link(ask.pledge.contact)}")


ASK_MADE_BY_TEXT = replace(
    ASK_MADE_MAIL,
    name=ASK_MADE_TEXT,
    channel="text",
    render=render_ask_text,
    address=lambda row: _ask(row).pledge.contact.phone,
    on_unknown="end",
)


def _contact(row: Outbox) -> EmployerContact:
    return EmployerContact.objects.select_related("employer").get(pk=row.cause_id or 0)


def may_hear_of_use(rows: Rows) -> set[int]:
    """Whose business may be written to."""
    contacts = EmployerContact.objects.filter(pk__in=[row.cause_id or 0 for row in rows])
    found = set(contacts.exclude(employer__state__in=SILENT).values_list("pk", flat=True))
    return {row.pk for row in rows if row.cause_id in found}


def render_use(row: Outbox, items: Rows) -> Mail:
    """No count, no day, nothing of anybody."""
    return Mail(
        _("Something you gave was used"), render_to_string("pledges/support_used.txt", {"contact": _contact(row)})
    )


USED_MAIL = Purpose(
    name=USED,
    channel="email",
    may_receive=may_hear_of_use,
    render=render_use,
    address=lambda row: _contact(row).email,
    expires_after=dt.timedelta(days=21),
    on_unknown="end",  # it says the same next month: one too few is better than two
)


def tell_of_use() -> dict[str, int]:
    """The daily job: from the first working day of a month on, once per giver and month, for what was handed over in
    the months before and not told yet."""
    today = clock.today()
    month = today.replace(day=1)
    if today < next_working_day(month):
        return {"told": 0}
    with scope(EVERYTHING):
        rows = Ask.objects.filter(state=Ask.State.HANDED_OVER, told_month=None, handed_over_on__lt=month)
        found = dict(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", "pledge__contact"))
        told = sum(tell(purpose=USED, cause_id=pk, version=f"{month:%Y-%m}") for pk in sorted(set(found.values())))
        Ask.objects.filter(pk__in=found).update(told_month=month)
    return {"told": told}
