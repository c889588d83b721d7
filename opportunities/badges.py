"""Good things that an opportunity can say of itself in two words: shown as chips, and filters of the search.

Each is one bit of `opportunity_search.badges`, written from the SQL beside it (o: the opportunity), so that what a chip
says and what a filter finds cannot differ. The bits are stored: never give one a new meaning.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DAY = "coalesce(o.starts_on, (fr_now() AT TIME ZONE 'Europe/London')::date)"


@dataclass(frozen=True)
class Badge:
    """One badge. `says`: on a chip and beside a filter. `sql`: when an opportunity has it. `chip`: shown on cards."""

    code: str
    bit: int
    says: str | Promise
    sql: str
    chip: bool = True

    @property
    def mask(self) -> int:
        """The badge as a mask of its own."""
        return 1 << self.bit


BADGES = (
    Badge("paid", 0, _("Paid"), "o.pay_pence IS NOT NULL", chip=False),
    Badge("no-experience", 1, _("No experience needed"), "o.no_experience"),
    Badge("no-qualifications", 2, _("No qualifications needed"), "o.no_qualifications"),
    Badge("travel-paid", 3, _("Travel paid"), "o.travel_paid"),
    Badge("paid-weekly", 4, _("Paid weekly"), "o.paid_weekly"),
    Badge(
        "guaranteed-interview", 5, _("Interview promised"),
        "o.guaranteed_interview OR k.code = 'guaranteed-interview'",
    ),
    Badge("meet-first", 6, _("Meet them first"), "o.meet_first"),
    Badge("named-contact", 7, _("One person to turn to"), "o.named_contact"),
    Badge(
        "living-wage", 8, _("National Living Wage at any age"),
        f"coalesce(o.pay_pence >= lowest_pay_floor('', 21, {DAY}), false)",
    ),
    Badge(
        "real-living-wage", 9, _("Real Living Wage"),
        "coalesce(o.pay_pence >= (SELECT f.pence FROM pay_floor f WHERE f.band = 'real_living'"
        f" AND f.valid_from <= {DAY} ORDER BY f.valid_from DESC LIMIT 1), false)",
    ),
)  # fmt: skip
BY_CODE = {badge.code: badge for badge in BADGES}
# The value of the mask column: a sum of bits.
SQL = " + ".join(f"CASE WHEN {badge.sql} THEN {badge.mask} ELSE 0 END" for badge in BADGES)


def held_in(mask: int) -> tuple[Badge, ...]:
    """The badges in a mask, in the order of the table."""
    return tuple(badge for badge in BADGES if mask & badge.mask)


def mask_of(codes: Iterable[str]) -> int:
    """The mask of some codes; a code that no badge has adds nothing."""
    return sum({BY_CODE[code].mask for code in codes if code in BY_CODE})
