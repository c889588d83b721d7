"""The meeting or interview that comes next, as a file for calendars (RFC 5545): the time in London, and no more.

A calendar is often shared, and a phone shows it locked: neither a name, a place nor a business stands in it.
"""

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from core import clock
from core.clock import LONDON
from introductions.models import Introduction
from pledges.calendar import TYPE, escaped, fold

S = Introduction.State
MEETS = (S.MEETING, S.INTERVIEW)
LASTS = dt.timedelta(hours=1)
# Summer time begins and ends at 01:00 UTC on the last Sundays of March and October (Summer Time Order 2002).
ZONE = [
    "BEGIN:VTIMEZONE", "TZID:Europe/London",
    "BEGIN:DAYLIGHT", "DTSTART:19960331T010000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0100", "TZNAME:BST", "END:DAYLIGHT",
    "BEGIN:STANDARD", "DTSTART:19961027T020000", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0000", "TZNAME:GMT", "END:STANDARD",
    "END:VTIMEZONE",
]  # fmt: skip


def has_file(row: Introduction) -> bool:
    """Whether there is something to put in a calendar: a meeting that is still to come."""
    return row.state in MEETS and row.meets_at is not None and row.meets_at > clock.now()


# What a business has set and the worker has not seen to yet: the young person reads neither the day nor the place.
UNSEEN = Q(state__in=MEETS, meets_at__isnull=False, in_staffed_place=False)


def is_unseen(row: Introduction) -> bool:
    """The same of one row."""
    return row.state in MEETS and row.meets_at is not None and not row.in_staffed_place


def arranged(row: Introduction) -> dict[str, Any]:
    """What stands already, for a form that confirms or changes it."""
    if row.meets_at is None:
        return {}
    local = row.meets_at.astimezone(LONDON)
    return {"day": local.date(), "time": f"{local:%H:%M}", "meets_where": row.meets_where}


def meeting_file(row: Introduction) -> str:
    """One event. The same introduction always has the same UID: a second file moves the time and adds none."""
    assert row.meets_at is not None
    begins = row.meets_at.astimezone(LONDON)
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//First Rung//Meetings//EN", "METHOD:PUBLISH", *ZONE,
        "BEGIN:VEVENT",
        f"UID:{row.reference}@{urlsplit(settings.SITE_URL).hostname}",
        f"DTSTAMP:{clock.now():%Y%m%dT%H%M%SZ}",
        f"SEQUENCE:{int(row.changed_at.timestamp()) - 1_700_000_000}",
        f"DTSTART;TZID=Europe/London:{begins:%Y%m%dT%H%M%S}",
        f"DTEND;TZID=Europe/London:{begins + LASTS:%Y%m%dT%H%M%S}",
        f"SUMMARY:{escaped(_('Meeting %(reference)s') % {'reference': row.reference})}",
        f"DESCRIPTION:{escaped(_('Where it is stands on your page: %(url)s') % {'url': settings.SITE_URL})}",
        "CLASS:PRIVATE", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "".join(f"{fold(line)}\r\n" for line in lines)


def answer_with(row: Introduction | None) -> HttpResponse:
    """The file to save; 404 where there is none."""
    if row is None or not has_file(row):
        raise Http404
    response = HttpResponse(meeting_file(row), content_type=f"{TYPE}; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="meeting.ics"'
    return response
