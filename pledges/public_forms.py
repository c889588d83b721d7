"""The public pledge form: three taps and two fields."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core import look
from core.forms import ChoiceCards, CountInput
from pledges.employers import Business
from pledges.forms import KindField, WordsField
from pledges.models import PledgeKind
from pledges.reading import Reach, Unclear, read_places, read_reach, refuse_impossible
from pledges.services import Promise
from pledges.words import key

TIMES = [
    ("", _("Any time")),
    ("morning", _("Morning")),
    ("afternoon", _("Afternoon")),
    ("evening", _("After 5pm")),
]
WAYS = [("call", _("Call")), ("text", _("Text")), ("email", _("Email"))]
FIRST_KINDS = 8  # shown at once; the others open


class KindCards(ChoiceCards):
    """The first kinds as cards with pictures, the others under "More kinds"."""

    template_name = "pledges/kind_cards.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        options = [option for _group, found, _index in context["widget"]["optgroups"] for option in found]
        context["widget"]["first"], context["widget"]["more"] = options[:FIRST_KINDS], options[FIRST_KINDS:]
        context["widget"]["is_open"] = any(option["selected"] for option in options[FIRST_KINDS:])
        return context


class WhatForm(forms.Form):
    """What is promised: the kind first, and how many. Its page has its own key."""

    places = WordsField(
        label=_("How many?"),
        help_text=_("A good guess is fine. You can change it."),
        initial="1",
        required=False,
        max_length=40,
        widget=CountInput(),
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False)
    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        required = {"required": _("Choose what you would like to promise")}
        label = _("What would you like to promise?")
        kind = KindField(label=label, widget=KindCards(columns=2), error_messages=required)
        # Pictures for the first kinds only: each costs 200 bytes, and the page has to come through venue Wi-Fi.
        kind.widget.looks = {code: look.kind_look(code) for code in list(kind.kinds)[:FIRST_KINDS]}  # type: ignore[attr-defined]
        self.fields = {"kind": kind, **self.fields}
        if not self.is_bound:
            self.initial.setdefault("key", uuid.uuid4().hex)

    def clean_key(self) -> str:
        """The page's own key; a client that sends none gets a fresh one."""
        given = self.cleaned_data["key"]
        return given if 8 <= len(given) <= 80 and given.isalnum() else uuid.uuid4().hex

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["places"] = self.read("places", lambda: read_places(self._places_typed()))
        return data

    def _places_typed(self) -> str:
        """Nobody who says "ring me" need say how many."""
        kind = self.cleaned_data.get("kind")
        neither = kind is not None and kind.becomes == PledgeKind.Becomes.NEITHER
        return self.cleaned_data.get("places") or ("1" if neither else "")

    def read(self, name: str, reader: Callable[[], Any]) -> Any:
        """What the reader makes of a field; None, and its sentence beside the field, when it cannot."""
        try:
            return reader()
        except Unclear as unclear:
            self.add_error(name, str(unclear))
            return None


class PledgeForm(WhatForm):
    """The public pledge: three taps and two fields. `cleaned_data["promise"]` is what it says."""

    business = WordsField(
        label=_("Your business"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Enter the name of your business")},
    )
    reach = WordsField(
        label=_("Your phone number or email"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Enter a phone number or an email address")},
    )
    way = forms.ChoiceField(label=_("How should we reach you?"), choices=WAYS, widget=forms.RadioSelect, required=False)
    best_time = forms.ChoiceField(label=_("Best time"), choices=TIMES, required=False)
    show_business = forms.BooleanField(
        label=_("You may show our business on the screen and on pages about promises"), required=False
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        reach = self.read("reach", self._reach) if data.get("reach") else None
        if not self.errors and isinstance(reach, Reach):
            data["promise"] = Promise(
                kind=data["kind"],
                places=data["places"],
                business=Business(name=data["business"]),
                reach=reach,
                show_business=data["show_business"],
                occurrence=None,
            )
        return data

    def clean_business(self) -> str:
        name: str = self.cleaned_data["business"]
        if not key(name):
            raise forms.ValidationError(_now("Enter the name of your business"))
        return name

    def _reach(self) -> Reach:
        data = self.cleaned_data
        reach = replace(read_reach(data["reach"]), way=data.get("way", ""), best_time=data.get("best_time", ""))
        refuse_impossible(reach)
        return reach.with_a_way()
