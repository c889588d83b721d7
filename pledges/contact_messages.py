"""Word to the address or number as it was: somebody who has the pledge's link asked for another."""

import datetime as dt

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from notifications.models import Outbox
from notifications.registry import Mail, Purpose, Rows, Text
from pledges.contacts import CHANGED, CHANGED_TEXT
from pledges.messages import link_to
from pledges.models import EmployerContact, Pledge


def _wish(row: Outbox) -> EmployerContact:
    return EmployerContact.objects.select_related("replaces", "named_by").get(pk=row.cause_id or 0)


def may_hear_of_change(rows: Rows) -> set[int]:
    """While the change still waits for a coordinator."""
    wishes = EmployerContact.objects.filter(pk__in=[row.cause_id or 0 for row in rows], replaces__isnull=False)
    found = set(wishes.values_list("pk", flat=True))
    return {row.pk for row in rows if row.cause_id in found}


def _link(row: Outbox) -> str:
    pledge: Pledge = _wish(row).named_by  # type: ignore[assignment]
    return f"{settings.SITE_URL}{link_to(pledge)}"


def render_change(row: Outbox, items: Rows) -> Mail:
    """Nothing of the new address: who asked for it is not known."""
    return Mail(_("About your pledge"), render_to_string("pledges/contact_changed.txt", {"link": _link(row)}))


def text_change(row: Outbox, items: Rows) -> Text:
    """The same in one line."""
    return Text(_("First Rung: a change to how we reach you waits for us. Not yours? Stop it here:") + f" {_link(row)}")


_DAYS = dt.timedelta(days=7)
CHANGED_MAIL = Purpose(
    CHANGED, "email", may_hear_of_change, render_change, lambda row: _wish(row).replaces.email,  # type: ignore[union-attr]
    expires_after=_DAYS, on_unknown="resend",
)  # fmt: skip
CHANGED_BY_TEXT = Purpose(
    CHANGED_TEXT, "text", may_hear_of_change, text_change, lambda row: _wish(row).replaces.phone,  # type: ignore[union-attr]
    expires_after=_DAYS, on_unknown="resend",
)  # fmt: skip
