"""With no broker and no worker, what is due still happens; and the relay outlives its database."""

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from config.management.commands import relay
from config.schedule import JOBS
from core import bells, clock, schedule
from core.models import Heartbeat, JobRun
from core.scope import EVERYTHING, scope
from notifications import tasks
from notifications.models import KeptMail, OutboxCount
from tests import database, factories
from tests.notifications.conftest import held, states, told


@pytest.fixture(autouse=True)
def the_connection_of_a_test_stays(request, monkeypatch):
    """It is inside the test's transaction, which the relay would take for a line that somebody left in disorder."""
    if "worker" in request.fixturenames:
        monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)


@pytest.fixture
def no_broker(monkeypatch):
    """A broker that refuses every connection."""
    app = Celery("nobody there", broker="redis://127.0.0.1:1/", set_as_current=False)
    app.conf.update({**settings.CELERY, "broker_url": "redis://127.0.0.1:1/"})

    @app.task(name="nobody.hears", shared=False)
    def nobody_hears() -> None: ...

    monkeypatch.setattr(tasks, "drain", nobody_hears)
    return nobody_hears


def test_a_bell_that_nobody_hears_does_not_raise(no_broker, caplog):
    assert bells.ring(no_broker) is False
    assert "nobody.hears not rung: OperationalError" in caplog.text


def test_planted_a_bell_that_raises(no_broker):
    with pytest.raises(OperationalError):
        no_broker.apply_async(expires=60)


def test_many_messages_of_one_transaction_ring_once(worker, purposes, provider, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        told()
        told()
    assert len(callbacks) == 1


def test_what_was_asked_in_a_lost_savepoint_is_asked_again(worker, purposes, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            told()
            raise ZeroDivisionError
        told()
    assert len(callbacks) == 1


def test_without_a_broker_the_message_is_saved_and_the_relay_sends_it(
    worker, purposes, provider, later, no_broker, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        told()
    assert len(callbacks) == 1 and states() == ["due"]
    assert all(relay.round_of(1).values())
    assert states() == ["due"]  # its bell may still be heard
    later(seconds=6)
    relay.round_of(1)
    assert states() == ["accepted"] and len(provider.taken) == 1


def test_a_round_beats_counts_and_inserts_slots(worker, purposes, provider, later):
    held(factories.user(), 1, 2)
    assert all(relay.round_of(0).values())
    assert Heartbeat.objects.get(process="relay").age(clock.now()) < dt.timedelta(seconds=5)
    assert OutboxCount.objects.get(purpose="find").rows == 2
    later(days=3)
    relay.round_of(1)
    assert JobRun.objects.filter(job="digest").count() >= 3


def test_no_beat_for_three_days_one_digest_per_adviser(worker, purposes, provider, later):
    tuesday = dt.datetime(2027, 3, 2, 9, tzinfo=clock.LONDON)
    later(seconds=(tuesday - clock.now()).total_seconds())
    relay.round_of(1)
    ana = factories.user()
    held(ana, 1)
    later(days=3, minutes=5)
    relay.round_of(1)
    while schedule.is_due(JOBS, "default", older_than=relay.FOR_TICK):
        relay.round_of(1)
    later(seconds=10)
    relay.round_of(1)
    assert len(provider.taken) == 1
    assert JobRun.objects.filter(job="digest", state="done").count() >= 3


TWO_JOBS = [schedule.Job(name, "tests.notifications.test_relay.work", every=10) for name in ("one", "two")]
done: list[str] = []


def work() -> None:
    done.append("job")


def test_messages_are_looked_at_between_two_jobs(worker, later, monkeypatch):
    done.clear()
    later(minutes=20)
    monkeypatch.setattr(relay, "JOBS", TWO_JOBS)
    monkeypatch.setattr(relay, "_drain", lambda: done.append("drain"))
    schedule.insert_missing(TWO_JOBS, now=clock.now())
    later(minutes=2)
    for _round in range(2):
        relay.round_of(1)
    assert done == ["drain", "job", "drain", "job"]


def test_planted_all_jobs_run_in_one_round(worker, later, monkeypatch):
    one = schedule.run_one

    def all_of(jobs, queue, **how) -> None:
        while one(jobs, queue, **how):
            pass

    monkeypatch.setattr(schedule, "run_one", all_of)
    with pytest.raises(AssertionError):
        test_messages_are_looked_at_between_two_jobs(worker, later, monkeypatch)


def test_a_step_that_fails_leaves_the_others_their_turn(worker, purposes, provider, monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)  # the test's own connection must stay
    monkeypatch.setattr(relay.services, "drain", lambda **_: 1 // 0)
    assert relay.round_of(0) == {
        "reports": True, "orders": True, "drain": False, "slots": True, "job": True, "count": True,
        **{watch.name: True for watch in bells.watches()},
    }  # fmt: skip


def test_a_relay_that_cannot_hand_over_does_not_count_as_alive(worker, monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)
    monkeypatch.setattr(relay.services, "drain", lambda **_: 1 // 0)
    relay.round_of(0)
    assert not Heartbeat.objects.filter(process="relay").exists()


def test_planted_a_relay_that_beats_first(worker, monkeypatch):
    monkeypatch.setattr(relay, "_drain", lambda: bells.beat("relay") or relay.services.drain())
    with pytest.raises(AssertionError):
        test_a_relay_that_cannot_hand_over_does_not_count_as_alive(worker, monkeypatch)


def test_the_relay_rings_for_what_is_watched(worker, monkeypatch):
    monkeypatch.setattr(bells, "_watches", {})
    rung = []

    class Bell:
        name = "matching.run"

        def apply_async(self, expires) -> None:
            rung.append(expires)

    bells.watch("interests", lambda: True, Bell())
    bells.watch("quiet", lambda: False, Bell())
    assert [watch.look() for watch in bells.watches()] == [True, False] and rung == [10]
    with pytest.raises(ValueError, match="already"):
        bells.watch("quiet", lambda: False, Bell())


def test_a_watch_that_fails_leaves_the_others_their_turn(worker, monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)
    monkeypatch.setattr(bells, "_watches", {})
    bells.watch("broken", lambda: 1 // 0, None)
    bells.watch("danger", lambda: True, lambda: done.append("danger"), here=True)
    done.clear()
    said = relay.round_of(1)
    assert (said["broken"], said["danger"], done) == (False, True, ["danger"])


def test_it_outlives_a_restart_of_the_database(worker_connections, purposes, provider):
    told()
    relay.round_of(0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    with database.admin() as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    assert all(relay.round_of(0).values())


# --- as a process of its own --------------------------------------------------------------------------------


@contextmanager
def command(*args: str):
    """The relay as a process, ended with the block whatever happened in it."""
    url = f"postgres://{database.ADMIN}@/{connection.settings_dict['NAME']}?host={database.HOST}"
    env = {**os.environ, "FR_DB_ROLE": "fr_worker", "DATABASE_URL": url, "REDIS_URL": "redis://127.0.0.1:1/"}
    command_line = [sys.executable, "manage.py", "relay", *args]
    with subprocess.Popen(command_line, env=env, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_once_without_a_broker_and_until_sigterm(worker_connections):
    ana = factories.user()
    from accounts import mail

    with scope(EVERYTHING):
        mail.send_code(user=ana, code="271 828", expires_in=dt.timedelta(minutes=10))
    with command("--once") as once:
        assert once.wait(30) == 0, once.stderr.read()
    ben = factories.user()
    with scope(EVERYTHING):
        mail.send_code(user=ben, code="314 159", expires_in=dt.timedelta(minutes=10))
    with command() as running:
        for _ in range(300):  # once it works it listens to signals
            if KeptMail.objects.filter(recipient=ben.email).exists():
                break
            time.sleep(0.1)
        running.send_signal(signal.SIGTERM)
        assert running.wait(15) == 0, running.stderr.read()
    assert KeptMail.objects.filter(recipient=ana.email).count() == 1
    assert KeptMail.objects.filter(recipient=ben.email).count() == 1 and states() == ["accepted", "accepted"]


def test_it_refuses_a_role_that_walks_round_the_wall(db):
    process = database.manage("relay", "--once", role="fr_owner", dbname=connection.settings_dict["NAME"], check=False)
    assert process.returncode != 0 and "owns tables" in process.stderr
