"""Everything that can happen to the outbox, in any order: processes that claim, fence, send and write down, that freeze
for any time or are killed at each arrow; answers of each kind, callbacks twice and early, time that passes.

The real functions on the real table, each script in a savepoint; the walls are left out, which are not tried here. Few
scripts here, two thousand in the battery, ten thousand in the deep run; at which arrows somebody died is counted."""

import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from notifications import drain as pipeline
from notifications import reports
from notifications.models import Outbox
from notifications.registry import Text
from tests import factories
from tests.notifications.outbox_machine import ALL_PLACES, ANSWERS, PLACES, Machine


@pytest.fixture
def actors(worker, purposes):
    """A recipient, and purposes with each rule for what cannot be asked."""
    text = {"render": lambda row, items: Text("Something new"), "address": lambda row: "07700900123"}
    purposes("once", "text", on_unknown="end", **text)
    purposes("again", "text", on_unknown="resend", **text)
    return factories.user()


@pytest.fixture
def machine(actors, monkeypatch):
    """run(scripts, steps): try so many scripts. Returns who died where, and how often."""

    def run(scripts: int, steps: int = 25) -> Counter:
        deaths: Counter = Counter()
        with monkeypatch.context() as patch:
            wanted = settings(
                max_examples=scripts, stateful_step_count=steps, deadline=None, database=None,
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            run_state_machine_as_test(lambda: Machine(actors, patch, deaths), settings=wanted)
        return deaths

    return run


def test_any_script(machine):
    machine(20)


# What Hypothesis never gets far enough for: steps by chance among those that have something to do, by seed.
WALK = ["tell"] * 2 + ["hold", "digest", "wait", "sweep", "resolve", "order"]
WALK += ["claim"] * 3 + ["fence", "send", "write_down"] * 3 + ["resolve"] * 3 + ["tell_back", "settle"] * 2
WALK += ["put_back", "die"]
SENDING = {"claim": 0.08, "fence": 0.12, "send": 0.12}  # how often one dies there: what comes later is to be reached
IDLE = {
    "fence": lambda m: not [each for each in m.processes if each.letter is None],
    "send": lambda m: not [each for each in m.processes if each.letter is not None and not each.sent],
    "write_down": lambda m: not [each for each in m.processes if each.sent],
    "put_back": lambda m: not [each for each in m.processes if each.letter is None] or m.dice.random() < 0.7,
    "die": lambda m: not m.processes or m.dice.random() < 0.7,
    "tell": lambda m: m.made > 5,
    "hold": lambda m: m.made > 8,
    "digest": lambda m: not m.made,
    "order": lambda m: "dead" not in m.seen.values() and (not m.made or m.dice.random() < 0.8),
    "resolve": lambda m: "unknown" not in m.seen.values(),
    "sweep": lambda m: not {"claimed", "handing"} & {*m.seen.values()} and m.dice.random() < 0.8,
    "tell_back": lambda m: not m.ways["email"].taken,
    "settle": lambda m: not m.told_back,
}


class Walk:
    """One script by seed: the same seed, the same script."""

    def __init__(self, user, patch, deaths: Counter, seed: int) -> None:
        self.machine, self.dice = Machine(user, patch, deaths), random.Random(seed)
        self.machine.dice = self.dice

    def run(self, steps: int, *, to_the_end: bool) -> None:
        """to_the_end: until all is over, which takes longer than the steps do."""
        try:
            for _ in range(steps):
                name = self.dice.choice([name for name in WALK if not IDLE.get(name, never)(self.machine)])
                getattr(self.machine, name)(**self.values(name))
                self.machine.nothing_is_lost_and_nothing_comes_twice()
            if to_the_end:
                self.machine.end()
        finally:
            self.machine.go_back()

    def values(self, name: str) -> dict:
        """What the step is called with."""
        pick = self.dice.choice
        dies = self.dice.random() < SENDING.get(name, 0.5)
        found = {"fuse": pick([1, 1, 2]) if dies else 0} if name in PLACES else {}
        found |= {"number": self.number(name)} if name in NUMBERED else {}
        more = {
            "tell": lambda: {"purpose": pick(["note", "again", "once"]), "minutes": pick([None, None, 3])},
            "digest": lambda: {"day": pick(range(6))},
            "claim": lambda: {"kinds": pick([["email"], ["text"], ["email", "text"]]), "limit": pick([1, 2, 3])},
            "fence": lambda: {"together": pick([True, False])},
            "send": lambda: {"answer": pick([*sorted(ANSWERS), "taken, no answer"])},
            "wait": lambda: {"seconds": pick([10, 20, 31, 61, 61, 301])},
            "resolve": lambda: {"silent": self.dice.random() < 0.3},
            "tell_back": lambda: {"fates": self.dice.sample(sorted(reports.FATES), pick([1, 2]))},
            "order": lambda: {"action": pick(["replay", "replay", "cancel"])},
        }
        return found | more.get(name, dict)()

    def number(self, name: str) -> int:
        """Of a process that the step is for; of a message by chance."""
        if name not in IDLE or name in ("order", "tell_back", "die"):
            return self.dice.randrange(6)
        ready = {
            "fence": lambda each: each.letter is None,
            "put_back": lambda each: each.letter is None,
            "send": lambda each: each.letter is not None and not each.sent,
            "write_down": lambda each: each.sent,
        }[name]
        return self.dice.choice([n for n, each in enumerate(self.machine.processes) if ready(each)])


NUMBERED = ("fence", "put_back", "send", "write_down", "die", "tell_back", "order")


def never(_machine) -> bool:
    return False


@pytest.fixture
def walks(actors, monkeypatch):
    """walks(seeds): try each of them, each fourth until all is over. Returns who died where, and how often."""

    def run(seeds: range, steps: int = 25) -> Counter:
        deaths: Counter = Counter()
        for seed in seeds:
            with monkeypatch.context() as patch:
                try:
                    Walk(actors, patch, deaths, seed).run(steps, to_the_end=seed % 4 == 0)
                except BaseException as error:
                    error.add_note(f"seed {seed}")
                    raise
        return deaths

    return run


def test_any_seed(walks):
    assert len(walks(range(30))) > 4  # arrows at which somebody died


@pytest.mark.battery
@pytest.mark.parametrize("first", range(0, 2000, 500))
def test_two_thousand_seeds(walks, first):
    deaths = walks(range(first, first + 500))
    assert {step for step, _arrow in deaths} == set(PLACES)  # in each step somebody died
    assert len(deaths) > len(ALL_PLACES) / 2


@pytest.mark.deep
def test_ten_thousand_scripts(machine):
    machine(10_000, steps=40)


# --- the invariants see what they are there for: a script that goes well, and does not with the defect --------------

HAND = ("claim", 0, ["email"], 1), ("fence", 0, 0, False)
ASK_TWICE = ("wait", 61), ("resolve", 0, False), ("wait", 61), ("resolve", 0, False)
GIVEN_BACK = ("wait", 31), ("sweep", 0), *ASK_TWICE, ("claim", 0, ["email"], 1), ("fence", 1, 0, False)
DEFECTS = {
    "the fence is ignored": (
        (pipeline, "mine", lambda *claims: Outbox.objects.filter(pk__in=[each.id for each in claims])),
        # One learns that nothing was taken when another, to whom it was given, has just sent it.
        [*HAND, ("send", 0, "away", 0), *GIVEN_BACK, ("send", 1, "taken", 0), ("write_down", 0, 0)],
    ),
    "believed at the first not-found": (
        (pipeline, "NOT_FOUND", 1),
        [*HAND, ("send", 0, "taken, no answer", 0), ("write_down", 0, 0), ("wait", 61), ("resolve", 0, False)],
    ),
    "sent however long it was frozen": (
        (pipeline, "frozen_since", lambda began, channel: False),
        [*HAND, *GIVEN_BACK, ("send", 1, "taken", 0), ("write_down", 1, 0), ("send", 0, "taken", 0)],
    ),
}


def play(steps, user, patch) -> None:
    machine = Machine(user, patch, Counter())
    try:
        machine.tell("note", None)
        for name, *values in [*steps, ("wait", 61), *HAND, ("send", 0, "taken", 0)]:
            if machine.processes or name not in ("fence", "send", "write_down"):
                getattr(machine, name)(*values)
            machine.nothing_is_lost_and_nothing_comes_twice()
    finally:
        machine.teardown()


@pytest.mark.parametrize("defect", DEFECTS)
def test_planted_defect_is_found(defect, actors, monkeypatch):
    (module, name, planted), steps = DEFECTS[defect]
    with monkeypatch.context() as patch:
        play(steps, actors, patch)
    monkeypatch.setattr(module, name, planted)
    with pytest.raises(AssertionError, match="came 2 times"):
        play(steps, actors, monkeypatch)
