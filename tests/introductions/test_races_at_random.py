"""A hundred rounds of six at once, at random: whoever comes first, the places balance and every log is a chain."""

import random
import threading

import pytest
from django.db import connection

from core.lifecycle import MoveRefused
from core.models import LifecycleLog
from introductions.lifecycle import INTRODUCTION
from introductions.models import Introduction
from opportunities import places
from opportunities.models import Opportunity
from tests import factories
from tests.introductions import chain
from tests.introductions.test_places import DO, balance

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(seed: int, threads: int = 6) -> list[str]:
    """One round; returns what is wrong."""
    chance = random.Random(seed)
    room = chance.choice((1, 2, 5))
    with factories.as_worker():
        to = chain.opportunity(places=room)
        rows = some_on_the_way(to, room, chance)
    moves = [(chance.choice(sorted(DO)), chance.choice(rows).pk) for _each in range(threads)]
    errors = all_together(moves)
    with factories.as_worker():
        counted, are, pledge = balance(to.pk)
        errors += [f"log of {row.pk}" for row in rows if not _is_chain(row.pk)]
    if not (counted == are == pledge and sum(counted) <= room):
        errors.append(f"places {counted}, {are}, {pledge} of {room}")
    return [f"round {seed} {moves}: {what}" for what in errors]


def some_on_the_way(to, room, chance) -> list[Introduction]:
    """Two more than there are places: permitted, some of them introduced."""
    rows = [chain.walked("permitted", None, to) for _each in range(room + 2)]
    for row in rows[:room]:
        if chance.random() < 0.6:
            chain.step(row, "introduced", factories.user())
    return rows


def all_together(moves) -> list[str]:
    """Each move in a thread of its own, all at the same moment. A refusal is fine; anything else is wrong."""
    gate, errors = threading.Barrier(len(moves)), []

    def run(verb: str, pk: int) -> None:
        try:
            gate.wait(20)
            with factories.as_worker():
                DO[verb](Introduction.objects.get(pk=pk))
        except MoveRefused:
            pass
        except Exception as error:
            errors.append(f"{verb}: {type(error).__name__}: {error}")
        finally:
            connection.close()

    running = [threading.Thread(target=run, args=move) for move in moves]
    for each in running:
        each.start()
    for each in running:
        each.join(30)
    return errors


def _is_chain(pk: int) -> bool:
    """Each move begins where the one before ended, and the last is where it stands."""
    moves = LifecycleLog.objects.filter(model=INTRODUCTION.model, object_id=pk).order_by("pk")
    at = ""
    for move in moves:
        if move.old not in (at, move.new):
            return False
        at = move.new
    return at == Introduction.objects.get(pk=pk).state


@pytest.mark.deep
def test_a_hundred_rounds():
    assert [what for seed in range(100) for what in at_once(seed)] == []


@pytest.mark.battery
def test_a_few_rounds():
    assert [what for seed in range(1000, 1005) for what in at_once(seed)] == []


@pytest.mark.deep
def test_planted_places_without_a_lock_are_found(monkeypatch):
    monkeypatch.setattr(places, "locked", lambda row: Opportunity.objects.select_related("pledge").get(pk=row.pk))
    assert [what for seed in range(100) for what in at_once(seed)] != []
