"""Pay and the law: the lowest legal floor an opportunity admits, and what may be said of its pay (domain, section 8).

Money is whole pence an hour. The floor that counts is the lowest among the ages the opportunity is open to, on the day
it starts: a job open from 16 may lawfully be paid at the rate of 16-year-olds. Somebody older has to get their own
floor all the same, so what is paid below it is "from", and the page says the rest (`steps`). PostgreSQL says the same
in `lowest_pay_floor` (migration 0003); a test compares the two.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from opportunities.kinds import APPRENTICESHIPS
from opportunities.models import Opportunity, PayFloor

Band = PayFloor.Band
# SQL (o: the opportunity). What starts when it suits both is held to today's law: it hides on the day on which a floor
# above its pay comes into force, and on the day after its reason for no pay was last in force.
HOLDS = """(o.starts_on IS NOT NULL OR CASE WHEN o.pay_pence IS NULL
    THEN NOT EXISTS (SELECT FROM unpaid_reason u WHERE u.id = o.unpaid_reason_id
                     AND u.valid_to < (fr_now() AT TIME ZONE 'Europe/London')::date)
    ELSE o.pay_pence >= lowest_pay_floor((SELECT k.code FROM pledge_kind k WHERE k.id = o.kind_id), o.min_age,
                                         (fr_now() AT TIME ZONE 'Europe/London')::date) END)"""


@dataclass(frozen=True)
class Floors:
    """The dated table, read once."""

    rows: tuple[PayFloor, ...]

    @classmethod
    def load(cls) -> "Floors":
        """One query."""
        return cls(tuple(PayFloor.objects.order_by("band", "valid_from")))

    def on(self, band: str, day: dt.date) -> PayFloor | None:
        """The floor of a band on a day: the newest in force by then; before all of them, the oldest known."""
        rows = [row for row in self.rows if row.band == band]
        begun = [row for row in rows if row.valid_from <= day]
        return begun[-1] if begun else (rows[0] if rows else None)

    def lowest(self, *, kind: str, min_age: int, day: dt.date) -> PayFloor | None:
        """The least that this kind of opportunity, open from `min_age`, may lawfully pay from `day`."""
        return self.on(band_for(kind, min_age), day)

    def steps(self, *, kind: str, min_age: int, pence: int, day: dt.date) -> list[tuple[int, PayFloor]]:
        """(age, floor) from each age at which the law asks for more than this, among the ages it is open to.

        None for an apprenticeship: the apprentice rate holds in the first year at any age.
        """
        if kind in APPRENTICESHIPS:
            return []
        floors = [(age, self.on(band_for(kind, age), day)) for age in (18, 21) if age > min_age]
        return [(age, floor) for age, floor in floors if floor is not None and floor.pence > pence]

    def steps_of(self, row: Opportunity, today: dt.date) -> list[tuple[int, PayFloor]]:
        """The steps of an opportunity, on the day it starts; none when it is unpaid."""
        if row.pay_pence is None:
            return []
        day = row.starts_on or today
        return self.steps(kind=row.kind.code, min_age=row.min_age, pence=row.pay_pence, day=day)

    def at_any_age(self, pence: int, day: dt.date) -> bool:
        """Whether this is at least the National Living Wage, the rate for 21 and over, whatever the age."""
        return self._reaches(Band.ADULT, pence, day)

    def real_living(self, pence: int, day: dt.date) -> bool:
        """Whether this is at least the (voluntary) real Living Wage."""
        return self._reaches(Band.REAL_LIVING, pence, day)

    def _reaches(self, band: str, pence: int, day: dt.date) -> bool:
        floor = self.on(band, day)
        return floor is not None and floor.valid_from <= day and pence >= floor.pence


def band_for(kind: str, min_age: int) -> str:
    """Which row of the table applies. The apprentice rate holds in the first year at any age, so on every first day."""
    if kind in APPRENTICESHIPS:
        return Band.APPRENTICE
    if min_age >= 21:
        return Band.ADULT
    return Band.YOUNG_ADULT if min_age >= 18 else Band.UNDER_18


def pounds(pence: int) -> str:
    """1271 -> "£12.71"."""
    return f"£{pence // 100:,}.{pence % 100:02d}"


def pounds_a_week(pence: int, hours: Decimal) -> str:
    """Whole pounds for a week of these hours, rounded half up: 1271 pence, 30 hours -> "£381"."""
    whole = (Decimal(pence) * hours / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return f"£{whole:,}"


def bands() -> Iterable[str]:
    """The legal bands (not the voluntary one)."""
    return (Band.ADULT, Band.YOUNG_ADULT, Band.UNDER_18, Band.APPRENTICE)
