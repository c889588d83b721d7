"""From postcode areas to councils."""

from collections.abc import Iterable

from accounts.models import Council
from core.models import PostcodeSector
from core.postcodes import find_area


def authority_of_district(gss_code: str) -> Council | None:
    """The council with children's services for a district's code: the county of a district, else the council itself.

    None when the code is no council's we know.
    """
    council = Council.objects.select_related("county").filter(gss_code=gss_code).first()
    return (council.county or council) if council else None


def authority_of_sector(sector: str) -> Council | None:
    """Where most of a sector lies; None outside the councils we know. A sector may span two: then ask."""
    area = find_area(sector)
    return authority_of_district(area.district_gss) if area else None


def authorities_of_sectors(sectors: Iterable[str]) -> dict[str, Council | None]:
    """The same of each sector that is known; the others are left out. Two queries."""
    districts = dict(PostcodeSector.objects.filter(pk__in=set(sectors)).values_list("pk", "district_gss"))
    rows = Council.objects.select_related("county").filter(gss_code__in=set(districts.values()))
    councils = {row.gss_code: row.county or row for row in rows}
    return {sector: councils.get(district) for sector, district in districts.items()}
