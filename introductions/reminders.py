"""Reminders of a meeting or an interview, two days and two hours before: to the worker, the young person, the business.

A row is made when its time has come, and names the time it is about: if the meeting is moved or over by hand-over, the
row ends, and the new time makes its own.
"""

import datetime as dt
from collections.abc import Callable
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.hearing import REMINDERS
from core import clock
from core.clock import LONDON
from core.scope import EVERYTHING, scope
from introductions import business_messages as told
from introductions import news
from introductions.meeting_file import MEETS, is_unseen
from introductions.models import Introduction
from notifications import registry
from notifications.models import Outbox
from notifications.registry import Mail, Purpose, Rows, Text
from notifications.services import tell
from pledges.nudges import by_way

WORKER, OWN, BUSINESS, BUSINESS_BY_TEXT = "remind_worker", "remind_own", "remind_business", "remind_business_text"
TO_BUSINESS = (BUSINESS, BUSINESS_BY_TEXT)
# moment -> (so long before, worth sending for so long)
MOMENTS = {
    "days": (dt.timedelta(days=2), dt.timedelta(hours=12)),
    "hours": (dt.timedelta(hours=2), dt.timedelta(hours=2)),
}


def remind() -> dict[str, int]:
    """The job, every ten minutes. Safe to run twice, in two processes, and late. Returns how many were made."""
    now, made = clock.now(), 0
    with scope(EVERYTHING):
        for moment, (before, worth) in MOMENTS.items():
            soon = Q(meets_at__gt=now + before - worth, meets_at__lte=now + before)
            rows = Introduction.objects.filter(soon, state__in=MEETS, person__ended_on=None)
            made += sum(_tell(row, moment) for row in rows.select_related("opportunity__pledge__contact"))
    return {"made": made}


def _tell(row: Introduction, moment: str) -> int:
    way = by_way(row.opportunity.pledge.contact, BUSINESS_BY_TEXT, BUSINESS)
    own = () if is_unseen(row) else (OWN,)
    purposes = (WORKER, *own, *([way] if way else []))
    worth = MOMENTS[moment][1]
    version = f"{moment}-{_stamp(row)}"
    return sum(tell(purpose=each, cause_id=row.pk, version=version, expires_in=worth) for each in purposes)


def _stamp(row: Introduction) -> str:
    return f"{row.meets_at:%Y%m%dT%H%MZ}"


def may_hear(rows: Rows) -> set[int]:
    """While they still meet, at that very time, which is still to come; a business while it may hear of anybody."""
    still = Q(state__in=MEETS, meets_at__gt=clock.now(), person__ended_on=None)
    causes = [row.cause_id or 0 for row in rows]
    found = {each.pk: each for each in Introduction.objects.filter(still, pk__in=causes)}
    known = Introduction.objects.filter(told.known_to_givers(), pk__in=found)
    hearing = set(known.values_list("pk", flat=True))
    return {
        row.pk for row in rows if _stands(row, found) and (row.purpose not in TO_BUSINESS or row.cause_id in hearing)
    }


def _stands(row: Outbox, found: dict[int, Introduction]) -> bool:
    """Whether the time is the one that the row was made for: it is the end of its key. To the young person, whether
    their worker has seen to the place."""
    meets = found.get(row.cause_id or 0)
    if meets is None or (row.purpose == OWN and is_unseen(meets)):
        return False
    return row.dedupe_key.endswith(f"-{_stamp(meets)}")


def is_soon(row: Outbox) -> bool:
    """Whether it is the reminder two hours before."""
    return ":hours-" in row.dedupe_key


def worker_address(row: Outbox) -> str:
    """Of whoever is there for them today."""
    there = news.there_for(told.introduction_of(row).person_id)
    return (there.email or "") if there and there.is_active else ""


def _worker_page(row: Introduction) -> str:
    return urljoin(settings.SITE_URL, reverse("introductions:show-introduction", args=[row.public_id]))


def _own_page(row: Introduction) -> str:
    return urljoin(settings.SITE_URL, reverse("introductions:show-own", args=[row.public_id]))


PAGES: dict[str, Callable[[Introduction], str]] = {WORKER: _worker_page, OWN: _own_page, BUSINESS: told.link_to}


def render(row: Outbox, items: Rows) -> Mail:
    """The time, and where to read the rest."""
    found = told.introduction_of(row)
    assert found.meets_at is not None
    when = date_format(found.meets_at.astimezone(LONDON), "l j F, H:i")
    values = {"when": when, "url": PAGES[row.purpose](found), "own": row.purpose == OWN}
    return Mail(_("A reminder"), render_to_string("introductions/reminder.txt", values), brief=_in_brief(found))


def _in_brief(row: Introduction) -> str:
    assert row.meets_at is not None
    when = f"{row.meets_at.astimezone(LONDON):%d/%m at %H:%M}"
    return _("a reminder of a meeting on %(when)s") % {"when": when}


def render_text(row: Outbox, items: Rows) -> Text:
    """The same in one line."""
    found = told.introduction_of(row)
    return Text(f"First Rung: {_in_brief(found)}: {told.link_to(found)}")


def register() -> None:
    """Called once, when the room is ready."""
    for name, address in ((WORKER, worker_address), (OWN, news.own_address), (BUSINESS, told.address)):
        off = REMINDERS if name == OWN else ""
        registry.register(
            Purpose(name, "email", may_hear, render, address, on_unknown="end", urgent=is_soon, can_be_off=off)
        )
    text = Purpose(BUSINESS_BY_TEXT, "text", may_hear, render_text, told.phone, on_unknown="end")
    registry.register(text)
