"""What officers type in: paper cards, and promises told by phone, in a contract or in an email."""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from pledges.columns import BY_NAME
from pledges.forms import DeskPledgeForm, WordsField
from pledges.models import Pledge, PledgeKind
from pledges.public_forms import TIMES
from pledges.services import Promise
from pledges.words import clean

# In the order of a card, each with the heading under which a record keeps it (pledges.columns knows them all).
WRITTEN = (
    "kind",
    "places",
    "business",
    "name",
    "job",
    "phone",
    "email",
    "way",
    "best_time",
    "words",
    "postcode",
    "town",
)


class TypedForm(DeskPledgeForm):
    """A pledge, or only its words: then nothing that is typed has to be right. `own`: the fields that still have to."""

    own: tuple[str, ...] = ()
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4().hex)
        kind = self.fields["kind"].kinds.get(self.data.get("kind", ""))  # type: ignore[attr-defined]
        if kind is not None and kind.becomes == PledgeKind.Becomes.NEITHER:
            self.fields["places"].required = False  # who says "ring me" need not say how many

    @property
    def only_words(self) -> bool:
        """Whether the words are to be kept as they are."""
        raise NotImplementedError

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.only_words:
            for name in set(self.errors) - set(self.own):
                del self.errors[name]

    def clean_places(self) -> int:
        return self.cleaned_data["places"] or 1

    def clean_key(self) -> str:
        """The page's own key: the same page sent twice is one record."""
        given: str = self.cleaned_data["key"]
        return given if 8 <= len(given) <= 80 and given.isalnum() else uuid.uuid4().hex

    def written(self) -> list[tuple[str, str]]:
        """(heading, words) of all that was typed, as it was typed."""
        typed = {name: clean(self.data.get(name, ""), lines=name == "words")[:1000] for name in WRITTEN}
        kind = self.fields["kind"].kinds.get(typed["kind"])  # type: ignore[attr-defined]
        typed["kind"] = kind.name if kind else ""
        found = [(BY_NAME[name].headings[0].capitalize(), words) for name, words in typed.items() if words]
        month = "/".join(clean(self.data.get(f"by_month_{part}", "")) for part in range(2))
        return [*found, ("By month", month[:20])] if month != "/" else found


class CardForm(TypedForm):
    """A paper card: its fields in its order, and what it may not have under "more"."""

    only_card = forms.BooleanField(label=_("There is only a business card"), required=False)
    unreadable = forms.BooleanField(label=_("I cannot read this card"), required=False)
    best_time = forms.ChoiceField(label=_("Best time"), choices=TIMES, required=False)
    show_business = forms.BooleanField(label=_("They agree to be shown on the screen"), required=False)
    mark_optional = False
    ticks = ("only_card", "unreadable")
    first = ("kind", "places", "business", "name", "phone", "email", "way", "best_time", "show_business")
    of_the_person = (
        "business",
        "name",
        "job",
        "phone",
        "email",
        "way",
        "best_time",
        "show_business",
        "postcode",
        "town",
    )
    field_order = [*ticks, *first]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].label = _("What do they promise?")
        self.fields["places"].label = _("How many?")
        self.fields["places"].widget.attrs["class"] = "input--4"
        if not self.is_bound:
            self.fields["kind"].widget.attrs["autofocus"] = True

    @property
    def only_words(self) -> bool:
        return any(self.data.get(tick) for tick in self.ticks)

    @property
    def rows(self) -> dict[str, list[forms.BoundField]]:
        """The fields as the page shows them: ticks, those of a card, and more."""
        groups = {"ticks": self.ticks, "card": self.first}
        shown = {name: [self[field] for field in fields] for name, fields in groups.items()}
        known = {*self.ticks, *self.first}
        shown["more"] = [field for field in self if field.name not in known and not field.is_hidden]
        return shown

    def promise(self) -> Promise:
        data = self.cleaned_data
        promise = super().promise()
        reach = replace(promise.reach, best_time=data["best_time"])
        return replace(promise, reach=reach, show_business=data["show_business"])

    def why(self) -> list[tuple[str, str]]:
        """What is to be done about a card of which only the words are kept."""
        if self.data.get("unreadable"):
            return [(_now("Card"), _now("It cannot be read. Look at it with somebody else, or ask who was there."))]
        return [
            (_now("Card"), _now("There is only a business card. Ring them and ask what they would like to promise."))
        ]


class IntakeForm(TypedForm):
    """A promise that came by phone, in a contract or by email."""

    source = forms.ChoiceField(
        label=_("How did it come?"),
        choices=[
            (each.value, each.label) for each in (Pledge.Source.PHONE, Pledge.Source.FORWARD, Pledge.Source.CONTRACT)
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it came")},
    )
    pasted = WordsField(
        label=_("The words as they came"),
        help_text=_("Paste the email, or write down what was said."),
        lines=True,
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    owner = forms.ModelChoiceField(label=_("Who sees to it?"), queryset=User.objects.none(), empty_label=None)
    own = ("source", "pasted", "owner", "key")
    field_order = ["source", "pasted", "owner", "business", "name", "job", "phone", "email", "way", "kind", "places"]

    def __init__(self, *args: Any, owners: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = User.objects.filter(pk__in=list(owners)).order_by("name", "pk")
        self.fields["owner"].queryset = rows  # type: ignore[attr-defined]
        self.fields["owner"].label_from_instance = lambda user: user.name  # type: ignore[attr-defined]

    @property
    def only_words(self) -> bool:
        return self.data.get("do") == "keep"

    @property
    def rows(self) -> dict[str, list[forms.BoundField]]:
        """The fields as the page shows them: what always is, and the pledge."""
        asked = [field for field in self if not field.is_hidden]
        return {
            "how": [field for field in asked if field.name in self.own],
            "pledge": [field for field in asked if field.name not in self.own],
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.only_words and not data.get("pasted") and not self.written() and "pasted" not in self.errors:
            self.add_error("pasted", _now("Paste the email, or write down what was said"))
        return data

    def written(self) -> list[tuple[str, str]]:
        found = super().written()
        pasted = self.cleaned_data.get("pasted", "")
        return [(_now("As it came"), pasted), *found] if pasted else found

    def missing(self) -> list[tuple[str, str]]:
        """What still has to be found out, of words that were kept."""
        typed = dict(self.written())
        asked = {"business": _now("Ask which business it is."), "kind": _now("Ask what they would like to promise.")}
        named = [(BY_NAME[name].headings[0].capitalize(), sentence) for name, sentence in asked.items()]
        found = [(heading, sentence) for heading, sentence in named if heading not in typed]
        return found or [(_now("As it came"), _now("Read it, and turn it into a pledge."))]
