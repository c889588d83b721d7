"""manage.py bench_interests: how well own words find the occupations they mean. Not a test: nothing is gated."""

import json
import os
import statistics
import time
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand

from core.reference import read_csv
from occupations import word_table
from occupations.meaning import MOST, meaning

HALVES = ("development", "held_out")
RESAMPLES, SEED = 10_000, 1


@dataclass(frozen=True)
class Phrase:
    """What somebody may write, and the occupations a careers adviser would say they mean; none when nobody can know."""

    words: str
    meant: frozenset[str]


class Command(BaseCommand):
    """Phrases written for the purpose, in two halves: one was looked at while the mapping was made, the other never.

    recall: of the occupations that a phrase means, how many are among the first five; the mean over the phrases that
    mean any, with its interval from 10,000 samples drawn anew (95 %). mrr: one over the place of the first right one.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", type=Path, dest="file")

    def handle(self, *, file: Path | None, **_: Any) -> None:
        load = os.getloadavg()
        figures = {
            **{half: measure(phrases(half)) for half in HALVES},
            "lookup_ms": _timed([phrase for half in HALVES for phrase in phrases(half)]),
            "table_megabytes": round(word_table.TABLE.stat().st_size / 1e6, 2),
            "load_average": load,
        }
        text = json.dumps(figures, indent=2)
        self.stdout.write(text)
        if file:
            file.write_text(text + "\n", encoding="utf-8")


def phrases(half: str) -> list[Phrase]:
    """Those of one half of the set."""
    rows = read_csv(Path(settings.BASE_DIR) / "bench" / f"phrases_{half}.csv")
    return [Phrase(row["phrase"], frozenset(filter(None, row["occupations"].split("|")))) for row in rows]


def measure(chosen: list[Phrase]) -> dict[str, Any]:
    """Recall, its interval, MRR, how many found nothing, and how many unknowable ones were given something."""
    knowable = [phrase for phrase in chosen if phrase.meant]
    found = [[each.occupation.code for each in meaning(phrase.words)] for phrase in knowable]
    recalls = [len(phrase.meant & {*codes}) / len(phrase.meant) for phrase, codes in zip(knowable, found, strict=True)]
    ranks = [_first_right(phrase, codes) for phrase, codes in zip(knowable, found, strict=True)]
    dice = np.random.default_rng(SEED)
    means = dice.choice(recalls, (RESAMPLES, len(recalls))).mean(axis=1)
    unknowable = [phrase for phrase in chosen if not phrase.meant]
    return {
        "phrases": len(knowable),
        f"recall_at_{MOST}": round(statistics.mean(recalls), 3),
        "interval": [round(float(edge), 3) for edge in np.percentile(means, [2.5, 97.5])],
        "mrr": round(statistics.mean(1 / rank if rank else 0 for rank in ranks), 3),
        "nothing_found": sum(not codes for codes in found),
        "unknowable": len(unknowable),
        "unknowable_given_something": sum(bool(meaning(phrase.words)) for phrase in unknowable),
    }


def _first_right(phrase: Phrase, codes: list[str]) -> int:
    """The place of the first right one, from 1; 0 when there is none."""
    return next((place for place, code in enumerate(codes, start=1) if code in phrase.meant), 0)


def _timed(chosen: list[Phrase]) -> dict[str, float]:
    meaning("warm")
    taken = []
    for phrase in chosen:
        began = time.perf_counter()
        meaning(phrase.words)
        taken.append((time.perf_counter() - began) * 1000)
    ordered = sorted(taken)
    return {"median": round(statistics.median(ordered), 3), "p95": round(ordered[int(len(ordered) * 0.95)], 3)}
