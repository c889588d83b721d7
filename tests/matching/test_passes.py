"""Incremental equals full, whatever happens in between and whatever day it is; and what a matcher keeps in memory."""

import random

import pytest

from accounts.models import YoungPerson
from matching import columns, passes, services, store
from matching import weights as w
from matching.models import Interests, MatchAction, MatchState
from tests import factories as everybody
from tests.matching import factories
from tests.matching.at_work import crash_at_the_end, forget_other_processes, until_nothing_is_pending

# --- the same content, incrementally and from scratch -----------------------------------------------------------------


class World:
    """Random events, each committed, as the rooms below would write them."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        factories.places()
        self.adviser = factories.adviser()
        self.pledge = factories.pledge()
        self.people = [self.new_person() for _ in range(6)]
        self.opportunities = [self.new_opportunity() for _ in range(8)]

    def interests(self) -> dict:
        pick = self.dice.choice
        return {
            "kinds": pick([0, 0, 1, 3]), "categories": pick([0, 1, 32, 33]), "open_to_anything": pick([True, False]),
            "radius_m": pick([1000, 5000, 10_000, 20_000]), "remote_ok": pick([True, False]),
            "first_kind": pick([None, 0, 1]),
        }  # fmt: skip

    def row(self) -> dict:
        pick = self.dice.choice
        return {
            "categories": pick([1, 32]), "remote": pick([False, False, True]), "audience": pick(["either", "england"]),
            "ringfenced": pick([True, False]), "pays_living_wage": pick([True, False]),
            "live": pick([True, True, False]),
        }  # fmt: skip

    def new_person(self):
        return factories.person(
            worker=self.adviser, sector=self.dice.choice(list(factories.PLACES)), **self.interests()
        )

    def new_opportunity(self):
        return factories.opportunity(of=self.pledge, place=self.dice.choice(list(factories.PLACES)), **self.row())

    def somebody(self):
        return self.dice.choice(self.people)

    def event(self) -> None:
        self.dice.choice([self.arrive, self.publish, self.change, self.wish, self.move, self.dismiss, self.take_back])()

    def arrive(self) -> None:
        self.people.append(self.new_person())

    def publish(self) -> None:
        self.opportunities.append(self.new_opportunity())

    def change(self) -> None:
        version = self.dice.choice([1, 1, 2, 3])
        factories.update(self.dice.choice(self.opportunities), **self.row(), version=version)

    def wish(self) -> None:
        with everybody.as_worker():
            Interests.objects.filter(pk=self.somebody().pk).update(**self.interests())

    def move(self) -> None:
        with everybody.as_worker():
            sector = self.dice.choice([*factories.PLACES, "ZZ9 9"])
            right = self.dice.choice(["unchecked", "volunteering"])
            YoungPerson.objects.filter(pk=self.somebody().pk).update(living_sector=sector, right_to_work=right)

    def dismiss(self) -> None:
        with everybody.as_worker():
            MatchAction.objects.update_or_create(
                person_id=self.somebody().pk,
                opportunity_id=self.dice.choice(self.opportunities).pk,
                defaults={"state": "not_now", "reason": "x", "version": self.dice.choice([1, 2]), "by": self.adviser},
            )

    def take_back(self) -> None:
        with everybody.as_worker():
            MatchAction.objects.filter(person_id=self.somebody().pk).delete()


@pytest.mark.parametrize("keep", [2, 50])
@pytest.mark.parametrize("seed", [1, 2])
def test_after_any_events_incremental_equals_full(seed, keep, as_fr_worker, monkeypatch):
    monkeypatch.setattr(w, "KEEP", keep)
    world = World(seed)
    services.run_pending()
    for step in range(60):
        world.event()
        if step % 4 != 3:
            assert passes.run().full is False
            assert factories.stored() == factories.oracle(), f"after step {step}"
    passes.run()
    assert len(factories.stored()) > 5
    repaired = services.full_pass()
    assert (repaired["written"], repaired["gone"]) == (0, 0)
    assert MatchState.objects.get().repaired_rows == 0


def test_planted_floor_that_is_too_high_is_seen(as_fr_worker, monkeypatch):
    """The cached floor of a list must only ever be too low: the comparison above catches it when it is not."""
    forget_other_processes(monkeypatch)
    monkeypatch.setattr(w, "KEEP", 2)
    world = World(1)
    services.run_pending()
    monkeypatch.setattr(store, "_remember_floors", lambda columns, found: columns.people["floor"].fill(400))
    wrong = 0
    for _ in range(60):
        world.event()
        passes.run()
        wrong += factories.stored() != factories.oracle()
    assert wrong


@pytest.mark.django_db
@pytest.mark.parametrize("people", [7, 6])  # six: the last of the ranges of two holds nobody
def test_shards_equal_one_go(people):
    factories.places()
    for number in range(people):
        factories.person(sector=list(factories.PLACES)[number % 4], radius_m=5000 + number)
    factories.opportunity()
    factories.run_everything(shard=2)
    assert factories.stored() == factories.oracle() and factories.stored()


@pytest.mark.django_db
def test_running_again_changes_nothing():
    factories.places()
    factories.person(worker=factories.adviser())
    factories.opportunity()
    assert factories.run().written == 1
    again = factories.run_everything()
    assert (again.written, again.gone, again.told) == (0, 0, 0)


def test_a_second_run_finds_nothing_pending(as_fr_worker):
    factories.places()
    factories.person()
    factories.opportunity()
    services.run_pending()
    until_nothing_is_pending()
    assert services.run_pending() == passes.Counts().as_dict()


def test_very_many_changes_go_over_everybody(as_fr_worker, monkeypatch):
    factories.places()
    factories.person()
    services.run_pending()
    monkeypatch.setattr(passes, "MANY", 2)
    pledge = factories.pledge()
    for _ in range(3):
        factories.opportunity(of=pledge)
    assert services.run_pending()["full"] is True
    assert factories.stored() == factories.oracle() and len(factories.stored()) == 3
    until_nothing_is_pending()


# --- what the clock does ----------------------------------------------------------------------------------------------


def test_a_new_day_goes_over_everybody(as_fr_worker):
    """Ages and closing days pass without anybody writing a row."""
    factories.places()
    factories.person()
    services.run_pending()
    MatchState.objects.update(full_pass_at="2026-01-01T12:00:00Z")
    assert services.pending() is True
    assert services.run_pending()["full"] is True
    until_nothing_is_pending()


def test_a_lost_bell_only_delays(as_fr_worker):
    factories.places()
    services.run_pending()
    factories.person()
    factories.opportunity()  # written without ringing anybody
    assert services.pending() is True
    services.run_pending()
    assert factories.stored() == factories.oracle() and factories.stored()


# --- what a matcher remembers -----------------------------------------------------------------------------------------


def test_a_matcher_that_was_not_alone_forgets_what_it_remembers(as_fr_worker, monkeypatch):
    """Its own floors are too high once another one has taken rows off full lists."""
    monkeypatch.setattr(w, "KEEP", 1)
    factories.places()
    factories.person()
    good = factories.opportunity()
    services.run_pending()
    services.run_pending()
    kept = passes._kept
    factories.close(good)
    passes._kept = None  # another process, with its own columns
    services.run_pending()
    passes._kept = kept
    factories.opportunity(place="XA1 2")
    services.run_pending()
    assert factories.stored() == factories.oracle() and len(factories.stored()) == 1


def test_kept_columns_are_dropped_by_a_failed_run(as_fr_worker, monkeypatch):
    crash_at_the_end(monkeypatch)
    assert passes._kept is None


def test_columns_of_another_transaction_are_not_kept(db):
    """Inside somebody else's transaction rows may yet be rolled back."""
    factories.places()
    factories.person()
    factories.run()
    factories.run()
    assert passes._kept is None


def test_columns_are_loaded_once(as_fr_worker, monkeypatch):
    factories.places()
    services.run_pending()
    loads = []
    load = columns.load
    monkeypatch.setattr(passes, "load", lambda *args, **more: loads.append(1) or load(*args, **more))
    for _ in range(3):
        factories.person()
        services.run_pending()
    assert len(loads) == 1


def test_the_last_place_takes_it_off_the_lists_and_a_free_one_brings_it_back(as_fr_worker):
    """In public it stays as it is (`live`): see tests/pledges/test_no_public_trace.py."""
    factories.places()
    person, row = factories.person(), factories.opportunity()
    services.run_pending()
    for free in (False, True):
        factories.update(row, free=free)
        services.run_pending()
        assert set(factories.stored()) == set(factories.oracle()) == ({(person.pk, row.pk)} if free else set())
