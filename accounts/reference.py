"""Councils and partnerships, loaded from accounts/data. Rows are matched by their code, so a second load
changes nothing."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from accounts.models import Council, Partnership
from core import reference

DATA = Path(__file__).parent / "data"


def register() -> None:
    """Called when the room starts."""
    reference.register("councils", load_councils)
    reference.register("partnerships", load_partnerships)


def load_councils() -> int:
    """Counties and unitaries first, because a district points to its county. Returns the file's rows.

    Source of codes: the ONS register of GSS codes and the DfE's list of local authorities.
    """
    rows = sorted(reference.read_csv(DATA / "councils.csv"), key=lambda row: row["county_gss"])
    counties: dict[str, Council] = {}
    for row in rows:
        values = {
            "name": row["name"],
            "short_name": row["short_name"],
            "tier": row["tier"],
            "childrens_services": row["childrens_services"] == "yes",
            "dfe_code": row["dfe_code"],
            "mail_domain": row["mail_domain"],
            "county": counties[row["county_gss"]] if row["county_gss"] else None,
            **_in_force(row),
        }
        council, _made = Council.objects.update_or_create(gss_code=row["gss_code"], defaults=values)
        counties[council.gss_code] = council
    return len(rows)


def load_partnerships() -> int:
    """Partnerships and the councils in them. Raises KeyError for a code that is no council's. Returns the
    file's rows."""
    councils = {council.gss_code: council for council in Council.objects.order_by("pk")}
    rows = reference.read_csv(DATA / "partnerships.csv")
    for row in rows:
        values = {"name": row["name"], **_in_force(row)}
        partnership, _made = Partnership.objects.update_or_create(code=row["code"], defaults=values)
        partnership.councils.set([councils[code] for code in row["councils"].split()])
    return len(rows)


def _in_force(row: Mapping[str, str]) -> dict[str, Any]:
    until = row["valid_to"]
    return {
        "valid_from": dt.date.fromisoformat(row["valid_from"]),
        "valid_to": dt.date.fromisoformat(until) if until else None,
        "source": row["source"],
    }
