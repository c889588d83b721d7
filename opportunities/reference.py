"""Loads this room's dated reference data: pay floors and the lawful reasons for unpaid work (domain, section 8)."""

import datetime as dt
from pathlib import Path
from typing import Any

from core import reference
from opportunities.models import PayFloor, UnpaidReason

FOLDER = Path(__file__).parent / "data"


def load() -> int:
    """Bring both tables to what the files say. Returns the number of rows in the files."""
    floors = reference.read_csv(FOLDER / "pay_floors.csv")
    for row in floors:
        PayFloor.objects.update_or_create(
            band=row["band"],
            valid_from=row["valid_from"],
            defaults={"pence": int(row["pence"]), "valid_to": _day(row["valid_to"]), "source": row["source"]},
        )
    reasons = reference.read_csv(FOLDER / "unpaid_reasons.csv")
    for row in reasons:
        values: dict[str, Any] = {
            "name": row["name"],
            "kinds": row["kinds"].split(),
            "charity_or_public_only": row["charity_or_public_only"] == "yes",
            "valid_from": row["valid_from"],
            "valid_to": _day(row["valid_to"]),
            "source": row["source"],
        }
        UnpaidReason.objects.update_or_create(code=row["code"], defaults=values)
    return len(floors) + len(reasons)


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
