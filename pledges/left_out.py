"""Rows of a sheet that are no pledge and need nobody: totals, headings once more, running numbers. Each is said."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from pledges.words import key

TOTAL = re.compile(r"((grand|sub|running) ?)?totals?( .*)?|sum|altogether")
# Too short for a telephone number; or a sum that was not worked out.
NUMBER = re.compile(r"£?\d{1,3}(,?\d{3})?(\.\d{1,4})?%?|=(SUM|SUBTOTAL|COUNTA?)\(.*", re.IGNORECASE)


def why_left_out(cells: Sequence[str], header: Sequence[str]) -> str:
    """Why this row is left out, as a sentence; "" for a row that says anything about a pledge."""
    filled = [cell for cell in cells if cell]
    words = [cell for cell in filled if not NUMBER.fullmatch(cell)]
    if not words:
        return _("There is nothing but numbers in it. It is left out.")
    if len(words) == 1 and TOTAL.fullmatch(key(words[0])):
        return _("It is a total. It is left out.")
    if [cell.casefold() for cell in cells] == [cell.casefold() for cell in header]:
        return _("It says the headings once more. It is left out.")
    return ""
