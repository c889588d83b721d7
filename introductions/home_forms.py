"""The forms of a business's own page."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from opportunities.forms import CompleteForm
from opportunities.models import Opportunity
from pledges.forms import ReadField, WordsField
from pledges.models import EmployerContact
from pledges.reading import read_reach

TIMES = [
    ("", _("Any time")),
    ("morning", _("Morning")),
    ("afternoon", _("Afternoon")),
    ("evening", _("After 5pm")),
]


class ChoicesForm(forms.Form):
    """How somebody wants to be reached."""

    way = forms.ChoiceField(label=_("How shall we reach you?"), widget=forms.RadioSelect)
    best_time = forms.ChoiceField(label=_("Best time"), choices=TIMES, required=False)
    reminders = forms.BooleanField(label=_("Send me reminders about my pledges"), required=False)

    def __init__(self, data: Any = None, *, contact: EmployerContact) -> None:
        initial = {"way": contact.way, "best_time": contact.best_time, "reminders": contact.reminders}
        super().__init__(data, initial=initial)
        phone, email = bool(contact.phone), bool(contact.email)
        can = {"call": phone, "text": phone, "email": email}
        self.fields["way"].choices = [  # type: ignore[attr-defined]
            choice for choice in EmployerContact.Way.choices if can[choice[0]]
        ]
        if contact.best_time not in dict(TIMES):
            self.fields["best_time"].choices = [*TIMES, (contact.best_time, contact.best_time)]  # type: ignore[attr-defined]


class ColleagueForm(forms.Form):
    """Somebody else at the business who may help."""

    name = WordsField(label=_("Their name"), max_length=80, error_messages={"required": _("Enter their name.")})
    reach = ReadField(
        label=_("Their phone number or email"),
        reader=read_reach,
        max_length=254,
        error_messages={"required": _("Enter a phone number or an email address.")},
    )


class DraftForm(CompleteForm):
    """The desk's form, as it speaks to the business itself."""

    LABELS = {
        "support_mask": _("What do you offer?"),
        "own_link": _("Link to your own system"),
        "search_engines": _("We agree that search engines may show it"),
    }
    HELP = {"own_words": _("So that you know to give the promised interview")}
    REQUIRED = {
        "title": _("Give it a title, like Kitchen team member"),
        "summary": _("Say in a few plain sentences what they would do"),
    }

    def __init__(self, data: QueryDict | None, *, opportunity: Opportunity, names: Iterable[str]) -> None:
        super().__init__(data, opportunity=opportunity, names=names)
        for name, label in self.LABELS.items():
            if name in self.fields:
                self.fields[name].label = label
        for name, words in self.HELP.items():
            if name in self.fields:
                self.fields[name].help_text = words
        for name, sentence in self.REQUIRED.items():
            if name in self.fields:
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = sentence
                self.marks.pop(name, None)
        if "pay" in self.marks:
            self.marks["pay"] = _("needed before it can go live, if it is paid")
