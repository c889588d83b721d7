"""How somebody wants to hear of things to do."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.models import DigestChoice
from notifications.registry import Kind


class ChoicesForm(forms.Form):
    """One question for each kind; what was chosen before, or daily, is ticked."""

    def __init__(self, kinds: Sequence[Kind], chosen: Mapping[str, str], data: Any = None) -> None:
        super().__init__(data, prefix="how")  # a field named "matches" would hide what every element of a page can do
        for kind in kinds:
            self.fields[kind.code] = forms.ChoiceField(
                label=str(kind.label),
                choices=DigestChoice.How.choices,
                initial=chosen.get(kind.code, DigestChoice.How.DAILY),
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose one of these")},
            )
