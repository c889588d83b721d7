"""What is written beside a check-in's one tap."""

from django import forms
from django.utils.translation import gettext_lazy as _

from introductions.models import CheckIn
from pledges.forms import WordsField

LONGEST = 500


class MoreForm(forms.Form):
    """Words for the worker; and whether they are asked to talk to the named contact."""

    words = WordsField(
        label=_("Do you want to say more?"),
        help_text=_("Only your worker reads this. You can leave it empty."),
        lines=True,
        max_length=LONGEST,
        required=False,
    )
    tell = forms.BooleanField(
        label=_("I want my worker to talk to my contact at work. They talk to you first."), required=False
    )


class BusinessMoreForm(forms.Form):
    """Words for the worker."""

    words = WordsField(
        label=_("Do you want to say more?"),
        help_text=_("Only their worker reads this. Nothing about health or their past, please."),
        lines=True,
        max_length=LONGEST,
        required=False,
    )


class SayForm(forms.Form):
    """What the worker was told."""

    answer = forms.ChoiceField(
        label=_("What did they say?"),
        choices=CheckIn.Answer.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose what they said")),
    )
    words = WordsField(label=_("In a few words, if you want"), lines=True, max_length=LONGEST, required=False)
