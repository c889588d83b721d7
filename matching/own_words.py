"""What somebody's own words may mean: categories to offer beside them, never to tick for them. A look-up in a table.

suggest("fixing cars", ticked=[])    -> ["engineering-and-maintenance"]
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.http import QueryDict

from core.reference import read_csv

TABLE = Path(__file__).parent / "data" / "own_words.csv"  # category, words; * stands for any ending
MOST = 4
ADD = "add"  # the button of a category
CLAUSES = re.compile(r"[.,;:!?\n]|\b(?:but|though)\b")
NOT_THAT = re.compile(  # but for "not sure" and the like, which say nothing of the work
    r"\b(?:no|not(?! sure)|never|nothing|hates?|without|can'?t(?! decide| choose| wait)|cannot|isn'?t|won't|wont"
    r"|(?:don'?t|doesn'?t|didn'?t)(?! mind| know))\b"
)


@cache
def _table() -> list[tuple[str, re.Pattern[str]]]:
    return [(row["category"], _pattern(row["words"].split("|"))) for row in read_csv(TABLE)]


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    either = "|".join(re.escape(word).replace(r"\*", r"\w*") for word in words)
    return re.compile(rf"\b(?:{either})\b")


def suggest(words: str, ticked: Iterable[str]) -> list[str]:
    """Codes of the categories that the words name, in the order of the words, at most MOST; what is ticked is left out,
    and whatever stands beside a "not"."""
    said, known = wanted(words), set(ticked)
    found = {code: place.start() for code, words_of in _table() if (place := words_of.search(said))}
    return [code for code in sorted(found, key=lambda code: found[code]) if code not in known][:MOST]


def wanted(words: str) -> str:
    """The words in lower case, without the parts of the sentence that say "not"."""
    said = CLAUSES.split(words.casefold().replace("’", "'"))
    return " , ".join(clause for clause in said if not NOT_THAT.search(clause))


def posted(data: QueryDict) -> QueryDict:
    """What was sent, with the category of the button that was pressed among the ticks."""
    if ADD not in data:
        return data
    sent = data.copy()
    sent.appendlist("categories", str(data[ADD]))
    return sent
