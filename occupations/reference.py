"""The occupations from their file to rows."""

from occupations.models import Occupation
from occupations.table import occupations
from pledges.models import Category


def load() -> int:
    """Bring the table to what the file says. A number never changes. Returns the number of rows in the file."""
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
