"""The ways of matching that are measured beside each other. Each does the work of one new opportunity, or of a full
pass, inside the transaction it is given.

What a job-alert service does: ask for every person it keeps whether this fits them, by a query each.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from django.db.backends.utils import CursorWrapper
from django.db.models import F, Q

from core import clock
from matching import by_sql, definition, engine, rows, store, telling
from matching import weights as w
from matching.columns import Array, Columns
from matching.models import Interests, Match
from opportunities.models import SearchRow

Way = Callable[[int], Any]  # of an opportunity's id
PEOPLE = "bench_people"  # a copy of `interests` with an index on the circles in which people live
COPY_SQL = f"""
CREATE TEMPORARY TABLE {PEOPLE} AS SELECT * FROM interests;
CREATE INDEX ON {PEOPLE} USING gist (circle(point(easting, northing), radius_m + 1));
CREATE INDEX ON {PEOPLE} (person_id) WHERE remote_ok;
ANALYZE {PEOPLE}
"""
IN_CIRCLE = "NOT o.remote AND circle(point(i.easting, i.northing), i.radius_m + 1) @> point(o.easting, o.northing)"
NEAR_THEM = "NOT o.remote AND o.live AND o.point <@ circle(point(i.easting, i.northing), i.radius_m + 1)"
FROM_HOME = "o.remote AND i.remote_ok"
CANDIDATES = "SELECT * FROM unnest("  # how the engine hands its own to the statement that writes them


def values() -> dict[str, Any]:
    """The parameters of by_sql.pairs."""
    return {"today": clock.today(), "freely_given": rows.freely_given()}


def either(chosen: str, near: str, people: str = "interests") -> str:
    """The pairs within reach and those from home, each by its own index."""
    parts = (by_sql.pairs(chosen, people=people, near=one) for one in (near, FROM_HOME))
    return " UNION ALL ".join(parts)


def prepare(cursor: CursorWrapper, name: str, types: str, query: str) -> None:
    """PREPARE with today and the mask written in. In `query` the arguments stand as $1, $2."""
    said = {key: f"'{value}'" if isinstance(value, dt.date) else value for key, value in values().items()}
    cursor.execute(f"PREPARE {name} ({types}) AS {query % said}")


def prepared_query_per_person(cursor: CursorWrapper, people: Iterable[int]) -> Way:
    """Does it fit this person? One prepared statement for each of `people`."""
    prepare(cursor, "one_pair", "bigint, bigint", by_sql.pairs("i.person_id = $1 AND o.opportunity_id = $2"))

    def ask(opportunity: int) -> int:
        found = 0
        for person in people:
            cursor.execute("EXECUTE one_pair (%s, %s)", [person, opportunity])
            found += len(cursor.fetchall())
        return found

    return ask


def django_query_per_person(people: Iterable[int]) -> Way:
    """Through the ORM, with the person's wishes as filters: fewer rules than the others hold (no audience, age, hours
    or needs; a square for the circle), so it is flattered."""
    wishes = list(Interests.objects.filter(pk__in=list(people)))

    def ask(opportunity: int) -> int:
        return sum(_fits(person, opportunity) for person in wishes)

    return ask


def _fits(person: Interests, opportunity: int) -> bool:
    today = clock.today()
    fits = Q(pk=opportunity, live=True, free=True) & (Q(closes_on=None) | Q(closes_on__gte=today))
    if person.kinds:
        fits &= Q(kind_bit__in=[bit for bit in range(13) if person.kinds >> bit & 1])
    if person.categories and not person.open_to_anything:
        fits &= Q(shared__gt=0)
    if person.earliest_start:
        fits &= Q(starts_on=None) | Q(starts_on__gte=person.earliest_start)
    e, n, reach = person.easting or 0, person.northing or 0, person.radius_m
    near = Q(remote=False, easting__range=(e - reach, e + reach), northing__range=(n - reach, n + reach))
    fits &= near | Q(remote=True) if person.remote_ok else near
    shared = F("categories").bitand(person.categories)
    return SearchRow.objects.annotate(shared=shared).filter(fits).exists()


def orm_loop(opportunity: int) -> int:
    """Everybody read, each matched in Python, each match written by itself."""
    [wanted] = rows.opportunities([opportunity])
    day, found = clock.today().toordinal(), 0
    for person in rows.people():
        result = definition.match(person, wanted, day)
        if result is not None:
            made: dict[str, Any] = dict(zip(("score", "reasons", "distance_hm"), result, strict=True))
            Match.objects.update_or_create(person_id=person.id, opportunity_id=opportunity, defaults=made)
            found += 1
    return found


def set_based(cursor: CursorWrapper) -> Way:
    """Everybody in one statement, found by an index on their circles, and written as the engine writes."""
    cursor.execute(COPY_SQL)
    chosen = "o.opportunity_id = %(opportunity)s"
    pairs = either(chosen, IN_CIRCLE, PEOPLE)
    found = f"SELECT person_id, score::smallint, reasons, distance_hm::smallint FROM ({pairs}) f"
    start = store.ONE_OPPORTUNITY_SQL.index(CANDIDATES)
    end = store.ONE_OPPORTUNITY_SQL.index("AS c (", start)
    end = store.ONE_OPPORTUNITY_SQL.index(")", end) + 1
    query = store.ONE_OPPORTUNITY_SQL[:start] + found + store.ONE_OPPORTUNITY_SQL[end:]

    def match(opportunity: int) -> int:
        cursor.execute(query, {**values(), "opportunity": opportunity, "last": w.KEEP - 1})
        return len(cursor.fetchone()[0])

    return match


def by_engine(cursor: CursorWrapper, columns: Columns, *, tells: bool = False) -> Way:
    """What the matcher does with a new opportunity. tells: with the messages that are held for advisers."""

    def match(opportunity: int) -> int:
        place = at(columns, opportunity)
        changed, _gone = store.write_opportunity(cursor, columns, place, engine.people_for(columns, place))
        if tells:
            telling.tell(changed.people)
        return len(changed.people)

    return match


def match_part(columns: Columns) -> Way:
    """The engine's deciding, without any writing."""

    def match(opportunity: int) -> int:
        return len(engine.people_for(columns, at(columns, opportunity)))

    return match


def word_pass(columns: Columns) -> Way:
    """Calibration: one AND, one addition and one comparison over everybody's words, and nothing else."""

    def match(opportunity: int) -> int:
        word = columns.opportunities["word"][at(columns, opportunity)]
        return int(engine.fits(columns.people["word"] & word).sum())

    return match


def best_of_each(cursor: CursorWrapper, people: Iterable[int]) -> Callable[[], int]:
    """A full pass by a prepared query per person: each one's best 50."""
    pairs = either("i.person_id = $1", NEAR_THEM)
    prepare(cursor, "best_of_one", "bigint", f"{pairs} ORDER BY score DESC, opportunity_id LIMIT {w.KEEP}")

    def ask() -> int:
        found = 0
        for person in people:
            cursor.execute("EXECUTE best_of_one (%s)", [person])
            found += len(cursor.fetchall())
        return found

    return ask


def raw_copy(cursor: CursorWrapper, rows_of: dict[str, Array]) -> Callable[[], None]:
    """Calibration: that many rows into an empty table without an index, and nothing else."""
    data = store.as_copy(list(rows_of.values()))
    made = ", ".join(f"{name} bigint" for name in rows_of)

    def copy_in() -> None:
        cursor.execute(f"CREATE TEMPORARY TABLE bench_copy ({made})")
        with cursor.copy("COPY bench_copy FROM STDIN (FORMAT binary)") as copy:
            copy.write(data)
        cursor.execute("DROP TABLE bench_copy")

    return copy_in


def at(columns: Columns, opportunity: int) -> int:
    """Where it stands in the columns."""
    return int(columns.opportunities.find(np.array([opportunity]))[0])
