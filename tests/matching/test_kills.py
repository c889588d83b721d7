"""`kill -9` at any moment of a pass or of a run, and again from the start: the same table, the same messages."""

import itertools
import os
import random
import signal
import statistics
import time

import pytest
from django.db import connection

from accounts.models import YoungPerson
from matching import passes, store
from matching.bench import Population
from matching.models import Interests, MatchState
from opportunities.models import SearchRow
from tests import factories as everybody
from tests.matching import factories
from tests.matching.at_work import forget_other_processes, other_connection, outbox

PEOPLE, OPPORTUNITIES = 300, 120
POINTS, UPDATES = 50, 200

pytestmark = pytest.mark.battery


@pytest.fixture
def population(as_fr_worker):
    with everybody.as_worker():
        made = Population(people=PEOPLE, opportunities=OPPORTUNITIES, seed=7)
        adviser = factories.adviser()
    for person in list(people())[:40]:
        link(person, adviser)
    return made.opportunities


def people() -> list[int]:
    with everybody.as_worker():
        return list(Interests.objects.order_by("pk").values_list("pk", flat=True))


def link(person: int, adviser) -> None:
    with everybody.as_worker():
        somebody = YoungPerson.objects.get(pk=person)
    factories.link(somebody, adviser)


def in_a_process(work, after: float | None = None) -> bool:
    """Do it in a process of its own; kill that after so many seconds. Returns whether it was killed before its end."""
    connection.close()
    child = os.fork()
    if not child:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(1)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    assert after is not None or os.waitstatus_to_exitcode(status) == 0
    return os.waitstatus_to_exitcode(status) == -signal.SIGKILL


def seconds_of(work) -> float:
    began = time.monotonic()
    in_a_process(work)
    return time.monotonic() - began


def everything() -> None:
    passes.go_over_everybody(shard=60)


def forget() -> None:
    """As it was before the first pass: no match, nobody told, nothing read."""
    with everybody.as_worker(), connection.cursor() as cursor:
        for table in ("match", "match_told", "outbox"):
            cursor.execute(f"DELETE FROM {table}")
        MatchState.objects.update(watermark=0, full_pass_at=None)


def test_a_full_pass_killed_anywhere_and_done_again_is_the_same(population):
    dice = random.Random(11)
    everything()
    expected, told = factories.stored(), sorted(outbox())
    assert expected == factories.oracle() and len(told) > 20
    forget()
    usual = statistics.median(_after_forgetting() for _round in range(3))
    killed = found = 0
    for _point in range(POINTS):
        forget()
        killed += in_a_process(everything, after=dice.uniform(0, usual))
        found += 0 < len(factories.stored()) < len(expected)
        everything()
        assert factories.stored() == expected and sorted(outbox()) == told
    assert killed > POINTS / 5 and found > POINTS / 10  # most died at work, and some between two shards


def _after_forgetting() -> float:
    forget()
    return seconds_of(everything)


def updates(dice: random.Random, opportunities: list[int]):
    """One change after another, each committed: of an opportunity or of a person."""
    whose = people()
    for _number in range(UPDATES):
        with everybody.as_worker():
            if dice.random() < 0.6:
                row = SearchRow.objects.filter(pk=dice.choice(opportunities))
                row.update(**dice.choice([{"live": False}, {"live": True}, {"hours": dice.choice([1, 3, 6])}]))
            else:
                wish = Interests.objects.filter(pk=dice.choice(whose))
                wish.update(
                    **dice.choice([{"radius_m": dice.choice([3_000, 30_000])}, {"kinds": dice.choice([0, 255])}])
                )
        yield


def killed_on_the_way(population, monkeypatch) -> tuple[int, int]:
    """Two hundred updates, the matcher killed at each. Returns how often it died at work, and how many runs found the
    table other than the definition has it."""
    forget_other_processes(monkeypatch)
    dice = random.Random(5)
    passes.run()
    usual = statistics.median(seconds_of(passes.run) for _update in itertools.islice(updates(dice, population), 9))
    killed = wrong = 0
    for number, _update in enumerate(updates(dice, population)):
        killed += in_a_process(passes.run, after=dice.uniform(0, usual))
        passes.run()
        if number % 10 == 9:  # the definition in Python takes a while
            wrong += factories.stored() != factories.oracle()
    return killed, wrong


def test_two_hundred_updates_with_the_matcher_killed_at_each(population, monkeypatch):
    killed, wrong = killed_on_the_way(population, monkeypatch)
    assert killed > UPDATES / 5 and wrong == 0
    passes._kept = None
    before = factories.stored()
    passes.go_over_everybody()
    assert factories.stored() == before


def test_planted_a_watermark_that_runs_ahead_of_the_matches_loses_some(population, monkeypatch):
    """Committed before the matches are: what a killed run had read is never read again."""
    read_state = store.read_state

    def ahead(cursor):
        state = read_state(cursor)
        with other_connection() as other:
            other.execute("UPDATE match_state SET watermark = %s", [state.next_watermark])
            other.commit()
        return state

    monkeypatch.setattr(store, "read_state", ahead)
    assert killed_on_the_way(population, monkeypatch)[1] > 0
