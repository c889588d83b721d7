"""Handing a match on: from the worker's own phone, in neutral words, or on paper; and the line for the case system.

A text or mail may be read on a locked phone by anybody: it names nobody, and says nothing of work, place or care. The
address leads to the public page, which knows nobody either.
"""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import quote, urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Why a match is not for now, by code. The young person may read it.
REASONS = [
    ("other-wish", gettext_lazy("They want something else")),
    ("far", gettext_lazy("Too far, or no way to get there")),
    ("hours", gettext_lazy("The hours do not fit")),
    ("busy", gettext_lazy("They have something else just now")),
    ("words", gettext_lazy("Another reason, in words")),
]


@dataclass(frozen=True)
class Way:
    """One tap: what it does, and the address that opens the phone's own messages, mail, or a page to print."""

    label: str
    url: str


def ways(opportunity: str) -> list[Way]:
    """How one opportunity (public id) is handed on."""
    page = reverse("opportunities:show-opportunity", args=[opportunity])
    words = _("Hello, have a look at this and tell me what you think: %(address)s") % {
        "address": urljoin(settings.SITE_URL, page)
    }
    subject, body = quote(_("Have a look at this")), quote(words)
    return [
        Way(_("Text it"), f"sms:?body={body}"),
        Way(_("Email it"), f"mailto:?subject={subject}&body={body}"),
        Way(_("Print it"), f"{page}?view=easy"),
    ]


def case_line(*, day: dt.date, title: str, employer: str, said: str) -> str:
    """One line to paste into the case system."""
    facts = {"day": day.strftime("%d/%m/%Y"), "title": title, "employer": employer, "said": said}
    return _("%(day)s: %(title)s, %(employer)s: %(said)s.") % facts
