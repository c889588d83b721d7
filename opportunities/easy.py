"""One opportunity in easy words: one short sentence a line, each with its picture. For anybody who finds the other page
a lot to read; it says no less of what matters, and never more than a visitor may know."""

import datetime as dt
from collections.abc import Mapping

from opportunities import kinds, shown
from opportunities.models import Opportunity
from opportunities.plain_english import sentences
from opportunities.words import count, say

Line = tuple[str, str]  # icon, sentence


def lines(row: Opportunity, today: dt.date, said: Mapping[str, str]) -> dict[str, list[Line]]:
    """The parts of the page, each a list of lines."""
    return {
        "about": [*_money_and_time(row, said), *_dates(row, today, said)],
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


def _money_and_time(row: Opportunity, said: Mapping[str, str]) -> list[Line]:
    where = say("easy.home", said) if row.remote else say("easy.town", said, town=shown.town(row, said))
    found = [("pin", where), ("pound", _pay(row, said))]
    if row.hours_a_week is not None and row.kind.code not in kinds.WITHOUT_HOURS:
        found.append(("clock", say("easy.hours", said, n=shown.number(row.hours_a_week))))
    if shown.starts_early(row):
        found.append(("bus", say("easy.early", said)))
    return found


def _pay(row: Opportunity, said: Mapping[str, str]) -> str:
    week = shown.week_pay(row)
    if week is not None:
        return say("easy.week.from" if shown.starts_at(row) else "easy.week", said, pounds=week)
    if row.pay_pence is not None:
        return say("easy.paid", said)
    return say("easy.unpaid" if row.kind.code in kinds.WORK else "easy.free", said)


def _dates(row: Opportunity, today: dt.date, said: Mapping[str, str]) -> list[Line]:
    if row.starts_on:
        found = [("calendar", say("easy.starts", said, date=shown.day(row.starts_on, today)))]
    else:
        found = [("calendar", say("easy.starts.any", said))]
    if row.lasts is not None:
        found.append(("calendar", f"{shown.lasting(row, said)}."))
    if row.closes_on:
        found.append(("wait", say("easy.by", said, date=shown.day(row.closes_on, today))))
    return [*found, ("door", count("easy.places", said, row.places))]
