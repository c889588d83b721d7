"""The plan of a storm and the judgement on it; the storms themselves are held by `dev.py faults`."""

import importlib
import pkgutil

import pytest

from config.processes import ROOMS
from tests.faults import page
from tests.faults.__main__ import failings
from tests.faults.kinds import KINDS
from tests.faults.storm import FAULTS, plan, sheets_of

WELL = {
    **{"provider": "notify", "notices": 9, "owed": 9, "rows": 9, "lost": 0, "twice": 0, "twice_unlisted": 0},
    **{"wrong_recipient": 0, "unexplained": 0, "drained_after": 1.0, "faults": FAULTS, "kinds": len(KINDS)},
    "missed": [],
}


@pytest.mark.parametrize("seed", range(20))
def test_every_plan_has_each_kind_and_fits(seed):
    planned = plan(seed, 110)
    assert {one.kind.name for one in planned} == {kind.name for kind in KINDS} and len(planned) == FAULTS >= 30
    assert all(0 < one.at < 110 for one in planned) and planned == plan(seed, 110) != plan(seed + 1, 110)
    assert all(one.at < 40 for one in planned if one.kind.long)


def test_on_a_slow_machine_as_many_come_by_phone_in_more_time():
    assert sheets_of(1000, 110) == sheets_of(1000, 220 / 2) > 0
    assert sheets_of(300, 110) == 0


def test_a_storm_without_harm_passes():
    assert failings(WELL) == []


@pytest.mark.parametrize(
    "harm",
    [
        *({name: 1} for name in ("lost", "twice", "wrong_recipient", "unexplained")),
        *({"owed": 8}, {"rows": 8}, {"drained_after": 61.0}, {"faults": 29}, {"kinds": len(KINDS) - 1}),
    ],
)
def test_each_harm_is_told(harm):
    assert failings({**WELL, **harm})


def test_by_smtp_only_what_the_system_lists_may_come_twice():
    assert failings({**WELL, "provider": "smtp", "twice": 1}) == []
    assert failings({**WELL, "provider": "smtp", "twice": 1, "twice_unlisted": 1})


def test_no_room_reaches_the_naive_design():
    """The layers forbid rooms to import tests at all; this says it of the one thing that must never run."""
    for room in ROOMS:
        for found in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
            spec = importlib.util.find_spec(found.name)
            if spec and spec.origin and not found.name.endswith(".migrations"):
                with open(spec.origin) as source:
                    assert "tests.faults" not in source.read(), found.name


def test_the_page_has_a_row_for_each_storm():
    delays = {"median": 0.1, "p95": 2.0, "most": 9.0}
    storms = [
        {**WELL, "seed": seed, "hits": {"relay killed": 2}, "delay_seconds": delays, "load_average": [0.5, 1, 2]}
        for seed in (1, 2)
    ]
    storms[1]["commit"] = "abc1234"
    told = page.write({"storms": storms, "naive": {"lost": 7, "owed": 9, "twice": 1}})
    assert (
        told.count("| notify |") == 2
        and told.count("| abc1234 |") == 1
        and "| relay killed | 4 |" in told
        and "7 of 9 lost" in told
    )
