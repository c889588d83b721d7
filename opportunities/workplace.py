"""Where the work is, from a postcode: the sector and its middle, the council and its town."""

from typing import Any

from accounts.models import Council
from core.postcodes import Found, Plausible, look_up, sector_point


def place_of(postcode: str) -> dict[str, Any]:
    """Sector, its middle, council and town of a postcode as typed; empty values when it is not known."""
    nowhere: dict[str, Any] = {"sector": "", "easting": None, "northing": None, "authority": None, "town": ""}
    found = look_up(postcode) if postcode.strip() else None
    if not isinstance(found, Found | Plausible) or found.easting is None:
        return nowhere
    point = sector_point(found.sector) if found.sector else None
    authority = Council.objects.filter(gss_code=found.district_gss).first()
    return {
        "sector": found.sector or "",
        "easting": point.easting if point else found.easting,
        "northing": point.northing if point else found.northing,
        "authority": authority,
        "town": authority.short_name if authority else "",
    }
