"""The questions of "Something is wrong": three, and how to reach whoever says it if they want that."""

import uuid

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts import safety
from accounts.models import Council
from core.postcodes import Found, Plausible, look_up
from introductions.models import Concern
from pledges.forms import WordsField

URGENT = [
    (Concern.Urgency.NOW, _("Someone may be in danger now")),
    (Concern.Urgency.TODAY, _("It should be looked at today")),
    (Concern.Urgency.SOON, _("It is not right, but no one is in danger")),
]


class WrongForm(forms.Form):
    """council is asked only where neither a person nor an opportunity says it."""

    urgency = forms.ChoiceField(
        label=_("How urgent is it?"),
        choices=URGENT,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how urgent it is")},
    )
    words = WordsField(
        label=_("What is wrong?"),
        help_text=_("Your own words. It does not have to be long or tidy."),
        lines=True,
        max_length=3000,
        error_messages={"required": _("Write a few words about what is wrong")},
    )
    council = forms.ChoiceField(
        label=_("Which council is it near?"),
        help_text=_("If you are not sure, choose the nearest."),
        error_messages={
            "required": _("Choose a council, so that it reaches someone"),
            "invalid_choice": _("Choose a council from the list"),
        },
    )
    reach = WordsField(
        label=_("How can we reach you?"),
        help_text=_("A phone number or an email address. Leave it empty if you do not want that."),
        max_length=200,
        required=False,
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    def __init__(
        self, data: QueryDict | None = None, *, council: Council | None = None, asks_council: bool = True
    ) -> None:
        super().__init__(data, initial={"key": uuid.uuid4().hex, "council": council.gss_code if council else ""})
        self.councils: dict[str, Council] = {}
        if asks_council:
            self.councils = {row.gss_code: row for row in safety.councils()}
            named = [(code, row.short_name) for code, row in self.councils.items()]
            self.fields["council"].choices = [("", _("Choose")), *named]  # type: ignore[attr-defined]
        else:
            del self.fields["council"]

    def chosen(self) -> Council | None:
        """The council they chose; None where it was not asked."""
        return self.councils.get(self.cleaned_data.get("council", ""))


class PlaceForm(forms.Form):
    """Whose numbers to show, by a postcode. It goes by POST, so that no address holds it."""

    postcode = forms.CharField(
        label=_("Postcode of where you are"),
        max_length=12,
        widget=forms.TextInput(attrs={"class": "input--10", "autocomplete": "postal-code"}),
        error_messages={"required": _("Enter a postcode, like NG18 5AB")},
    )

    def clean_postcode(self) -> Council:
        """The council with children's services there."""
        found = look_up(self.cleaned_data["postcode"])
        gss = found.district_gss if isinstance(found, Found | Plausible) else None
        row = Council.objects.select_related("county").filter(gss_code=gss).first() if gss else None
        if row is None:
            raise forms.ValidationError(_("We do not know that postcode. Choose the council from the list below."))
        return row.county or row
