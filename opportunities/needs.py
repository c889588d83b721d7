"""What an opportunity asks of a person: a few facts that can be checked, each one bit of a mask.

A need is on the opportunity (`needs_mask`); a young person holds it or does not (their interests' `has`). The bits are
stored: never give one a new meaning.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Need:
    """One need. `asks`: what a page says to a young person. `holds`: what a worker ticks for somebody."""

    code: str
    bit: int
    asks: str | Promise
    holds: str | Promise

    @property
    def mask(self) -> int:
        """The need as a mask of its own."""
        return 1 << self.bit


NEEDS = (
    Need("driving-licence", 0, _("You need a full driving licence"), _("Has a full driving licence")),
    Need("dbs", 1, _("You need a criminal record check (DBS). It is free, and we help"), _("Is fine with a DBS check")),
    Need("right-to-work", 2, _("Your right to work must be checked first"), _("Right to work is checked")),
    Need("good-english", 3, _("You need good English"), _("Speaks and reads English well")),
    Need("own-tools", 4, _("You need your own tools"), _("Has their own tools")),
)
ALL = sum(need.mask for need in NEEDS)


def held_in(mask: int) -> tuple[Need, ...]:
    """The needs in a mask, in the order of the table."""
    return tuple(need for need in NEEDS if mask & need.mask)


def mask_of(codes: Iterable[str]) -> int:
    """The mask of some codes. KeyError for a code that is not in the table."""
    by_code = {need.code: need.mask for need in NEEDS}
    mask = 0
    for code in codes:
        mask |= by_code[code]
    return mask
