"""One opportunity in easy words: one short sentence a line, each with its picture. For anybody who finds the other page
a lot to read; it says no less of what matters, and never more than a visitor may know."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opportunities import kinds, shown, words
from opportunities.models import Opportunity
from opportunities.plain_english import sentences

Line = tuple[str, str]  # icon, sentence


def lines(row: Opportunity, today: dt.date) -> dict[str, list[Line]]:
    """The parts of the page, each a list of lines."""
    said = words.now()
    return {
        "about": [*_money_and_time(row), *_dates(row, today)],
        "doing": [("next", sentence) for sentence in _whole(sentences(row.summary))],
        "needs": [("check", f"{line}.") for line in shown.asks(row, said)],
        "gives": [("heart", f"{line}.") for line in shown.gives(row, said)],
    }


def _whole(parts: list[str]) -> list[str]:
    """What leads up to a colon stands with what follows it."""
    found: list[str] = []
    for part in parts:
        if found and found[-1].endswith(":"):
            found[-1] += f" {part}"
        else:
            found.append(part)
    return found


def _money_and_time(row: Opportunity) -> list[Line]:
    where = _("You can do it from home.") if row.remote else _("It is in %(town)s.") % {"town": shown.town(row)}
    week = shown.week_pay(row)
    if week is not None:
        words = _("You get %(pounds)s a week or more.") if shown.starts_at(row) else _("You get %(pounds)s a week.")
        pay = words % {"pounds": week}
    elif row.pay_pence is not None:
        pay = _("They pay you.")
    else:
        pay = _("You do not get pay for this.") if row.kind.code in kinds.WORK else _("It is free.")
    found = [("pin", where), ("pound", pay)]
    if row.hours_a_week is not None and row.kind.code not in kinds.WITHOUT_HOURS:
        found.append(("clock", _("It is %(n)s hours a week.") % {"n": shown.number(row.hours_a_week)}))
    if shown.starts_early(row):
        found.append(("bus", _("The day starts very early. Ask if there is a bus.")))
    return found


def _dates(row: Opportunity, today: dt.date) -> list[Line]:
    if row.starts_on:
        found = [("calendar", _("It starts on %(date)s.") % {"date": shown.day(row.starts_on, today)})]
    else:
        found = [("calendar", _("You choose with them when to start."))]
    if row.lasts is not None:
        found.append(("calendar", f"{shown.lasting(row)}."))
    if row.closes_on:
        found.append(("wait", _("Go for it by %(date)s.") % {"date": shown.day(row.closes_on, today)}))
    places = ngettext("They have %(n)d place.", "They have %(n)d places.", row.places) % {"n": row.places}
    return [*found, ("door", places)]
