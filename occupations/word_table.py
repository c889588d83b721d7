"""The static word table: for each of some 22,000 English words a short vector, so that words of like meaning lie close.

Made beforehand by `manage.py build_words` from a sentence model (data/words.LICENCE); at run time NumPy is enough.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
TABLE = Path(__file__).parent / "data" / "words.npz"
COMMON = 300  # the word of this rank counts half as much as a rare one
WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+")
# What wishes are full of and what says nothing of the work itself.
EMPTY = frozenset((TABLE.parent / "empty_words.txt").read_text(encoding="utf-8").split())


class WordTable:
    """vector(["fixing", "bikes"]) -> what the words mean together, of unit length; None when none of them is known."""

    def __init__(self, file: Path = TABLE) -> None:
        with np.load(file) as found:
            words = bytes(found["words"]).decode().split("\n")
            self.vectors, self.scales = found["vectors"], found["scales"].astype(np.float32)
        self.at = {word: number for number, word in enumerate(words)}
        rank = np.arange(1, len(words) + 1, dtype=np.float32)  # they stand in the order of how common they are
        self.weights = rank / (rank + COMMON)

    def vector(self, words: Iterable[str]) -> Vector | None:
        found = [at for word in words if (at := self._find(word)) is not None]
        if not found:
            return None
        summed = (self.weights[found] * self.scales[found]) @ self.vectors[found].astype(np.float32)
        length = float(np.linalg.norm(summed))
        return summed / length if length else None

    def knows(self, word: str) -> bool:
        """Whether the word is in the table, in some form."""
        return self._find(word) is not None

    def _find(self, word: str) -> int | None:
        return next((self.at[form] for form in _forms(word) if form in self.at), None)


def _forms(word: str) -> Iterable[str]:
    """The word, and how it may stand in the table."""
    yield word
    yield word.replace("'", "")
    for ending, instead in (("'s", ""), ("s", ""), ("ing", ""), ("ing", "e"), ("er", "")):
        if word.endswith(ending):
            yield word[: -len(ending)] + instead


def words_of(text: str) -> list[str]:
    """The words that say something, in lower case. A number says an age or an hour, never work: "999" is slang."""
    every = WORD.findall(text.casefold().replace("’", "'"))
    return [word for word in every if word not in EMPTY and not word.isdigit()]


def save(file: Path, words: list[str], vectors: NDArray[Any]) -> None:
    """Write a table: each vector as whole numbers from -127 to 127 and one scale."""
    scales = np.abs(vectors).max(axis=1) / 127
    whole = np.round(vectors / scales[:, None]).astype(np.int8)
    joined = np.frombuffer("\n".join(words).encode(), np.uint8)
    np.savez_compressed(file, words=joined, vectors=whole, scales=scales.astype(np.float16))


@cache
def word_table() -> WordTable:
    """The one of this process: 6 MB in memory."""
    return WordTable()
