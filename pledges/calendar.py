"""The promised month as a file for calendars (RFC 5545): one whole day, without an alarm."""

import datetime as dt
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import clock
from core.workdays import next_working_day
from pledges.models import Pledge

TYPE = "text/calendar"
LINE = 75  # octets, without the line break (RFC 5545, section 3.1)


def promise_file(*pledges: Pledge) -> str:
    """A calendar with one event for each of `pledges` that names a month, on its first working day.

    The same pledge always has the same UID, so that a second file moves the day and adds none.
    """
    stamp = f"{clock.now():%Y%m%dT%H%M%SZ}"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//First Rung//Promises//EN", "METHOD:PUBLISH"]
    for pledge in pledges:
        if pledge.by_month is not None:
            lines += _event(pledge, next_working_day(pledge.by_month), stamp)
    return "".join(f"{fold(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _event(pledge: Pledge, day: dt.date, stamp: str) -> list[str]:
    said = {"kind": pledge.kind.name, "places": pledge.places}
    about = [_("You promised this by %(month)s. Thank you.") % {"month": date_format(day, "F Y")}]
    if pledge.event is not None:
        about.append(_("You made the promise at %(event)s.") % {"event": pledge.event.name})
    if pledge.words:
        about.append(pledge.words)
    return [
        "BEGIN:VEVENT",
        f"UID:{pledge.public_id}@{urlsplit(settings.SITE_URL).hostname}",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + dt.timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped(_('Your promise: %(kind)s, %(places)d') % said)}",
        f"DESCRIPTION:{escaped(chr(10).join(about))}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def escaped(text: str) -> str:
    """TEXT of RFC 5545, section 3.3.11."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return "\\n".join(text.splitlines())


def fold(line: str) -> str:
    """One content line as lines of at most 75 octets; a letter of several octets is never cut."""
    folded, room = [""], LINE
    for letter in line:
        size = len(letter.encode())
        if size > room:
            folded.append("")
            room = LINE - 1  # the space at the beginning of a continued line
        folded[-1] += letter
        room -= size
    return "\r\n ".join(folded)
