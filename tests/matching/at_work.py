"""Somebody else at work in the same database, and what the tests of passes ask of PostgreSQL about it."""

import threading
import time

import psycopg
import pytest
from django.db import connection

from matching import services, store, telling
from notifications.models import Outbox
from tests import database
from tests import factories as everybody
from tests.matching import factories


def other_connection(user: str = "fr_worker") -> psycopg.Connection:
    """Somebody else at work in the same database."""
    return psycopg.connect(**database.LOGIN, user=user, dbname=connection.settings_dict["NAME"])


BLOCKED = """SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"""


def until_blocked_or_done(thread: threading.Thread, watch: psycopg.Connection) -> None:
    """Until PostgreSQL says that somebody waits for somebody, or the thread has ended. No guess about time."""
    give_up = time.monotonic() + 30
    while thread.is_alive() and not watch.execute(BLOCKED).fetchone()[0]:
        watch.rollback()
        assert time.monotonic() < give_up


MAX_REV = """(SELECT coalesce(max(rev::text::bigint), 0) + 1 FROM (SELECT rev FROM interests
              UNION ALL SELECT rev FROM opportunity_search) r)"""
XMIN = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


def forget_other_processes(monkeypatch) -> None:
    """Take the highest revision for the watermark. A transaction that the next test process has open holds the real one
    back; rows are then read again, which puts right what a planted defect did."""
    assert XMIN in store.STATE_SQL
    monkeypatch.setattr(store, "STATE_SQL", store.STATE_SQL.replace(XMIN, MAX_REV))


def until_nothing_is_pending() -> None:
    """Run until the watermark has passed what is written. A transaction open anywhere on the server holds it back: that
    of a test in the next process, too."""
    deadline = time.monotonic() + 60
    while services.pending():
        assert time.monotonic() < deadline, "the watermark does not move"
        services.run_pending()
        time.sleep(0.05)


def outbox() -> list[tuple[int, int, int]]:
    with everybody.as_worker():
        rows = Outbox.objects.filter(purpose=telling.PURPOSE).order_by("recipient_id", "person_id", "cause_id")
        return list(rows.values_list("recipient_id", "person_id", "cause_id"))


class Crash(Exception):
    pass


def crash_at_the_end(monkeypatch) -> tuple[dict, list, list]:
    factories.places()
    services.run_pending()
    factories.person(worker=factories.adviser(), categories=1 << 5)
    factories.opportunity(categories=1 << 5)

    def crash(cursor, **_):
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(store, "finish", crash)
        with pytest.raises(Crash):
            services.run_pending()
    return factories.stored(), factories.told(), outbox()
