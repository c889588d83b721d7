"""Six letters for an opportunity, to show or text to one's worker. They follow from its public id: nothing is stored,
and nothing of a person is in them."""

from uuid import UUID

from introductions.services import LETTERS
from opportunities.models import Opportunity

LENGTH, EACH = 6, 5  # letters, and bits in each: 32 letters
REST = 128 - LENGTH * EACH


def code_of(opportunity: Opportunity) -> str:
    """The first 30 bits of the public id, read aloud with ease."""
    bits = opportunity.public_id.int >> REST
    return "".join(LETTERS[bits >> EACH * place & 31] for place in reversed(range(LENGTH)))


def find(typed: str) -> Opportunity | None:
    """The opportunity of a code as people type it, if it is open. None for no such code, and where two share one."""
    code = "".join(typed.split()).replace("-", "").upper()
    if len(code) != LENGTH or set(code) - set(LETTERS):
        return None
    bits = 0
    for letter in code:
        bits = bits << EACH | LETTERS.index(letter)
    first, last = UUID(int=bits << REST), UUID(int=(bits + 1 << REST) - 1)
    found = list(Opportunity.objects.filter(public_id__range=(first, last), live=True)[:2])
    return found[0] if len(found) == 1 else None
