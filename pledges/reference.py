"""The kinds of pledge, the job categories and the risky phrases, from files to rows."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.reference import read_csv
from pledges.models import Category, PledgeKind, RiskyPhrase
from pledges.words import key

DATA = Path(__file__).parent / "data"


def _dates(row: Mapping[str, str]) -> dict[str, Any]:
    until = row["valid_to"]
    return {
        "valid_from": dt.date.fromisoformat(row["valid_from"]),
        "valid_to": dt.date.fromisoformat(until) if until else None,
        "source": row["source"],
    }


def _kind(row: Mapping[str, str]) -> PledgeKind:
    words = {key(word) for word in [row["code"], row["name"], *row["aliases"].split("|")]}
    return PledgeKind(
        code=row["code"],
        name=row["name"],
        becomes=row["becomes"],
        weight=row["weight"],
        one_to_one=row["one_to_one"] == "1",
        bit=int(row["bit"]) if row["bit"] else None,
        position=int(row["position"]),
        aliases=sorted(words - {""}),
        **_dates(row),
    )


def load_kinds() -> int:
    """Bring the table of kinds to what data/kinds.csv says. A kind's `bit` is in matching masks and never
    changes.
    """
    kinds = [_kind(row) for row in read_csv(DATA / "kinds.csv")]
    changed = [
        "name",
        "becomes",
        "weight",
        "one_to_one",
        "position",
        "aliases",
        "valid_from",
        "valid_to",
        "source",
    ]
    PledgeKind.objects.bulk_create(kinds, update_conflicts=True, unique_fields=["code"], update_fields=changed)
    return len(kinds)


def load_categories() -> int:
    """Bring the table of categories to what data/categories.csv says. Their bits never change either."""
    rows = read_csv(DATA / "categories.csv")
    Category.objects.bulk_create(
        [Category(code=row["code"], name=row["name"], bit=int(row["bit"]), **_dates(row)) for row in rows],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "valid_from", "valid_to", "source"],
    )
    return len(rows)


def load_phrases() -> int:
    """Bring the table of risky phrases to what data/phrases.csv says."""
    rows = read_csv(DATA / "phrases.csv")
    RiskyPhrase.objects.bulk_create(
        [RiskyPhrase(code=row["code"], pattern=row["pattern"], why=row["why"], **_dates(row)) for row in rows],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["pattern", "why", "valid_from", "valid_to", "source"],
    )
    return len(rows)


def load() -> int:
    """All of them."""
    return load_kinds() + load_categories() + load_phrases()
