"""How many would like what, and where: written whole into the suppressed table `demand`, from the matcher's columns.

Counted are those who said that they would like a category (or are open to anything) and who would go for a kind (or
have no preference); whoever named no work is counted nowhere. Each figure is of people, so what overlaps is counted in both; fewer than five are never written.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.db import connection
from django.db.backends.utils import CursorWrapper

from core.scope import EVERYTHING, scope
from matching.columns import PEOPLE, PEOPLE_SQL, Array, Rows, read
from matching.definition import ANY_KIND
from matching.rows import audiences, freely_given
from pledges.models import Category, PledgeKind
from pledges.models.demand import FEWEST
from pledges.wanted import MILES

REACH_M = round(MILES * 1609.344)
# The postcode districts that lie in a partnership's councils, or in the districts of its counties.
PLACES_SQL = """
SELECT s.code, s.easting, s.northing FROM postcode_sector s
WHERE strpos(s.code, ' ') = 0 AND s.district_gss IN (
    SELECT c.gss_code FROM council c JOIN partnership_councils p ON p.council_id IN (c.id, c.county_id))
ORDER BY s.code
"""
WRITE_SQL = """
INSERT INTO demand (place, partnership_id, category_id, kind_id, people)
SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::int[])
"""
Figure = tuple[str, int | None, int | None, int | None, int]  # place, partnership, category, kind, people


@dataclass(frozen=True)
class Wishes:
    """Of every person: where they live, who is responsible, and one or zero for each category and for each kind, any of
    them first."""

    e: Array
    n: Array
    responsible: Array
    categories: Array
    kinds: Array

    def counted(self, which: Array) -> Array:
        """People among `which` (a mask) by category and kind."""
        some = np.flatnonzero(which)
        counts: Array = self.categories[some].T @ self.kinds[some]
        return counts.astype(np.int64)


def rewrite() -> int:
    """Count everybody anew, in one transaction. Returns how many figures were written."""
    with scope(EVERYTHING), connection.cursor() as cursor:
        found = list(figures(cursor))
        cursor.execute("DELETE FROM demand")
        cursor.execute(WRITE_SQL, [list(column) for column in zip(*found, strict=True)] or [[], [], [], [], []])
    return len(found)


def figures(cursor: CursorWrapper) -> Iterator[Figure]:
    """Every figure that may be known. Needs a scope."""
    categories = {row.bit: row.pk for row in Category.objects.order_by("bit")}
    kinds = {
        row.bit: row.pk for row in PledgeKind.objects.filter(bit__isnull=False).order_by("bit") if row.bit is not None
    }
    wishes = wishes_of(read(cursor, PEOPLE_SQL, PEOPLE), list(categories), list(kinds), freely_given())
    rows, columns = [None, *categories.values()], [None, *kinds.values()]

    def of(place: str, partnership: int | None, which: Array) -> Iterator[Figure]:
        counts = wishes.counted(which)
        for row, column in zip(*np.nonzero(counts >= FEWEST), strict=True):
            yield place, partnership, rows[row], columns[column], int(counts[row, column])

    for partnership, (councils, _living) in audiences().items():
        yield from of("", partnership, np.isin(wishes.responsible, list(councils)))
    cursor.execute(PLACES_SQL)
    for code, easting, northing in cursor.fetchall():
        yield from of(code, None, (wishes.e - easting) ** 2 + (wishes.n - northing) ** 2 <= REACH_M**2)


def wishes_of(rows: Rows, categories: list[int], kinds: list[int], limited: int) -> Wishes:
    """From rows of PEOPLE_SQL. categories, kinds: bits; limited: the mask of kinds for those who may only volunteer."""
    would = np.where(rows["kinds"] == 0, ANY_KIND, rows["kinds"])
    would = np.where(rows["limited"] == 1, would & limited, would)
    named = np.where(rows["open"] == 1, -1, rows["categories"])  # open to anything: every bit
    return Wishes(
        rows["e"], rows["n"], rows["responsible"], _bits(named, categories), _bits(would, kinds)
    )  # fmt: skip


def _bits(masks: Array, bits: list[int]) -> Array:
    """Ones and zeros: any bit at all, then each."""
    columns = [masks != 0, *(masks >> bit & 1 for bit in bits)]
    return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)
