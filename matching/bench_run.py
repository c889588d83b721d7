"""One measurement of matching: right before fast, then every way in turns. Needs a population (bench.py), and nobody
else in the database."""

import json
import os
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.db.backends.utils import CursorWrapper

from core import clock
from core.scope import EVERYTHING, scope
from matching import bench_ways as ways
from matching import comparing, definition, demand, engine, passes, rows, store
from matching import weights as w
from matching.columns import Columns, read
from matching.models import Interests, Match
from opportunities.models import SearchRow

ASKED, ASKED_BY_ORM = 200, 50  # people asked one by one; the figures for everybody are scaled up, and say so
OFTEN = 100  # new opportunities of the engine alone, for its median and 95th percentile
FLIPPED = 20  # opportunities that each of two matchers closes and opens
ORACLE = 1_000_000  # pairs up to which the whole table is compared with the definition
# What a change may not lose: (figure, table of ratios, at least). Ratios alone, for a machine that is busy.
GATES = (
    ("query_per_person_scaled", "new_opportunity_ratio", 150.0),
    ("orm_loop", "new_opportunity_ratio", 15.0),
    ("per_person_queries_scaled", "full_pass_ratio", 8.0),
)


def measure(opportunities: list[int], *, rounds: int, seed: int, alone: bool) -> dict[str, Any]:
    """All figures. CommandError where the matches are not right: then there are none."""
    dice, load = random.Random(seed), os.getloadavg()
    with scope(EVERYTHING), connection.cursor() as cursor:
        cursor.execute(store.STATISTICS_SQL)
    first_fill = timed(passes.go_over_everybody)
    with scope(EVERYTHING), connection.cursor() as cursor:
        cursor.execute(store.STATISTICS_SQL)
    figures = {
        "correct": _correct(opportunities, dice),
        "first_fill_ms": first_fill,
        **_full_pass(dice, first_fill),
        **_new_opportunity(opportunities, rounds, dice),
        "demand_ms": _demand(),
    }
    if not alone:
        figures |= {"matcher_megabytes": child("memory"), "two_matchers": _two(dice.sample(opportunities, 2 * FLIPPED))}
    return {**figures, "load_average": {"before": load, "after": os.getloadavg()}}


def missed(figures: dict[str, Any]) -> list[str]:
    """The gates that do not hold, in words."""
    return [
        f"{name}: {figures[table][name]} times the engine, less than {least}"
        for name, table, least in GATES
        if figures[table][name] < least
    ]


# --- right ------------------------------------------------------------------------------------------------------------


def _correct(opportunities: list[int], dice: random.Random) -> dict[str, Any]:
    """By the definition on a sample of people, and on all of them where that is not too much; in SQL; incrementally;
    again."""
    day, found = clock.today().toordinal(), 0
    with scope(EVERYTHING), connection.cursor() as cursor:
        columns = _load(cursor)
        ids = columns.people["id"].tolist()
        everything = rows.opportunities()
        for someone in rows.people(dice.sample(ids, min(20, len(ids)))):
            expected = definition.best(someone, everything, day)
            if _by_engine(columns, someone.id) != expected or _by_sql(cursor, someone.id) != expected:
                raise CommandError(f"Person {someone.id} has other matches than the definition says: no figures.")
            found += len(expected)
        for opportunity in dice.sample(opportunities, min(20, len(opportunities))):
            _close_and_open(cursor, columns, opportunity)
    again = passes.go_over_everybody()
    if again.written or again.gone:
        raise CommandError("Incremental and full passes differ: no figures.")
    small = len(ids) * len(opportunities) <= ORACLE
    with scope(EVERYTHING):
        if small and not comparing.compare().equal:
            raise CommandError("The table differs from the definition: no figures.")
    return {"oracle_pairs_in_sample": found, "whole_table_by_oracle": small, "rows_changed_by_another_run": 0}


def _by_engine(columns: Columns, person: int) -> dict[int, definition.Result]:
    best = engine.best_for(columns, columns.people.find(np.array([person])))
    opportunities = columns.opportunities["id"][best.opportunities].tolist()
    figures = zip(best.score.tolist(), best.reasons.tolist(), best.distance_hm.tolist(), strict=True)
    return dict(zip(opportunities, figures, strict=True))


def _by_sql(cursor: CursorWrapper, person: int) -> dict[int, definition.Result]:
    pairs = ways.either("i.person_id = %(person)s", ways.NEAR_THEM)
    cursor.execute(f"{pairs} ORDER BY score DESC, opportunity_id LIMIT {w.KEEP}", {**ways.values(), "person": person})
    return {opportunity: tuple(result) for _person, opportunity, *result in cursor.fetchall()}


def _close_and_open(cursor: CursorWrapper, columns: Columns, opportunity: int) -> None:
    """Take an opportunity off all lists and bring it back, as a run of the matcher would."""
    at = ways.at(columns, opportunity)
    for is_open in (False, True):
        columns.opportunities["open"][at] = is_open
        _, lost = store.write_opportunity(cursor, columns, at, engine.people_for(columns, at))
        if lost:
            people = columns.people.find(np.array(sorted(lost)))
            store.write_lists(cursor, columns, people, engine.best_for(columns, people))


# --- fast -------------------------------------------------------------------------------------------------------------


def _full_pass(dice: random.Random, first_fill: float) -> dict[str, Any]:
    """Everybody against everything: as a difference, by a query per person, and the bare writing of as many rows."""
    with scope(EVERYTHING), connection.cursor() as cursor:
        people = dice.sample(everybody := list(_people()), min(ASKED, len(everybody)))
        ask = ways.best_of_each(cursor, people)
        copy_in = ways.raw_copy(cursor, read(cursor, f"SELECT {store.COLUMNS} FROM match", store.COLUMNS.split(", ")))
        per_person, copied = (
            timed(ask) * len(everybody) / len(people),
            statistics.median(timed(copy_in) for _ in range(3)),
        )
        stored = Match.objects.count()
    began, delta = time.process_time(), []
    for _round in range(3):
        delta.append(timed(passes.go_over_everybody))
    middle = statistics.median(delta)
    return {
        "rows": stored,
        "full_pass_ms": {
            "as_difference": middle,
            "per_person_queries_scaled": per_person,
            "raw_copy_of_its_rows": copied,
        },
        "full_pass_cpu_ms": (time.process_time() - began) * 1000 / len(delta),
        "full_pass_ratio": {
            "per_person_queries_scaled": per_person / middle,
            "to_raw_copy": middle / copied if copied else 0.0,
            "first_fill_to_raw_copy": first_fill / copied if copied else 0.0,
        },
    }


def _new_opportunity(opportunities: list[int], rounds: int, dice: random.Random) -> dict[str, Any]:
    """Every way in every round, on the same opportunity, each committed; then the engine alone, often."""
    cursor = connection.cursor()
    with scope(EVERYTHING):
        columns, people = _load(cursor), list(_people())
        asked, by_orm = (dice.sample(people, min(most, len(people))) for most in (ASKED, ASKED_BY_ORM))
        tried: dict[str, tuple[ways.Way, float]] = {
            "query_per_person_scaled": (ways.prepared_query_per_person(cursor, asked), len(people) / len(asked)),
            "django_query_per_person_scaled": (ways.django_query_per_person(by_orm), len(people) / len(by_orm)),
            "orm_loop": (ways.orm_loop, 1.0),
            "one_statement": (ways.set_based(cursor), 1.0),
            "engine": (ways.by_engine(cursor, columns), 1.0),
            "engine_with_telling": (ways.by_engine(cursor, columns, tells=True), 1.0),
            "engine_match_part": (ways.match_part(columns), 1.0),
            "word_pass": (ways.word_pass(columns), 1.0),
        }
    assert not connection.in_atomic_block  # from here on every way is committed
    times: dict[str, list[float]] = {name: [] for name in tried}
    for opportunity in dice.sample(opportunities, rounds):
        for name, (way, factor) in tried.items():
            times[name].append(committed(cursor, way, opportunity) * factor)
    often = [committed(cursor, tried["engine"][0], one) for one in dice.choices(opportunities, k=OFTEN)]
    whole = [_whole_run(one) for one in dice.sample(opportunities, min(20, len(opportunities)))]
    ratios = {name: statistics.median(map(float.__truediv__, found, times["engine"])) for name, found in times.items()}
    return {
        "new_opportunity_ms": {name: statistics.median(found) for name, found in times.items()},
        "new_opportunity_ratio": ratios,
        "engine_of_a_hundred_ms": {"p50": statistics.median(often), "p95": sorted(often)[int(OFTEN * 0.95)]},
        "whole_run_ms": {"p50": statistics.median(whole), "worst": max(whole)},
        "asked_one_by_one": len(asked),
    }


def committed(cursor: CursorWrapper, way: ways.Way, opportunity: int) -> float:
    """Milliseconds to match an opportunity that is on nobody's list, until it is committed."""
    with scope(EVERYTHING):
        cursor.execute("DELETE FROM match WHERE opportunity_id = %s", [opportunity])
    began = time.perf_counter()
    with scope(EVERYTHING):
        way(opportunity)
    return (time.perf_counter() - began) * 1000


def _whole_run(opportunity: int) -> float:
    """Milliseconds of a run of the matcher, from a committed change to the committed matches and messages."""
    _flip(opportunity, live=False)
    passes.run()
    _flip(opportunity, live=True)
    return timed(passes.run)


def _demand() -> dict[str, float]:
    """What is wanted: of one partnership, and everywhere, written."""
    with scope(EVERYTHING), connection.cursor() as cursor:
        wishes, areas = demand.load(cursor), rows.audiences()
        one = timed(lambda: demand.figures(cursor, wishes, dict([next(iter(areas.items()))])))
    return {"one_partnership": one, "everywhere": timed(demand.rewrite)}


# --- in processes of their own ----------------------------------------------------------------------------------------


def child(process: str, of: Iterable[int] = ()) -> Any:
    """Run one of PROCESSES and read what it answers."""
    return json.loads(start(process, of).communicate()[0])


def start(process: str, of: Iterable[int]) -> subprocess.Popen[str]:
    command = [sys.executable, "manage.py", "bench_matching", "--process", process, "--of", *map(str, of)]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True)


def _memory(_of: list[int]) -> float:
    """Megabytes that a matcher has needed at most: a pass over everybody, and a run that keeps its columns."""
    passes.go_over_everybody()
    with scope(EVERYTHING):
        first = SearchRow.objects.values_list("pk", flat=True).first()
    _flip(first or 0, live=True)
    passes.run()
    status = Path("/proc/self/status").read_text()  # getrusage still knows how large the parent was
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1000  # type: ignore[index]


def _flips(of: list[int]) -> int:
    """A matcher that closes and opens opportunities, one at a time."""
    for live in (False, True):
        for opportunity in of:
            _flip(opportunity, live=live)
            passes.run()
    return len(of)


def _two(opportunities: list[int]) -> dict[str, int]:
    """Two matchers by mistake: nobody has more than the most, and another pass finds nothing to put right."""
    both = [start("flips", opportunities[half::2]) for half in range(2)]
    for one in both:
        if one.wait():
            raise CommandError("One of two matchers failed: no figures.")
    with scope(EVERYTHING), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM (SELECT FROM match GROUP BY person_id HAVING count(*) > %s) m", [w.KEEP])
        over = int(cursor.fetchone()[0])
    again = passes.go_over_everybody()
    if over or again.written or again.gone:
        raise CommandError(f"Two matchers: {over} people over the most, {again.written} rows to write: no figures.")
    return {"people_over_the_most": over, "rows_to_put_right": again.written + again.gone}


PROCESSES: dict[str, Callable[[list[int]], Any]] = {"memory": _memory, "flips": _flips}


# --- parts ------------------------------------------------------------------------------------------------------------


def timed(way: Callable[[], Any]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    way()
    return (time.perf_counter() - began) * 1000


def _flip(opportunity: int, *, live: bool) -> None:
    with scope(EVERYTHING):
        SearchRow.objects.filter(pk=opportunity).update(live=live)


def _people() -> Iterable[int]:
    return Interests.objects.order_by("pk").values_list("pk", flat=True)


def _load(cursor: CursorWrapper) -> Columns:
    return passes._load(cursor, store.read_state(cursor))
