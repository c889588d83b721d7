"""What a team manager decides: who supports somebody, who stands in for whom, and that support has ended."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User, YoungPerson
from core.forms import DateField


def _one_of(label: Any, required: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=(), error_messages={"required": required, "invalid_choice": _("Choose from the list")}
    )


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
