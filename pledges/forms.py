"""The forms of officers and coordinators, and the fields all forms of this room are made of."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.forms import CountInput, DateField, MonthField
from pledges.columns import FIELDS
from pledges.employers import Business
from pledges.invitations import BadLine, Guest, read_lines
from pledges.models import Category, EmployerCheck, EmployerContact, PledgeKind
from pledges.reading import (
    Reach,
    Unclear,
    read_email,
    read_phone,
    read_places,
    read_postcode,
    refuse_impossible,
)
from pledges.services import Correction, Promise
from pledges.words import clean


class WordsField(forms.CharField):
    """Words as people type them, cleaned before anything else looks at them."""

    default_error_messages = {
        "max_length": _("Use %(limit_value)d characters or fewer. You have used %(show_value)d."),
    }

    def __init__(self, *, lines: bool = False, **kwargs: Any) -> None:
        self.lines = lines
        if lines:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return clean(value, lines=self.lines)


class ReadField(WordsField):
    """Words through one of our readers: what cannot be read is an error with the reader's own sentence."""

    def __init__(self, *, reader: Callable[[str], Any], **kwargs: Any) -> None:
        self.reader = reader
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        words = super().clean(value)
        if not words:
            return words
        try:
            return self.reader(words)
        except Unclear as unclear:
            raise forms.ValidationError(str(unclear)) from None


class KindField(forms.ChoiceField):
    """A kind of pledge by its code. Gives the kind."""

    def __init__(self, **kwargs: Any) -> None:
        self.kinds = {kind.code: kind for kind in PledgeKind.objects.filter(valid_to__isnull=True).order_by("position")}
        choices = [(kind.code, kind.name) for kind in self.kinds.values()]
        # A list begins with nothing, so that nobody saves its first line by mistake.
        super().__init__(choices=choices if "widget" in kwargs else [("", ""), *choices], **kwargs)

    def clean(self, value: Any) -> Any:
        return self.kinds.get(super().clean(value))


class DetailsForm(forms.Form):
    """What a giver may add or correct, through their link."""

    places = ReadField(label=_("How many places?"), reader=read_places, max_length=40, widget=CountInput())
    words = WordsField(
        label=_("What would they do?"),
        help_text=_("One or two plain sentences."),
        lines=True,
        max_length=1000,
        required=False,
    )
    by_month = MonthField(label=_("By which month?"), required=False)
    postcode = ReadField(label=_("Postcode of the workplace"), reader=read_postcode, max_length=20, required=False)
    category = forms.ModelChoiceField(
        label=_("Which kind of work is it?"), queryset=Category.objects.none(), required=False, empty_label=""
    )
    name = WordsField(label=_("Your name"), max_length=80, required=False)
    publish_if_silent = forms.BooleanField(
        label=_("If nobody has answered 28 days from now, you may publish the simple version"),
        help_text=_("We always ring the business and check it first."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.filter(valid_to__isnull=True).order_by("name")  # type: ignore[attr-defined]
        self.fields["places"].error_messages["required"] = _("Enter how many, like 2. A good guess is fine.")

    def correction(self) -> Correction:
        """What the valid form says."""
        data = self.cleaned_data
        return Correction(
            places=data["places"],
            words=data["words"],
            by_month=data["by_month"],
            postcode=data["postcode"],
            category=data["category"],
            publish_if_silent=data["publish_if_silent"],
        )


class DeskPledgeForm(DetailsForm):
    """A whole pledge typed by an officer: from a card, or from a row that could not be read."""

    business = WordsField(
        label=_("Business"), max_length=120, error_messages={"required": _("Enter the name of the business")}
    )
    job = WordsField(label=_("Their job"), max_length=80, required=False)
    email = ReadField(label=_("Email"), reader=read_email, max_length=254, required=False)
    phone = ReadField(label=_("Phone"), reader=read_phone, max_length=30, required=False)
    way = forms.ChoiceField(
        label=_("How to reach them"), choices=[("", ""), *EmployerContact.Way.choices], required=False
    )
    town = WordsField(label=_("Town"), max_length=60, required=False)
    field_order = ["business", "name", "job", "email", "phone", "way", "kind", "places", "words", "by_month"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"] = KindField(label=_("Pledge"), error_messages={"required": _("Choose what is promised")})
        self.fields["name"].label = _("Their name")
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        given = {name: data.get(name, "") for name in ("name", "job", "email", "phone", "way")}
        reach = Reach(**given)
        try:
            if not (reach.email or reach.phone) and not self.errors:
                raise Unclear(_now("Enter a phone number or an email address, so that we can reach them."))
            refuse_impossible(reach)
        except Unclear as unclear:
            self.add_error("phone", str(unclear))
        data["reach"] = reach.with_a_way()
        return data

    def promise(self) -> Promise:
        """What the valid form says."""
        data = self.cleaned_data
        return Promise(
            kind=data["kind"],
            places=data["places"],
            business=Business(name=data["business"], sector=data["category"]),
            reach=data["reach"],
            words=data["words"],
            category=data["category"],
            by_month=data["by_month"],
            postcode=data["postcode"],
            town=data["town"],
            publish_if_silent=data["publish_if_silent"],
            occurrence=None,
        )


class EventForm(forms.Form):
    """A new event."""

    name = WordsField(
        label=_("What is it called?"),
        help_text=_("Like: Northmoor business breakfast"),
        max_length=100,
        error_messages={"required": _("Enter what the event is called")},
    )
    place = WordsField(label=_("Where is it?"), max_length=100, required=False)
    held_on = DateField(label=_("When is it?"))
    text_to = ReadField(
        label=_("Number to text"),
        help_text=_("It is printed on the poster and the table cards."),
        reader=read_phone,
        max_length=20,
        required=False,
    )
    sponsor = WordsField(label=_("Sponsor"), help_text=_("As they are to be thanked."), max_length=100, required=False)
    speakers = WordsField(
        label=_("Speakers"),
        help_text=_("As they are to be thanked, like: Sam Hall and Councillor Joy Marsh"),
        max_length=200,
        required=False,
    )


class InvitationsForm(forms.Form):
    """Businesses to invite, a line each. `cleaned_data["lines"]` is (guests, lines that cannot be read)."""

    lines = forms.CharField(
        label=_("Businesses to invite"),
        help_text=_("One on each line: the business, a comma, the email. The email may be left out."),
        max_length=600_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Write one business on each line")},
    )

    def clean_lines(self) -> tuple[list[Guest], list[BadLine]]:
        try:
            return read_lines(self.cleaned_data["lines"])
        except Unclear as unclear:
            raise forms.ValidationError(str(unclear)) from None


class SheetForm(forms.Form):
    """A file."""

    sheet = forms.FileField(
        label=_("The sheet"),
        help_text=_("A .csv or .xlsx file, up to 5 MB and 2,000 rows."),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file")},
    )


class ColumnsForm(forms.Form):
    """Which column is which. Every field is a list of the sheet's headings."""

    mark_optional = False

    def __init__(self, *args: Any, header: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Not in this sheet")), *((str(n), heading) for n, heading in enumerate(header))]
        for field in FIELDS:
            self.fields[field.name] = forms.ChoiceField(label=str(field.label), choices=choices, required=False)

    def chosen(self) -> dict[str, int]:
        """Our field -> column."""
        return {name: int(column) for name, column in self.cleaned_data.items() if column != ""}


class ReasonForm(forms.Form):
    """A reason in a few words."""

    because = WordsField(label=_("Why?"), max_length=200, error_messages={"required": _("Say why, in a few words.")})


class CallBackForm(forms.Form):
    """Who was spoken to, when, and how the number was found."""

    on = DateField(label=_("When did you speak to them?"))
    spoke_to = WordsField(
        label=_("Who did you speak to?"),
        help_text=_("A name or a job, like: the owner"),
        max_length=80,
        error_messages={"required": _("Enter who you spoke to: a name or a job")},
    )
    found_by = forms.ChoiceField(
        label=_("How did you find the number?"),
        help_text=_("Never the number written on the pledge alone."),
        choices=EmployerCheck.Found.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how you found the number")},
    )
    charity_or_public = forms.BooleanField(
        label=_("A register shows a charity, or a voluntary or public body: only these may take volunteers"),
        required=False,
    )
    full = forms.BooleanField(
        label=_("16 and 17 year olds may come, or it is one-to-one: this needs the full check"), required=False
    )
    mark_optional = False


class FirstForm(forms.Form):
    """The first person's answer, with the papers that the weight of the check needs."""

    because = WordsField(
        label=_("Would this do for my own child? Yes, because"),
        help_text=_("If your answer is no, do not sign. Stop the business, or talk to a colleague."),
        max_length=200,
        error_messages={"required": _("Say why this would do for your own child.")},
    )
    insurance_until = DateField(label=_("When does the employers' liability insurance end?"), required=False)
    visited_on = DateField(label=_("When did somebody go there?"), required=False)
    mark_optional = False

    def __init__(self, *args: Any, weight: str = "full", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if weight != PledgeKind.Weight.FULL:
            del self.fields["visited_on"]
        if weight == PledgeKind.Weight.LIGHT:
            del self.fields["insurance_until"]


class SecondForm(forms.Form):
    """The second person's answer."""

    because = WordsField(
        label=_("Would this do for my own child? Yes, because"),
        help_text=_("You have to be somebody else than the first person."),
        max_length=200,
        error_messages={"required": _("Say why this would do for your own child.")},
    )
