"""The occupations that own words and adverts are mapped to, from a file of ours. Each lies in one category or two."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.reference import read_csv

DATA = Path(__file__).parent / "data"
TABLE, SLANG = DATA / "occupations.csv", DATA / "slang.csv"


@dataclass(frozen=True)
class Occupation:
    """number: never used twice. also: other titles of the same work. tasks: what somebody does in it, in a sentence or
    two."""

    number: int
    code: str
    title: str
    categories: tuple[str, ...]
    also: tuple[str, ...]
    tasks: str


@cache
def occupations() -> dict[str, Occupation]:
    """All of them by code, in the order of the table."""
    rows = (
        Occupation(
            int(row["number"]), row["code"], row["title"], _split(row["categories"]), _split(row["also"]), row["tasks"]
        )
        for row in read_csv(TABLE)
    )
    return {row.code: row for row in rows}


@cache
def by_number() -> dict[int, Occupation]:
    """The same by what is stored."""
    return {each.number: each for each in occupations().values()}


@cache
def slang() -> dict[str, tuple[str, ...]]:
    """Slang and names of firms as we ship them, as they are typed, and the codes of the occupations they stand for."""
    found: dict[str, list[str]] = {}
    for row in read_csv(SLANG):
        found.setdefault(row["words"], []).append(row["occupation"])
    return {words: tuple(codes) for words, codes in found.items()}


def _split(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|"))
