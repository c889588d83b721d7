"""What a worker fills in on the way from interest to an offer."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _

from core.forms import DateField
from introductions.models import Introduction, Permission
from pledges.forms import WordsField

CONTACT = re.compile(r"@|www\.|https?:|(?:\d[\s-]?){7,}", re.IGNORECASE)


def no_contact(words: str) -> None:
    """Phone numbers and addresses stand under "how" and nowhere else."""
    if CONTACT.search(words):
        raise ValidationError(said("Leave phone numbers, email and web addresses out here. They go under “How”."))


class AskForm(forms.Form):
    """The words a business would get."""

    WAYS = [("me", _("Through me")), ("phone", _("By their own phone")), ("email", _("By their own email"))]

    name = WordsField(
        label=_("What do they want to be called?"),
        max_length=40,
        validators=[no_contact],
        error_messages={"required": _("Write the name they want to be called")},
    )
    way = forms.ChoiceField(
        label=_("How does the business get in touch?"),
        choices=WAYS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how the business gets in touch")},
    )
    reach = WordsField(
        label=_("The phone number or email address for that"),
        max_length=80,
        error_messages={"required": _("Write the number or the address")},
    )
    more = WordsField(
        label=_("One sentence of their own"), max_length=200, required=False, validators=[no_contact]
    )  # fmt: skip
    who_knows = WordsField(
        label=_("Who at the business will know?"),
        max_length=100,
        validators=[no_contact],
        error_messages={"required": _("Write who will know, for example “the kitchen manager”")},
    )
    interpreter_on = DateField(label=_("Explained with an interpreter on"), required=False)

    def way_in_words(self, worker: str) -> str:
        """The end of the sentence "Get in touch …"."""
        reach = self.cleaned_data["reach"]
        words = {
            "me": said("through %(worker)s, %(reach)s"),
            "phone": said("by phone, %(reach)s"),
            "email": said("by email, %(reach)s"),
        }[self.cleaned_data["way"]]
        return words % {"worker": worker, "reach": reach}


AGREED = [("", _("Choose who agreed")), *Permission.Agreed.choices]


class AnswerForm(forms.Form):
    """What the young person said to their worker."""

    answer = forms.ChoiceField(
        label=_("What did they say?"),
        choices=Permission.Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what they said")},
    )
    agreed_role = forms.ChoiceField(
        label=_("Who agreed with them?"),
        help_text=_("They are 16 or 17, or may still be."),
        choices=AGREED,
        required=False,
    )

    def clean(self) -> None:
        given = self.cleaned_data
        if "agreed_role" in self.fields and given.get("answer") == "yes" and not given.get("agreed_role"):
            self.add_error("agreed_role", said("Choose who agreed, and in which role"))


class ConfirmForm(forms.Form):
    """At 16 and 17."""

    agreed_role = forms.ChoiceField(
        label=_("Who agreed with them?"), choices=AGREED, error_messages={"required": _("Choose who agreed")}
    )


class IntroduceForm(forms.Form):
    """adult_name is asked only where the kind is one to one."""

    adult_name = WordsField(
        label=_("Which adult will they be with?"),
        max_length=80,
        error_messages={"required": _("Name the adult they will be with")},
    )


class MeetForm(forms.Form):
    """When and where, and that the worker has seen to the place."""

    day = DateField(label=_("On which day?"), error_messages={"required": _("Write the day")})
    time = forms.TimeField(
        label=_("At what time?"),
        help_text=_("For example 14:30"),
        error_messages={"required": _("Write the time"), "invalid": _("Write the time like 14:30")},
    )
    meets_where = WordsField(label=_("Where?"), max_length=200, error_messages={"required": _("Write where")})
    in_staffed_place = forms.BooleanField(
        label=_("It is a public place, or other staff are there"),
        error_messages={"required": _("Meet in a public place, or where other staff are")},
    )


class CheckForm(forms.Form):
    """What is still to come back, and what to bring."""

    checks_by = DateField(
        label=_("When should the checks be back?"), error_messages={"required": _("Write the day")}
    )  # fmt: skip
    bring = WordsField(label=_("What do they bring?"), max_length=200, required=False)


class NotThisTimeForm(forms.Form):
    """The business's reason, from a list: never about somebody's past."""

    not_this_time = forms.ChoiceField(
        label=_("What did the business say?"),
        choices=Introduction.NotThisTime.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what they said")},
    )


class SureForm(forms.Form):
    """A step without facts: one button."""
