"""What a worker writes down of a start: fewer questions for a visit, no pay where none is due."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from core.forms import DateField
from introductions.models import Start
from introductions.starting import FACTS
from opportunities.forms import PoundsField
from opportunities.kinds import OPEN_TO_ALL, WITHOUT_HOURS, WORK
from opportunities.models import Opportunity
from opportunities.shown import number
from pledges.forms import WordsField

HOURS = _("Enter the hours a week as a number up to 60, like 16 or 37.5")
PAY = _("Enter the pay for one hour in pounds, like 12.71")
VISITS = WITHOUT_HOURS - OPEN_TO_ALL  # an hour or a day: who to turn to and the fares are enough


def not_asked(opportunity: Opportunity) -> set[str]:
    """The questions that make no sense for it."""
    kind = opportunity.kind.code
    if kind in VISITS:
        return {"hours_a_week", "pay", "buddy", "kit_by", "time_for_appointments"}
    return {"pay"} if opportunity.unpaid_reason_id or kind not in WORK | OPEN_TO_ALL else set()


class StartForm(forms.Form):
    """The facts of a start, prefilled from the opportunity, or from the start when it is put right."""

    starts_on = DateField(label=_("What is the first day?"), error_messages={"required": _("Write the first day")})
    hours_a_week = forms.DecimalField(
        label=_("Hours a week"),
        min_value=Decimal("0.5"),
        max_value=60,
        decimal_places=1,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits"),
            HOURS,
        ),
    )
    pay = PoundsField(
        label=_("Pay for one hour, in pounds"),
        min_value=Decimal("0.01"),
        max_value=200,
        decimal_places=2,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits"),
            PAY,
        ),
    )
    named_contact = WordsField(
        label=_("Who at the business looks out for them?"),
        help_text=_("Before, on and after the first day. They read this name, and so does the business."),
        max_length=80,
        error_messages={"required": _("Name the person who looks out for them")},
    )
    buddy = WordsField(label=_("Who is their buddy?"), max_length=80, required=False)
    fares_by = forms.ChoiceField(label=_("Who pays the fares?"), choices=Start.Payer.choices)
    kit_by = forms.ChoiceField(label=_("Who pays for clothes and tools?"), choices=Start.Payer.choices)
    time_for_appointments = forms.BooleanField(
        label=_("The business gives them time for appointments"), required=False
    )  # fmt: skip

    def __init__(self, data: Any = None, *, opportunity: Opportunity, start: Start | None = None) -> None:
        super().__init__(data, initial=_known(start) if start else _expected(opportunity))
        for name in not_asked(opportunity):
            del self.fields[name]
        if opportunity.kind.code in OPEN_TO_ALL:  # for a job of its own, which nobody has described here
            for name in ("hours_a_week", "pay"):
                self.fields[name].required = False

    def facts(self) -> dict[str, Any]:
        """As the verbs take them."""
        found = dict(self.cleaned_data)
        if "pay" in found:
            pay = found.pop("pay")
            found["pay_pence"] = None if pay is None else int(pay * 100)
        return found


def _pounds(pence: int | None) -> Decimal | None:
    return None if pence is None else Decimal(pence).scaleb(-2)


def _expected(row: Opportunity) -> dict[str, Any]:
    nobody = Start.Payer.NOBODY
    return {
        "starts_on": row.starts_on if row.starts_on and row.starts_on >= clock.today() else None,
        "hours_a_week": number(row.hours_a_week), "pay": _pounds(row.pay_pence), "kit_by": nobody,
        "fares_by": Start.Payer.EMPLOYER if row.travel_paid else nobody,
    }  # fmt: skip


def _known(start: Start) -> dict[str, Any]:
    said = {name: getattr(start, name) for name in FACTS}
    return {**said, "hours_a_week": number(start.hours_a_week), "pay": _pounds(start.pay_pence)}


ENDINGS = [choice for choice in Start.Ending.choices if choice[0] != Start.Ending.ENDED_SUPPORT]


class EndForm(forms.Form):
    """Why, from a list, and the last day."""

    ending = forms.ChoiceField(
        label=_("What happened?"),
        choices=ENDINGS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what happened")},
    )
    on = DateField(label=_("What was the last day?"), error_messages={"required": _("Write the last day")})
