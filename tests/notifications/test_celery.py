"""Celery is a doorbell: what is set so that it can be lost, late or doubled without harm."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from config import celery, policy
from config import tasks as config_tasks
from config.celery import app, work_begins, work_is_done
from core import alive, bells, role_check
from core.models import Heartbeat, JobRun
from notifications import tasks as messages
from tests.notifications.conftest import states, told


def test_web_threads_ring_through_this_app():
    import threading

    found = []
    thread = threading.Thread(target=lambda: found.append(messages.drain.app.conf.broker_url))
    thread.start()
    thread.join(5)
    assert found == [app.conf.broker_url]


def test_beat_knocks_at_each_queue_and_does_not_pile_up():
    entries = app.conf.beat_schedule.values()
    assert {queue_of(entry["task"]) for entry in entries} == {"default", "matching", "sending"}
    assert all(entry["options"]["expires"] < entry["schedule"] <= 60 for entry in entries)


def queue_of(task: str) -> str:
    return app.amqp.router.route({}, task)["queue"].name


def test_a_process_is_heard_of_by_its_work(tmp_path, monkeypatch):
    monkeypatch.setenv("FR_STATE_DIR", str(tmp_path))
    monkeypatch.setenv(alive.NAME, "matcher")
    work_begins()
    assert alive.heard(tmp_path, "matcher") > alive.now() + 600
    work_is_done()
    assert abs(alive.heard(tmp_path, "matcher") - alive.now()) < 60


def test_the_matcher_s_tasks_go_to_the_matcher():
    def queue(name: str) -> str:
        route = app.amqp.router.route({}, name)
        return route["queue"].name

    assert queue("matching.tasks.run") == queue("config.tasks.tick_matching") == "matching"
    assert queue("notifications.tasks.drain") == "sending"
    assert queue("config.tasks.tick") == "default"


def test_every_task_is_declared_and_takes_nothing():
    app.loader.import_default_modules()
    tasks = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
    assert set(tasks) == set(policy.TASKS)
    assert not [name for name, task in tasks.items() if task.run.__code__.co_argcount]


def test_a_worker_is_patient_with_the_broker(monkeypatch):
    class Conf:
        broker_transport_options = {"socket_timeout": 1, "max_retries": 0}

    celery.be_patient(conf=Conf)
    assert Conf.broker_transport_options == {"socket_timeout": 10, "max_retries": 0}
    assert Conf.broker_connection_max_retries is None


def test_a_worker_refuses_an_unsafe_role(worker, monkeypatch):
    celery.check_role()
    monkeypatch.setattr(celery, "connection", None, raising=False)

    def unsafe() -> None:
        raise ImproperlyConfigured("fr_web owns tables")

    monkeypatch.setattr(role_check, "refuse_unsafe_role", unsafe)
    with pytest.raises(SystemExit, match="owns tables"):
        celery.check_role()


def test_a_worker_does_not_start_while_the_database_cannot_say_its_role(worker, monkeypatch):
    def away() -> None:
        raise OperationalError("the database system is starting up")

    monkeypatch.setattr(role_check, "refuse_unsafe_role", away)
    with pytest.raises(SystemExit, match="starting up"):
        celery.check_role()


def test_each_task_may_run_twice(worker, purposes, provider, monkeypatch):
    told()
    monkeypatch.setattr(bells, "ring", lambda *_, **__: True)
    for task in (messages.drain, config_tasks.tick, config_tasks.tick_matching):
        task()
        task()
    assert states() == ["accepted"] and len(provider.taken) == 1
    assert set(Heartbeat.objects.values_list("process", flat=True)) == {"worker", "matcher", "sender", "beat"}


def test_tick_rings_the_matcher_for_its_jobs(worker, monkeypatch):
    rung = []
    monkeypatch.setattr(bells, "ring", lambda task, **_: rung.append(task.name))
    config_tasks.tick()
    JobRun.objects.create(job="full match pass", slot="2020-01-01T02:30Z")
    config_tasks.tick()
    assert rung == ["config.tasks.tick_matching"]
