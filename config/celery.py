"""Celery: doorbells and nothing else. No results, no retries, no delays: all of that lives in tables."""

import os
from typing import Any

from celery import Celery, signals
from django.conf import settings

from core import alive

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")

app = Celery("first_rung")
app.set_default()  # else other threads of the web process would ring through an app without a broker
app.conf.update(
    settings.CELERY,
    # Queues by purpose: a long job keeps no message waiting.
    task_routes={
        "matching.*": {"queue": "matching"},
        "config.tasks.tick_matching": {"queue": "matching"},
        "notifications.tasks.drain": {"queue": "sending"},
    },
    # What is due is known by the database, in local time; beat only knocks, at each queue: a process that hears nothing
    # for long is replaced.
    beat_schedule={
        name: {"task": name, "schedule": 30.0, "options": {"expires": 25}}
        for name in ("config.tasks.tick", "config.tasks.tick_matching", "notifications.tasks.drain")
    },
)
app.autodiscover_tasks()


@signals.celeryd_init.connect  # type: ignore[untyped-decorator]
def be_patient(conf: Any, **more: Any) -> None:
    """A worker waits for the broker, where a web page must not: longer than its own 1 s reads, and for ever."""
    conf.broker_transport_options = {**conf.broker_transport_options, "socket_timeout": 10}
    conf.broker_connection_max_retries = None


@signals.worker_init.connect  # type: ignore[untyped-decorator]
def check_role(**more: Any) -> None:
    """Refuse to start under a role for which the second wall does not stand, or while nobody can say which role it is:
    whoever keeps the process starts it again. Who starts is watched."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import Error, connection

    from core.role_check import refuse_unsafe_role

    try:
        refuse_unsafe_role()
    except (ImproperlyConfigured, Error) as error:
        raise SystemExit(str(error)) from error  # Celery swallows ordinary exceptions of signals
    finally:
        connection.close()  # the children must not inherit it
    alive.watch_itself()


@signals.task_prerun.connect  # type: ignore[untyped-decorator]
def work_begins(**more: Any) -> None:
    """A busy process may be silent."""
    alive.say_busy()


@signals.task_postrun.connect  # type: ignore[untyped-decorator]
def work_is_done(**more: Any) -> None:
    """From now on it must be heard of again."""
    alive.say()


@signals.beat_init.connect  # type: ignore[untyped-decorator]
def listen_to_beat(**more: Any) -> None:
    """Beat is heard of when the broker took its ring."""
    signals.after_task_publish.connect(_rung)
    alive.watch_itself()


def _rung(**more: Any) -> None:
    alive.say()
