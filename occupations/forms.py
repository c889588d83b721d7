"""What some words mean."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from occupations.table import occupations
from pledges.forms import WordsField
from pledges.models import Category

MEANINGS = ("first", "second", "third")


class SlangForm(forms.Form):
    """One, two or three words, and up to three kinds of work that they stand for."""

    words = WordsField(
        label=_("The words, as people type them"),
        help_text=_("One to three words, like: sparky, or bin man. Never anybody's name."),
        max_length=40,
        error_messages={"required": _("Enter the words, like: sparky")},
    )
    first = forms.ChoiceField(label=_("They mean"), required=False)
    second = forms.ChoiceField(label=_("Or"), required=False)
    third = forms.ChoiceField(label=_("Or"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in MEANINGS:
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("No kind of work by themselves") if name == "first" else "-"), *by_category()]

    def codes(self) -> list[str]:
        """The occupations that were chosen."""
        return [self.cleaned_data[name] for name in MEANINGS if self.cleaned_data[name]]


def by_category() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every occupation, as (code, title) under the name of its first category. One query."""
    names = dict(Category.objects.order_by("name").values_list("code", "name"))
    groups: dict[str, list[tuple[str, str]]] = {name: [] for name in names.values()}
    for each in sorted(occupations().values(), key=lambda each: each.title):
        groups[names[each.categories[0]]].append((each.code, each.title))
    return list(groups.items())
