"""How many would like what, and where: written whole into the suppressed table `demand`, from the matcher's columns.

Counted are those who said that they would like a category (or are open to anything) and who would go for a kind (or
have no preference); whoever named no work is counted nowhere. Each figure is of people, so what overlaps is counted in
both, and is rounded down to fives: fewer are never written, and one more or less shows nothing. Whoever may only
volunteer is counted under no kind, for the difference between two kinds would tell of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from django.db import connection
from django.db.backends.utils import CursorWrapper

from core.postcodes import METRES_PER_MILE
from core.scope import EVERYTHING, scope
from matching import store
from matching.columns import PEOPLE, PEOPLE_SQL, Array, read
from matching.definition import ANY_KIND
from matching.rows import audiences
from pledges.models import Category, PledgeKind
from pledges.models.demand import STEP
from pledges.wanted import MILES

NO_KIND = 1 << 13  # above the kinds: only "any" counts them
Areas = Mapping[int, tuple[frozenset[int], frozenset[int]]]  # as rows.audiences has them
REACH_M = round(MILES * METRES_PER_MILE)
# The postcode districts that lie in a partnership's councils, or in the districts of its counties.
PLACES_SQL = """
SELECT s.code, s.easting, s.northing FROM postcode_sector s
WHERE strpos(s.code, ' ') = 0 AND s.district_gss IN (
    SELECT c.gss_code FROM council c JOIN partnership_councils p ON p.council_id IN (c.id, c.county_id)
    WHERE p.partnership_id = ANY (%s))
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
    them first. category_ids, kind_ids: whose columns these are; None for any."""

    e: Array
    n: Array
    responsible: Array
    categories: Array
    kinds: Array
    category_ids: list[int | None]
    kind_ids: list[int | None]

    def of_partnership(self, partnership: int, councils: Iterable[int]) -> Iterator[Figure]:
        """Those in the care of its councils."""
        yield from self._counted("", partnership, np.isin(self.responsible, list(councils)))

    def of_place(self, code: str, easting: int, northing: int) -> Iterator[Figure]:
        """Those who live within reach of a postcode district's middle."""
        yield from self._counted(code, None, (self.e - easting) ** 2 + (self.n - northing) ** 2 <= REACH_M**2)

    def _counted(self, place: str, partnership: int | None, which: Array) -> Iterator[Figure]:
        some = np.flatnonzero(which)
        fives = (self.categories[some].T @ self.kinds[some]).astype(np.int64) // STEP
        for row, column in zip(*np.nonzero(fives), strict=True):
            yield place, partnership, self.category_ids[row], self.kind_ids[column], int(fives[row, column]) * STEP


def rewrite() -> int:
    """Count everybody anew, in one transaction, one matcher at a time. Returns how many figures were written."""
    with scope(EVERYTHING), connection.cursor() as cursor:
        store.lock(cursor)
        found = figures(cursor, load(cursor), audiences())
        cursor.execute("DELETE FROM demand")
        if found:
            cursor.execute(WRITE_SQL, [list(column) for column in zip(*found, strict=True)])
    return len(found)


def figures(cursor: CursorWrapper, wishes: Wishes, areas: Areas) -> list[Figure]:
    """Every figure of these partnerships and of the places in them that may be known."""
    found = [one for area, (councils, _living) in areas.items() for one in wishes.of_partnership(area, councils)]
    cursor.execute(PLACES_SQL, [list(areas)])
    return [*found, *(one for place in cursor.fetchall() for one in wishes.of_place(*place))]


def load(cursor: CursorWrapper) -> Wishes:
    """Everybody's, from the rows that the matcher reads. Needs a scope."""
    rows = read(cursor, PEOPLE_SQL, PEOPLE)
    categories = dict(Category.objects.order_by("bit").values_list("bit", "pk"))
    kinds = dict(PledgeKind.objects.filter(bit__isnull=False).order_by("bit").values_list("bit", "pk"))
    would = np.where(rows["kinds"] == 0, ANY_KIND, rows["kinds"])
    would = np.where(rows["limited"] == 1, NO_KIND, would)
    named = np.where(rows["open"] == 1, -1, rows["categories"])  # open to anything: every bit
    return Wishes(
        e=rows["e"], n=rows["n"], responsible=rows["responsible"],
        categories=_bits(named, categories), kinds=_bits(would, kinds),
        category_ids=[None, *categories.values()], kind_ids=[None, *kinds.values()],
    )  # fmt: skip


def _bits(masks: Array, bits: Iterable[int | None]) -> Array:
    """Ones and zeros: any bit at all, then each."""
    columns = [masks != 0, *(masks >> bit & 1 for bit in bits if bit is not None)]
    return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)
