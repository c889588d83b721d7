"""What a business fills in about an introduction. Nothing here asks about a person."""

from django import forms
from django.utils.translation import gettext_lazy as _

from introductions.models import Introduction
from introductions.worker_forms import MeetForm


class BusinessMeetForm(MeetForm):
    """When and where. The worker looks at the place and confirms it."""

    in_staffed_place = forms.BooleanField(
        label=_("It is a public place, or other staff are there"),
        help_text=_("Never a home, a car or an empty building."),
        error_messages={"required": _("Meet in a public place, or where other staff are")},
    )


class ReasonForm(forms.Form):
    """Why not, from a list: never about somebody's past."""

    not_this_time = forms.ChoiceField(
        label=_("What is the reason?"),
        choices=Introduction.NotThisTime.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the reason")},
    )
