"""How forms look, and the few controls Django has not got.

`FORM_RENDERER = "core.forms.Renderer"` makes every form of the product good by itself: label above, hint
under it, the problem above the control, a summary that links to the first control of each field. Required
fields carry no mark; the others say "(optional)", unless the form says `mark_optional = False` (a filter,
where everything is) or has other words for it in `marks`, by the field's name. A list to choose from that begins
with nothing begins with "Choose one".

    {{ form }}                        summary and fields
    {{ form.as_div }}                 the fields alone: the summary stands elsewhere (components/problem.html)
    {{ form.name.as_field_group }}    one field

Patterns: the GOV.UK Design System (question pages, error messages, error summary). The look is ours.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms import boundfield
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import ChoiceWidget
from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import clock, look

Words = str | Promise
ENDS = re.compile(r"[.!?](?=\s)")
GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple, forms.MultiWidget)


class BoundField(boundfield.BoundField):
    """A field on a page. Adds what our templates ask for and our class names."""

    @property
    def is_group(self) -> bool:
        """Several controls under one question: a fieldset with a legend."""
        return isinstance(self.field.widget, GROUPS)

    @property
    def is_check(self) -> bool:
        """One tick box, whose label stands beside it."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_optional(self) -> bool:
        """Whether to write "(optional)"."""
        return not self.field.required and not self.is_check and bool(getattr(self.form, "mark_optional", True))

    @property
    def mark(self) -> Words:
        """What stands behind the label, in brackets; "" for nothing."""
        return getattr(self.form, "marks", {}).get(self.name) or (_("optional") if self.is_optional else "")

    @property
    def label_class(self) -> str:
        """Set on a widget: "label--big" for the question a page is about."""
        return str(getattr(self.field.widget, "label_class", ""))

    @property
    def hint_id(self) -> str:
        return f"{self.auto_id}-hint"

    @property
    def error_id(self) -> str:
        return f"{self.auto_id}-error"

    @property
    def problems(self) -> list[str]:
        """What is wrong here, as it is written on pages."""
        return [as_written(str(message)) for message in self.errors]

    @property
    def first_id(self) -> str:
        """The id of the control to go to when something is wrong here."""
        return f"{self.auto_id}_0" if self.is_group else str(self.auto_id)

    @property
    def aria_describedby(self) -> str:
        ids = [self.hint_id] if self.help_text else []
        return " ".join([*ids, self.error_id] if self.errors else ids)

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Our classes on single controls; for a group the fieldset says what is wrong, not each control.

        `required` is left out: the browser's own bubbles would hide our words.
        """
        found = super().build_widget_attrs(attrs, widget)
        found.pop("required", None)
        if self.is_group or self.is_hidden:
            found.pop("aria-describedby", None)
            if self.is_hidden or not isinstance(self.field.widget, forms.MultiWidget):
                found.pop("aria-invalid", None)
            return found
        if self.aria_describedby:
            found["aria-describedby"] = self.aria_describedby
        if not self.is_check:
            own = str(self.field.widget.attrs.get("class", ""))
            found["class"] = f"input {own}".strip()
        return found


class Renderer(TemplatesSetting):
    """Django's form renderer with our templates (templates/django/forms/)."""

    form_template_name = "django/forms/form.html"
    field_template_name = "django/forms/field.html"
    bound_field_class = BoundField


@dataclass(frozen=True)
class Problem:
    """One line of the summary. `target` is the id of a control, "" for what concerns the whole form."""

    target: str
    message: str


def as_written(message: str) -> str:
    """A problem as every page writes it: one sentence without a full stop, several with one each."""
    text = message.strip()
    if ENDS.search(text):
        return text if text.endswith((".", "!", "?")) else f"{text}."
    return text.removesuffix(".")


def problems(form: forms.BaseForm) -> list[Problem]:
    """Every problem of a form: of the whole form first, then field by field in the order of the page."""
    found = [Problem("", as_written(str(message))) for message in form.non_field_errors()]
    for field in form:
        target = "" if field.is_hidden or not isinstance(field, BoundField) else field.first_id
        found += [Problem(target, as_written(str(message))) for message in field.errors]
    return found


class CountInput(forms.NumberInput):
    """A whole number in a small plain box: phones show digits, and what was typed stays as it was typed."""

    input_type = "text"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        own = {"inputmode": "numeric", "class": "input--4", "autocomplete": "off"}
        super().__init__({**own, **(attrs or {})})


class Cards(ChoiceWidget):
    """Mixed into a choice widget: each answer is a card as wide as the page, with an icon and a second line.

    looks: value -> KindLook; by default the looks of the kinds of pledge. more: value -> the second line.
    columns: 1 or 2 side by side where there is room.
    """

    template_name = "django/forms/widgets/cards.html"
    option_template_name = "django/forms/widgets/card.html"
    label_class = "label--big"

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        *,
        looks: Mapping[str, look.KindLook] = look.KINDS,
        more: Mapping[str, Words] | None = None,
        columns: int = 1,
    ) -> None:
        super().__init__(attrs)
        self.looks = looks
        self.more = more or {}
        self.columns = columns

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["columns"] = self.columns
        return context

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        return {**option, "look": self.looks.get(str(value)), "more": self.more.get(str(value), "")}


class ChoiceCards(Cards, forms.RadioSelect):
    """Choose one, as cards."""


class ChoiceCardsMultiple(Cards, forms.CheckboxSelectMultiple):
    """Choose all that fit, as cards."""


class DateParts(forms.MultiWidget):
    """A date in boxes, each with its own small label. The value is a date, or the words as typed."""

    template_name = "django/forms/widgets/parts.html"
    part_labels: ClassVar[Sequence[Words]] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for part, label in zip(context["widget"]["subwidgets"], self.part_labels, strict=True):
            part["label"] = label
        return context


def _box(size: int) -> forms.TextInput:
    return forms.TextInput({"class": f"input input--{size}", "inputmode": "numeric", "autocomplete": "off"})


class DateInput(DateParts):
    """Day, month and year in three boxes."""

    part_labels = (_("Day"), _("Month"), _("Year"))

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__([_box(2), _box(2), _box(4)], attrs)

    def decompress(self, value: Any) -> list[Any]:
        return [value.day, value.month, value.year] if isinstance(value, dt.date) else ["", "", ""]


class MonthInput(DateParts):
    """A list of months and a box for the year: drawn without a query, and a wrong year stays as typed."""

    part_labels = (_("Month"), _("Year"))

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        choices = [("", ""), *((str(number), name) for number, name in MONTHS.items())]
        months = forms.Select({"class": "input"}, choices=choices)
        super().__init__([months, _box(4)], attrs)

    def decompress(self, value: Any) -> list[Any]:
        return [value.month, value.year] if isinstance(value, dt.date) else ["", ""]


class PartsField(forms.Field):
    """A date typed in parts. Nothing typed is no date; `when` makes one of the parts or raises ValueError."""

    widget: type[DateParts] = DateInput

    def when(self, parts: list[str]) -> dt.date:
        """The date the parts stand for. Raises ValueError when they do not make one."""
        raise NotImplementedError

    def to_python(self, value: Any) -> dt.date | None:
        if value is None or isinstance(value, dt.date):
            return value
        parts = [str(part or "").strip() for part in value]
        if not any(parts):
            return None
        try:
            return self.when(parts)
        except (ValueError, OverflowError):
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


class DateField(PartsField):
    """A day. Gives a date."""

    widget = DateInput
    default_error_messages = {
        "required": _("Enter a date, like 7 12 2027"),
        "invalid": _("Enter a real date, like 7 12 2027"),
    }

    def when(self, parts: list[str]) -> dt.date:
        day, month, year = (int(part) for part in parts)
        return _sensible(dt.date(year, month, day))


class MonthField(PartsField):
    """A month. Gives its first day.

    Unless `allow_past`, a month that is over is refused, and without a year it is the next such month.
    """

    widget = MonthInput
    default_error_messages = {
        "required": _("Choose a month"),
        "invalid": _("Choose a month and enter the year in full, like March 2027"),
        "past": _("Choose this month or a later one"),
    }

    def __init__(self, *, allow_past: bool = False, **kwargs: Any) -> None:
        self.allow_past = allow_past
        super().__init__(**kwargs)

    def when(self, parts: list[str]) -> dt.date:
        month = int(parts[0])
        if parts[1] or self.allow_past:
            return _sensible(dt.date(int(parts[1]), month, 1))
        today = clock.today()
        return dt.date(today.year + (month < today.month), month, 1)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if isinstance(value, dt.date) and not self.allow_past and value < clock.today().replace(day=1):
            raise ValidationError(self.error_messages["past"], code="past")


def _sensible(day: dt.date) -> dt.date:
    """Refuses years nobody means (26 for 2026, 20227): the sentence then asks for the year in full."""
    if not 1900 <= day.year <= 2100:
        raise ValueError(day.year)
    return day
