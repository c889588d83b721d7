"""Finding what is open now: one flat row per opportunity, one statement for the page, the total and the counts beside
the filters (the base set is made once and read three times).

Distances are straight lines between the middles of postcode sectors, in whole metres, so that PostgreSQL and Python
agree on which side of a radius something lies. What can be done from home has its own tab and no distance.
"""

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from core.postcodes import METRES_PER_MILE, Point

PAGE = 10  # a first view of 25 KB, style and font included: a cheap phone pays for every one
DISTANCES = (2, 5, 10, 20, 40)  # miles that the filter offers
NEAREST, CLOSING, NEWEST = "nearest", "closing", "newest"


@dataclass(frozen=True)
class Filters:
    """What to look for. Empty values filter nothing. kinds, categories: codes. councils: ids of Council."""

    kinds: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    words: str = ""
    point: Point | None = None
    miles: int | None = None  # only with a point
    councils: tuple[int, ...] = ()
    remote: bool = False
    sort: str = NEAREST
    page: int = 1
    size: int = PAGE

    def order(self) -> str:
        """The order that holds: nearest needs a point, and from home nothing is near."""
        if self.sort == NEAREST and (self.point is None or self.remote):
            return NEWEST
        return self.sort


@dataclass(frozen=True)
class Choice:
    """One answer of a filter and how many there would be."""

    code: str
    name: str
    count: int


@dataclass(frozen=True)
class Results:
    """One page of what was found: ids in order, metres to each (None without a point), totals and counts."""

    ids: list[int]
    metres: dict[int, int | None]
    total: int
    here: int  # how many to go to
    remote: int  # how many from home
    page: int  # the one shown, which is the last one when less was found than asked for
    today: dt.date  # the day that closing days were compared with
    kinds: list[Choice] = field(default_factory=list)
    categories: list[Choice] = field(default_factory=list)


TODAY = "(fr_now() AT TIME ZONE 'Europe/London')::date"
OPEN = f"s.live AND (s.closes_on IS NULL OR s.closes_on >= {TODAY})"
# A query of nothing but little words ("the") has no node and filters nothing. Both sides are constants to the planner.
QUERY = "websearch_to_tsquery('english', %(words)s)"
WORDS = f" AND (numnode({QUERY}) = 0 OR s.words @@ {QUERY})"
EAST, NORTH = "(s.easting - %(x)s)::bigint", "(s.northing - %(y)s)::bigint"
SQUARE = f"({EAST} * {EAST} + {NORTH} * {NORTH})"
NO_SQUARE = "NULL::bigint"
# The box is for the index (GiST on the point), the sum of squares for the truth.
NEAR = f""" AND s.point <@ box(
    point(%(x)s - %(radius)s, %(y)s - %(radius)s), point(%(x)s + %(radius)s, %(y)s + %(radius)s))
 AND {SQUARE} <= %(radius)s::bigint * %(radius)s"""
COUNCILS = " AND s.authority_id = ANY(%(councils)s)"
ORDERS = {
    NEAREST: "square, opened_on DESC, id",
    CLOSING: "closes_on NULLS LAST, square, id",
    NEWEST: "opened_on DESC, id DESC",
}
COLUMNS = """s.opportunity_id AS id, s.kind_id, s.category_id, s.remote, s.closes_on, s.opened_on,
    %(any_kind)s OR s.kind_id IN (SELECT id FROM k WHERE ticked) AS kind_ok,
    %(any_category)s OR coalesce(s.category_id IN (SELECT id FROM c WHERE ticked), false) AS category_ok"""
# Two branches, because the index of points leaves out what is done from home. A count beside a kind ignores which kinds
# are ticked (ticking another one adds to the list), and the same for categories.
STATEMENT = """
WITH k AS MATERIALIZED (
    SELECT id, code, name, position, code = ANY(%(kinds)s) AS ticked FROM pledge_kind WHERE becomes = 'places'),
c AS MATERIALIZED (SELECT id, code, name, code = ANY(%(categories)s) AS ticked FROM category),
base AS MATERIALIZED (
    SELECT {columns}, {square} AS square FROM opportunity_search s WHERE {open} AND NOT s.remote {here}{words}
    UNION ALL
    SELECT {columns}, NULL::bigint FROM opportunity_search s WHERE {open} AND s.remote{words}),
shown AS (SELECT * FROM base WHERE kind_ok AND category_ok AND remote = %(remote)s),
page AS (SELECT id, square, row_number() OVER (ORDER BY {order}) AS place FROM shown
    ORDER BY {order} LIMIT %(size)s OFFSET
        least(%(offset)s, (SELECT greatest(count(*) - 1, 0) / %(size)s * %(size)s FROM shown))),
kind_counts AS (SELECT kind_id, count(*) AS n FROM base WHERE category_ok AND remote = %(remote)s GROUP BY kind_id),
category_counts AS (
    SELECT category_id, count(*) AS n FROM base WHERE kind_ok AND remote = %(remote)s GROUP BY category_id)
SELECT
    (SELECT coalesce(json_agg(json_build_array(id, floor(sqrt(square))::int) ORDER BY place), '[]') FROM page),
    (SELECT count(*) FROM base WHERE kind_ok AND category_ok AND NOT remote),
    (SELECT count(*) FROM base WHERE kind_ok AND category_ok AND remote),
    (SELECT coalesce(json_agg(json_build_array(code, name, coalesce(n, 0)) ORDER BY position, code), '[]')
        FROM k LEFT JOIN kind_counts ON kind_id = id WHERE ticked OR n > 0),
    (SELECT coalesce(json_agg(json_build_array(code, name, coalesce(n, 0)) ORDER BY name, code), '[]')
        FROM c LEFT JOIN category_counts ON category_id = id WHERE ticked OR n > 0),
    {today}
"""
FURTHER = """
WITH k AS MATERIALIZED (SELECT id, code = ANY(%(kinds)s) AS ticked FROM pledge_kind),
c AS MATERIALIZED (SELECT id, code = ANY(%(categories)s) AS ticked FROM category),
base AS (SELECT {columns}, {square} AS square FROM opportunity_search s WHERE {open} AND NOT s.remote{words})
SELECT count(*), {counts} FROM base WHERE kind_ok AND category_ok
"""


def search(filters: Filters) -> Results:
    """One statement. The same filters give the same order on every page; a page past the end is the last one."""
    with connection.cursor() as cursor:
        cursor.execute(_sql(filters), _values(filters))
        page, here, remote, kinds, categories, today = cursor.fetchone()
    rows: list[tuple[int, int | None]] = _loaded(page)
    total = remote if filters.remote else here
    return Results(
        ids=[pk for pk, _metres in rows],
        metres=dict(rows),
        total=total,
        page=min(filters.page, max(1, -(-total // filters.size))),
        here=here,
        remote=remote,
        today=today,
        kinds=[Choice(*row) for row in _loaded(kinds)],
        categories=[Choice(*row) for row in _loaded(categories)],
    )


def further(filters: Filters) -> list[tuple[int | None, int]]:
    """For an empty page: how many there would be within each greater distance, and anywhere (None). One statement.

    Only what adds something is named: (10, 3), (20, 7), (None, 9).
    """
    if filters.remote:
        return []
    reach = [miles for miles in DISTANCES if filters.point and miles > (filters.miles or 0)] if filters.miles else []
    counts = ", ".join(
        f"count(*) FILTER (WHERE square <= {radius(miles)}::bigint * {radius(miles)})" for miles in reach
    )
    sql = FURTHER.format(
        columns=COLUMNS,
        square=SQUARE if filters.point else NO_SQUARE,
        open=OPEN,
        words=WORDS if filters.words else "",
        counts=counts or "0",
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, _values(filters))
        anywhere, *within = cursor.fetchone()
    found: list[tuple[int | None, int]] = []
    for miles, count in [*zip(reach, within, strict=False), (None, anywhere)]:
        if count > (found[-1][1] if found else 0):
            found.append((miles, count))
    return found


def radius(miles: int) -> int:
    """A distance in miles as whole metres, rounded down."""
    return int(miles * METRES_PER_MILE)


def _sql(filters: Filters) -> str:
    """The statement, put together from our own pieces: nothing that a person typed is in it."""
    near = NEAR if filters.point and filters.miles else ""
    return STATEMENT.format(
        columns=COLUMNS,
        square=SQUARE if filters.point else NO_SQUARE,
        open=OPEN,
        today=TODAY,
        here=near + (COUNCILS if filters.councils else ""),
        words=WORDS if filters.words else "",
        order=ORDERS[filters.order()],
    )


def _values(filters: Filters) -> dict[str, Any]:
    return {
        "any_kind": not filters.kinds,
        "kinds": list(filters.kinds),
        "any_category": not filters.categories,
        "categories": list(filters.categories),
        "words": filters.words,
        "x": filters.point.easting if filters.point else 0,
        "y": filters.point.northing if filters.point else 0,
        "radius": radius(filters.miles or 0),
        "councils": list(filters.councils),
        "remote": filters.remote,
        "size": filters.size,
        "offset": (filters.page - 1) * filters.size,
    }


def _loaded(value: Any) -> list[Any]:
    """A json column, whether or not the driver has read it already."""
    rows: list[Any] = json.loads(value) if isinstance(value, str) else value
    return [tuple(row) for row in rows]
