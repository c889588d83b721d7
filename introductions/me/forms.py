"""What young people type on their own pages."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import ReachField, number_in
from core import look
from core.forms import ChoiceCardsMultiple
from matching.forms import InterestsForm
from matching.models import Interests
from opportunities import needs
from pledges.forms import WordsField


class Counted(forms.Form):
    """A form that has a code sent. too_many: codes were asked for too often."""

    def __init__(self, *args: Any, too_many: bool = False, **kwargs: Any) -> None:
        self.too_many = too_many
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        if self.too_many:
            raise ValidationError(
                _("Many codes were asked for just now. Wait an hour. If it still says this then, try again tomorrow."),
                code="too_many",
            )
        return super().clean() or self.cleaned_data


class JoinForm(Counted):
    """A sign-in of one's own."""

    name = WordsField(
        label=_("What shall we call you?"),
        help_text=_("A first name is enough."),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "given-name"}),
        error_messages={"required": _("Enter the name you like to be called.")},
    )
    address = ReachField(help_text=_("We send a code to it when you sign in. You need no password."))


class NumberForm(Counted):
    """A new mobile number to sign in with."""

    address = forms.CharField(
        label=_("Your new mobile number"),
        widget=forms.TextInput({"autocomplete": "tel", "inputmode": "tel"}),
        max_length=254,
        error_messages={"required": _("Enter your new mobile number.")},
    )

    def clean_address(self) -> str:
        number = number_in(self.cleaned_data["address"])
        if not number:
            raise ValidationError(_("Enter a mobile number, like 07700 900123."), code="invalid")
        return number


class JoinCodeForm(forms.Form):
    """The code that was sent. Spaces and hyphens do not matter."""

    code = forms.CharField(
        label=_("The code we sent"),
        help_text=_("Six numbers. They work for 10 minutes."),
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "class": "input--6"}),
        error_messages={"required": _("Enter the code we sent.")},
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].replace("-", "").split())


class ObjectForm(forms.Form):
    """What somebody does not want. seers: the names of those who can see them."""

    about = forms.ChoiceField(
        label=_("Who is it about?"),
        choices=(),
        required=False,
        widget=forms.RadioSelect,
    )
    words = WordsField(
        lines=True,
        label=_("What do you not want?"),
        help_text=_("Your own words. You do not have to say why."),
        max_length=500,
        error_messages={"required": _("Write what you do not want.")},
    )

    def __init__(self, seers: list[str], **more: Any) -> None:
        super().__init__(**more)
        about = self.fields["about"]
        assert isinstance(about, forms.ChoiceField)
        about.choices = [*((name, name) for name in seers), ("", _("Nobody: it is about something else"))]


class DeleteForm(forms.Form):
    """The second time that it is asked."""

    mean_it = forms.BooleanField(
        label=_("Yes, delete what you hold about me"),
        error_messages={"required": _("Tick the box if you are sure.")},
    )


class AnswerForm(forms.Form):
    """An answer to what a young person does not want."""

    words = WordsField(
        lines=True,
        label=_("Your answer"),
        help_text=_("The young person reads it: short and plain. Say what happens now and, if you say no, why."),
        max_length=500,
        error_messages={"required": _("Write an answer. The young person reads it.")},
    )


class OwnInterestsForm(InterestsForm):
    """What I would like. The same answers as a worker enters, asked in words for "you". plain: without pictures."""

    needs = WordsField(
        lines=True,
        label=_("What do you need, so that it works?"),
        help_text=_("Like time off for appointments, a quiet place, or fares. Your adviser reads it."),
        required=False,
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
    )
    may_know = WordsField(
        lines=True,
        label=_("What may a business know about you?"),
        help_text=_("Write what you would like them to know, and what not. Before we tell them, you read the words."),
        required=False,
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
    )
    interpreter = WordsField(
        label=_("I would like an interpreter for"),
        help_text=_("Write the language. Our pages are in English only. An interpreter goes through them with you."),
        required=False,
        max_length=40,
    )
    FOLDED = ("miles", "remote_ok", "has", "earliest_start", "interpreter")
    TOLD = ("needs", "may_know", "interpreter")
    LABELS = {
        "words": _("What would you like to do, in your own words?"),
        "occupations": _("Did you mean any of these?"),
        "categories": _("Work you would like"),
        "open_to_anything": _("I am open to anything"),
        "kinds": _("What you would go for"),
        "travel": _("How do you get about?"),
        "remote_ok": _("Working from home would suit me"),
        "hours": _("When can you work?"),
        "has": _("What you have already"),
        "earliest_start": _("The first day you could start"),
    }
    HINTS = {
        "occupations": _("Tick what you would like. The rest is left out."),
        "categories": _("Tick none if you do not mind."),
        "kinds": _("Tick none if you do not mind."),
        "hours": _("Tick none for any time."),
    }
    HAS = {
        "driving-licence": _("I have a full driving licence"),
        "dbs": _("I am fine with a criminal record check (DBS). It is free, and we help"),
        "good-english": _("I speak and read English well"),
        "own-tools": _("I have my own tools"),
    }

    def __init__(self, *args: Any, plain: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not plain:
            categories = self.fields["categories"]
            assert isinstance(categories, forms.MultipleChoiceField)
            choices = categories.choices
            categories.widget = ChoiceCardsMultiple(looks=look.work_looks(), columns=2)
            categories.choices = choices
        for name in self.LABELS.keys() & self.fields.keys():
            self.fields[name].label = self.LABELS[name]
        for name in self.HINTS.keys() & self.fields.keys():
            self.fields[name].help_text = self.HINTS[name]
        # The right to work is seen on papers by a worker; nobody ticks it for themselves.
        has = self.fields["has"]
        assert isinstance(has, forms.MultipleChoiceField)
        has.choices = list(self.HAS.items())

    def values_keeping(self, interests: Interests | None) -> dict[str, Any]:
        """The answers as record_interests takes them; what a worker has seen on papers stays as it was."""
        said = self.values() | {"told": {name: self.cleaned_data[name] for name in self.TOLD}}
        held = [need.code for need in needs.held_in(interests.has if interests else 0)]
        if WORK in held:
            said["has"] |= needs.mask_of([WORK])
        return said


class ReadingForm(forms.Form):
    """How I like to read."""

    plain = forms.BooleanField(
        label=_("Keep it plain"),
        help_text=_("Pages with no pictures and less on them. Messages as plain text only."),
        required=False,
    )
    interpreter = OwnInterestsForm.base_fields["interpreter"]


class DropInForm(OwnInterestsForm):
    """The ticks alone: no words of one's own, in which somebody might say who they are."""

    KEPT = ("categories", "open_to_anything", "kinds", "travel", "hours")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(self.KEPT):
            del self.fields[name]

    def answers(self) -> dict[str, Any]:
        """The cleaned ticks, by the names of a worker's form."""
        return {name: self.cleaned_data[name] for name in self.KEPT}


WORK = "right-to-work"
