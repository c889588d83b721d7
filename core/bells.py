"""Doorbells: after a commit, tell a background process that there is something to do. And heartbeats: who is alive.

The tables know what is due; a bell that nobody hears costs delay and never work. So ringing must not raise, must not
wait, and says nothing of anybody: tasks take no arguments.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection, transaction

from core.clock import FrNow
from core.models import Heartbeat
from core.scope import EVERYTHING, scope

log = logging.getLogger(__name__)


def ring(task: Any, *, expires: int = 60) -> bool:
    """Ring `task` (a Celery task without arguments) now. Returns whether the broker took it; never raises.

    expires: seconds after which a worker that comes too late leaves it.
    """
    try:
        task.apply_async(expires=expires)
    except Exception as error:  # whatever the broker client raises, the work itself has already been saved
        log.warning("bell %s not rung: %s", task.name, type(error).__name__)
        return False
    return True


def ring_on_commit(task: Any) -> None:
    """Ring `task` when the current transaction has committed: once, however many ask for it.

    What was asked for in a savepoint that was rolled back is no longer in Django's list.
    """
    asked = (entry[1] for entry in connection.run_on_commit)
    if not any(isinstance(bell, partial) and bell.func is ring and bell.args == (task,) for bell in asked):
        transaction.on_commit(partial(ring, task))


@dataclass(frozen=True)
class Watch:
    """Something that may be waiting although nobody rang: the relay asks, and rings `task` when it is. here: nobody may
    wait for a broker or a worker, so the relay does it itself; a worker may be at it too."""

    name: str
    is_waiting: Callable[[], bool]
    task: Any
    here: bool = False

    def look(self, *, expires: int = 10) -> bool:
        """Ring, or do it here, if something is waiting. Returns whether somebody is at it now."""
        with scope(EVERYTHING):
            waiting = self.is_waiting()
        if waiting and self.here:
            self.task()
        return waiting and (self.here or ring(self.task, expires=expires))


_watches: dict[str, Watch] = {}


def watch(name: str, is_waiting: Callable[[], bool], task: Any, *, here: bool = False) -> None:
    """Let the relay ask `is_waiting()` every two seconds (one quick query, over all councils) and ring `task`, or do it
    (`here`).

    Called in AppConfig.ready. ValueError when the name is taken.
    """
    if name in _watches:
        raise ValueError(f"{name} is watched already")
    _watches[name] = Watch(name, is_waiting, task, here)


def watches() -> list[Watch]:
    """All that the relay asks."""
    return list(_watches.values())


def beat(process: str) -> None:
    """Write down that `process` is alive."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(process=process, at=FrNow())], update_conflicts=True, unique_fields=["process"],
        update_fields=["at"],
    )  # fmt: skip
