"""How often offered occupations were kept, by category and month: where the mapping is wrong, and nobody's words."""

from collections import Counter
from collections.abc import Iterable

from django.db import connection

from core import clock
from occupations.models import Offered
from occupations.table import occupations
from pledges.models import Category

FEWEST = 20  # offered in one category; below it nothing of it is said
COUNT_SQL = """
INSERT INTO occupation_offered AS o (category_id, month, offered, kept)
SELECT c.id, %s, x.offered, x.kept
FROM unnest(%s::text[], %s::int[], %s::int[]) AS x (code, offered, kept) JOIN category c ON c.code = x.code
ORDER BY c.id
ON CONFLICT (category_id, month) DO UPDATE SET offered = o.offered + excluded.offered, kept = o.kept + excluded.kept
"""


def count(offered: Iterable[str], kept: Iterable[str]) -> None:
    """These occupations were offered for somebody's words, and these of them kept. By their first category."""
    shown, chosen = set(offered), set(kept)
    by_category = Counter(occupations()[code].categories[0] for code in shown)
    if not by_category:
        return
    held = Counter(occupations()[code].categories[0] for code in shown & chosen)
    codes = sorted(by_category)
    with connection.cursor() as cursor:
        month, counts = clock.today().replace(day=1), [by_category[code] for code in codes]
        cursor.execute(COUNT_SQL, [month, codes, counts, [held[code] for code in codes]])


def totals() -> list[tuple[str, int, int]]:
    """(name of the category, offered, kept) of whole months that are over, where most were dropped first. Nothing of a
    category in which few were offered: it would tell of somebody who has just answered."""
    names = dict(Category.objects.values_list("pk", "name"))
    offered: Counter[int] = Counter()
    kept: Counter[int] = Counter()
    past = Offered.objects.filter(month__lt=clock.today().replace(day=1))
    for category, shown, chosen in past.values_list("category_id", "offered", "kept"):
        offered[category] += shown
        kept[category] += chosen
    rows = [(names[category], shown, kept[category]) for category, shown in offered.items() if shown >= FEWEST]
    return sorted(rows, key=lambda row: (row[2] - row[1], row[0]))
