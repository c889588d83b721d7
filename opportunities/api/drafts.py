"""A draft as other systems read and write it: the words and sentences are those of the desk's form."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.validators import ProhibitNullCharactersValidator, URLValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from core.api import Problem
from opportunities.finding import CODE
from opportunities.forms import CompleteForm, known_postcode
from opportunities.models import Opportunity, UnpaidReason
from opportunities.needs import NEEDS
from opportunities.refusals import Law, refusals
from opportunities.support import SUPPORT
from pledges.models import Category, PledgeKind
from pledges.words import clean

HOURS = {"days": 1, "evenings": 2, "weekends": 4, "nights": 8}
REAL_DATE = "Enter a real date from this year on, like 2027-12-07"


def said(name: str) -> dict[str, Any]:
    """The sentences of the form's field of that name."""
    field = CompleteForm.base_fields.get(name)
    return {key: str(words) for key, words in field.error_messages.items()} if field else {}


class Masked(serializers.MultipleChoiceField):
    """Codes that are kept as bits of one number."""

    def __init__(self, bits: Mapping[str, int], **more: Any) -> None:
        self.bits = bits
        super().__init__(choices=list(bits), **more)

    def to_internal_value(self, data: Any) -> int:  # type: ignore[override]
        if not isinstance(data, list) or not all(isinstance(code, str) for code in data):
            self.fail("not_a_list", input_type=type(data).__name__)
        unknown = [code for code in data if code not in self.bits]
        if unknown:
            raise serializers.ValidationError(f"Use some of these: {', '.join(self.bits)}")
        return sum(self.bits[code] for code in set(data))

    def to_representation(self, value: int) -> list[str]:  # type: ignore[override]
        return [code for code, bit in self.bits.items() if value & bit]


@extend_schema_field({"type": "string", "pattern": "^[a-z0-9-]{1,40}$"})
class Code(serializers.SlugRelatedField[Any]):
    """A row of a reference table, by its code."""

    default_error_messages = {"does_not_exist": "We do not know this code", "invalid": "We do not know this code"}

    def __init__(self, **more: Any) -> None:
        super().__init__(slug_field="code", **more)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or not CODE.fullmatch(data):
            self.fail("invalid")
        return super().to_internal_value(data)


class Words(serializers.CharField):
    """Words that people read, without what nobody can see, as the desk's form cleans them. What cannot be kept at all
    is refused."""

    refusing = (ProhibitNullCharactersValidator(), ProhibitSurrogateCharactersValidator())

    def __init__(self, *, lines: bool = False, **more: Any) -> None:
        self.lines = lines
        super().__init__(**more)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        for refuse in self.refusing:
            refuse(text)
        words = clean(text, lines=self.lines)
        if not words and not self.allow_blank:
            self.fail("blank")
        return words


@extend_schema_field({"type": "string", "maxLength": 300})
class Link(Words):
    """A whole link that starts with https://, or nothing: which is no URI."""

    default_validators = [URLValidator(schemes=["https"], message="Enter a whole link that starts with https://")]


@extend_schema_field({"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?$"})
class Time(serializers.TimeField):
    """A time on the clock, of no zone."""


def _sensible(value: dt.date | None) -> None:
    if value is not None and not 2020 <= value.year <= 2100:
        raise serializers.ValidationError(REAL_DATE)


def _day() -> serializers.DateField:
    sentences = {"invalid": REAL_DATE, "datetime": REAL_DATE}
    return serializers.DateField(required=False, allow_null=True, validators=[_sensible], error_messages={**sentences})


def _words(most: int, **more: Any) -> Words:
    return Words(required=False, allow_blank=True, max_length=most, **more)


def _tick(words: str) -> serializers.BooleanField:
    return serializers.BooleanField(required=False, help_text=words)


class WritableSerializer(serializers.Serializer[Any]):
    """What a system may write. What it does not send stays as it is."""

    title = _words(80, help_text="Like Kitchen team member")
    summary = _words(
        1500, lines=True, help_text="What they would do: a few plain sentences. No phone numbers or links."
    )
    bring = _words(300, help_text="What to bring on the first day")
    not_needed = _words(300, help_text="What nobody has to have or know")
    category = Code(
        queryset=Category.objects.all(), required=False, allow_null=True, help_text="What work it is, as a code"
    )
    places = serializers.IntegerField(required=False, min_value=1, max_value=500, error_messages=said("places"))
    remote = _tick("It can be done from home")
    postcode = _words(12, write_only=True, help_text="Of the place of work. Only its sector is kept.")
    town = _words(60, help_text="What people see instead of the street")
    hours_a_week = serializers.DecimalField(
        max_digits=4, decimal_places=1, min_value=Decimal("0.5"), max_value=60, required=False, allow_null=True,
        error_messages=said("hours_a_week"),
    )  # fmt: skip
    hours = Masked(HOURS, source="hours_mask", required=False, allow_empty=False)
    day_starts = Time(
        required=False, allow_null=True, help_text="The usual day, like 08:30", error_messages=said("day_starts")
    )
    day_ends = Time(required=False, allow_null=True, error_messages=said("day_ends"))
    lasts = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=100, help_text="Null: for good",
        error_messages=said("lasts"),
    )  # fmt: skip
    lasts_unit = serializers.ChoiceField(Opportunity.Unit.choices, required=False)
    pay_pence_an_hour = serializers.IntegerField(
        source="pay_pence", required=False, allow_null=True, min_value=1, max_value=20_000,
        error_messages={**dict.fromkeys(("min_value", "max_value"), "Enter the pay for one hour in pence, like 1271")},
    )  # fmt: skip
    unpaid_reason = Code(
        queryset=UnpaidReason.objects.all(), required=False, allow_null=True, help_text="Only if there is no pay"
    )
    paid_weekly = _tick("Paid every week")
    travel_paid = _tick("Travel is paid")
    guaranteed_interview = _tick("An interview is promised to who meets the needs")
    meet_first = _tick("Come and see it before saying yes")
    named_contact = _tick("One person to turn to")
    no_experience = _tick("No experience needed")
    no_qualifications = _tick("No qualifications needed")
    starts_on, closes_on = _day(), _day()
    min_age = serializers.IntegerField(required=False, min_value=16, max_value=25, error_messages=said("min_age"))
    min_age_reason = serializers.ChoiceField(Opportunity.MinAgeReason.choices, required=False, allow_blank=True)
    needs = Masked({need.code: need.mask for need in NEEDS}, source="needs_mask", required=False)
    support = Masked(
        {offer.code: offer.mask for offer in SUPPORT}, source="support_mask", required=False,
        help_text="What you offer so that somebody can come and stay",
    )  # fmt: skip
    training_beside = _words(120, help_text="Which provider or course")
    provider_wanted = _tick("Help us find a training provider")
    go_by = serializers.ChoiceField(Opportunity.GoBy.choices, required=False)
    own_link = Link(required=False, allow_blank=True, max_length=300)
    own_words = _words(160, help_text="To write there, for the promised interview")
    search_engines = _tick("May be found by search engines. Only for what is open to everybody.")

    def to_internal_value(self, data: Any) -> Any:
        known = {name for name, field in self.fields.items() if not field.read_only}
        if isinstance(data, Mapping) and set(data) - known:
            raise serializers.ValidationError({"all": [f"Take out what we do not know. We read: {', '.join(known)}"]})
        return super().to_internal_value(data)

    def validate_postcode(self, text: str) -> str:
        """A postcode whose place is known."""
        return known_postcode(text)


class NewDraftSerializer(WritableSerializer):
    """A new draft: a pledge of this kind is made with it."""

    kind = Code(queryset=PledgeKind.objects.filter(becomes=PledgeKind.Becomes.PLACES), help_text="What is offered")
    places = serializers.IntegerField(min_value=1, max_value=500, error_messages=said("places"))


class InTheWaySerializer(serializers.Serializer[Any]):
    """One thing that has to be put right before people can see it."""

    code = serializers.CharField()
    sentence = serializers.CharField()
    who = serializers.CharField()


class DraftSerializer(WritableSerializer):
    """A draft, and what still stands between it and young people."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    state = serializers.ChoiceField(Opportunity.State.choices, read_only=True)
    kind = serializers.CharField(source="kind.code", read_only=True)
    sector = serializers.CharField(read_only=True, help_text="Postcode sector of the place")
    in_the_way = serializers.SerializerMethodField()

    @extend_schema_field(InTheWaySerializer(many=True))
    def get_in_the_way(self, row: Opportunity) -> list[dict[str, str]]:
        return [
            {"code": found.code, "sentence": str(found.sentence), "who": str(found.who)}
            for found in refusals(row, self.context["law"])
        ]


class CloseSerializer(serializers.Serializer[Any]):
    """Why a draft is given up."""

    why = Words(max_length=200, error_messages={"required": "Say why, in a few words"})


def told(row: Opportunity) -> dict[str, Any]:
    """The draft as it is answered."""
    return dict(DraftSerializer(row, context={"law": Law.load()}).data)


def read(serializer: serializers.Serializer[Any]) -> dict[str, Any]:
    """The values sent, by the names of the model; a draft lets postcodes be empty. Raises DRF's ValidationError."""
    serializer.is_valid(raise_exception=True)
    values = dict(serializer.validated_data)
    if values.get("postcode") == "":
        del values["postcode"]
    return values


def refuse_without(values: Mapping[str, Any]) -> None:
    """An empty change is a mistake of the sender's."""
    if not values:
        raise Problem("bad-request", "Send at least one field to change.")
