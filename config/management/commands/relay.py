"""manage.py relay: what must happen even if the broker and every worker are away. Needs the database only."""

import datetime as dt
import logging
import signal
import threading
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from config.schedule import JOBS
from core import alive, bells, clock, schedule
from core.role_check import refuse_unsafe_role
from notifications import counting, orders, reports, services

log = logging.getLogger("relay")

PAUSE = 2.0  # seconds between rounds
COUNT_EVERY = 5  # rounds
FOR_WORKERS = dt.timedelta(seconds=5)  # the bell of a younger message is still ringing
FOR_TICK = dt.timedelta(seconds=60)  # beat rings every 30 s


class Command(BaseCommand):
    """Every two seconds: settle what providers told us, take back what dead processes left, hand over what no worker
    fetched (and then write a heartbeat), ring for what is waiting or do it, insert missing due times and run one that
    no worker ran: one, so that no message waits for all of them.

    It ends on SIGTERM after the round it is in, and outlives restarts of the database.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then exit (1 when a step failed)")

    def handle(self, *, once: bool, **options: Any) -> None:
        refuse_unsafe_role()
        stop = threading.Event()
        if once:
            if not all(round_of(0).values()):
                raise SystemExit(1)
            return
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        alive.watch_itself()
        number = 0
        while not stop.is_set():
            round_of(number)
            number += 1
            stop.wait(PAUSE)


def round_of(number: int) -> dict[str, bool]:
    """One round. A step that fails is logged and leaves the others their turn. Returns which steps went well."""
    steps: dict[str, Callable[[], Any]] = {
        "reports": lambda: reports.settle(seconds=2),
        "orders": orders.carry_out,
        "drain": _drain,
        **{watch.name: watch.look for watch in bells.watches()},
        "slots": lambda: schedule.insert_missing(JOBS, now=clock.now()),
        "job": _run_job,
    }
    if number % COUNT_EVERY == 0:
        steps["count"] = counting.count
    return {name: _went_well(name, step) for name, step in steps.items()}


def _drain() -> None:
    """Only a relay that can hand over counts as alive."""
    services.drain(seconds=10, older_than=FOR_WORKERS)
    bells.beat("relay")


def _run_job() -> None:
    with alive.busy("worker"):
        schedule.run_one(JOBS, "default", older_than=FOR_TICK)


def _went_well(name: str, step: Callable[[], Any]) -> bool:
    try:
        connection.close_if_unusable_or_obsolete()
        with alive.busy():
            step()
    except Exception as error:
        log.warning("%s failed: %s", name, type(error).__name__, exc_info=True)
        connection.close()  # the database may have been restarted: the next step connects anew
        return False
    return True
