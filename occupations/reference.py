"""The occupations from their file to rows."""

from occupations.models import Occupation
from occupations.table import occupations
from pledges.models import Category


def load() -> int:
    """Bring the table to what the file says. A number never changes, and none is taken out, for people have kept it.
    Returns the number of rows in the file. Raises ValueError where one is missing."""
    if gone := set(Occupation.objects.values_list("code", flat=True)) - set(occupations()):
        raise ValueError(f"taken out of occupations.csv, but people may have kept it: {', '.join(sorted(gone))}")
    bits = dict(Category.objects.values_list("code", "bit"))
    rows = [
        Occupation(
            number=each.number,
            code=each.code,
            title=each.title,
            categories=sum(1 << bits[code] for code in each.categories),
        )
        for each in occupations().values()
    ]
    Occupation.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["number"], update_fields=["code", "title", "categories"]
    )
    return len(rows)
