"""manage.py bench_matching: what matching costs beside the usual ways of doing it. Not a test: nothing is gated."""

import json
import os
import random
import statistics
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from core import clock
from core.scope import EVERYTHING, scope
from matching import bench, comparing, definition, engine, passes, rows, store, telling
from matching.columns import Columns

ASKED = 200  # people asked one by one; the figure for everybody is scaled up, and says so


class Command(BaseCommand):
    """Invent a population, prove that the matches are right, then time in turns: one prepared query per person (a
    sample, scaled), a loop over everybody with the ORM, and the engine. Ratios are of the same round. Run as fr_worker
    on a quiet machine. Everything is rolled back.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=5_000)
        parser.add_argument("--opportunities", type=int, default=1_500)
        parser.add_argument("--rounds", type=int, default=5)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", dest="file")

    def handle(self, *, people: int, opportunities: int, rounds: int, seed: int, file: str | None, **_: Any) -> None:
        load = os.getloadavg()
        with scope(EVERYTHING):
            population = bench.Population(people=people, opportunities=opportunities, seed=seed)
            with connection.cursor() as cursor:
                cursor.execute(store.STATISTICS_SQL)
            figures = {
                "people": people,
                "opportunities": opportunities,
                "rounds": rounds,
                "seed": seed,
                "load_average": {"before": load},
                "full_ms": _full(),
                "correct": _correct(population, people, random.Random(seed)),
                **_rounds(population, rounds, random.Random(seed)),
            }
            figures["load_average"]["after"] = os.getloadavg()
            transaction.set_rollback(True)
        text = json.dumps(figures, indent=2)
        self.stdout.write(text)
        if file:
            Path(file).write_text(text + "\n", encoding="utf-8")


def _full() -> dict[str, float]:
    """A first pass over everybody with its rows, and one that finds nothing to write."""
    first = _timed(passes.go_over_everybody)[0]
    return {"first_fill": first, "nothing_to_write": _timed(passes.go_over_everybody)[0]}


def _correct(population: bench.Population, people: int, dice: random.Random) -> dict[str, Any]:
    """Right before fast: by the definition on a sample, incrementally, and again. CommandError when it is not."""
    day = clock.today().toordinal()
    with connection.cursor() as cursor:
        columns = _load(cursor)
        ids = columns.people["id"].tolist()
        found = 0
        someones, everybody = rows.people(dice.sample(ids, min(20, len(ids)))), rows.opportunities()
        for someone in someones:
            at = columns.people.find(np.array([someone.id]))
            best = engine.best_for(columns, at)
            opportunities = columns.opportunities["id"][best.opportunities].tolist()
            figures = zip(best.score.tolist(), best.reasons.tolist(), best.distance_hm.tolist(), strict=True)
            expected = definition.best(someone, everybody, day)
            if dict(zip(opportunities, figures, strict=True)) != expected:
                raise CommandError(f"Person {someone.id} has other matches than the definition says: no figures.")
            found += len(expected)
        for opportunity in dice.sample(population.opportunities, min(20, len(population.opportunities))):
            _close_and_open(cursor, columns, opportunity)
    again = passes.go_over_everybody()
    if again.written or again.gone:
        raise CommandError("Incremental and full passes differ: no figures.")
    small = people * len(population.opportunities) <= 1_000_000
    if small and not comparing.compare().equal:
        raise CommandError("The table differs from the definition: no figures.")
    return {"oracle_pairs_in_sample": found, "whole_table_by_oracle": small, "rows_changed_by_another_run": 0}


def _close_and_open(cursor: CursorWrapper, columns: Columns, opportunity: int) -> None:
    """Take an opportunity off all lists and bring it back, as a run of the matcher would."""
    [at] = columns.opportunities.find(np.array([opportunity])).tolist()
    for is_open in (False, True):
        columns.opportunities["open"][at] = is_open
        _, lost = store.write_opportunity(cursor, columns, at, engine.people_for(columns, at))
        if lost:
            people = columns.people.find(np.array(sorted(lost)))
            store.write_lists(cursor, columns, people, engine.best_for(columns, people))


def _rounds(population: bench.Population, rounds: int, dice: random.Random) -> dict[str, Any]:
    """Every way in every round, on the same opportunity, each undone before the next."""
    with connection.cursor() as cursor:
        columns = _load(cursor)
        people = columns.people["id"].tolist()
        sample = dice.sample(people, min(ASKED, len(people)))
        ask = bench.query_per_person(sample, clock.today())
        scale = len(people) / len(sample)
        times: dict[str, list[float]] = {}
        candidates: list[int] = []
        for opportunity in dice.sample(population.opportunities, rounds):
            [at] = columns.opportunities.find(np.array([opportunity])).tolist()
            candidates.append(len(engine.people_for(columns, at)))
            ways: dict[str, tuple[Callable[[], Any], float]] = {
                "query_per_person_scaled": (lambda o=opportunity: ask(o), scale),  # type: ignore[misc]
                "orm_loop": (lambda o=opportunity: bench.loop_over_people(o), 1),  # type: ignore[misc]
                "engine": (lambda a=at: _engine(cursor, columns, a), 1),  # type: ignore[misc]
                "engine_match_part": (lambda a=at: engine.people_for(columns, a), 1),  # type: ignore[misc]
                "engine_with_telling": (lambda a=at: telling.tell(_engine(cursor, columns, a)), 1),  # type: ignore[misc]
            }
            for name, (way, factor) in ways.items():
                with transaction.atomic():
                    cursor.execute("DELETE FROM match WHERE opportunity_id = %s", [opportunity])
                    times.setdefault(name, []).append(_timed(way)[0] * factor)
                    transaction.set_rollback(True)
    middle = {name: round(statistics.median(found), 3) for name, found in times.items()}
    ratios = {
        name: round(statistics.median(a / b for a, b in zip(found, times["engine"], strict=True)), 2)
        for name, found in times.items()
    }
    return {
        "people_matched_per_opportunity": candidates,
        "new_opportunity_p50_ms": middle,
        "ratio_to_engine": ratios,
        "asked_one_by_one": len(sample),
    }


def _engine(cursor: CursorWrapper, columns: Columns, opportunity: int) -> set[int]:
    changed, _ = store.write_opportunity(cursor, columns, opportunity, engine.people_for(columns, opportunity))
    return changed.people


def _load(cursor: CursorWrapper) -> Columns:
    return passes._load(cursor, store.read_state(cursor))


def _timed(way: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds, and what it returned."""
    start = time.perf_counter()
    result = way()
    return (time.perf_counter() - start) * 1000, result
