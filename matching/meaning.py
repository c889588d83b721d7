"""What own words may mean: occupations, best first. Nothing is asked of anybody else; no phrase leaves this process.

    meaning("fixing bikes") -> [Meant(bike-mechanic, 1.1), Meant(motorbike-mechanic, 0.8), ...]     [] for "not sure"

Three things are added up: how close the words lie to an occupation in the static word table, how many of them its
titles and tasks say (BM25), and whether a word is slang for it.
"""

import difflib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from matching import own_words
from matching.occupations import Occupation, aliases, occupations
from matching.word_table import WORD, WordTable, word_table, words_of

MOST = 5
SAID, SLANG = 0.4, 0.6  # what the best BM25 and a slang word add to a closeness of at most 1
ENOUGH = 4.0  # a BM25 below it says little: one common word
SURE = 0.4  # below it the best occupation is a guess
LONGEST_ALIAS = 3  # words
TITLE, ALSO, TASKS = 3, 2, 1  # how often each counts in BM25
SATURATION, BY_LENGTH = 1.2, 0.75  # BM25's usual k and b
# Said of oneself, not of work.
OWN_PAST = re.compile(r"\b(?:in|into|leaving|left|foster|from|through) care\b|\bcare[ -](?:leavers?|experienced)\b")
ENDINGS = ("ations", "ation", "ings", "ing", "ists", "ist", "ers", "er", "ies", "ied", "ed", "es", "s", "y", "e")


@dataclass(frozen=True)
class Meant:
    """An occupation that words may mean. score: for comparing within one phrase; never shown to anybody."""

    occupation: Occupation
    score: float


def meaning(words: str) -> list[Meant]:
    """At most MOST occupations, best first; none when it is not sure. What stands beside a "not", and that somebody was
    in care, is left out."""
    mapper = _mapper()
    scores = mapper.scores(OWN_PAST.sub(" ", own_words.wanted(words)))
    best = np.argsort(-scores, kind="stable")[:MOST]
    if scores[best[0]] < SURE:
        return []
    return [Meant(mapper.rows[number], float(scores[number])) for number in best if scores[number] > 0]


class Mapper:
    """The occupations as vectors and as postings. table: of words."""

    def __init__(self, rows: Iterable[Occupation], slang: dict[str, tuple[str, ...]], table: WordTable) -> None:
        self.rows, self.table = list(rows), table
        at = {row.code: number for number, row in enumerate(self.rows)}
        self.slang = {words: [at[code] for code in codes] for words, codes in slang.items()}
        self.vectors = np.array([self._vector(row) for row in self.rows], np.float32)
        self.postings = _postings([_terms(row) for row in self.rows])
        self.by_letter: dict[str, list[str]] = defaultdict(list)
        for word in sorted({word for row in self.rows for word in _all_words(row)} | set(self.slang)):
            self.by_letter[word[0]].append(word)

    def scores(self, text: str) -> NDArray[np.float32]:
        """One for each occupation, in their order."""
        words = [self._spelt(word) for word in words_of(text)]
        found = np.zeros(len(self.rows), np.float32)
        if (vector := self.table.vector(words)) is not None:
            found += self.vectors @ vector
        said = np.zeros_like(found)
        for term in {stem(word) for word in words}:
            if term in self.postings:
                which, weights = self.postings[term]
                said[which] += weights
        found += SAID * said / max(ENOUGH, float(said.max()))
        for number in self._slang_in(text):
            found[number] += SLANG
        return found

    def _slang_in(self, text: str) -> set[int]:
        every = WORD.findall(text.casefold().replace("’", "'"))
        runs = (" ".join(every[at : at + n]) for n in range(1, LONGEST_ALIAS + 1) for at in range(len(every) - n + 1))
        return {number for run in runs for number in self.slang.get(run, ())}

    def _vector(self, row: Occupation) -> NDArray[np.float32]:
        parts = [(2, row.title), (1, " ".join(row.also)), (1, row.tasks)]
        vectors = [times * vector for times, part in parts if (vector := self.table.vector(words_of(part))) is not None]
        summed = np.sum(vectors, axis=0)
        unit: NDArray[np.float32] = summed / np.linalg.norm(summed)
        return unit

    def _spelt(self, word: str) -> str:
        """A word that nobody knows may be one of ours with a slip of the thumb."""
        known = self.table.knows(word) or stem(word) in self.postings or word in self.slang
        return word if known or len(word) < 4 else self._closest(word)

    def _closest(self, word: str) -> str:
        like = [known for known in self.by_letter[word[0]] if abs(len(known) - len(word)) < 2]
        return next(iter(difflib.get_close_matches(word, like, n=1, cutoff=0.8)), word)


def _all_words(row: Occupation) -> list[str]:
    return words_of(" ".join([row.title, *row.also, row.tasks]))


def _terms(row: Occupation) -> Counter[str]:
    found: Counter[str] = Counter()
    for part, times in ((row.title, TITLE), (" ".join(row.also), ALSO), (row.tasks, TASKS)):
        for word in words_of(part):
            found[stem(word)] += times
    return found


def _postings(documents: list[Counter[str]]) -> dict[str, tuple[NDArray[np.intp], NDArray[np.float32]]]:
    """Term -> which documents say it, and what it is worth in each (Okapi BM25)."""
    usual = sum(document.total() for document in documents) / len(documents)
    found: dict[str, list[tuple[int, float]]] = defaultdict(list)
    spread = Counter(term for document in documents for term in document)
    for number, document in enumerate(documents):
        dampened = SATURATION * (1 - BY_LENGTH + BY_LENGTH * document.total() / usual)
        for term, times in document.items():
            rarity = math.log(1 + (len(documents) - spread[term] + 0.5) / (spread[term] + 0.5))
            found[term].append((number, rarity * times * (SATURATION + 1) / (times + dampened)))
    return {
        term: (np.array([number for number, _ in pairs]), np.array([worth for _, worth in pairs], np.float32))
        for term, pairs in found.items()
    }


def stem(word: str) -> str:
    """Without its ending, so that baker, baking and bakes are one. Rough, as nobody reads it."""
    for ending in ENDINGS:
        rest = word[: -len(ending)]
        if word.endswith(ending) and len(rest) >= 3:
            doubled = len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] not in "sl"
            return rest[:-1] if doubled else rest
    return word


@cache
def _mapper() -> Mapper:
    return Mapper(occupations().values(), aliases(), word_table())
