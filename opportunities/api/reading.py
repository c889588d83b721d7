"""`/api/v1/opportunities/`: what is open now, for other systems to read. No sign-in, public fields only."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api import Problem
from opportunities import badges, beside, councils, needs, shown, support
from opportunities.api import pages, schema
from opportunities.finding import KEPT, FindForm, band_of
from opportunities.models import Opportunity
from opportunities.pay import Floors
from opportunities.search import Filters, rows_after, search
from opportunities.views import NEVER_PUBLIC, is_open, is_over, public_rows

PAGE = 50
SUPPORT = [offer.code for offer in support.SUPPORT]


class PayRiseSerializer(serializers.Serializer[Any]):
    """From an age on, the law asks for more than the pay that is named."""

    from_age = serializers.IntegerField()
    pence_an_hour_at_least = serializers.IntegerField()


class EntitlementSerializer(serializers.Serializer[Any]):
    """Help by law that goes with it, as it stood on the day it was read. Check before you rely on it."""

    words = serializers.CharField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]
    link = serializers.CharField()


class OpportunitySerializer(serializers.ModelSerializer[Opportunity]):
    """The public fields: those that the page shows to people who are not signed in. No street, shifts, audience,
    and never how many places are left."""

    id = serializers.UUIDField(source="public_id")
    kind = serializers.CharField(source="kind.code")
    category = serializers.CharField(source="category.code", default=None, allow_null=True)
    employer = serializers.CharField(source="employer.name")
    hours_a_week = serializers.DecimalField(max_digits=4, decimal_places=1, allow_null=True)
    pay_pence_an_hour = serializers.IntegerField(source="pay_pence", allow_null=True)
    pay_a_week = serializers.SerializerMethodField()
    pay_rises = serializers.SerializerMethodField()
    unpaid_because = serializers.CharField(source="unpaid_reason.name", default=None, allow_null=True)
    needs = serializers.SerializerMethodField()
    badges = serializers.SerializerMethodField()
    support = serializers.SerializerMethodField()
    support_says = serializers.SerializerMethodField()
    entitlements = serializers.SerializerMethodField()
    early_start = serializers.SerializerMethodField()
    own_link = serializers.CharField(help_text="Empty unless people go for it through the business's own system")

    class Meta:
        model = Opportunity
        fields = (
            *("id", "title", "summary", "bring", "not_needed", "kind", "category", "employer", "town", "remote"),
            *("hours_a_week", "early_start", "lasts", "lasts_unit"),
            *("pay_pence_an_hour", "pay_a_week", "pay_rises", "unpaid_because", "starts_on", "closes_on", "opened_on"),
            *("min_age", "needs", "places", "travel_paid", "no_experience", "no_qualifications", "training_beside"),
            *("badges", "support", "support_says", "entitlements", "go_by", "own_link", "own_words"),
        )

    def get_pay_a_week(self, row: Opportunity) -> str | None:
        """Whole pounds for a week of these hours, like "£381". What the youngest are paid: see `pay_rises`."""
        return shown.week_pay(row)

    @extend_schema_field(PayRiseSerializer(many=True))
    def get_pay_rises(self, row: Opportunity) -> list[dict[str, int]]:
        steps = self.context["floors"].steps_of(row, self.context["today"])
        return [{"from_age": age, "pence_an_hour_at_least": floor.pence} for age, floor in steps]

    def get_needs(self, row: Opportunity) -> list[str]:
        """Codes of what somebody needs, like driving-licence."""
        return [need.code for need in needs.held_in(row.needs_mask)]

    def get_badges(self, row: Opportunity) -> list[str]:
        """Codes of good things that the list can be filtered by, like travel-paid."""
        return [badge.code for badge in badges.held_in(row.row.badges)]

    @extend_schema_field(serializers.MultipleChoiceField(choices=SUPPORT))
    def get_support(self, row: Opportunity) -> list[str]:
        """Codes of what the business offers so that somebody can come and stay, like quiet-place."""
        return [offer.code for offer in support.held_in(row.support_mask)]

    def get_support_says(self, row: Opportunity) -> list[str]:
        """The same in sentences, to show to people."""
        return [str(offer.says) for offer in support.held_in(row.support_mask)]

    @extend_schema_field(EntitlementSerializer(many=True))
    def get_entitlements(self, row: Opportunity) -> list[dict[str, Any]]:
        held = [entry for entry in self.context["entitlements"] if row.kind.code in entry.kinds]
        return list(EntitlementSerializer(held, many=True).data)

    def get_early_start(self, row: Opportunity) -> bool:
        """The day starts before six in the morning."""
        return shown.starts_early(row)

    def to_representation(self, instance: Opportunity) -> dict[str, Any]:
        """How to go for it elsewhere is only said where that is the way."""
        found: dict[str, Any] = super().to_representation(instance)
        if instance.go_by != Opportunity.GoBy.OWN:
            found |= {"own_link": "", "own_words": ""}
        return found


def public_fields(rows: Sequence[Opportunity], today: dt.date) -> list[dict[str, Any]]:
    """Two queries: the pay floors and what is due by law."""
    context = {"floors": Floors.load(), "today": today, "entitlements": list(beside.in_force(today))}
    return list(OpportunitySerializer(rows, many=True, context=context).data)


class OpportunityPageSerializer(serializers.Serializer[Any]):
    """A page of the list. The counts stand on the first page only: what else is chosen, each time."""

    next = serializers.URLField(allow_null=True, help_text="The next page; null on the last one")
    results = OpportunitySerializer(many=True)
    count = serializers.IntegerField(required=False, help_text="How many there are on all pages (first page only)")
    kinds = serializers.DictField(
        child=serializers.IntegerField(), required=False, help_text="How many of each kind (first page only)"
    )
    categories = serializers.DictField(
        child=serializers.IntegerField(), required=False, help_text="How many of each category (first page only)"
    )
    badges = serializers.DictField(
        child=serializers.IntegerField(), required=False, help_text="How many have each badge (first page only)"
    )


class OpportunityList(APIView):
    """What is open now."""

    @extend_schema(
        operation_id="list_opportunities",
        summary="What is open now",
        description="The same filters as the page. 50 at a time; follow `next`.",
        parameters=schema.FILTERS,
        responses=schema.answers(OpportunityPageSerializer, 200, 304, 400),
    )
    def get(self, request: Request) -> Response:
        """A page of 50; on the first one the total, and how many there would be per kind and category."""
        filters = _filters(request)
        order, text = filters.order(), request.GET.get("cursor", "")
        found = rows_after(filters, pages.read(text, order), PAGE + 1)
        first = {} if text else _counts(filters)
        ids = [pk for pk, _key in found[:PAGE]]
        rows = {row.pk: row for row in public_rows().filter(pk__in=ids)}
        answer: dict[str, Any] = {
            "next": _next(request, order, found[PAGE - 1][1]) if len(found) > PAGE else None,
            "results": public_fields([rows[pk] for pk in ids if pk in rows], clock.today()),
            **first,
        }
        return conditional(request, answer)


def _filters(request: Request) -> Filters:
    form = FindForm(request.GET)
    filters = form.filters(size=1)
    wrong = {name: [str(words) for words in said] for name, said in form.errors.items()}
    name = request.GET.get("council", "").replace("\x00", "").strip()[:80]
    council = councils.named(name) if name else None
    if name and council is None:
        wrong["council"] = ["We do not know this council. Use its code, like E10000024, or its name, like ashfield."]
    if wrong:
        raise Problem("wrong-values", fields=wrong)
    return replace(filters, page=1, councils=council.ids if council else filters.councils)


def _counts(filters: Filters) -> dict[str, Any]:
    found = search(filters)
    return {
        "count": found.total,
        "kinds": {choice.code: choice.count for choice in found.kinds},
        "categories": {choice.code: choice.count for choice in found.categories},
        "badges": {one.code: found.badges[one.mask] for one in badges.BADGES if found.badges[one.mask]},
    }


def _next(request: Request, order: str, key: tuple[int, ...]) -> str:
    """The same search, from the row with this key on. An age becomes its band: no address keeps one."""
    names = {*KEPT, "council"}
    sent = [(name, value) for name in request.GET if name in names for value in request.GET.getlist(name)]
    kept = [(name, band_of(value) if name == "age" else value) for name, value in sent]
    query = urlencode([*(pair for pair in kept if pair[1]), ("cursor", pages.cursor_of(order, key))])
    return request.build_absolute_uri(f"?{query}")


class OpportunityPage(APIView):
    """One opportunity."""

    @extend_schema(
        operation_id="show_opportunity",
        summary="One opportunity by its id",
        parameters=[schema.ID, schema.IF_NONE_MATCH],
        responses=schema.answers(OpportunitySerializer, 200, 304, 404, 410),
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        """410 for what is over; 404 for what was never public, and in words for what may come back."""
        row = public_rows().filter(public_id=public_id).exclude(state__in=NEVER_PUBLIC).first()
        if row is None:
            raise Http404
        today = clock.today()
        if not is_open(row, today) and not is_over(row, today):
            raise Problem("not-found", "This opportunity is not open just now. It may come back.")
        if not is_open(row, today):
            raise Problem("over", "This opportunity is over.")
        return conditional(request, public_fields([row], today)[0])


def conditional(request: Request, data: Any) -> Response:
    """The data with an ETag; 304 without a body for who has it already."""
    tag = pages.etag(JSONRenderer().render(data))
    headers = {"ETag": tag, "Cache-Control": "public, max-age=60"}
    held = [part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")]
    if tag in held or held == ["*"]:
        return Response(status=304, headers=headers)
    return Response(data, headers=headers)
