"""What a business fills in about an introduction. Nothing here asks about a person."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _

from introductions.models import Introduction
from introductions.worker_forms import CONTACT, CheckForm, MeetForm
from pledges.forms import WordsField


def no_contact(words: str) -> None:
    """A business reaches the young person as they agreed, and in no other way."""
    if CONTACT.search(words):
        raise ValidationError(
            said("Leave phone numbers, email and web addresses out here. Their worker passes them on.")
        )


class BusinessMeetForm(MeetForm):
    """When and where. The worker looks at the place and confirms it."""

    meets_where = WordsField(
        label=_("Where?"), max_length=200, validators=[no_contact], error_messages={"required": _("Write where")}
    )
    in_staffed_place = forms.BooleanField(
        label=_("It is a public place, or other staff are there"),
        help_text=_("Never a home, a car or an empty building."),
        error_messages={"required": _("Meet in a public place, or where other staff are")},
    )


class BusinessCheckForm(CheckForm):
    """What is still to come back, and what to bring."""

    bring = WordsField(label=_("What do they bring?"), max_length=200, required=False, validators=[no_contact])


class ReasonForm(forms.Form):
    """Why not, from a list: never about somebody's past."""

    not_this_time = forms.ChoiceField(
        label=_("What is the reason?"),
        choices=Introduction.NotThisTime.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the reason")},
    )
