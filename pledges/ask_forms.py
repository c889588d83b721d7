"""The form of an ask. It has no field for a person."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core import clock
from core.forms import CountInput, DateField
from pledges.forms import WordsField
from pledges.models import Ask


class AskForm(forms.Form):
    """How many, for what, where it is handed over, by when."""

    quantity = forms.IntegerField(
        label=_("How many do you need?"),
        min_value=1,
        max_value=500,
        widget=CountInput,
        error_messages={"required": _("Enter how many."), "invalid": _("Enter a number, like 2.")},
    )
    needed_for = forms.ChoiceField(
        label=_("What is it for?"),
        choices=Ask.NeededFor.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is for.")},
    )
    hand_over_at = WordsField(
        label=_("Where can they hand it over?"),
        help_text=_("A council's reception or office. Never somebody's home, and no name."),
        max_length=120,
        error_messages={"required": _("Enter a council building.")},
    )
    needed_by = DateField(label=_("By which day do you need it?"))

    def clean_needed_by(self) -> Any:
        day = self.cleaned_data["needed_by"]
        if day is not None and day < clock.today():
            raise ValidationError(_("Enter today or a later day."))
        return day
