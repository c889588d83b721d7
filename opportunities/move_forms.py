"""What a step of the lifecycle asks first."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.forms import CountInput, DateField
from opportunities.models import Opportunity


class MoveForm(forms.Form):
    """Nothing asked. `question`: the label of the reason, where there is one; the opportunity sets the limits."""

    def __init__(
        self, data: QueryDict | None = None, *, name: str, opportunity: Opportunity, question: Any = ""
    ) -> None:
        super().__init__(data, auto_id=f"{name}_%s")
        self.opportunity = opportunity
        if question and "why" in self.fields:
            self.fields["why"].label = question


class WhyForm(MoveForm):
    """The reason for a move that others have to understand."""

    why = forms.CharField(label=_("Why?"), max_length=200, error_messages={"required": _("Say why, in a few words")})


class CloseForm(WhyForm):
    """What became of it, and why it ends."""

    outcome = forms.ChoiceField(
        label=_("What became of it?"),
        choices=Opportunity.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose what became of it")),
    )
    field_order = ("outcome", "why")


class ExtendForm(MoveForm):
    """A later last day, or none."""

    closes_on = DateField(
        label=_("New last day to go for it"), help_text=_("Leave it empty if it stays open"), required=False
    )


class SplitForm(MoveForm):
    """How many places the second part takes."""

    places = forms.IntegerField(
        label=_("How many places go to the second one?"),
        widget=CountInput(),
        error_messages=dict.fromkeys(("required", "invalid"), _("Enter how many places the second one takes, like 1")),
    )

    def clean_places(self) -> int:
        """Both parts keep a place."""
        places: int = self.cleaned_data["places"]
        if not 0 < places < self.opportunity.places:
            words = _("Enter a number from 1 to %(most)d: both parts need a place")
            raise forms.ValidationError(words % {"most": self.opportunity.places - 1})
        return places
