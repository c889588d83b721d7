"""Loads this room's dated reference data: pay floors, figures of rules, reasons for unpaid work, entitlements (domain,
section 8)."""

import datetime as dt
from pathlib import Path
from typing import Any

from core import reference
from opportunities.models import Entitlement, PayFloor, RuleFigure, UnpaidReason

FOLDER = Path(__file__).parent / "data"


def load() -> int:
    """Bring the tables to what the files say. Returns the number of rows in the files."""
    floors = reference.read_csv(FOLDER / "pay_floors.csv")
    for row in floors:
        PayFloor.objects.update_or_create(
            band=row["band"],
            valid_from=row["valid_from"],
            defaults={"pence": int(row["pence"]), "valid_to": _day(row["valid_to"]), "source": row["source"]},
        )
    figures = reference.read_csv(FOLDER / "rule_figures.csv")
    for row in figures:
        values: dict[str, Any] = {
            "value": int(row["value"]),
            "valid_to": _day(row["valid_to"]),
            "source": row["source"],
        }
        RuleFigure.objects.update_or_create(code=row["code"], valid_from=row["valid_from"], defaults=values)
    reasons = reference.read_csv(FOLDER / "unpaid_reasons.csv")
    for row in reasons:
        values = {
            "name": row["name"],
            "kinds": row["kinds"].split(),
            "charity_or_public_only": row["charity_or_public_only"] == "yes",
            "valid_from": row["valid_from"],
            "valid_to": _day(row["valid_to"]),
            "source": row["source"],
        }
        UnpaidReason.objects.update_or_create(code=row["code"], defaults=values)
    entitlements = reference.read_csv(FOLDER / "entitlements.csv")
    for row in entitlements:
        values = {name: row[name] for name in ("goes_to", "words", "source", "link")}
        values |= {"kinds": row["kinds"].split(), "valid_to": _day(row["valid_to"])}
        Entitlement.objects.update_or_create(code=row["code"], valid_from=row["valid_from"], defaults=values)
    return len(floors) + len(figures) + len(reasons) + len(entitlements)


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
