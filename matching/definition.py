"""What a match is: pure Python on whole numbers, the definition that every engine must equal.

It serves as the oracle of tests and of `check_matches`, and answers "why was this not matched?" (the first rule that
fails). Days are ordinals (`date.toordinal()`), places are metres on the national grid, masks hold one bit per kind,
category, part of the day or need. An empty preference means "no preference", never "nothing".
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import isqrt

from matching import weights as w

ANY_KIND = (1 << 13) - 1
Result = tuple[int, int, int]  # score, mask of reasons, distance in hundreds of metres (-1: from home)


@dataclass(frozen=True)
class Person:
    """What the rules read of a young person."""

    id: int
    born_on: int  # the last day of the birth month
    responsible: int  # council
    living: int | None  # council: a unitary or a district
    radius_m: int
    easting: int | None = None
    northing: int | None = None
    kinds: int = 0
    allowed_kinds: int = ANY_KIND
    first_kind: int | None = None  # bit
    categories: int = 0
    occupations: frozenset[int] = frozenset()  # kept of what own words may mean; their categories are in `categories`
    open_to_anything: bool = False
    hours: int = 0
    has: int = 0
    remote_ok: bool = False
    earliest: int | None = None
    dismissed: Mapping[int, int] = field(default_factory=dict)  # opportunity -> its version at the time


@dataclass(frozen=True)
class Opportunity:
    """What the rules read of an opportunity. The audience: everyone, or councils by responsibility and living area."""

    id: int
    kind: int  # bit
    everyone: bool = True
    responsible: frozenset[int] = frozenset()
    living: frozenset[int] = frozenset()  # districts of a member county included
    live: bool = True
    categories: int = 0
    occupation: int | None = None  # its categories are in `categories`
    hours: int = 0
    needs: int = 0
    remote: bool = False
    easting: int | None = None
    northing: int | None = None
    starts: int | None = None  # None: flexible
    closes: int | None = None  # None: rolling
    min_age: int = 16
    ringfenced: bool = False
    living_wage: bool = False
    version: int = 1


@lru_cache(maxsize=65536)
def born_by(day: int, age: int) -> int:
    """The last birthday of those who are `age` on `day`. Born on 29 February, one is a year older on 1 March."""
    date = dt.date.fromordinal(day)
    try:
        return date.replace(year=date.year - age).toordinal()
    except ValueError:  # 29 February in a year that has none: everybody born by the 28th
        return dt.date(date.year - age, 2, 28).toordinal()


def square_distance(person: Person, opportunity: Opportunity) -> int | None:
    """In square metres; None when either has no place."""
    if person.easting is None or person.northing is None or opportunity.easting is None or opportunity.northing is None:
        return None
    return (person.easting - opportunity.easting) ** 2 + (person.northing - opportunity.northing) ** 2


def within_reach(person: Person, opportunity: Opportunity) -> bool:
    """Inside their radius, the edge included."""
    square = square_distance(person, opportunity)
    return square is not None and square <= person.radius_m**2


Rule = Callable[[Person, Opportunity, int], bool]
# In the order in which a reader would want to hear of them. Each answers: does it hold?
RULES: dict[str, Rule] = {
    "live": lambda p, o, today: o.live and (o.closes is None or o.closes >= today),
    "audience": lambda p, o, today: o.everyone or p.responsible in o.responsible or p.living in o.living,
    "age": lambda p, o, today: p.born_on <= born_by(today if o.starts is None else o.starts, o.min_age),
    "allowed": lambda p, o, today: bool(p.allowed_kinds >> o.kind & 1),
    "kind": lambda p, o, today: not p.kinds or bool(p.kinds >> o.kind & 1),
    "interest": lambda p, o, today: p.open_to_anything or not p.categories or bool(p.categories & o.categories),
    "needs": lambda p, o, today: not o.needs & ~p.has,
    "hours": lambda p, o, today: not p.hours or not o.hours or bool(p.hours & o.hours),
    "start": lambda p, o, today: p.earliest is None or o.starts is None or o.starts >= p.earliest,
    "remote": lambda p, o, today: not o.remote or p.remote_ok,
    "distance": lambda p, o, today: o.remote or within_reach(p, o),
    "dismissed": lambda p, o, today: p.dismissed.get(o.id, -1) < o.version,
}


def first_failing_code(person: Person, opportunity: Opportunity, today: int) -> str | None:
    """The code of the first rule that fails, None when all hold."""
    return next((code for code, holds in RULES.items() if not holds(person, opportunity, today)), None)


def match(person: Person, opportunity: Opportunity, today: int) -> Result | None:
    """(score, reasons, distance_hm) of a pair on the day `today`, None when a rule fails."""
    if first_failing_code(person, opportunity, today):
        return None
    square, reach = square_distance(person, opportunity) or 0, person.radius_m**2
    local, starts, earliest = not opportunity.remote, opportunity.starts, person.earliest
    found = {
        w.INTEREST: person.categories & opportunity.categories,
        w.OCCUPATION: opportunity.occupation in person.occupations,
        w.FIRST_KIND: person.first_kind == opportunity.kind,
        w.VERY_NEAR: local and square * 16 <= reach,
        w.NEAR: local and square * 16 > reach >= square * 4,
        w.REMOTE: opportunity.remote,
        w.RINGFENCED: opportunity.ringfenced,
        w.LIVING_WAGE: opportunity.living_wage,
        w.LOCAL: not opportunity.everyone,
        w.READY: starts is not None and earliest is not None and starts - earliest <= w.READY_DAYS,
        w.OPEN: person.open_to_anything,
    }
    score = sum(weight.points for weight, holds in found.items() if holds)
    reasons = sum(weight.flag for weight, holds in found.items() if holds)
    near = w.NEAR_POINTS - w.NEAR_POINTS * square // reach if local else 0
    return score + near, reasons, isqrt(square) // 100 if local else -1


def best(person: Person, opportunities: Iterable[Opportunity], today: int) -> dict[int, Result]:
    """The canonical content of a person's list: the best 50 by score, the older opportunity first among equals."""
    found = {o.id: result for o in opportunities if (result := match(person, o, today))}
    return dict(sorted(found.items(), key=lambda item: (-item[1][0], item[0]))[: w.KEEP])
