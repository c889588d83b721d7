"""What a team manager decides: who supports somebody, who stands in for whom, and that support has ended."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import AddressField
from accounts.models import Council, User, YoungPerson
from core.forms import DateField
from pledges.forms import WordsField


def _one_of(label: Any, required: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=(), error_messages={"required": required, "invalid_choice": _("Choose from the list")}
    )


def _choose_from(form: forms.Form, name: str, councils: list[Council]) -> dict[str, Council]:
    """Fill a field with councils; which one stands for which code."""
    found = {council.gss_code: council for council in councils}
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", _("Choose")), *((code, council.name) for code, council in found.items())]
    return found


class WorkersForm(forms.Form):
    """A form whose choices are the workers of a council."""

    choosing: tuple[str, ...] = ()

    def __init__(self, workers: list[User], **more: Any) -> None:
        super().__init__(**more)
        self.workers = {str(worker.public_id): worker for worker in workers}
        choices = [("", _("Choose")), *((code, worker.name) for code, worker in self.workers.items())]
        for name in self.choosing:
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def chosen(self, name: str) -> User:
        """The worker chosen in a field of a valid form."""
        return self.workers[self.cleaned_data[name]]


class HandOverForm(WorkersForm):
    """From today."""

    choosing = ("worker",)
    worker = _one_of(_("Who supports them from today?"), _("Choose who supports them"))


class CoverForm(WorkersForm):
    """From the first day to the last, both included."""

    choosing = ("worker", "stands_in")
    worker = _one_of(_("Who is away?"), _("Choose who is away"))
    stands_in = _one_of(_("Who stands in?"), _("Choose who stands in"))
    first_day = DateField(label=_("First day"))
    last_day = DateField(label=_("Last day"))


class ApartForm(forms.Form):
    """Whether somebody works for the council."""

    apart = forms.BooleanField(label=_("They work for the council. Only their own adviser sees them"), required=False)


WHY = [
    (YoungPerson.Ending.AGE, _("They have reached the age at which it ends")),
    (YoungPerson.Ending.ASKED, _("They asked to be taken off: what is held about them is erased tonight")),
    (YoungPerson.Ending.DIED, YoungPerson.Ending.DIED.label),
]


class EndForm(forms.Form):
    """Why support ends. Only the team manager reads it."""

    why = forms.ChoiceField(
        label=_("Why does it end?"),
        choices=WHY,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why it ends")},
    )


class TransferForm(forms.Form):
    """Another council, and the words that it reads before it answers."""

    to_council = _one_of(_("Which council takes over?"), _("Choose the council"))
    words = WordsField(
        lines=True,
        label=_("What does its team manager need to know?"),
        help_text=_("Whom to ring, on which number, and the young person's initials. No name: only these words go."),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Write whom to ring, and the initials")},
    )

    def __init__(self, councils: list[Council], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.councils = _choose_from(self, "to_council", councils)


class GuestForm(forms.Form):
    """A worker of another council, to a last day."""

    name = WordsField(label=_("Their name"), max_length=80, error_messages={"required": _("Enter their name")})
    email = AddressField(
        label=_("Their council's email address"),
        help_text=_("Of the council that you choose below. They sign in with a code that goes there."),
        max_length=254,
        widget=forms.EmailInput({"spellcheck": "false"}),
        error_messages={
            "required": _("Enter their council's email address"),
            "invalid": _("Enter an email address, like name@council.gov.uk"),
        },
    )
    council = _one_of(_("Which council do they work for?"), _("Choose the council"))
    until = DateField(label=_("Last day"), help_text=_("Six months from now at the latest."))
    rang = forms.BooleanField(
        label=_("I rang that council's switchboard, and they work there"),
        error_messages={"required": _("Ring that council's switchboard first, and tick the box")},
    )

    def __init__(self, councils: list[Council], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.councils = _choose_from(self, "council", councils)


class AnswerTransferForm(WorkersForm):
    """Yes, with a worker; or no, with a reason."""

    YES, NO = "yes", "no"
    choosing = ("worker",)
    answer = forms.ChoiceField(
        label=_("Do you take over the support?"),
        choices=[(YES, _("Yes, from today")), (NO, _("No"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no")},
    )
    worker = _one_of(_("If yes: who supports them?"), _("Choose who supports them"))
    why = WordsField(label=_("If no: why not?"), help_text=_("The council that asks reads it."), max_length=300)
    marks = {"worker": "", "why": ""}

    def __init__(self, workers: list[User], **more: Any) -> None:
        super().__init__(workers, **more)
        said = self.data.get("answer") if self.is_bound else None
        self.fields["worker"].required = said == self.YES
        self.fields["why"].required = said == self.NO
        self.fields["why"].error_messages["required"] = _("Write why not")
