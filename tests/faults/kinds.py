"""The kinds of faults. Each does one thing to a running storm, and says whether it could.

LONG kinds take their time: they run in a thread of their own, beside the others, early in the storm.
"""

import contextlib
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from tests.faults.outside import children_of, kill, wait

if TYPE_CHECKING:
    from tests.faults.storm import Storm

LEASE = 30  # seconds: of a claim, and of a hand-over to Notify
ABSENT = 60


@dataclass(frozen=True)
class Kind:
    """do: the fault. Returns False when there was nothing to hit just then."""

    name: str
    do: Callable[["Storm"], bool]
    long: bool = False


def _tree(storm: "Storm", name: str) -> list[int]:
    pid = storm.instance.pid(name)
    return [pid, *children_of(pid)] if pid else []


def _kill_all_of(name: str) -> Callable[["Storm"], bool]:
    def do(storm: "Storm") -> bool:
        found = _tree(storm, name)
        kill(found)
        return bool(found)

    return do


def _pool_child(storm: "Storm") -> bool:
    found = _tree(storm, "worker")[1:]
    kill(found[:1])
    return bool(found)


def _web_in_mid_request(storm: "Storm") -> bool:
    """One of the processes that answer, while several phones wait for theirs."""
    found = _tree(storm, "web")[1:]
    kill(found[:1])
    return bool(found)


def _postgres_immediately(storm: "Storm") -> bool:
    found = storm.instance.pid("postgres")
    kill([found] if found else [], signal.SIGQUIT)  # what `pg_ctl stop -m immediate` sends
    return bool(found)


def _launcher(storm: "Storm") -> bool:
    assert storm.instance.launcher is not None
    storm.instance.launcher.kill()
    storm.instance.launcher.wait()
    return True  # whoever keeps a machine's services starts it again: Storm._keep


def _frozen_past_its_lease(storm: "Storm") -> bool:
    found = _tree(storm, "sender")
    kill(found, signal.SIGSTOP)
    wait(LEASE + 5)
    kill(found, signal.SIGCONT)
    return bool(found)


def _broker_killed(storm: "Storm") -> bool:
    with storm.broker_is_there:
        storm.broker.stop()
        storm.broker.start()
    return True


def _broker_absent(storm: "Storm") -> bool:
    with storm.broker_is_there:
        storm.broker.stop()
        wait(storm.absent)
        storm.broker.start()
    return True


def _said_to_the_broker(*words: str, back: tuple[str, ...] = (), after: float = 0) -> Callable[["Storm"], bool]:
    def do(storm: "Storm") -> bool:
        if not storm.broker_is_there.acquire(timeout=storm.absent + 10):
            return False
        try:
            storm.broker.say(*words)
            wait(after)
            if back:
                storm.broker.say(*back)
        except OSError:
            return False
        finally:
            storm.broker_is_there.release()
        return True

    return do


def _connections_exhausted(storm: "Storm") -> bool:
    """Hold every connection that the database gives away, for a few seconds."""
    url = storm.instance.facts().get("env", {}).get("DATABASE_URL", "")
    held = []
    try:
        with contextlib.suppress(psycopg.OperationalError):
            while len(held) < 200:
                held.append(psycopg.connect(url, user="fr_web"))
        wait(4)
    finally:
        for line in held:
            line.close()
    return bool(held)


def _clock(hours: int) -> Callable[["Storm"], bool]:
    def do(storm: "Storm") -> bool:
        storm.clock.shift(hours)
        wait(5)
        storm.clock.shift(0)
        return True

    return do


def _provider(mood: str, seconds: float = 2) -> Callable[["Storm"], bool]:
    """For a moment every second answer is of this mood."""

    def do(storm: "Storm") -> bool:
        storm.provider.mood = lambda number: mood if number % 2 else "well"
        time.sleep(seconds)
        storm.provider.mood = "well"
        return True

    return do


def _provider_away(storm: "Storm") -> bool:
    storm.provider.stop()
    wait(2)
    storm.provider.start(storm.provider.port)
    return True


KINDS = (
    Kind("worker group killed", _kill_all_of("worker")),
    Kind("sender killed", _kill_all_of("sender")),
    Kind("matcher killed", _kill_all_of("matcher")),
    Kind("relay killed", _kill_all_of("relay")),
    Kind("beat killed", _kill_all_of("beat")),
    Kind("web killed", _kill_all_of("web")),
    Kind("web killed in mid request", _web_in_mid_request),
    Kind("pool child killed", _pool_child),
    Kind("database stopped at once", _postgres_immediately),
    Kind("launcher killed", _launcher),
    Kind("broker killed", _broker_killed),
    Kind("broker emptied", _said_to_the_broker("FLUSHALL")),
    Kind(
        "broker out of memory",
        _said_to_the_broker(*("CONFIG", "SET", "maxmemory", "1"), back=("CONFIG", "SET", "maxmemory", "0"), after=3),
    ),
    Kind("connections exhausted", _connections_exhausted),
    Kind("clocks 2 h ahead", _clock(2)),
    Kind("clocks 2 h behind", _clock(-2)),
    Kind("provider: error before taking", _provider("500")),
    Kind("provider: error after taking", _provider("500 after taking")),
    Kind("provider: hangs", _provider("hang", 3)),
    Kind("provider: too many", _provider("429")),
    Kind("provider: garbage", _provider("garbage")),
    Kind("provider: cut off", _provider("cut off")),
    Kind("provider: refuses connections", _provider_away),
    Kind("broker absent", _broker_absent, long=True),
    Kind("sender frozen past its lease", _frozen_past_its_lease, long=True),
)
