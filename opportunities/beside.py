"""What stands beside one opportunity on its page: help by law that goes with it, and others like it."""

import datetime as dt

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from opportunities import badges
from opportunities.models import Entitlement, Opportunity, SearchRow
from opportunities.search import OPEN

MOST = 3
# By the index of points: the nearest of the same kind or work. From home there is no near: the newest.
ALIKE = f"""
SELECT s.opportunity_id FROM opportunity_search s
WHERE {OPEN} AND s.remote = %s AND s.opportunity_id <> %s AND (s.kind_id = %s OR s.category_id = %s)
ORDER BY {{order}} LIMIT {MOST}
"""
NEAREST, NEWEST = "s.point <-> point(%s, %s)", "s.opened_on DESC, s.opportunity_id DESC"


def similar(row: Opportunity, rows: QuerySet[Opportunity]) -> list[Opportunity]:
    """At most three others to look at out of `rows`, best first. One query."""
    asked: list[int | bool | None] = [row.remote, row.pk, row.kind_id, row.category_id]
    order = NEWEST
    if not row.remote and row.easting is not None and row.northing is not None:
        order, asked = NEAREST, [*asked, row.easting, row.northing]
    found = list(rows.filter(pk__in=RawSQL(ALIKE.format(order=order), asked)))
    return sorted(found, key=lambda other: (_square(row, other), -other.pk))


def _square(row: Opportunity, other: Opportunity) -> int:
    if None in (row.easting, row.northing, other.easting, other.northing):
        return 0
    return (row.easting - other.easting) ** 2 + (row.northing - other.northing) ** 2  # type: ignore[operator]


def in_force(today: dt.date) -> QuerySet[Entitlement]:
    """What young people are due by law today, with whatever kind."""
    rows = Entitlement.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today), valid_from__lte=today)
    return rows.filter(goes_to=Entitlement.For.YOUNG_PERSON).order_by("valid_from", "pk")


def entitlements(row: Opportunity, today: dt.date) -> list[Entitlement]:
    """What a young person is due by law with this kind, as far as it is in force today. One query."""
    return list(in_force(today).filter(kinds__contains=[row.kind.code]))


def mask(row: Opportunity) -> int:
    """The badges of an opportunity: from its flat row; of a draft, which has none yet, from the same SQL."""
    try:
        return row.row.badges
    except SearchRow.DoesNotExist:
        with connection.cursor() as cursor:
            cursor.execute(MASK_OF_DRAFT, [row.pk])
            return int(cursor.fetchone()[0])


MASK_OF_DRAFT = f"SELECT {badges.SQL} FROM opportunity o JOIN pledge_kind k ON k.id = o.kind_id WHERE o.id = %s"
