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
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.postcodes import METRES_PER_MILE
from opportunities import kinds, needs, wording
from opportunities.models import Opportunity
from opportunities.pay import Floors, pounds, pounds_a_week

Fact = dict[str, Any]


@dataclass(frozen=True)
class Reader:
    """Who reads: somebody signed in, or anybody."""

    signed_in: bool = False


VISITOR = Reader()


def card(row: Opportunity, metres: int | None, today: dt.date) -> dict[str, Any]:
    """What components/opportunity_card.html wants. The row comes with its kind, employer, unpaid reason and flat row
    (`views.public_rows`)."""
    return {
        "url": reverse("opportunities:show-opportunity", args=[row.public_id]),
        "title": row.title,
        "who": row.employer.name,
        "sentence": shortened(row.summary),
        "kind": row.kind.code,
        "kind_label": row.kind.name,
        "chips": chips(row),
        "facts": [fact for fact in (_pay_and_hours(row), _place(row, metres), _closing(row, today)) if fact],
    }


def shortened(words: str, most: int = 100) -> str:
    """The words on one line, cut after a whole word when there are more than `most` characters."""
    line = " ".join(words.split())
    if len(line) <= most:
        return line
    whole = line[: most + 1].rpartition(" ")[0] or line[: most - 1]
    return f"{whole.rstrip(' ,;:.-“‘(')}…"


def chips(row: Opportunity) -> list[str]:
    """Short good news. The audience is not among them: nobody wants to be named by a list."""
    found = [_("Travel paid")] if row.travel_paid else []
    if row.no_experience and row.no_qualifications:
        found.append(_("Open to beginners"))
    elif row.no_qualifications:
        found.append(_("No qualifications needed"))
    elif row.no_experience:
        found.append(_("No experience needed"))
    return found


def facts(row: Opportunity, floors: Floors, today: dt.date, reader: Reader = VISITOR) -> list[Fact]:
    """The main facts of one page, each with a second line where there is something to add."""
    steps = floors.steps_of(row, today)
    found = [
        _pay(row, starts_at=bool(steps), more=_pay_more(row, floors, today, wording.legal_steps(steps))),
        _hours(row, more=shifts(row) if shows_shifts(row, reader) else ""),
        _place(row, None),
        _start(row, today),
        _closing(row, today),
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
    if row.pay_pence is None or row.hours_a_week is None or row.kind.code in kinds.WITHOUT_HOURS:
        return None
    return pounds_a_week(row.pay_pence, row.hours_a_week)


def _pay(row: Opportunity, *, starts_at: bool, more: str = "") -> Fact:
    """starts_at: somebody older has to get more, so what is written is where the pay starts."""
    week = week_pay(row)
    if week is not None:
        words = (_("From %(pounds)s a week") if starts_at else _("%(pounds)s a week")) % {"pounds": week}
    elif row.pay_pence is not None:
        words = _an_hour(row.pay_pence, starts_at)
    else:
        words = _("Unpaid") if row.kind.code in kinds.WORK else _("Free")
    return {"icon": "pound", "text": words, "strong": True, **({"more": more} if more else {})}


def _an_hour(pence: int, starts_at: bool) -> str:
    return (_("From %(pounds)s an hour") if starts_at else _("%(pounds)s an hour")) % {"pounds": pounds(pence)}


def _starts_at(row: Opportunity) -> bool:
    """Whether `Floors.steps_of` finds any, from what the flat row knows: a list need not read the floors."""
    below = row.pay_pence is not None and not row.row.pays_living_wage
    return below and row.min_age < 21 and row.kind.code not in kinds.APPRENTICESHIPS


def _pay_and_hours(row: Opportunity) -> Fact:
    """One fact on a card, where every icon is bytes: "£381 a week for 30 hours"."""
    starts_at, hours = _starts_at(row), _hours(row)
    fact = _pay(row, starts_at=starts_at)
    if starts_at and row.pay_pence is not None:
        fact["text"] = _an_hour(row.pay_pence, starts_at)
    if hours is None:
        return fact
    if starts_at or week_pay(row) is None:
        return {**fact, "text": _("%(pay)s, %(hours)s") % {"pay": fact["text"], "hours": hours["text"]}}
    words = _("%(pay)s for %(hours)s hours") % {"pay": fact["text"], "hours": _number(row.hours_a_week)}
    return {**fact, "text": words}


def _number(hours: Decimal | None) -> str:
    """30.0 -> "30", 37.5 -> "37.5"."""
    return f"{hours.normalize():f}" if hours is not None else ""


def _pay_more(row: Opportunity, floors: Floors, today: dt.date, steps: str) -> str:
    if row.pay_pence is None:
        return row.unpaid_reason.name if row.unpaid_reason else ""
    if steps:
        hour = _("From %(pounds)s an hour.") % {"pounds": pounds(row.pay_pence)}
        return _("%(hour)s %(steps)s") % {"hour": hour, "steps": steps}
    parts = [_("%(pounds)s an hour.") % {"pounds": pounds(row.pay_pence)}]
    day = row.starts_on or today
    if floors.real_living(row.pay_pence, day):
        parts.append(_("Pays the real Living Wage."))
    elif floors.at_any_age(row.pay_pence, day):
        parts.append(_("Pays the National Living Wage at any age."))
    return " ".join(parts)


def _hours(row: Opportunity, more: str = "") -> Fact | None:
    if row.hours_a_week is None or row.kind.code in kinds.WITHOUT_HOURS:
        return None
    words = _("%(hours)s hours a week") % {"hours": _number(row.hours_a_week)}
    return {"icon": "clock", "text": words, **({"more": more, "strong": True} if more else {})}


def _place(row: Opportunity, metres: int | None) -> Fact:
    words = town(row)
    if metres is not None and not row.remote:
        words = _("%(town)s, %(distance)s") % {"town": words, "distance": distance(metres)}
    return {"icon": "pin", "text": words}


def _start(row: Opportunity, today: dt.date) -> Fact:
    if row.starts_on is None:
        return {"icon": "calendar", "text": _("Start when it suits you both")}
    return {"icon": "calendar", "text": _("Starts %(date)s") % {"date": day(row.starts_on, today)}}


def _closing(row: Opportunity, today: dt.date) -> Fact | None:
    if row.closes_on is None:
        return None
    return {"icon": "wait", "text": _("Closes %(date)s") % {"date": day(row.closes_on, today)}}


def day(date: dt.date, today: dt.date) -> str:
    """ "7 December", with its year when that is not this one."""
    return date_format(date, "j F" if date.year == today.year else "j F Y")


def cards(rows: Iterable[Opportunity], metres: dict[int, int | None], today: dt.date) -> list[dict[str, Any]]:
    """One card for each row, in order."""
    return [card(row, metres.get(row.pk), today) for row in rows]
