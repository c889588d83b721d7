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
from opportunities import badges

PAGE = 10  # a first view of 25 KB, style and font included: a cheap phone pays for every one
DISTANCES = (2, 5, 10, 20, 40)  # miles that the filter offers
NEAREST, CLOSING, NEWEST = "nearest", "closing", "newest"
VISITS = ("site-visit", "mock-interview")  # kinds to start with: an hour or a day, and nobody is bound by it


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
    badges: int = 0  # a mask: all of these (opportunities.badges)
    starts_by: int | None = None  # at most so many months from today; what starts when it suits both counts
    age: int | None = None  # what asks for an older age is left out, and counted
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
    badges: dict[int, int] = field(default_factory=dict)  # mask of one badge -> how many of these have it as well
    older: dict[int, int] = field(default_factory=dict)  # age -> how many more there are from that birthday on


@dataclass(frozen=True)
class Further:
    """What an empty page can offer: so many within each greater distance (None: anywhere), and visits to start with."""

    wider: list[tuple[int | None, int]] = field(default_factory=list)
    visits: int = 0


TODAY = "(fr_now() AT TIME ZONE 'Europe/London')::date"
OPEN = f"s.live AND (s.closes_on IS NULL OR s.closes_on >= (SELECT {TODAY}))"  # a subquery: the clock is read once
# A query of nothing but little words ("the") has no node and filters nothing. Both sides are constants to the planner.
QUERY = "websearch_to_tsquery('english', %(words)s)"
WORDS = f" AND (numnode({QUERY}) = 0 OR s.words @@ {QUERY})"
EAST, NORTH = "(s.easting - %(x)s)::bigint", "(s.northing - %(y)s)::bigint"
SQUARE = f"({EAST} * {EAST} + {NORTH} * {NORTH})"
NO_SQUARE = "NULL::bigint"
# The box is for the index (GiST on the point), the sum of squares for the truth.
NEAR = f""" AND s.point <@ box(
    point(%(x)s - {{radius}}, %(y)s - {{radius}}), point(%(x)s + {{radius}}, %(y)s + {{radius}}))
 AND {SQUARE} <= {{square}}"""
WITHIN = NEAR.format(radius="%(radius)s", square="%(radius)s::bigint * %(radius)s")
COUNCILS = " AND s.authority_id = ANY(%(councils)s)"
TICKED_KINDS = " AND s.kind_id IN (SELECT id FROM k WHERE ticked)"
TICKED_CATEGORIES = " AND s.category_id IN (SELECT id FROM c WHERE ticked)"
BADGES = " AND s.badges & %(badges)s = %(badges)s"
STARTS_BY = f"(SELECT ({TODAY} + make_interval(months => %(starts_by)s))::date)"
STARTS = f" AND (s.starts_on IS NULL OR s.starts_on <= {STARTS_BY})"
OF_AGE = " AND s.min_age <= %(age)s"
# The birthday from which somebody who is too young now may go for it; 0: not too young.
BIRTHDAYS = (18, 21, 25)
OLDER = "CASE WHEN s.min_age <= %(age)s THEN 0 WHEN s.min_age <= 18 THEN 18 WHEN s.min_age <= 21 THEN 21 ELSE 25 END"
BADGE_COUNTS = ", ".join(f"coalesce(sum(n) FILTER (WHERE badges & {one.mask} <> 0), 0)::int" for one in badges.BADGES)
ORDERS = {
    NEAREST: "square, opened_on DESC, id",
    CLOSING: "closes_on NULLS LAST, square, id",
    NEWEST: "opened_on DESC, id DESC",
}
KINDS_AND_CATEGORIES = """k AS MATERIALIZED (
    SELECT id, code, name, position, code = ANY(%(kinds)s) AS ticked FROM pledge_kind WHERE becomes = 'places'),
c AS MATERIALIZED (SELECT id, code, name, code = ANY(%(categories)s) AS ticked FROM category)"""
# All figures come from one small table: how many there are of each kind and category, in two branches because the index
# of points leaves out what is done from home. A count beside a kind ignores which kinds are ticked (ticking another one
# adds to the list), and the same for categories. Badges only ever narrow, and there are many mixtures of them: they are
# counted by themselves. The page is read by itself, so that an index can end it early.
STATEMENT = f"""
WITH {KINDS_AND_CATEGORIES},
counted AS MATERIALIZED (
    SELECT kind_id, category_id, remote, older, n,
        %(any_kind)s OR kind_id IN (SELECT id FROM k WHERE ticked) AS kind_ok,
        %(any_category)s OR coalesce(category_id IN (SELECT id FROM c WHERE ticked), false) AS category_ok
    FROM (
        SELECT kind_id, category_id, {{older}} AS older, false AS remote, count(*) AS n
        FROM opportunity_search s
        WHERE {{open}} AND NOT s.remote{{here}}{{narrow}} GROUP BY kind_id, category_id, older
        UNION ALL
        SELECT kind_id, category_id, {{older}} AS older, true, count(*) FROM opportunity_search s
        WHERE {{open}} AND s.remote{{narrow}} GROUP BY kind_id, category_id, older) sums),
totals AS MATERIALIZED (
    SELECT here, home, least(%(offset)s, greatest(CASE WHEN %(remote)s THEN home ELSE here END - 1, 0)
        / %(size)s * %(size)s) AS start
    FROM (
        SELECT coalesce(sum(n) FILTER (WHERE NOT remote), 0)::int AS here,
            coalesce(sum(n) FILTER (WHERE remote), 0)::int AS home
        FROM counted WHERE kind_ok AND category_ok AND older = 0) sums),
{{reach}}
page AS (
    SELECT s.opportunity_id AS id, s.opened_on, s.closes_on, {{square}} AS square
    FROM opportunity_search s WHERE {{chosen}}{{reached}}
    ORDER BY {{order}} LIMIT %(size)s OFFSET (SELECT start FROM totals)),
held AS (SELECT badges, count(*)::int AS n FROM opportunity_search s WHERE {{chosen}} GROUP BY badges),
kind_counts AS (
    SELECT kind_id, sum(n)::int AS n FROM counted
    WHERE category_ok AND older = 0 AND remote = %(remote)s GROUP BY kind_id),
category_counts AS (
    SELECT category_id, sum(n)::int AS n FROM counted
    WHERE kind_ok AND older = 0 AND remote = %(remote)s GROUP BY category_id),
older_counts AS (
    SELECT older, sum(n)::int AS n FROM counted
    WHERE kind_ok AND category_ok AND older > 0 AND remote = %(remote)s GROUP BY older)
SELECT
    (SELECT coalesce(json_agg(json_build_array(id, floor(sqrt(square))::int) ORDER BY {{order}}), '[]') FROM page),
    here, home,
    (SELECT coalesce(json_agg(json_build_array(code, name, coalesce(n, 0)) ORDER BY position, code), '[]')
        FROM k LEFT JOIN kind_counts ON kind_id = id WHERE ticked OR n > 0),
    (SELECT coalesce(json_agg(json_build_array(code, name, coalesce(n, 0)) ORDER BY name, code), '[]')
        FROM c LEFT JOIN category_counts ON category_id = id WHERE ticked OR n > 0),
    (SELECT json_build_array({BADGE_COUNTS}) FROM held),
    (SELECT coalesce(json_agg(json_build_array(older, n) ORDER BY older), '[]') FROM older_counts),
    {TODAY}
FROM totals
"""
# Nearest first at any distance: the index of points says how far the page reaches, and only so far are the rows sorted.
# Its own order is of floats; the squares of whole metres decide, so that every page agrees with the next.
REACH = """reach AS MATERIALIZED (
    SELECT max(square) AS square, ceil(sqrt(max(square)))::int AS radius FROM (
        SELECT {square} AS square FROM opportunity_search s WHERE {chosen}
        ORDER BY s.point <-> point(%(x)s, %(y)s) LIMIT (SELECT start + %(size)s FROM totals)) nearest),"""
REACHED = NEAR.format(radius="(SELECT radius FROM reach)", square="(SELECT square FROM reach)")
FURTHER = f"""
WITH {KINDS_AND_CATEGORIES},
base AS (SELECT {{square}} AS square FROM opportunity_search s WHERE {{chosen}})
SELECT count(*), (
    SELECT count(*) FROM opportunity_search s WHERE {{visits}} AND s.kind_id IN (
        SELECT id FROM pledge_kind WHERE code = ANY(%(visits)s))), {{counts}} FROM base
"""


def search(filters: Filters) -> Results:
    """One statement. The same filters give the same order on every page; a page past the end is the last one."""
    with connection.cursor() as cursor:
        cursor.execute(_sql(filters), _values(filters))
        page, here, remote, kinds, categories, held, older, today = cursor.fetchone()
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
        badges=dict(zip((badge.mask for badge in badges.BADGES), _loaded(held), strict=True)),
        older=dict(_loaded(older)),
    )


def further(filters: Filters) -> Further:
    """For an empty page: how many there would be within each greater distance, and anywhere (None), and how many visits
    to start with near there, whatever else was asked. One statement.

    Only what adds something is named: (10, 3), (20, 7), (None, 9).
    """
    if filters.remote:
        return Further()
    reach = [miles for miles in DISTANCES if filters.point and miles > (filters.miles or 0)] if filters.miles else []
    counts = ", ".join(
        f"count(*) FILTER (WHERE square <= {radius(miles)}::bigint * {radius(miles)})" for miles in reach
    )
    square = SQUARE if filters.point else NO_SQUARE
    near = Filters(point=filters.point, miles=filters.miles, councils=filters.councils, age=filters.age)
    visits = _chosen(near, _here(near))
    sql = FURTHER.format(square=square, chosen=_chosen(filters, here=""), counts=counts or "0", visits=visits)
    with connection.cursor() as cursor:
        cursor.execute(sql, _values(filters))
        anywhere, start_with, *within = cursor.fetchone()
    found: list[tuple[int | None, int]] = []
    for miles, count in [*zip(reach, within, strict=False), (None, anywhere)]:
        if count > (found[-1][1] if found else 0):
            found.append((miles, count))
    return Further(found, start_with)


def radius(miles: int) -> int:
    """A distance in miles as whole metres, rounded down."""
    return int(miles * METRES_PER_MILE)


def _sql(filters: Filters) -> str:
    """The statement, put together from our own pieces: nothing that a person typed is in it."""
    here = _here(filters)
    square = SQUARE if filters.point and not filters.remote else NO_SQUARE
    chosen = _chosen(filters, here)
    far = filters.order() == NEAREST and not filters.miles and not filters.words  # words leave few rows to sort
    return STATEMENT.format(
        open=OPEN,
        here=here,
        narrow=_narrow(filters),
        older=OLDER if filters.age else "0",
        square=square,
        chosen=chosen,
        reach=REACH.format(square=square, chosen=chosen) if far else "",
        reached=REACHED if far else "",
        order=ORDERS[filters.order()],
    )


def _here(filters: Filters) -> str:
    """What holds of those to go to."""
    return (WITHIN if filters.point and filters.miles else "") + (COUNCILS if filters.councils else "")


def _narrow(filters: Filters) -> str:
    """What holds of every count."""
    return (WORDS if filters.words else "") + (BADGES if filters.badges else "") + (STARTS if filters.starts_by else "")


def _chosen(filters: Filters, here: str) -> str:
    """The condition on the rows of the page. here: what holds of those to go to."""
    return (
        OPEN
        + (" AND s.remote" if filters.remote else f" AND NOT s.remote{here}")
        + _narrow(filters)
        + (OF_AGE if filters.age else "")
        + (TICKED_KINDS if filters.kinds else "")
        + (TICKED_CATEGORIES if filters.categories else "")
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
        "badges": filters.badges,
        "starts_by": filters.starts_by,
        "age": filters.age,
        "visits": list(VISITS),
        "size": filters.size,
        "offset": (filters.page - 1) * filters.size,
    }


def _loaded(value: Any) -> list[Any]:
    """A json column, whether or not the driver has read it already."""
    rows: list[Any] = json.loads(value) if isinstance(value, str) else value
    return [tuple(row) if isinstance(row, list) else row for row in rows]


# The orders again as keys of which none is null, for lists that go on after a row and not after a number of rows: what
# is published meanwhile moves nothing. The newest reads its index.
EPOCH = "DATE '2000-01-01'"
AFTER = {
    NEAREST: ("{square}", "{epoch} - s.opened_on", "s.opportunity_id"),
    CLOSING: ("coalesce(s.closes_on - {epoch}, 1000000)", "coalesce({square}, 0)", "s.opportunity_id"),
    NEWEST: ("s.opened_on", "s.opportunity_id"),
}


def rows_after(filters: Filters, after: tuple[int, ...] | None, most: int) -> list[tuple[int, tuple[int, ...]]]:
    """At most so many rows after the one with the key `after` (None: from the first): (id, its key). One statement."""
    order = filters.order()
    square = SQUARE if filters.point and not filters.remote else NO_SQUARE
    keys = [key.format(square=square, epoch=EPOCH) for key in AFTER[order]]
    told = [f"s.opened_on - {EPOCH}", keys[1]] if order == NEWEST else keys
    last = [f"{EPOCH} + %(k0)s::int", "%(k1)s"] if order == NEWEST else ["%(k0)s", "%(k1)s", "%(k2)s"]
    sign, direction = ("<", " DESC") if order == NEWEST else (">", "")
    further_on = f" AND ({', '.join(keys)}) {sign} ({', '.join(last)})" if after else ""
    sql = (
        f"WITH {KINDS_AND_CATEGORIES} SELECT s.opportunity_id, {', '.join(told)} FROM opportunity_search s"
        f" WHERE {_chosen(filters, _here(filters))}{further_on} ORDER BY {', '.join(key + direction for key in keys)}"
        " LIMIT %(most)s"
    )
    named = {f"k{place}": value for place, value in enumerate(after or ())}
    with connection.cursor() as cursor:
        cursor.execute(sql, {**_values(filters), **named, "most": most})
        return [(pk, tuple(int(part) for part in key)) for pk, *key in cursor.fetchall()]
