"""An opportunity as people read it: cards, facts, chips. Every public word comes through here, on pages and in the API.

To people who are not signed in, what is kept for care leavers shows the town, never a street or the shifts: in a small
firm a place and a time can name a person (domain, section 5). `said`: the words as they are now (opportunities.words).
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.postcodes import METRES_PER_MILE
from opportunities import badges, beside, kinds, needs, support, words_first
from opportunities import words as words_of
from opportunities.models import Opportunity, PayFloor
from opportunities.pay import Floors, pounds, pounds_a_week
from pledges.models import Employer

Fact = dict[str, Any]
Said = Mapping[str, str]


@dataclass(frozen=True)
class Reader:
    """Who reads: somebody signed in, or anybody."""

    signed_in: bool = False


VISITOR = Reader()


def card(row: Opportunity, metres: int | None, today: dt.date, said: Said) -> dict[str, Any]:
    """What components/opportunity_card.html wants. The row comes with its kind, employer, unpaid reason and flat row
    (`views.public_rows`)."""
    return {
        "url": reverse("opportunities:show-opportunity", args=[row.public_id]),
        "title": row.title,
        "who": row.employer.name,
        "sentence": shortened(row.summary),
        "kind": row.kind.code,
        "kind_label": row.kind.name,
        "chips": chips(row, said, CHIPS_OF_A_CARD),
        "facts": [_pay_and_hours(row, said), _place(row, metres, said), *_closing(row, today, said)],
    }


def shortened(words: str, most: int = 100) -> str:
    """The words on one line, cut after a whole word when there are more than `most` characters."""
    line = " ".join(words.split())
    if len(line) <= most:
        return line
    whole = line[: most + 1].rpartition(" ")[0] or line[: most - 1]
    cut = f"{whole.rstrip(' ,;:.-“‘(')}…"
    return f"{cut}”" if cut.count("“") > cut.count("”") else cut


CHIPS_OF_A_CARD = 3


def chips(row: Opportunity, said: Said, most: int | None = None) -> list[str]:
    """Short good news, best first. The audience is not among them: nobody wants to be named by a list."""
    held = {badge.code: f"badge.{badge.code}" for badge in badges.held_in(beside.mask(row)) if badge.chip}
    if "no-experience" in held and "no-qualifications" in held:
        del held["no-qualifications"]
        held["no-experience"] = "badge.beginners"
    if "real-living-wage" in held:
        held.pop("living-wage", None)
    return [words_of.say(held[code], said) for code in BEST_FIRST if code in held][:most]


BEST_FIRST = (
    *("guaranteed-interview", "travel-paid", "no-experience", "no-qualifications", "paid-weekly", "meet-first"),
    *("named-contact", "real-living-wage", "living-wage"),
)


def facts(row: Opportunity, floors: Floors, today: dt.date, reader: Reader, said: Said) -> list[Fact]:
    """The main facts of one page, each with a second line where there is something to add."""
    steps = floors.steps_of(row, today)
    found = [
        _pay(row, said, starts_at=bool(steps), more=_pay_more(row, floors, today, said)),
        _hours(row, said, more=_when(row, reader)),
        _place(row, None, said),
        {**_start(row, today, said), **_lasting(row, said)},
        *_closing(row, today, said),
        {"icon": "door", "text": words_of.count("fact.places", said, row.places), "strong": True},
        _checked(row, said),
    ]
    return [fact for fact in found if fact]


def _checked(row: Opportunity, said: Said) -> Fact | None:
    """A draft's business may not have been checked yet."""
    if row.employer.state != Employer.Check.CHECKED:
        return None
    more = words_of.say("fact.checked.more", said)
    return {"icon": "shield", "text": words_of.say("fact.checked", said), "more": more}


def shows_shifts(row: Opportunity, reader: Reader) -> bool:
    """Shifts of what is kept for care leavers are for people who are signed in."""
    return reader.signed_in or row.kind.code in kinds.OPEN_TO_ALL


def shifts(row: Opportunity) -> str:
    """ "Daytime and evenings"; "" when none is named."""
    names = {1: _("days"), 2: _("evenings"), 4: _("weekends"), 8: _("nights")}
    return ", ".join(name for bit, name in names.items() if row.hours_mask & bit).capitalize()


def day_hours(row: Opportunity) -> str:
    """ "9 am to 5:30 pm"; "" when it is not said."""
    if row.day_starts is None or row.day_ends is None:
        return ""
    return _("%(start)s to %(end)s") % {"start": _clock(row.day_starts), "end": _clock(row.day_ends)}


def _clock(time: dt.time) -> str:
    if (time.hour, time.minute) == (12, 0):
        return _("12 noon")
    if (time.hour, time.minute) == (0, 0):
        return _("midnight")
    minutes = f":{time.minute:02d}" if time.minute else ""
    return f"{time.hour % 12 or 12}{minutes} {_('am') if time.hour < 12 else _('pm')}"


def _when(row: Opportunity, reader: Reader) -> str:
    """The usual day and the shifts, to whom they may be shown."""
    if not shows_shifts(row, reader):
        return ""
    return ". ".join(words for words in (day_hours(row), shifts(row)) if words)


EARLY = dt.time(6)


def starts_early(row: Opportunity) -> bool:
    """The day begins before the first buses. That much anybody may know: it is no time of day."""
    return row.day_starts is not None and row.day_starts < EARLY


def lasting(row: Opportunity, said: Said) -> str:
    """ "Lasts 15 months"; a job without an end says so."""
    if row.lasts is None:
        return words_of.say("fact.no-end", said) if row.kind.code == "ringfenced-job" else ""
    return words_of.count(f"fact.{Opportunity.Unit(row.lasts_unit)}", said, row.lasts)


def _lasting(row: Opportunity, said: Said) -> Fact:
    words = lasting(row, said)
    return {"more": words} if words else {}


def asks(row: Opportunity, said: Said) -> list[str]:
    """What a person needs, honestly: age first, and why it is not open from 16."""
    age = words_of.say("ask.age", said, age=row.min_age)
    if row.min_age > 16 and row.min_age_reason in words_first.SAID_REASONS:
        age = _("%(age)s. %(reason)s") % {"age": age, "reason": words_of.say(f"age.{row.min_age_reason}", said)}
    return [age, *(words_of.say(f"need.{need.code}", said) for need in needs.held_in(row.needs_mask))]


def spares(row: Opportunity, said: Said) -> list[str]:
    """What nobody needs for it, beside what it says in its own words."""
    spared = (("spare.experience", row.no_experience), ("spare.results", row.no_qualifications))
    return [words_of.say(key, said) for key, held in spared if held]


def gives(row: Opportunity, said: Said) -> list[str]:
    """What the business does for a person."""
    promised = (
        ("give.interview", row.guaranteed_interview),
        ("give.travel", row.travel_paid),
        ("give.weekly", row.paid_weekly),
        ("give.meet", row.meet_first),
        ("give.contact", row.named_contact),
    )
    found = [words_of.say(key, said) for key, held in promised if held]
    if row.training_beside:
        found.append(words_of.say("give.training", said, course=row.training_beside))
    return [*found, *(words_of.say(f"support.{one.bit}", said) for one in support.held_in(row.support_mask))]


def own_way(row: Opportunity, today: dt.date, said: Said) -> dict[str, str] | None:
    """How to go for it through the business's own system: link, its host, closing day, the words to write there."""
    if row.go_by != Opportunity.GoBy.OWN or not row.own_link.startswith(("https://", "http://")):
        return None
    closes = words_of.say("own.by", said, date=day(row.closes_on, today)) if row.closes_on else ""
    return {
        "link": row.own_link,
        "host": urlsplit(row.own_link).hostname or "",
        "closes": closes,
        "words": row.own_words,
    }


def distance(metres: int, said: Said) -> str:
    """Whole miles in a straight line; never nearer than "less than a mile", so that nobody is found by it."""
    miles = round(metres / METRES_PER_MILE)
    return words_of.count("fact.miles", said, miles) if miles else words_of.say("fact.miles.less", said)


def town(row: Opportunity, said: Said) -> str:
    """The town, or that it is done from home."""
    return words_of.say("fact.home", said) if row.remote else row.town or words_of.say("fact.no-town", said)


def week_pay(row: Opportunity) -> str | None:
    """Pounds a week for these hours; None when it is unpaid or the hours are not known."""
    if row.pay_pence is None or row.hours_a_week is None or row.kind.code in kinds.WITHOUT_HOURS:
        return None
    return pounds_a_week(row.pay_pence, row.hours_a_week)


def _pay(row: Opportunity, said: Said, *, starts_at: bool, more: str = "") -> Fact:
    """starts_at: somebody older has to get more, so what is written is where the pay starts."""
    week = week_pay(row)
    if week is not None:
        words = words_of.say("fact.week.from" if starts_at else "fact.week", said, pounds=week)
    elif row.pay_pence is not None:
        words = _an_hour(row.pay_pence, said, starts_at=starts_at)
    else:
        words = words_of.say("fact.unpaid" if row.kind.code in kinds.WORK else "fact.free", said)
    return {"icon": "pound", "text": words, "strong": True, **({"more": more} if more else {})}


def _an_hour(pence: int, said: Said, *, starts_at: bool) -> str:
    return words_of.say("fact.hour.from" if starts_at else "fact.hour", said, pounds=pounds(pence))


def starts_at(row: Opportunity) -> bool:
    """Whether `Floors.steps_of` finds any, from what the flat row knows: a list need not read the floors."""
    below = row.pay_pence is not None and not row.row.pays_living_wage
    return below and row.min_age < 21 and row.kind.code not in kinds.APPRENTICESHIPS


def _pay_and_hours(row: Opportunity, said: Said) -> Fact:
    """One fact on a card, where every icon is bytes: "£381 a week for 30 hours"."""
    rises, hours = starts_at(row), _hours(row, said)
    fact = _pay(row, said, starts_at=rises)
    if rises and row.pay_pence is not None:
        fact["text"] = _an_hour(row.pay_pence, said, starts_at=True)
    if hours is None:
        return fact
    if rises or week_pay(row) is None:
        return {**fact, "text": _("%(pay)s, %(hours)s") % {"pay": fact["text"], "hours": hours["text"]}}
    words = words_of.say("fact.for-hours", said, pay=fact["text"], hours=number(row.hours_a_week))
    return {**fact, "text": words}


def number(hours: Decimal | None) -> str:
    """30.0 -> "30", 37.5 -> "37.5"."""
    return f"{hours.normalize():f}" if hours is not None else ""


def _pay_more(row: Opportunity, floors: Floors, today: dt.date, said: Said) -> str:
    if row.pay_pence is None:
        return row.unpaid_reason.name if row.unpaid_reason else ""
    steps, hour = floors.steps_of(row, today), _("%(hour)s.")
    if steps:
        words = hour % {"hour": _an_hour(row.pay_pence, said, starts_at=True)}
        return f"{words} {legal_steps(steps, said)}"
    parts = [hour % {"hour": _an_hour(row.pay_pence, said, starts_at=False)}] if week_pay(row) is not None else []
    day = row.starts_on or today
    if floors.real_living(row.pay_pence, day):
        parts.append(words_of.say("fact.real-living", said))
    elif floors.at_any_age(row.pay_pence, day):
        parts.append(words_of.say("fact.any-age", said))
    return " ".join(parts)


def legal_steps(steps: Iterable[tuple[int, PayFloor]], said: Said) -> str:
    """ "From 18 it is at least £10.85 an hour, from 21 at least £12.71 (the law)."; "" when the pay is lawful at every
    age. Steps: those of `Floors.steps`, youngest first."""
    parts: list[str] = []
    for age, floor in steps:
        key = "fact.rises.then" if parts else "fact.rises"
        parts.append(words_of.say(key, said, age=age, pounds=pounds(floor.pence)))
    return words_of.say("fact.rises.law", said, steps=", ".join(parts)) if parts else ""


def _hours(row: Opportunity, said: Said, more: str = "") -> Fact | None:
    if row.hours_a_week is None or row.kind.code in kinds.WITHOUT_HOURS:
        return None
    words = words_of.say("fact.hours", said, hours=number(row.hours_a_week))
    return {"icon": "clock", "text": words, **({"more": more, "strong": True} if more else {})}


def _place(row: Opportunity, metres: int | None, said: Said) -> Fact:
    words = town(row, said)
    if metres is not None and not row.remote:
        words = _("%(town)s, %(distance)s") % {"town": words, "distance": distance(metres, said)}
    return {"icon": "pin", "text": words}


def _start(row: Opportunity, today: dt.date, said: Said) -> Fact:
    if row.starts_on is None:
        return {"icon": "calendar", "text": words_of.say("fact.starts.any", said)}
    return {"icon": "calendar", "text": words_of.say("fact.starts", said, date=day(row.starts_on, today))}


def _closing(row: Opportunity, today: dt.date, said: Said) -> list[Fact]:
    if row.closes_on is None:
        return []
    return [{"icon": "wait", "text": words_of.say("fact.closes", said, date=day(row.closes_on, today))}]


def day(date: dt.date, today: dt.date) -> str:
    """ "7 December", with its year when that is not this one."""
    return date_format(date, "j F" if date.year == today.year else "j F Y")


def cards(
    rows: Iterable[Opportunity], metres: dict[int, int | None], today: dt.date, said: Said
) -> list[dict[str, Any]]:
    """One card for each row, in order."""
    return [card(row, metres.get(row.pk), today, said) for row in rows]
