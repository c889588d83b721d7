"""The forms behind a pledge's link: one optional question at a time, another pledge, how the giver is reached."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core import clock
from core.forms import MonthField
from pledges import cadence
from pledges.contacts import name_colleague
from pledges.forms import DetailsForm, ReadField, WordsField
from pledges.giving import add_detail
from pledges.models import Category, EmployerContact, Pledge, PledgeKind
from pledges.public_forms import TIMES, WAYS
from pledges.reading import Reach, Unclear, read_email, read_phone, read_postcode, read_reach, refuse_impossible

Words = str | Lazy


def silence_day(pledge: Pledge) -> dt.date | None:
    """The day the rule for silence would run for this pledge."""
    step = cadence.steps_on(clock.today()).get(cadence.SILENCE)
    if step is None or pledge.followed_from is None:
        return None
    return cadence.due_on(step, pledge.followed_from, pledge.by_month)


def silence_words(pledge: Pledge) -> str:
    """The rule, with the day it runs on."""
    day = silence_day(pledge)
    if day is None:
        return _now("If I do not answer in time, you may publish the simple version")
    said = {"day": date_format(day, "j F Y")}
    return _now("If I have not answered by %(day)s, you may publish the simple version") % said


class LinkForm(DetailsForm):
    """Everything of a pledge on one page, to correct it: with the day of its own rule for silence."""

    def __init__(self, *args: Any, pledge: Pledge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["publish_if_silent"].label = silence_words(pledge)


class StepForm(forms.Form):
    """One optional question about a pledge. `save` writes what the valid form says."""

    mark_optional = False

    def __init__(self, data: Any = None, *, pledge: Pledge) -> None:
        self.pledge = pledge
        super().__init__(data, initial=self.known())

    def known(self) -> dict[str, Any]:
        """What is saved already, so that nobody who comes back loses it."""
        return {name: getattr(self.pledge, name) for name in self.base_fields}

    def save(self) -> None:
        """Write it; the other details stay as they are."""
        add_detail(pledge=self.pledge, **self.cleaned_data)


class PlaceForm(StepForm):
    postcode = ReadField(label=_("Postcode"), reader=read_postcode, max_length=20, required=False)


class WordsForm(StepForm):
    words = WordsField(label=_("In your words"), lines=True, max_length=1000, required=False)


class MonthForm(StepForm):
    by_month = MonthField(label=_("Month"), required=False)


class WorkForm(StepForm):
    category = forms.ModelChoiceField(
        label=_("Kind of work"), queryset=Category.objects.none(), required=False, empty_label=_("Not sure yet")
    )

    def __init__(self, data: Any = None, *, pledge: Pledge) -> None:
        super().__init__(data, pledge=pledge)
        self.fields["category"].queryset = Category.objects.filter(valid_to__isnull=True).order_by("name")  # type: ignore[attr-defined]


class SilenceForm(StepForm):
    publish_if_silent = forms.BooleanField(required=False)

    def __init__(self, data: Any = None, *, pledge: Pledge) -> None:
        super().__init__(data, pledge=pledge)
        self.fields["publish_if_silent"].label = silence_words(pledge)


class ColleagueForm(StepForm):
    name = WordsField(label=_("Their name"), max_length=80, required=False)
    reach = ReadField(label=_("Their phone number or email"), reader=read_reach, max_length=254, required=False)

    def known(self) -> dict[str, Any]:
        """Only whom this link named: who else is on the record is not shown here."""
        other = self.pledge.colleague
        if other is None or other.named_by_id != self.pledge.pk:
            return {}
        return {"name": other.name, "reach": other.email or other.phone}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("name") and "reach" in data and not data["reach"]:
            self.add_error("reach", _now("Enter their phone number or email, or leave both boxes empty."))
        return data

    def save(self) -> None:
        reach = self.cleaned_data["reach"]
        name_colleague(pledge=self.pledge, reach=replace(reach, name=self.cleaned_data["name"]) if reach else None)


@dataclass(frozen=True)
class Step:
    """One page: its question, one plain sentence, its form, and the pledges it makes sense for."""

    question: Words
    sentence: Words
    form: type[StepForm]
    fits: Callable[[Pledge], bool] = lambda pledge: True


def _for_places(pledge: Pledge) -> bool:
    return pledge.kind.becomes == PledgeKind.Becomes.PLACES


STEPS: dict[str, Step] = {
    "place": Step(
        _("Where is it?"),
        _("The postcode tells us which council can help you."),
        PlaceForm,
        lambda pledge: pledge.event_id is None,
    ),
    "words": Step(
        _("What would they do?"), _("One or two plain sentences. Say it as you would say it to them."), WordsForm
    ),
    "month": Step(_("By which month?"), _("A good guess is fine. We ask how it goes two weeks before."), MonthForm),
    "work": Step(
        _("Which kind of work is it?"),
        _("We show it to young people who would like that kind of work."),
        WorkForm,
        _for_places,
    ),
    "colleague": Step(
        _("Who else may we ask?"),
        _("Ask them first. We write to nobody new until we have rung your business."),
        ColleagueForm,
    ),
    "silence": Step(
        _("What if you are too busy to answer?"),
        _("The simple version says what you told us, no more. We ring your business and check first."),
        SilenceForm,
        _for_places,
    ),
}
OTHER_WORDS = {
    PledgeKind.Becomes.ASK: _("What would you give?"),
    PledgeKind.Becomes.NEITHER: _("What would you like to do?"),
}


def steps_of(pledge: Pledge) -> list[str]:
    """The names of the pages that make sense for it, in order."""
    return [name for name, step in STEPS.items() if step.fits(pledge)]


def question_of(name: str, pledge: Pledge) -> Words:
    """The question of a page; what is asked about support is not what "they" would do."""
    if name == "words":
        return OTHER_WORDS.get(PledgeKind.Becomes(pledge.kind.becomes), STEPS[name].question)
    return STEPS[name].question


class ReachForm(forms.Form):
    """How the giver is reached."""

    name = WordsField(label=_("Your name"), max_length=80, required=False)
    phone = ReadField(label=_("Phone"), reader=read_phone, max_length=30, required=False)
    email = ReadField(label=_("Email"), reader=read_email, max_length=254, required=False)
    way = forms.ChoiceField(label=_("How should we reach you?"), choices=WAYS, widget=forms.RadioSelect)
    best_time = forms.ChoiceField(label=_("Best time"), choices=TIMES, required=False)
    mark_optional = False

    def __init__(self, data: Any = None, *, contact: EmployerContact) -> None:
        super().__init__(data, initial={name: getattr(contact, name) for name in self.base_fields})
        if contact.best_time not in dict(TIMES):  # as a sheet said it
            self.fields["best_time"].choices = [*TIMES, (contact.best_time, contact.best_time)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        reach = Reach(**{name: data[name] for name in self.base_fields})
        try:
            if not (reach.email or reach.phone):
                raise Unclear(_now("Enter a phone number or an email address, so that we can reach you."))
            refuse_impossible(reach)
        except Unclear as unclear:
            self.add_error("email" if reach.phone else "phone", str(unclear))
        data["reach"] = reach
        return data
