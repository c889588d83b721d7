"""What a young person would like, entered in 30 seconds; and what became of a match."""

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.services import age_problem
from core import clock
from core.forms import CountInput, DateField, MonthField
from core.postcodes import WrongShape, find_area, look_up, normalise, sector_of
from matching.models import MOST_KEPT, Interests
from matching.services import MILE
from matching.sharing import REASONS
from occupations import slang
from occupations.table import by_number, occupations
from opportunities import needs
from pledges.forms import WordsField
from pledges.models import Category, PledgeKind

HOURS = [(1, _("Daytime")), (2, _("Evenings")), (4, _("Weekends")), (8, _("Nights"))]
TRAVEL = [
    (Interests.Travel.WALK, _("On foot or by bike: 3 miles")),
    (Interests.Travel.BUS, _("By bus or tram: 10 miles")),
    (Interests.Travel.CAR, _("By car: 20 miles")),
]
MORE = ("miles", "remote_ok", "hours", "has", "earliest_start")  # folded away until one of them holds something


def _holds_something(value: Any) -> bool:
    return any(value) if isinstance(value, list | tuple) else bool(value)


def _ticks(label: Any, hint: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, help_text=hint, required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )


class InterestsForm(forms.Form):
    """What somebody would like. Nothing ticked means no preference."""

    FOLDED: tuple[str, ...] = MORE

    words = WordsField(
        lines=True,
        label=_("What would they like, in their own words?"),
        help_text=_("One sentence, like: fixing cars, or anything outdoors."),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
    )
    offered = forms.CharField(required=False, widget=forms.HiddenInput)  # the codes beside which the ticks stood
    occupations = _ticks(_("Did they mean any of these?"), _("Tick what they would like. The rest is left out."))
    categories = _ticks(_("Work they would like"), _("Tick none if they have no preference."))
    open_to_anything = forms.BooleanField(label=_("They are open to anything"), required=False)
    kinds = _ticks(_("What they would go for"), _("Tick none if they have no preference."))
    travel = forms.ChoiceField(
        label=_("How do they get about?"), choices=TRAVEL, initial=Interests.Travel.BUS, widget=forms.RadioSelect
    )
    miles = forms.IntegerField(
        label=_("Another distance, in miles"),
        required=False,
        min_value=1,
        max_value=99,
        widget=CountInput,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Enter how far in whole miles, from 1 to 99")
        ),
    )
    remote_ok = forms.BooleanField(label=_("Working from home would suit them"), required=False)
    hours = _ticks(_("When can they work?"), _("Tick none for any time."))
    has = _ticks(_("What they have already"))
    earliest_start = DateField(label=_("The first day they could start"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = PledgeKind.objects.filter(bit__isnull=False).order_by("position")
        names = dict(Category.objects.order_by("bit").values_list("code", "name"))
        self._choose("categories", list(names.items()))
        self._offer_occupations()
        self._choose("kinds", list(kinds.values_list("code", "name")))
        self._choose("hours", [(str(bit), label) for bit, label in HOURS])
        self._choose("has", [(need.code, need.holds) for need in needs.NEEDS])

    @property
    def more_is_open(self) -> bool:
        """Whether anything stands, or is wrong, in the fields that are folded away."""
        return any(self[name].errors or _holds_something(self[name].value()) for name in self.FOLDED)

    @property
    def goes_on(self) -> bool:
        """Once saved, whether there is more to do here: new words may mean something, or nobody can tell what."""
        words = self.cleaned_data["words"]
        if not words or not self._words_changed():
            return False
        chosen = self.cleaned_data["categories"] or self.cleaned_data["open_to_anything"]
        meant = {each.code for each in slang.suggest(words)} - set(self.cleaned_data.get("occupations", ()))
        return bool(meant) or not chosen

    @property
    def unsure(self) -> bool:
        """Whether the words say no work that we know, and nobody has ticked any."""
        words, chosen = self.initial.get("words"), self["categories"].value() or self["open_to_anything"].value()
        return bool(words) and not chosen and "occupations" not in self.fields

    def _words_changed(self) -> bool:
        return bool(self.cleaned_data["words"] != self.initial.get("words", ""))

    def _offer_occupations(self) -> None:
        """What the words that are stored may mean, and what was kept before. Nothing is ticked for anybody."""
        sent = self.data.getlist("occupations") if isinstance(self.data, QueryDict) else []
        known = occupations()
        codes = [*(self.initial.get("occupations") or ()), *(code for code in sent if code in known)]
        codes += [each.code for each in slang.suggest(self.initial.get("words") or "")]
        self._choose("occupations", [(code, known[code].title) for code in dict.fromkeys(codes)])
        self.initial["offered"] = " ".join(dict.fromkeys(codes))
        if not codes:
            del self.fields["occupations"], self.fields["offered"]

    def clean_occupations(self) -> list[str]:
        """Few enough that they say what somebody would like."""
        chosen: list[str] = self.cleaned_data["occupations"]
        if len(chosen) > MOST_KEPT:
            raise ValidationError(_("Tick up to five."))
        return chosen

    def _kept(self) -> list[str] | None:
        """What was ticked; None when the words are new, or nobody was asked."""
        ticked: list[str] = self.cleaned_data.get("occupations", [])
        return ticked if ticked or self._offered() else None

    def _offered(self) -> list[str]:
        """What stood on the page beside these words; nothing when they are new."""
        codes = [] if self._words_changed() else self.cleaned_data.get("offered", "").split()
        return [code for code in codes if code in occupations()]

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices

    def values(self) -> dict[str, Any]:
        """The cleaned answers as record_interests takes them."""
        said = self.cleaned_data
        return {
            "words": said["words"],
            "occupations": self._kept(),
            "offered": self._offered(),
            "categories": said["categories"],
            "open_to_anything": said["open_to_anything"],
            "kinds": said["kinds"],
            "travel": said["travel"],
            "radius_m": round(said["miles"] * MILE) if said["miles"] else None,
            "remote_ok": said["remote_ok"],
            "hours": sum(int(bit) for bit in said["hours"]),
            "has": needs.mask_of(said["has"]),
            "earliest_start": said["earliest_start"],
        }


def said_before(interests: Interests, default_radius: int) -> dict[str, Any]:
    """The form's first values from what is stored."""
    categories = [code for code, bit in Category.objects.values_list("code", "bit") if interests.ticked >> bit & 1]
    kinds = PledgeKind.objects.filter(bit__isnull=False).values_list("code", "bit")
    return {
        "words": interests.words,
        "occupations": [by_number()[number].code for number in interests.occupations or ()],
        "categories": categories,
        "open_to_anything": interests.open_to_anything,
        "kinds": [code for code, bit in kinds if bit is not None and interests.kinds >> bit & 1],
        "travel": interests.travel,
        "miles": None if interests.radius_m == default_radius else round(interests.radius_m / MILE),
        "remote_ok": interests.remote_ok,
        "hours": [str(bit) for bit, _label in HOURS if interests.hours & bit],
        "has": [need.code for need in needs.held_in(interests.has)],
        "earliest_start": interests.earliest_start,
    }


class AddPersonForm(InterestsForm):
    """A young person and what they would like, on one page."""

    label = WordsField(
        label=_("Your own short word for them"),
        help_text=_("Like their initials, never a full name. Only you and your managers see it."),
        max_length=40,
        error_messages={"required": _("Enter your own short word, like their initials")},
    )
    birth_month = MonthField(label=_("When were they born?"), allow_past=True)
    area = WordsField(
        label=_("Where do they live?"),
        help_text=_("A postcode, or its first part and the next number, like NG18 5. We keep only that part."),
        max_length=12,
        error_messages={"required": _("Enter a postcode, or its first part and the next number, like NG18 5")},
    )
    field_order = ["label", "birth_month", "area"]

    def clean_birth_month(self) -> dt.date:
        """A month of somebody of 16 to 25: said together with all else that is wrong."""
        month: dt.date = self.cleaned_data["birth_month"]
        if problem := age_problem(month, clock.today()):
            raise ValidationError(problem)
        return month

    def clean_area(self) -> str:
        """The sector of a postcode, or the sector as typed."""
        text: str = self.cleaned_data["area"]
        if not isinstance(look_up(text), WrongShape):
            text = sector_of(normalise(text))
        area = find_area(text)
        if area is None or " " not in area.code:
            raise ValidationError(_("Enter a postcode that exists, or its first part and the next number, like NG18 5"))
        return area.code


BACK = ("matches", "later", "done", "monday", "person")  # the pages that a match can be marked on


class PairsField(forms.Field):
    """Ticked matches, as (person, opportunity): public ids."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[tuple[UUID, UUID]]:
        try:
            pairs = [tuple(UUID(part) for part in str(one).split(":")) for one in value or []]
        except ValueError:
            raise ValidationError(_("Tick matches of this page.")) from None
        if len(pairs) > MOST_AT_ONCE or any(len(pair) != 2 for pair in pairs):
            raise ValidationError(_("Tick matches of this page."))
        return list(dict.fromkeys((pair[0], pair[1]) for pair in pairs))


MOST_AT_ONCE = 50  # as many as one person's list holds


class WhatBecame(forms.Form):
    """What became of one match or several. Not now needs one of the reasons, or words."""

    SHARED, LATER, NOT_NOW, TAKE_BACK = "shared", "later", "not_now", "take_back"
    REASONS = REASONS

    state = forms.ChoiceField(choices=[(state, state) for state in (SHARED, LATER, NOT_NOW, TAKE_BACK)])
    reason = forms.ChoiceField(choices=REASONS, required=False)
    words = WordsField(max_length=160, required=False)
    back = forms.ChoiceField(choices=[(name, name) for name in BACK], required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("state") == self.NOT_NOW and said.get("reason", "") in ("", "words") and not said.get("words"):
            raise ValidationError(_("Say why not now: choose a reason, or write one. The young person may read it."))
        return said

    def why(self) -> str:
        """The reason and the words as one sentence."""
        said = self.cleaned_data
        label = "" if said["reason"] == "words" else str(dict(self.REASONS).get(said["reason"], ""))
        return ": ".join(part for part in (label, said["words"]) if part)


class ActionForm(WhatBecame):
    """What became of one match."""

    person = forms.UUIDField()
    opportunity = forms.UUIDField()
    at = forms.IntegerField(min_value=0, max_value=999, required=False)  # where it stood in its list


class SeveralForm(WhatBecame):
    """What became of all that were ticked: `match` is the person's public id and the opportunity's, once for each."""

    match = PairsField()
    state = forms.ChoiceField(choices=[(state, state) for state in ("shared", "later", "not_now")])
