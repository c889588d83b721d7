"""What a business offers so that somebody can come and stay: a short list, each one bit of `support_mask`.

The bits are stored: never give one a new meaning.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Support:
    """One offer. `code`: its name in the API, for good. `says`: what a page says to a young person. `offers`: what
    whoever writes the draft ticks."""

    code: str
    bit: int
    says: str | Promise
    offers: str | Promise

    @property
    def mask(self) -> int:
        """The offer as a mask of its own."""
        return 1 << self.bit


SUPPORT = (
    Support("step-free", 0, _("You can get in without steps"), _("Step-free way in")),
    Support("quiet-place", 1, _("There is a quiet place to go to"), _("A quiet place")),
    Support("other-hours", 2, _("You can ask for other hours or breaks"), _("Other hours or breaks when needed")),
    Support("appointments", 3, _("You get time off for appointments"), _("Time for adviser and housing appointments")),
    Support("clothes-and-kit", 4, _("They give you the clothes and kit"), _("Clothes and kit are given")),
    Support("buddy", 5, _("A buddy shows you round at first"), _("A buddy for the first weeks")),
    Support(
        "adviser-comes", 6, _("Your adviser can come to the interview"), _("The adviser may come to the interview")
    ),
    Support("questions-first", 7, _("You get the questions before the interview"), _("Interview questions beforehand")),
)


def held_in(mask: int) -> tuple[Support, ...]:
    """The offers in a mask, in the order of the table."""
    return tuple(offer for offer in SUPPORT if mask & offer.mask)
