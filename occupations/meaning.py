"""What own words may mean: occupations, best first. Nothing is asked of anybody else; no phrase leaves this process.

    meaning("fixing bikes") -> [Meant(bike-mechanic, 1.1), Meant(motorbike-mechanic, 0.8), ...]     [] for "not sure"

Three things are added up: how close the words lie to an occupation in the static word table, how many of them its
titles and tasks say (BM25), and whether a word is slang for it.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from occupations.said import wanted
from occupations.table import Occupation, occupations, slang
from occupations.word_table import WORD, WordTable, word_table, words_of

MOST = 5
SAID, SLANG = 0.4, 0.6  # what the best BM25 and a slang word add to a closeness of at most 1
ENOUGH = 4.0  # a BM25 below it says little: one common word
SAID_HERE = 2.0  # what a coordinator said that words mean: more than all these together
SURE = 0.4  # below it the best occupation is a guess
LONGEST_SLANG = 3  # words
TITLE, ALSO, TASKS = 3, 2, 1  # how often each counts in BM25
SATURATION, BY_LENGTH = 1.2, 0.75  # BM25's usual k and b
ENDINGS = ("ations", "ation", "ings", "ing", "ists", "ist", "ers", "er", "ies", "ied", "ed", "es", "s", "y", "e")


@dataclass(frozen=True)
class Meant:
    """An occupation that words may mean. score: for comparing within one phrase; never shown to anybody."""

    occupation: Occupation
    score: float


def meaning(words: str, own_slang: Mapping[str, Sequence[str]] | None = None) -> list[Meant]:
    """At most MOST occupations, best first; none when it is not sure. What stands beside a "not", and that somebody was
    in care, is left out.

    own_slang: words -> codes of occupations, in place of what we ship for these words; no code: they mean nothing.
    """
    mapper = _mapper()
    text, said_here = _cut_out(wanted(words), own_slang or {})
    scores = mapper.scores(text)
    for code in said_here & mapper.at.keys():
        scores[mapper.at[code]] += SAID_HERE
    best = np.argsort(-scores, kind="stable")[:MOST]
    if scores[best[0]] < SURE:
        return []
    return [Meant(mapper.rows[number], float(scores[number])) for number in best if scores[number] > 0]


class Mapper:
    """The occupations as vectors and as postings. table: of words."""

    def __init__(self, rows: Iterable[Occupation], shipped: Mapping[str, Sequence[str]], table: WordTable) -> None:
        self.rows, self.table, self.slang = list(rows), table, shipped
        self.at = {row.code: number for number, row in enumerate(self.rows)}
        self.vectors = np.array([self._vector(row) for row in self.rows], np.float32)
        self.postings = _postings([_terms(row) for row in self.rows])
        self.spellings: dict[str, str] = {}
        for word in sorted({word for row in self.rows for word in _all_words(row)} | set(self.slang)):
            for spelling in _one_letter_less(word):
                self.spellings.setdefault(spelling, word)

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
        for code in {code for run in _runs(text) for code in self.slang.get(run, ())}:
            found[self.at[code]] += SLANG
        return found

    def _vector(self, row: Occupation) -> NDArray[np.float32]:
        parts = [(2, row.title), (1, " ".join(row.also)), (1, row.tasks)]
        vectors = [times * vector for times, part in parts if (vector := self.table.vector(words_of(part))) is not None]
        summed = np.sum(vectors, axis=0)
        unit: NDArray[np.float32] = summed / np.linalg.norm(summed)
        return unit

    def _spelt(self, word: str) -> str:
        """A word that nobody knows may be one of ours with a slip of the thumb."""
        known = self.table.knows(word) or stem(word) in self.postings or word in self.slang
        if known or len(word) < 4:
            return word
        return next((self.spellings[each] for each in _one_letter_less(word) if each in self.spellings), word)


def _cut_out(text: str, own: Mapping[str, Sequence[str]]) -> tuple[str, set[str]]:
    """The text without the words of `own` that it holds, and the codes these stand for. The longest go first."""
    codes: set[str] = set()
    for run in sorted((run for run in _runs(text) if run in own), key=len, reverse=True) if own else []:
        text, found = re.subn(r"\b" + r"[^a-z0-9']+".join(map(re.escape, run.split())) + r"\b", " , ", text)
        codes.update(own[run] if found else ())
    return text, codes


def _runs(text: str) -> list[str]:
    """One word after another, and two and three together."""
    every = WORD.findall(text)
    return [" ".join(every[at : at + n]) for n in range(1, LONGEST_SLANG + 1) for at in range(len(every) - n + 1)]


def _one_letter_less(word: str) -> Iterator[str]:
    """The word, and without any one of its letters: two words with one slip between them share one of these."""
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


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
    return Mapper(occupations().values(), slang(), word_table())
