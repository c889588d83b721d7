"""What the table of matches should hold by the definition, and where it differs. Reads the tables row by row."""

from dataclasses import asdict, dataclass

from core import clock
from matching import definition, rows
from matching.models import Match


@dataclass(frozen=True)
class Comparison:
    """pairs: matches by the definition. equal: whether the table holds exactly these, with the same figures."""

    pairs: int
    equal: bool
    missing: int
    extra: int
    different: int

    def as_dict(self) -> dict[str, int | bool]:
        return asdict(self)


def compare() -> Comparison:
    """Every pair by the pure-Python definition against the stored matches. Needs a scope over everything."""
    today, opportunities = clock.today().toordinal(), rows.opportunities()
    expected = {
        (person.id, opportunity): result
        for person in rows.people()
        for opportunity, result in definition.best(person, opportunities, today).items()
    }
    stored = {
        (person, opportunity): tuple(result)
        for person, opportunity, *result in Match.objects.order_by("pk").values_list(
            "person_id", "opportunity_id", "score", "reasons", "distance_hm"
        )
    }
    different = sum(expected[pair] != stored[pair] for pair in expected.keys() & stored.keys())
    missing, extra = len(expected.keys() - stored.keys()), len(stored.keys() - expected.keys())
    return Comparison(len(expected), not (different or missing or extra), missing, extra, different)
