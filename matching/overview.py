"""A worker's young people with what stands beside each of them: one query, however many they are.

What a list needs of other tables is asked by subqueries about the person of the row (`OuterRef("pk")`), so that another
kind of thing to show costs no query of its own.
"""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, ExpressionWrapper, F, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject

from accounts.models import AdviserLink, YoungPerson
from matching.shown import new_of_each
from pledges.models import Category


def each_of(rows: QuerySet[Any], **fields: Any) -> ArraySubquery:
    """Rows about the person of the outer query as a list of dicts of `fields` (names or expressions). Days come as
    text, like 2026-11-30."""
    return ArraySubquery(rows.values(json=JSONObject(**fields)))


def known(people: QuerySet[YoungPerson]) -> QuerySet[YoungPerson]:
    """People with `living_authority`, `interests`, `wished` (the categories they would like: bit and name), `new` (how
    many matches nobody has acted on) and `worker_name`."""
    mask = OuterRef("interests__categories").bitrightshift(F("bit"))  # type: ignore[arg-type]
    bits = ExpressionWrapper(mask.bitand(1), output_field=IntegerField())
    wished = Category.objects.annotate(has=bits).filter(has=1).order_by("bit")
    new = new_of_each().order_by().values("person_id").annotate(number=Count("opportunity_id")).values("number")
    workers = AdviserLink.objects.current().filter(person=OuterRef("pk")).values("worker__name")
    return people.select_related("living_authority", "interests").annotate(
        wished=each_of(wished, bit="bit", name="name"),
        new=Coalesce(Subquery(new), Value(0)),
        worker_name=Subquery(workers[:1]),
    )


def wished(person: YoungPerson) -> dict[int, str]:
    """Bit -> name of what somebody of `known` would like."""
    return {each["bit"]: each["name"] for each in person.wished}  # type: ignore[attr-defined]
