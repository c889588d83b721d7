"""`/api/v1/opportunities/`: what is open now, for other systems to read. No sign-in, public fields only."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import Http404
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from opportunities import needs, shown
from opportunities.finding import FindForm
from opportunities.models import Opportunity
from opportunities.pay import Floors
from opportunities.views import NEVER_PUBLIC, find, is_open, is_over, public_rows

PAGE = 50


class OpportunitySerializer(serializers.ModelSerializer[Opportunity]):
    """The public fields: those that the page shows to people who are not signed in. No street, shifts, audience,
    and never how many places are left."""

    id = serializers.UUIDField(source="public_id")
    kind = serializers.CharField(source="kind.code")
    category = serializers.CharField(source="category.code", default=None)
    employer = serializers.CharField(source="employer.name")
    pay_pence_an_hour = serializers.IntegerField(source="pay_pence")
    pay_a_week = serializers.SerializerMethodField()
    pay_rises = serializers.SerializerMethodField()
    unpaid_because = serializers.CharField(source="unpaid_reason.name", default=None)
    needs = serializers.SerializerMethodField()

    class Meta:
        model = Opportunity
        fields = (
            *("id", "title", "summary", "kind", "category", "employer", "town", "remote", "hours_a_week"),
            *("pay_pence_an_hour", "pay_a_week", "pay_rises", "unpaid_because", "starts_on", "closes_on", "opened_on"),
            *("min_age", "needs", "places", "travel_paid", "no_experience", "no_qualifications", "training_beside"),
        )

    def get_pay_a_week(self, row: Opportunity) -> str | None:
        """Whole pounds for a week of these hours, like "£381". What the youngest are paid: see `pay_rises`."""
        return shown.week_pay(row)

    def get_pay_rises(self, row: Opportunity) -> list[dict[str, int]]:
        """The ages from which the law asks for more than `pay_pence_an_hour`, and the least it asks for."""
        steps = self.context["floors"].steps_of(row, self.context["today"])
        return [{"from_age": age, "pence_an_hour_at_least": floor.pence} for age, floor in steps]

    def get_needs(self, row: Opportunity) -> list[str]:
        return [need.code for need in needs.held_in(row.needs_mask)]


def public_fields(rows: list[Opportunity], today: dt.date) -> list[dict[str, Any]]:
    """One query, for the pay floors."""
    context = {"floors": Floors.load(), "today": today}
    return list(OpportunitySerializer(rows, many=True, context=context).data)


class OpportunityList(APIView):
    """GET with the same filters as the page: q, kind, category, place, miles, sort, remote=1, page."""

    def get(self, request: Request) -> Response:
        """A page of 50, the total, and how many there would be per kind and category. 400 says what was wrong."""
        form = FindForm(request.GET)
        filters = form.filters(size=PAGE)
        if form.errors:
            return Response({"problems": form.errors}, status=status.HTTP_400_BAD_REQUEST)
        found, rows = find(filters)
        pages = max(1, -(-found.total // PAGE))
        answer: dict[str, Any] = {
            "count": found.total,
            "page": found.page,
            "pages": pages,
            "results": public_fields(rows, found.today),
            "kinds": {choice.code: choice.count for choice in found.kinds},
            "categories": {choice.code: choice.count for choice in found.categories},
        }
        return Response(answer)


class OpportunityPage(APIView):
    """GET one by its id."""

    def get(self, request: Request, public_id: UUID) -> Response:
        """410 for what is over; 404 for what was never public, and in words for what may come back."""
        row = public_rows().filter(public_id=public_id).exclude(state__in=NEVER_PUBLIC).first()
        if row is None:
            raise Http404
        today = clock.today()
        if not is_open(row, today) and not is_over(row, today):
            detail = "This opportunity is not open just now. It may come back."
            return Response({"detail": detail}, status=status.HTTP_404_NOT_FOUND)
        if not is_open(row, today):
            return Response({"detail": "This opportunity is over."}, status=status.HTTP_410_GONE)
        return Response(public_fields([row], today)[0])
