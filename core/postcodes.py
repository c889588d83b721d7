"""Where a postcode is. Three answers: found; shape right but unknown; wrong shape.

Grid references are metres on the British National Grid, so distances are Pythagoras: within 0.05 % of the true one for
pairs under 80 km. A young person's full postcode is looked up once, when it is typed, and not kept: only its sector.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import hypot
from typing import NamedTuple

from core.models import Postcode, PostcodeSector, ReferenceLoad

METRES_PER_MILE = 1609.344
# Not ZZ99: health and care records write it for no fixed address and for places abroad (NHS pseudo postcodes).
SHAPE = re.compile(r"(?!ZZ99 )[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}")
OUTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?")
SECTOR = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9])")
LOOK_ALIKES = str.maketrans("OI01", "01OI")
ENGLAND = "postcodes"  # the name under which all of England is stamped in ReferenceLoad


class Point(NamedTuple):
    """Metres east and north on the British National Grid."""

    easting: int
    northing: int


@dataclass(frozen=True)
class Found:
    """In the table."""

    code: str
    sector: str
    easting: int
    northing: int
    district_gss: str


@dataclass(frozen=True)
class Plausible:
    """Shape right, not in the table: new, mistyped, or outside England. The nearest larger area stands in.

    fell_back_to: "sector", "outcode", or None when not even that is known; then the other values are None.
    """

    code: str
    sector: str | None = None  # only when the table knows it
    easting: int | None = None
    northing: int | None = None
    district_gss: str | None = None
    fell_back_to: str | None = None


@dataclass(frozen=True)
class WrongShape:
    """Not a postcode. `did_you_mean` is a known one that differs by O for 0 or I for 1: to ask, never to assume."""

    text: str
    did_you_mean: str | None = None


@dataclass(frozen=True)
class Area:
    """A place to measure from: a postcode, a sector ("NG18 5") or a postcode district ("NG18")."""

    code: str
    easting: int
    northing: int
    district_gss: str

    @property
    def point(self) -> Point:
        return Point(self.easting, self.northing)


def normalise(text: str) -> str:
    """Letters and digits in capitals, with the space before the last three: " ng18-5zz." gives "NG18 5ZZ"."""
    kept = re.sub(r"[^A-Z0-9]", "", text.upper())
    return f"{kept[:-3]} {kept[-3:]}" if len(kept) > 3 else kept


def sector_of(code: str) -> str:
    """The sector of a normalised postcode: "NG18 5ZZ" gives "NG18 5"."""
    return code[:-2]


def outcode_of(code: str) -> str:
    """The postcode district of a normalised postcode or sector: "NG18 5" gives "NG18"."""
    return code.split(" ")[0]


def look_up(text: str) -> Found | Plausible | WrongShape:
    """What is known of what somebody typed. One query."""
    code = normalise(text)
    if not SHAPE.fullmatch(code):
        return WrongShape(text, _look_alike(code))
    columns = ("code", "easting", "northing", "district_gss")
    areas = PostcodeSector.objects.filter(pk__in=[sector_of(code), outcode_of(code)]).values_list(*columns)
    known = Postcode.objects.filter(pk=code).values_list(*columns).union(areas, all=True)
    area = max((Area(*row) for row in known), key=lambda area: len(area.code), default=None)
    if area is None:
        return Plausible(code)
    if area.code == code:
        return Found(code, sector_of(code), area.easting, area.northing, area.district_gss)
    is_sector = " " in area.code
    return Plausible(
        code=code,
        sector=area.code if is_sector else None,
        easting=area.easting,
        northing=area.northing,
        district_gss=area.district_gss,
        fell_back_to="sector" if is_sector else "outcode",
    )


def find_area(text: str) -> Area | None:
    """The place meant by a whole postcode, a sector or a postcode district; None when it is none of them.

    For searching near somewhere: a whole postcode that is not known is answered by its sector or district.
    """
    code = normalise(text)
    if SHAPE.fullmatch(code):
        found = look_up(text)
        if isinstance(found, Found):
            return Area(found.code, found.easting, found.northing, found.district_gss)
        return _largest_known(code)
    names = _names(text)
    rows = {row.code: row for row in PostcodeSector.objects.filter(pk__in=names).order_by("pk")}
    return next((_area(rows[name]) for name in names if name in rows), None)


def _names(text: str) -> list[str]:
    """What a text that is no whole postcode may mean, the likeliest first: a sector or a postcode district."""
    kept = normalise(text).replace(" ", "")
    sector = SECTOR.fullmatch(kept)
    spaced = f"{sector[1]} {sector[2]}" if sector else ""
    if sector and re.search(r"\S\s+\S", text):
        # "NG1 1" and "NG11" are written alike when the space is left out: with the space it is the sector.
        return [spaced, outcode_of(spaced)]
    return [name for name in (kept, spaced) if name and (OUTCODE.fullmatch(name) or name == spaced)]


def find_sectors(texts: Iterable[str]) -> dict[str, str]:
    """For each text that means a sector that exists, by itself or by a whole postcode in it: the sector. One query."""
    codes = {text: normalise(text) for text in texts}
    meant = {text: [sector_of(code)] if SHAPE.fullmatch(code) else _names(text) for text, code in codes.items()}
    names = {name for found in meant.values() for name in found}
    known = set(PostcodeSector.objects.filter(pk__in=names).values_list("pk", flat=True))
    first = {text: next((name for name in found if name in known), "") for text, found in meant.items()}
    return {text: name for text, name in first.items() if " " in name}


def find_sector(code: str) -> Area | None:
    """A sector written as we write it ("NG18 5"), if it is known. One query."""
    if not SECTOR.fullmatch(code.replace(" ", "", 1)) or " " not in code:
        return None
    row = PostcodeSector.objects.filter(pk=code).first()
    return _area(row) if row else None


def sector_point(sector: str) -> Point | None:
    """The middle of a sector, or of its postcode district when the sector is not known; None when neither is."""
    area = _largest_known(sector)
    return area.point if area else None


def metres(a: Point, b: Point) -> float:
    """Straight-line distance."""
    return hypot(a.easting - b.easting, a.northing - b.northing)


def miles(a: Point, b: Point) -> float:
    """Straight-line distance in miles."""
    return metres(a, b) / METRES_PER_MILE


def england_is_loaded() -> bool:
    """Whether look-ups answer from all of England, or still from the sample."""
    return ReferenceLoad.objects.filter(pk=ENGLAND).exists()


def _area(row: PostcodeSector) -> Area:
    return Area(row.code, row.easting, row.northing, row.district_gss)


def _largest_known(code: str) -> Area | None:
    """The sector of a postcode or sector, else its postcode district."""
    sector = sector_of(code) if SHAPE.fullmatch(code) else code
    rows = PostcodeSector.objects.filter(pk__in=[sector, outcode_of(code)]).order_by("pk")
    found = max(rows, key=lambda row: len(row.code), default=None)
    return _area(found) if found else None


def _look_alike(code: str) -> str | None:
    """The one known postcode that `code` becomes when some of its O, 0, I and 1 are swapped; None if none
    or several."""
    places = [index for index, letter in enumerate(code) if letter in "OI01"]
    if not places or len(places) > 4 or not 6 <= len(code) <= 8:
        return None
    tries = set()
    for mask in range(1, 2 ** len(places)):
        swapped = {place for bit, place in enumerate(places) if mask >> bit & 1}
        tries.add("".join(c.translate(LOOK_ALIKES) if i in swapped else c for i, c in enumerate(code)))
    known = Postcode.objects.filter(pk__in=[word for word in tries if SHAPE.fullmatch(word)])[:2]
    found = sorted(row.code for row in known)
    return found[0] if len(found) == 1 else None
