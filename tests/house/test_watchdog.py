"""Who lives and does nothing is replaced; who is busy, hears no bell or slept with the whole machine is not."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass

import pytest
from django.conf import settings

from core import alive
from launcher import watchdog
from launcher.watchdog import LOOKS, Watchdog
from notifications.channels import BEGUN_BY, Smtp


@dataclass
class Child:
    name: str
    kills: int = 0

    def running(self) -> bool:
        return True

    def kill(self) -> None:
        self.kills += 1


@pytest.fixture
def house(tmp_path, monkeypatch):
    """look(times, saying=...): so many looks, before each of which these are heard of."""
    monkeypatch.setattr(watchdog, "EVERY", 0)
    monkeypatch.setenv("FR_STATE_DIR", str(tmp_path))
    children = {name: Child(name) for name in ("web", *watchdog.WATCHED, "postgres")}
    dog = Watchdog(tmp_path, lambda: True)
    number = 0

    def look(times, saying=watchdog.WATCHED, busy=0) -> set[str]:
        nonlocal number
        for _each in range(times):
            number += 1
            for name in saying:
                monkeypatch.setenv(alive.NAME, name)
                alive.say(busy - 1 + number / 1000)  # each a word of its own, and never of a moment to come
            dog.look(list(children.values()))
        return {child.name for child in children.values() if child.kills}

    look.dog = dog
    return look


def test_a_site_that_answers_others_is_not_killed_though_it_keeps_us_waiting(house):
    house.dog.web_answers = lambda: False
    assert house(3 * LOOKS, (*watchdog.WATCHED, "web")) == set()


def others(*silent: str) -> list[str]:
    return [name for name in watchdog.WATCHED if name not in silent]


@pytest.mark.parametrize("name", watchdog.WATCHED)
def test_who_is_silent_for_long_is_killed(name, house):
    assert house(LOOKS - 1, others(name)) == set()
    assert house(1, others(name)) == {name}


def test_who_says_something_now_and_then_is_left_alone(house):
    for _each in range(3):
        assert house(LOOKS - 1, others("worker")) == set()
        house(1)


def test_who_is_busy_is_left_alone(house):
    house(1, ["matcher"], busy=alive.BUSY["matcher"])
    assert house(LOOKS * 2, others("matcher")) == set()


def test_where_no_bell_rings_no_worker_is_blamed(house, monkeypatch):
    house(1)
    monkeypatch.setattr(watchdog, "RINGS", -1)
    assert house(LOOKS * 2, ["relay", "beat"]) == set()


def test_a_site_that_does_not_answer_is_killed(house):
    house.dog.web_answers = lambda: False
    assert house(LOOKS) == {"web"}


def test_it_looks_now_and_then_only(tmp_path):
    dog, child = Watchdog(tmp_path), Child("relay")
    for _each in range(LOOKS * 2):
        dog.look([child])
    assert child.kills == 0


def test_nobody_without_a_name_writes(tmp_path, monkeypatch):
    monkeypatch.setenv("FR_STATE_DIR", str(tmp_path))
    monkeypatch.delenv(alive.NAME, raising=False)
    alive.say()
    assert list(tmp_path.iterdir()) == []


def test_work_makes_busy_and_its_end_does_not(tmp_path, monkeypatch):
    monkeypatch.setenv("FR_STATE_DIR", str(tmp_path))
    monkeypatch.setenv(alive.NAME, "relay")
    with alive.busy():
        assert 60 < alive.heard(tmp_path, "relay") - alive.now() < 180
        with alive.busy("worker"):
            assert alive.heard(tmp_path, "relay") > alive.now() + 500
    assert abs(alive.heard(tmp_path, "relay") - alive.now()) < 60


def test_who_hands_over_is_missed_soon_and_nobody_is_forgotten():
    hand_over = Smtp.lease.total_seconds() * (1 - 1 / BEGUN_BY)  # each says anew that it is busy
    assert hand_over + 20 <= min(alive.BUSY["sender"], alive.BUSY["relay"])
    assert max(alive.BUSY["sender"], alive.BUSY["relay"]) <= 180
    assert alive.BUSY["worker"] >= settings.CELERY["task_time_limit"]
    assert set(alive.BUSY) == set(watchdog.WATCHED) - {"beat"}


def test_a_clock_set_back_protects_nobody(house, monkeypatch):
    house(1)
    two_hours_ago = time.time() - 2 * 60 * 60
    monkeypatch.setattr(time, "time", lambda: two_hours_ago)
    assert house(LOOKS, others("worker")) == {"worker"}


def test_planted_a_clock_that_can_be_set(house, monkeypatch):
    monkeypatch.setattr(alive, "now", lambda: time.time())
    with pytest.raises(AssertionError):
        test_a_clock_set_back_protects_nobody(house, monkeypatch)


@pytest.mark.parametrize(("ago", "code"), [(10, 0), (150, 1)])
def test_the_health_check_of_a_container(ago, code, tmp_path):
    (tmp_path / "alive").mkdir()
    (tmp_path / "alive" / "beat").touch()
    os.utime(tmp_path / "alive" / "beat", (alive.now() - ago,) * 2)
    env = {"FR_STATE_DIR": str(tmp_path), alive.NAME: "beat"}
    assert subprocess.run([sys.executable, "-m", "core.alive"], env=env, check=False).returncode == code


LIVE = """
import sys, time
from core import alive
alive.SILENT, alive.EVERY = 0.5, 0.1
alive.watch_itself()
time.sleep({seconds})
sys.exit(9)
"""


@pytest.mark.parametrize(("asked", "seconds", "code"), [("1", 60, 1), ("", 2, 9)], ids=["ends", "planted: stays"])
def test_in_a_container_a_process_that_does_nothing_ends(asked, seconds, code, tmp_path):
    env = {"FR_STATE_DIR": str(tmp_path), alive.NAME: "relay", alive.WATCH_ITSELF: asked}
    ended = subprocess.run([sys.executable, "-c", LIVE.format(seconds=seconds)], env=env, check=False)
    assert ended.returncode == code


@pytest.mark.parametrize(
    ("say", "ends_after"),
    [(lambda: None, 130), (alive.say, None), (alive.say_busy, None)],
    ids=["silent", "heard of", "busy"],
)
def test_it_ends_when_it_was_silent_for_too_long(say, ends_after, tmp_path, monkeypatch):
    clock, end = [5000.0], 5000.0 + 600
    monkeypatch.setenv("FR_STATE_DIR", str(tmp_path))
    monkeypatch.setenv(alive.NAME, "relay")
    monkeypatch.setattr(alive, "now", lambda: clock[0])
    alive.say()

    def sleep(seconds: float) -> None:
        clock[0] += seconds
        if clock[0] > end:
            raise StopIteration
        say()

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(os, "_exit", lambda code: None)
    if ends_after is None:
        with pytest.raises(StopIteration):
            alive._end_when_silent()
    else:
        alive._end_when_silent()
        assert clock[0] - 5000 == ends_after


def watchers(state, monkeypatch) -> int:
    """How many threads begin to watch."""
    started = []
    monkeypatch.setenv("FR_STATE_DIR", str(state))
    monkeypatch.setenv(alive.NAME, "relay")
    monkeypatch.setenv(alive.WATCH_ITSELF, "1")
    monkeypatch.setattr(alive.threading.Thread, "start", lambda self: started.append(self))
    alive.watch_itself()
    return len(started)


def test_where_nothing_can_be_written_nobody_watches(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    assert watchers(tmp_path, monkeypatch) == 1 and watchers(tmp_path / "file", monkeypatch) == 0


def test_planted_what_was_never_written_counts_as_silence(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(alive, "heard", lambda state, name: 1)
    assert watchers(tmp_path / "file", monkeypatch) == 1


def test_a_container_s_first_look_is_not_at_what_was_there_before(tmp_path, monkeypatch):
    monkeypatch.setenv("FR_STATE_DIR", str(tmp_path))
    monkeypatch.setenv(alive.NAME, "relay")
    monkeypatch.setenv(alive.WATCH_ITSELF, "1")
    monkeypatch.setattr(alive, "_end_when_silent", lambda: None)
    alive.say(-1000)
    assert alive.is_silent()
    alive.watch_itself()
    assert not alive.is_silent()
