"""For races: wait until another session of this database waits for a lock, so that no test sleeps and hopes."""

import threading
import time

from django.db import connection

BLOCKED = """SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"""
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

OWN = "SELECT classid, objid FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"


def own() -> list[tuple[int, int]]:
    """The advisory locks of this very session: (class, number). The view shows those of all databases of the server."""
    with connection.cursor() as cursor:
        cursor.execute(OWN)
        return cursor.fetchall()


def until_somebody_waits() -> None:
    """Returns when somebody does; AssertionError after about 10 s: the lock is missing."""
    for _try in range(2000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.005)")
    raise AssertionError("nobody waited: the lock is missing")


def waits(thread: threading.Thread) -> bool:
    """Whether the thread waits for another session's lock; returns when it does, or has ended. No guess about time."""
    give_up = time.monotonic() + 60
    while thread.is_alive():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(BLOCKED)
            if cursor.fetchone()[0]:
                return True
        assert time.monotonic() < give_up, "it neither waits nor ends"
        thread.join(0.005)
    return False
