"""An opportunity as people read it: cards, facts, chips. Every public word comes through here, on pages and in the API.

To people who are not signed in, what is kept for care leavers shows the town, never a street or the shifts: in a small
firm a place and a time can name a person (domain, section 5).
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.postcodes import METRES_PER_MILE
from opportunities import kinds, needs
from opportunities.models import Opportunity
from opportunities.pay import Floors, pounds, pounds_a_week

Fact = dict[str, Any]


@dataclass(frozen=True)
class Reader:
    """Who reads: somebody signed in, or anybody."""

    signed_in: bool = False


VISITOR = Reader()


def card(row: Opportunity, metres: int | None = None) -> dict[str, Any]:
    """What components/opportunity_card.html wants. The row comes with its kind, employer and unpaid reason."""
    return {
        "url": reverse("opportunities:show-opportunity", args=[row.public_id]),
        "title": row.title,
        "who": row.employer.name,
        "sentence": Truncator(row.summary).chars(100),
        "kind": row.kind.code,
        "kind_label": row.kind.name,
        "chips": chips(row)[:2],
        "facts": [fact for fact in (_pay_and_hours(row), _place(row, metres), _closing(row)) if fact],
    }


def chips(row: Opportunity) -> list[str]:
    """Short good news. The audience is not among them: nobody wants to be named by a list."""
    found = []
    if row.no_qualifications:
        found.append(_("No qualifications needed"))
    if row.travel_paid:
        found.append(_("Travel paid"))
    if row.no_experience:
        found.append(_("No experience needed"))
    return found


def facts(row: Opportunity, floors: Floors, today: dt.date, reader: Reader = VISITOR) -> list[Fact]:
    """The main facts of one page, each with a second line where there is something to add."""
    found = [
        _pay(row, more=_pay_more(row, floors, today)),
        _hours(row, more=shifts(row) if shows_shifts(row, reader) else ""),
        _place(row, None),
        _start(row),
        _closing(row),
        {"icon": "door", "text": places(row), "strong": True},
        {"icon": "shield", "text": _("We have checked them"), "more": _("A real person spoke to this business")},
    ]
    return [fact for fact in found if fact]


def shows_shifts(row: Opportunity, reader: Reader) -> bool:
    """Shifts of what is kept for care leavers are for people who are signed in."""
    return reader.signed_in or row.kind.code in kinds.OPEN_TO_ALL


def shifts(row: Opportunity) -> str:
    """ "Daytime and evenings"; "" when none is named."""
    names = {1: _("days"), 2: _("evenings"), 4: _("weekends"), 8: _("nights")}
    return ", ".join(name for bit, name in names.items() if row.hours_mask & bit).capitalize()


def asks(row: Opportunity) -> list[str]:
    """What a person needs, honestly: age first."""
    found = [_("You are %(age)d or over") % {"age": row.min_age}]
    return found + [str(need.asks) for need in needs.held_in(row.needs_mask)]


def gives(row: Opportunity) -> list[str]:
    """What the business does for a person."""
    found = []
    if row.travel_paid:
        found.append(_("They pay for your travel"))
    if row.training_beside:
        found.append(_("You train beside the work: %(course)s") % {"course": row.training_beside})
    return found


def places(row: Opportunity) -> str:
    """ "2 places": as many as are promised. How many are left would tell of one person (domain, section 5)."""
    return ngettext("%(n)d place", "%(n)d places", row.places) % {"n": row.places}


def distance(metres: int) -> str:
    """Whole miles in a straight line; never nearer than "less than a mile", so that nobody is found by it."""
    miles = round(metres / METRES_PER_MILE)
    if miles < 1:
        return _("less than a mile")
    return ngettext("%(miles)d mile", "%(miles)d miles", miles) % {"miles": miles}


def town(row: Opportunity) -> str:
    """The town, or that it is done from home."""
    return _("From home") if row.remote else row.town or _("Ask where it is")


def week_pay(row: Opportunity) -> str | None:
    """Pounds a week for these hours; None when it is unpaid or the hours are not known."""
    if row.pay_pence is None or row.hours_a_week is None:
        return None
    return pounds_a_week(row.pay_pence, row.hours_a_week)


def _pay(row: Opportunity, more: str = "") -> Fact:
    week = week_pay(row)
    if week is not None:
        words = _("%(pounds)s a week") % {"pounds": week}
    elif row.pay_pence is not None:
        words = _("%(pounds)s an hour") % {"pounds": pounds(row.pay_pence)}
    else:
        words = _("Unpaid") if row.kind.code in kinds.WORK else _("Free")
    return {"icon": "pound", "text": words, "strong": True, **({"more": more} if more else {})}


def _pay_and_hours(row: Opportunity) -> Fact:
    """One fact on a card, where every icon is bytes: "£381 a week for 30 hours"."""
    fact, hours = _pay(row), _hours(row)
    if hours is None:
        return fact
    if week_pay(row) is None:
        return {**fact, "text": _("%(pay)s, %(hours)s") % {"pay": fact["text"], "hours": hours["text"]}}
    words = _("%(pay)s for %(hours)s hours") % {"pay": fact["text"], "hours": _number(row.hours_a_week)}
    return {**fact, "text": words}


def _number(hours: Decimal | None) -> str:
    """30.0 -> "30", 37.5 -> "37.5"."""
    return f"{hours.normalize():f}" if hours is not None else ""


def _pay_more(row: Opportunity, floors: Floors, today: dt.date) -> str:
    if row.pay_pence is None:
        return row.unpaid_reason.name if row.unpaid_reason else ""
    parts = [_("%(pounds)s an hour.") % {"pounds": pounds(row.pay_pence)}]
    day = row.starts_on or today
    if floors.real_living(row.pay_pence, day):
        parts.append(_("Pays the real Living Wage."))
    elif floors.at_any_age(row.pay_pence, day):
        parts.append(_("Pays the National Living Wage at any age."))
    return " ".join(parts)


def _hours(row: Opportunity, more: str = "") -> Fact | None:
    if row.hours_a_week is None:
        return None
    words = _("%(hours)s hours a week") % {"hours": _number(row.hours_a_week)}
    return {"icon": "clock", "text": words, **({"more": more, "strong": True} if more else {})}


def _place(row: Opportunity, metres: int | None) -> Fact:
    words = town(row)
    if metres is not None and not row.remote:
        words = _("%(town)s, %(distance)s") % {"town": words, "distance": distance(metres)}
    return {"icon": "pin", "text": words}


def _start(row: Opportunity) -> Fact:
    if row.starts_on is None:
        return {"icon": "calendar", "text": _("Start when it suits you both")}
    return {"icon": "calendar", "text": _("Starts %(date)s") % {"date": day(row.starts_on)}}


def _closing(row: Opportunity) -> Fact | None:
    if row.closes_on is None:
        return None
    return {"icon": "wait", "text": _("Closes %(date)s") % {"date": day(row.closes_on)}}


def day(date: dt.date) -> str:
    """ "7 December"."""
    return date_format(date, "j F")


def cards(rows: Iterable[Opportunity], metres: dict[int, int | None]) -> list[dict[str, Any]]:
    """One card for each row, in order."""
    return [card(row, metres.get(row.pk)) for row in rows]
