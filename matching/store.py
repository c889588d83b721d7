"""The table `match`: every statement that writes it. One lock serves all writers, so that lists stay exact."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.backends.utils import CursorWrapper

from matching import weights as w
from matching.columns import DAY, Array, Columns, pair_keys, read
from matching.engine import Found

FIELD = [("l", ">i4"), ("v", ">i8")]  # of a binary COPY: its length and a bigint
LOCK = 7_261_001  # one number for the whole database
STATE_SQL = f"""
SELECT watermark, runs, coalesce({DAY.format("(full_pass_at AT TIME ZONE 'Europe/London')::date")}, 0),
       {DAY.format("(fr_now() AT TIME ZONE 'Europe/London')::date")},
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
       (SELECT oid::bigint FROM pg_database WHERE datname = current_database())
FROM match_state
"""
PENDING_SQL = """
SELECT EXISTS (SELECT FROM interests WHERE rev >= (SELECT watermark::text::xid8 FROM match_state))
    OR EXISTS (SELECT FROM opportunity_search WHERE rev >= (SELECT watermark::text::xid8 FROM match_state))
    OR NOT EXISTS (SELECT FROM match_state WHERE (full_pass_at AT TIME ZONE 'Europe/London')::date
                                               = (fr_now() AT TIME ZONE 'Europe/London')::date)
"""
# The trigger of `interests` copies the point; touching the row is enough.
MOVED_SQL = """
UPDATE interests i SET person_id = i.person_id
FROM young_person p CROSS JOIN LATERAL (
    SELECT s.easting, s.northing FROM postcode_sector s
    WHERE s.code IN (p.living_sector, split_part(p.living_sector, ' ', 1)) ORDER BY length(s.code) DESC LIMIT 1) s
WHERE p.id = i.person_id AND (i.easting, i.northing) IS DISTINCT FROM (s.easting, s.northing)
"""
# What a kept occupation lies in may have changed with the file.
WISHES_SQL = """
UPDATE interests i SET categories = wished.mask
FROM interests j CROSS JOIN LATERAL (
    SELECT j.ticked | coalesce(bit_or(o.categories), 0) AS mask FROM occupation o WHERE o.number = ANY (j.occupations)
) wished
WHERE j.person_id = i.person_id AND i.occupations IS NOT NULL AND i.categories IS DISTINCT FROM wished.mask
"""
# How many rows a list keeps is the same for everybody, so admitting a row to a full list puts its last one out.
# DO UPDATE with a WHERE: rewriting rows that are the same would cost seven times more.
UPSERT = """
    ON CONFLICT (person_id, opportunity_id) DO UPDATE
    SET score = excluded.score, reasons = excluded.reasons, distance_hm = excluded.distance_hm
    WHERE (old.score, old.reasons, old.distance_hm)
          IS DISTINCT FROM (excluded.score, excluded.reasons, excluded.distance_hm)
"""
COLUMNS = "person_id, opportunity_id, score, reasons, distance_hm"
ONE_OPPORTUNITY_SQL = f"""
WITH candidate AS MATERIALIZED (
    SELECT * FROM unnest(%(people)s::bigint[], %(scores)s::smallint[], %(reasons)s::int[], %(distances)s::smallint[])
                  AS c (person_id, score, reasons, distance_hm)
), against AS MATERIALIZED (
    SELECT c.*, last.score AS last_score, last.opportunity_id AS last_id, last.ctid AS last_row
    FROM candidate c LEFT JOIN LATERAL (
        SELECT m.score, m.opportunity_id, m.ctid FROM match m
        WHERE m.person_id = c.person_id AND m.opportunity_id <> %(opportunity)s
        ORDER BY m.score DESC, m.opportunity_id LIMIT 1 OFFSET %(last)s) last ON true
), admitted AS MATERIALIZED (
    SELECT * FROM against
    WHERE last_id IS NULL OR score > last_score OR (score = last_score AND %(opportunity)s < last_id)
), written AS (
    INSERT INTO match AS old ({COLUMNS})
    SELECT person_id, %(opportunity)s, score, reasons, distance_hm FROM admitted ORDER BY person_id
    {UPSERT} RETURNING person_id
), put_out AS (
    DELETE FROM match m WHERE m.ctid = ANY (ARRAY(SELECT last_row FROM admitted WHERE last_row IS NOT NULL)) RETURNING 1
), gone AS (
    DELETE FROM match m WHERE m.opportunity_id = %(opportunity)s
        AND NOT EXISTS (SELECT FROM admitted a WHERE a.person_id = m.person_id) RETURNING m.person_id
)
SELECT (SELECT coalesce(array_agg(person_id), '{{}}') FROM written), (SELECT count(*) FROM put_out),
       (SELECT coalesce(array_agg(person_id), '{{}}') FROM gone)
"""
LISTS_SQL = f"""
WITH fresh AS MATERIALIZED (
    SELECT * FROM unnest(%(people)s::bigint[], %(opportunities)s::bigint[], %(scores)s::smallint[], %(reasons)s::int[],
                         %(distances)s::smallint[]) AS f ({COLUMNS})
), gone AS (
    DELETE FROM match m WHERE m.person_id = ANY(%(whose)s)
        AND NOT EXISTS (SELECT FROM fresh f WHERE f.person_id = m.person_id AND f.opportunity_id = m.opportunity_id)
    RETURNING m.person_id
), written AS (
    INSERT INTO match AS old ({COLUMNS}) SELECT * FROM fresh ORDER BY person_id, opportunity_id
    {UPSERT} RETURNING person_id
)
SELECT (SELECT count(*) FROM written), (SELECT count(*) FROM gone),
       (SELECT coalesce(array_agg(DISTINCT person_id), '{{}}') FROM (TABLE written UNION ALL TABLE gone) changed)
"""
# After a large write the planner still thinks these tables nearly empty, and reads them whole for every row: a thousand
# times slower until PostgreSQL's own housekeeping comes round. fr_worker may do this: see migration 0003.
STATISTICS_SQL = "ANALYZE match, match_told, interests, opportunity, opportunity_search, young_person, adviser_link"
LARGE = 500  # rows written from which on that is done
STORED_SQL = f"SELECT {COLUMNS} FROM match WHERE person_id >= %s AND person_id < %s"


@dataclass(frozen=True)
class State:
    """Where the matcher stands (match_state) and what the database says now."""

    watermark: int
    runs: int
    full_day: int  # day of the last pass over everything, 0 if never
    today: int
    next_watermark: int  # transactions before it have ended: all that they wrote can be seen
    database: int


@dataclass
class Changed:
    """Rows written and deleted, and the people whose lists they belong to."""

    written: int
    gone: int
    people: set[int]


def lock(cursor: CursorWrapper) -> None:
    """Wait for any other matcher. Held until the transaction ends; a statement of its own, so that those after it see
    what the other one wrote."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def read_state(cursor: CursorWrapper) -> State:
    """Read it before the changes it is to cover: a statement sees everything that ended before it began."""
    cursor.execute(STATE_SQL)
    return State(*cursor.fetchone())


def anything_pending(cursor: CursorWrapper) -> bool:
    """Whether a run would find work: changed rows, or a new day. Two index look-ups."""
    cursor.execute(PENDING_SQL)
    return bool(cursor.fetchone()[0])


def write_opportunity(
    cursor: CursorWrapper, columns: Columns, opportunity: int, found: Found
) -> tuple[Changed, list[int]]:
    """Bring one opportunity into everybody's lists. Also returns the people who lost it: their lists need filling up.

    Candidates below the last row of a full list are left out first; what we remember of that row is never too high.
    """
    found = found.take(found.score >= columns.people["floor"][found.people])
    values = {
        "opportunity": int(columns.opportunities["id"][opportunity]),
        "last": w.KEEP - 1,
        "people": columns.people["id"][found.people].tolist(),
        "scores": found.score.tolist(),
        "reasons": found.reasons.tolist(),
        "distances": found.distance_hm.tolist(),
    }
    cursor.execute(ONE_OPPORTUNITY_SQL, values)
    written, put_out, gone = cursor.fetchone()
    return Changed(len(written), put_out + len(gone), {*written, *gone}), gone


def write_lists(cursor: CursorWrapper, columns: Columns, people: Array, found: Found) -> Changed:
    """Make the lists of `people` (positions) equal to `found`, and remember how full they are."""
    values = {**_values(columns, found), "whose": columns.people["id"][people].tolist()}
    cursor.execute(LISTS_SQL, values)
    written, gone, changed = cursor.fetchone()
    columns.people["floor"][people] = -1
    _remember_floors(columns, found)
    return Changed(written, gone, set(changed))


def write_difference(cursor: CursorWrapper, columns: Columns, people: tuple[int, int], found: Found) -> Changed:
    """As write_lists for everybody with an id in a range, by comparing in memory and writing only what differs."""
    names = COLUMNS.split(", ")
    stored = read(cursor, STORED_SQL, names, people)
    fresh = {name: np.asarray(column) for name, column in zip(names, _columns(columns, found), strict=True)}
    old, new = (pair_keys(rows["person_id"], rows["opportunity_id"]) for rows in (stored, fresh))
    order = np.argsort(old)
    at = np.minimum(np.searchsorted(old[order], new), max(0, len(old) - 1))
    same = np.zeros(len(new), bool)
    if len(old):
        at = order[at]
        same = old[at] == new
        for name in names[2:]:
            same &= stored[name][at] == fresh[name]
    gone = ~np.isin(old, new)
    _delete(cursor, stored["person_id"][gone], stored["opportunity_id"][gone])
    _upsert(cursor, [fresh[name][~same] for name in names])
    changed = {*stored["person_id"][gone].tolist(), *fresh["person_id"][~same].tolist()}
    return Changed(int((~same).sum()), int(gone.sum()), changed)


def after_large_write(cursor: CursorWrapper, changed: Changed) -> None:
    """Tell the planner how many rows there are now, if many were written."""
    if changed.written + changed.gone >= LARGE:
        cursor.execute(STATISTICS_SQL)


def finish(cursor: CursorWrapper, *, watermark: int) -> None:
    """What was read before `watermark` is in the matches now. In the transaction that wrote them."""
    cursor.execute("UPDATE match_state SET watermark = %s, runs = runs + 1", [watermark])


def finish_everything(cursor: CursorWrapper, *, watermark: int, repaired: int | None) -> None:
    """As finish, after a pass over everybody. `repaired`: rows it had to put right; None leaves the figure alone."""
    cursor.execute(
        "UPDATE match_state SET watermark = greatest(watermark, %s), runs = runs + 1, full_pass_at = fr_now(),"
        " repaired_rows = coalesce(%s, repaired_rows)",
        [watermark, repaired],
    )


def _columns(columns: Columns, found: Found) -> tuple[Array, ...]:
    ids = columns.people["id"][found.people], columns.opportunities["id"][found.opportunities]
    return (*ids, found.score, found.reasons, found.distance_hm)


def _values(columns: Columns, found: Found) -> dict[str, list[int]]:
    names = ("people", "opportunities", "scores", "reasons", "distances")
    return {name: column.tolist() for name, column in zip(names, _columns(columns, found), strict=True)}


def _remember_floors(columns: Columns, found: Found) -> None:
    """The pairs of a person stand together, the best first: the last of 50 is the floor."""
    people, first, count = np.unique(found.people, return_index=True, return_counts=True)
    full = count == w.KEEP
    columns.people["floor"][people[full]] = found.score[first[full] + w.KEEP - 1]


def _delete(cursor: CursorWrapper, people: Array, opportunities: Array) -> None:
    if len(people):
        cursor.execute(
            "DELETE FROM match m USING unnest(%s::bigint[], %s::bigint[]) AS d (person_id, opportunity_id)"
            " WHERE m.person_id = d.person_id AND m.opportunity_id = d.opportunity_id",
            [people.tolist(), opportunities.tolist()],
        )


def _upsert(cursor: CursorWrapper, columns: Iterable[Array]) -> None:
    """By binary COPY into a temporary table and one INSERT: PostgreSQL refuses COPY into a table with policies."""
    names, columns = COLUMNS.split(", "), list(columns)
    if not len(columns[0]):
        return
    made = ", ".join(f"{name} bigint" for name in names)
    cursor.execute(f"CREATE TEMPORARY TABLE match_delta ({made}) ON COMMIT DROP")
    with cursor.copy("COPY match_delta FROM STDIN (FORMAT binary)") as copy:
        copy.write(as_copy(columns))
    cursor.execute(f"INSERT INTO match AS old ({COLUMNS}) SELECT * FROM match_delta ORDER BY 1, 2 {UPSERT}")
    cursor.execute("DROP TABLE match_delta")


def as_copy(columns: Sequence[Array]) -> bytes:
    """Columns of one length as binary COPY takes them: a header, per row a count of fields and each field's length and
    value, and two bytes at the end."""
    rows = np.zeros(len(columns[0]), [("n", ">i2"), *((f"c{at}", FIELD) for at in range(len(columns)))])
    rows["n"] = len(columns)
    for at, column in enumerate(columns):
        rows[f"c{at}"]["l"], rows[f"c{at}"]["v"] = 8, column
    return b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows.tobytes() + b"\xff\xff"
