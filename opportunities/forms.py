"""The coordinator's form: everything a young person should know before they say yes."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.forms import CountInput, DateField
from core.postcodes import Found, Plausible, look_up
from occupations import slang
from occupations.models import Occupation
from occupations.table import occupations
from opportunities import kinds
from opportunities.models import Opportunity, UnpaidReason
from opportunities.needs import NEEDS
from opportunities.support import SUPPORT
from pledges.forms import WordsField
from pledges.models import Category

TIMES = ("%H:%M", "%H.%M", "%I:%M%p", "%I.%M%p", "%I%p", "%I:%M %p", "%I.%M %p", "%I %p", "%H")
# Said one by one, "either of these" needs its two.
AUDIENCES = [
    (code, _("Those of the partnership's councils, and those who live in its area") if code == "either" else label)
    for code, label in Opportunity.Audience.choices
]
HOURS = ((1, _("Days")), (2, _("Evenings")), (4, _("Weekends")), (8, _("Nights")))


def _number(sentence: Any) -> dict[str, Any]:
    """One sentence for every way in which a number can be wrong."""
    return dict.fromkeys(
        ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits"), sentence
    )


class PoundsField(forms.DecimalField):
    """Pounds an hour as typed, with or without the sign. Gives a Decimal."""

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        return super().to_python(str(value).replace("£", "").strip() if value else value)


class HourField(forms.TimeField):
    """A time of day as people write it: 9:30, 9.30, 9am. Gives a time."""

    widget = forms.TimeInput(format="%H:%M", attrs={"class": "input--4", "autocomplete": "off"})
    input_formats = TIMES


class MaskField(forms.MultipleChoiceField):
    """Ticks that are kept as bits of one number. Gives the number."""

    widget = forms.CheckboxSelectMultiple

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            bits = [1 << bit for bit in range(value.bit_length())]
            return [str(bit) for bit in bits if value & bit]
        return value

    def clean(self, value: Any) -> int:
        return sum({int(bit) for bit in super().clean(value)})


def known_postcode(text: str) -> str:
    """A postcode as typed, in its usual form; "" for nothing. ValidationError when its place is not known."""
    if not text.strip():
        return ""
    found = look_up(text.strip())
    if not isinstance(found, Found | Plausible):
        raise forms.ValidationError(_("Enter a full UK postcode, like NG18 1AB"))
    if found.easting is None:
        raise forms.ValidationError(_("We do not know this postcode. Check it, or enter one close by"))
    return found.code


class CompleteForm(forms.Form):
    """What `services.complete` and `services.change` take, as a person types it."""

    title = WordsField(label=_("Title"), help_text=_("Like Kitchen team member"), max_length=80, required=False)
    summary = WordsField(
        lines=True,
        label=_("What would they do?"),
        help_text=_("A few plain sentences, as you would say them. No phone numbers or links."),
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
    )
    bring = WordsField(
        label=_("What to bring on the first day"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    not_needed = WordsField(
        label=_("What nobody needs"),
        help_text=_("Like “You do not need to know how to cook”"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    category = forms.ModelChoiceField(label=_("What work is it?"), queryset=Category.objects.none(), required=False)
    occupation = forms.TypedChoiceField(
        label=_("Which of these is it closest to?"),
        help_text=_("From your words. Whoever would like this work sees it first."),
        widget=forms.RadioSelect,
        coerce=lambda number: Occupation.objects.filter(pk=number).first(),
        empty_value=None,
        required=False,
    )
    places = forms.IntegerField(
        label=_("How many places?"),
        min_value=1,
        max_value=500,
        widget=CountInput(),
        error_messages={
            "required": _("Enter how many places, like 2"),
            **_number(_("Enter how many places as a whole number from 1 to 500")),
        },
    )
    remote = forms.BooleanField(label=_("It can be done from home"), required=False)
    postcode = forms.CharField(label=_("Postcode of the place"), max_length=12, required=False)
    town = WordsField(
        label=_("Town"), help_text=_("What people see instead of the street"), max_length=60, required=False
    )
    hours_a_week = forms.DecimalField(
        label=_("Hours a week"),
        min_value=Decimal("0.5"),
        max_value=60,
        decimal_places=1,
        required=False,
        error_messages=_number(_("Enter the hours a week as a number up to 60, like 16 or 37.5")),
    )
    hours_mask = MaskField(label=_("When?"), choices=HOURS, error_messages={"required": _("Choose when")})
    day_starts = HourField(
        label=_("When does a usual day start?"),
        help_text=_("Like 9:30. Leave it empty if it changes."),
        required=False,
        error_messages={"invalid": _("Enter when the day starts as a time, like 9:30 or 9am")},
    )
    day_ends = HourField(
        label=_("When does it end?"),
        required=False,
        error_messages={"invalid": _("Enter when the day ends as a time, like 17:00 or 5pm")},
    )
    pay = PoundsField(
        label=_("Pay, in pounds an hour"),
        help_text=_("Like 12.71. Leave it empty if it is unpaid."),
        min_value=Decimal("0.01"),
        max_value=200,
        decimal_places=2,
        required=False,
        error_messages=_number(_("Enter the pay for one hour in pounds, like 12.71")),
    )
    unpaid_reason = forms.ModelChoiceField(
        label=_("If it is unpaid, why?"), queryset=UnpaidReason.objects.none(), required=False
    )
    starts_on = DateField(
        label=_("When does it start?"), help_text=_("Leave it empty if it is up to both"), required=False
    )
    closes_on = DateField(
        label=_("Last day to go for it"), help_text=_("Leave it empty if it stays open"), required=False
    )
    min_age = forms.IntegerField(
        label=_("Youngest age"),
        min_value=16,
        max_value=25,
        widget=CountInput(),
        error_messages={
            "required": _("Enter the youngest age, from 16 to 25"),
            **_number(_("Enter the youngest age as a whole number from 16 to 25")),
        },
    )
    min_age_reason = forms.ChoiceField(
        label=_("Why is it not open from 16?"),
        choices=[("", _("It is open from 16")), *Opportunity.MinAgeReason.choices],
        required=False,
    )
    risk_assessment_on = DateField(
        label=_("When did you see the risk assessment?"),
        help_text=_("For 16 and 17 year olds in work"),
        required=False,
    )
    lasts = forms.IntegerField(
        label=_("How long does it last?"),
        help_text=_("Leave it empty if it is for good"),
        min_value=1,
        max_value=100,
        widget=CountInput(),
        required=False,
        error_messages=_number(_("Enter how long as a whole number from 1 to 100, or leave it empty")),
    )
    lasts_unit = forms.ChoiceField(
        label=_("Days, weeks or months?"),
        choices=Opportunity.Unit.choices,
        error_messages={"required": _("Choose days, weeks or months")},
    )
    provider_wanted = forms.BooleanField(label=_("Help us find a training provider"), required=False)
    training_beside = WordsField(
        label=_("Training beside the work"), help_text=_("Which provider or course"), max_length=120, required=False
    )
    needs_mask = MaskField(
        label=_("What do they need?"), choices=[(need.mask, need.holds) for need in NEEDS], required=False
    )
    support_mask = MaskField(
        label=_("What do they offer?"), choices=[(offer.mask, offer.offers) for offer in SUPPORT], required=False
    )
    paid_weekly = forms.BooleanField(label=_("Paid every week"), required=False)
    travel_paid = forms.BooleanField(label=_("Travel is paid"), required=False)
    guaranteed_interview = forms.BooleanField(
        label=_("An interview is promised to who meets the needs"), required=False
    )
    meet_first = forms.BooleanField(label=_("They can come and see it before they say yes"), required=False)
    named_contact = forms.BooleanField(label=_("There is one person to turn to"), required=False)
    no_experience = forms.BooleanField(label=_("No experience needed"), required=False)
    no_qualifications = forms.BooleanField(label=_("No qualifications needed"), required=False)
    audience = forms.ChoiceField(
        label=_("Which care leavers?"),
        choices=AUDIENCES,
        error_messages={"required": _("Choose which care leavers it is for")},
    )

    go_by = forms.ChoiceField(
        label=_("How do people go for it?"),
        choices=Opportunity.GoBy.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how people go for it")},
    )
    own_link = forms.CharField(
        label=_("Link to the business’s own system"),
        help_text=_("Only if people go for it there. It starts with https://"),
        max_length=300,
        required=False,
        validators=[URLValidator(schemes=["https"], message=_("Enter a whole link that starts with https://"))],
    )
    own_words = WordsField(
        label=_("Words to write there"),
        help_text=_("So that the business knows to give the promised interview"),
        max_length=160,
        required=False,
    )
    search_engines = forms.BooleanField(label=_("The business agrees that search engines may show it"), required=False)

    def __init__(self, data: QueryDict | None, *, opportunity: Opportunity, names: Iterable[str] | None = None) -> None:
        """names: of the fields to ask for, in their order; all of them unless told."""
        initial = {name: getattr(opportunity, name) for name in self.base_fields if hasattr(opportunity, name)}
        if opportunity.pay_pence is not None:
            initial["pay"] = Decimal(opportunity.pay_pence).scaleb(-2)
        for name in ("category", "occupation", "unpaid_reason"):
            initial[name] = getattr(opportunity, f"{name}_id")
        super().__init__(data, initial=initial)
        wanted = names or list(self.fields)
        self.fields = {name: self.fields[name] for name in wanted if name not in _not_asked(opportunity.kind.code)}
        self._offer("category", Category.objects.order_by("name"), _("Choose the work"))
        self._offer("unpaid_reason", UnpaidReason.objects.order_by("pk"), _("It is paid, or needs no reason"))
        self._suggest(opportunity)
        self.marks = _marks(opportunity)
        if opportunity.sector and "postcode" in self.fields:
            self.fields["postcode"].help_text = _("Leave it empty to keep %(sector)s") % {"sector": opportunity.sector}

    def _offer(self, name: str, rows: QuerySet[Any], nothing: Any) -> None:
        """Rows to choose from, and in words what it means to choose none."""
        field = self.fields.get(name)
        if isinstance(field, forms.ModelChoiceField):
            field.queryset, field.empty_label = rows, nothing

    def _suggest(self, opportunity: Opportunity) -> None:
        """What the words may mean, and what was chosen before; nothing is asked where they say too little."""
        field = self.fields.get("occupation")
        if not isinstance(field, forms.ChoiceField):
            return
        self.undecided = opportunity.occupation_id is None
        if self.undecided:
            self.initial["occupation"] = "?"  # "none of these" is an answer, too: nothing is chosen beforehand
        chosen = [str(opportunity.occupation_id), self.data.get("occupation", "")]
        before = [each for each in occupations().values() if str(each.number) in chosen]
        choices = {str(each.number): each.title for each in [*before, *slang.suggest(self._words())]}
        field.choices = [*choices.items(), ("", _("None of these"))]
        if not choices:
            del self.fields["occupation"]

    def _words(self) -> str:
        return ". ".join(str(self[name].value() or "") for name in ("title", "summary") if name in self.fields)

    @property
    def asks_again(self) -> bool:
        """Once saved: whether new words were given a meaning that whoever wrote them has not seen yet."""
        waits = "occupation" in self.fields and self.undecided and "occupation" not in self.data
        return waits and bool({"title", "summary"} & set(self.changed_data))

    def clean_title(self) -> str:
        """Even a draft has one: lists show it."""
        return _given(self.cleaned_data["title"], _("Give it a title, like Kitchen team member"))

    def clean_summary(self) -> str:
        """Even a draft has one."""
        return _given(self.cleaned_data["summary"], _("Say what they would do, in a few sentences"))

    def clean_postcode(self) -> str:
        """A postcode whose place is known, at least roughly."""
        return known_postcode(str(self.cleaned_data["postcode"]))

    def clean(self) -> dict[str, Any]:
        """Paid or unpaid, not both; a day has both its ends."""
        clean = super().clean() or {}
        if clean.get("pay") is not None and clean.get("unpaid_reason") is not None:
            self.add_error("unpaid_reason", _("Choose: paid, or unpaid with a reason. Not both."))
        ends = [name for name in ("day_starts", "day_ends") if name in clean]
        empty = [name for name in ends if clean[name] is None]
        if len(ends) == 2 and len(empty) == 1:
            self.add_error(empty[0], _("Enter when the day starts and when it ends, or leave both empty."))
        return clean

    def values(self) -> dict[str, Any]:
        """For the service. An empty postcode keeps the place."""
        values = dict(self.cleaned_data)
        if "pay" in values:
            pay = values.pop("pay")
            values["pay_pence"] = None if pay is None else int(pay * 100)
        if not values.get("postcode", "-"):
            del values["postcode"]
        return values


def _given(words: str, sentence: Any) -> str:
    if not words:
        raise forms.ValidationError(sentence)
    return words


def _not_asked(kind: str) -> set[str]:
    """What makes no sense to ask for this kind."""
    found = set() if kind in kinds.OPEN_TO_ALL else {"search_engines"}
    if kind not in kinds.APPRENTICESHIPS:
        found.add("provider_wanted")
    return found if kind in kinds.WORK else found | {"risk_assessment_on"}


def _marks(opportunity: Opportunity) -> dict[str, Any]:
    """A draft may be saved half done: which of its fields publishing will ask for (see `refusals.RULES`)."""
    kind, needed = opportunity.kind.code, _("needed before it can go live")
    marks: dict[str, Any] = dict.fromkeys(["title", "summary", "category"], needed)
    if kind not in kinds.WITHOUT_HOURS:
        marks["hours_a_week"] = needed
    if opportunity.easting is None:
        marks["postcode"] = _("needed before it can go live, unless it is done from home")
    if kind in kinds.WORK:
        marks["pay"] = _("needed before it can go live, or a lawful reason below")
        marks["unpaid_reason"] = _("only if there is no pay")
    if kind in kinds.LASTING_WORK:
        marks["training_beside"] = _("needed if 16 and 17 year olds may do most of a week's work")
    return marks
