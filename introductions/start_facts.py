"""A start in rows of words: the same for the young person, their worker and the business, and nothing of the person."""

from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from introductions.models import Start
from opportunities.pay import pounds
from opportunities.shown import number

Payer = Start.Payer
PAYS: dict[str, str | Promise] = {
    Payer.EMPLOYER: gettext_lazy("The business"),
    Payer.COUNCIL: gettext_lazy("The council"),
    Payer.PLEDGED: gettext_lazy("Given by a business, through the adviser"),
}


def rows(start: Start, *, business: bool = False) -> list[dict[str, Any]]:
    """For components/rows.html; what is not known is left out. business: of who pays it reads only what it pays."""
    pays = {payer: words for payer, words in PAYS.items() if not business or payer == Payer.EMPLOYER}
    found = [
        (_("First day"), date_format(start.starts_on, "l j F Y")),
        (_("Hours a week"), "" if start.hours_a_week is None else number(start.hours_a_week)),
        (_("Pay for one hour"), "" if start.pay_pence is None else pounds(start.pay_pence)),
        (_("Who to turn to"), start.named_contact),
        (_("Buddy"), start.buddy),
        (_("Fares paid by"), pays.get(start.fares_by, "")),
        (_("Clothes and tools paid by"), pays.get(start.kit_by, "")),
        (_("Time off for appointments"), _("Agreed") if start.time_for_appointments else ""),
    ]
    return [{"label": label, "value": value} for label, value in found if value]
