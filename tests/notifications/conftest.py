"""Background work runs as fr_worker; test purposes and a provider that writes down what it took."""

import datetime as dt
import uuid

import pytest
from django.db import connection

from core import clock
from core.scope import EVERYTHING, scope
from notifications import channels, drain, registry, services
from notifications.models import Outbox
from notifications.registry import Mail, Purpose
from tests import database, factories

DAY = dt.timedelta(days=1)
MONDAY = dt.date(2027, 3, 1)


class Killed(BaseException):
    """The process is gone at this line: nothing of ours may catch it."""


class Provider:
    """Takes mail, remembers it, can be asked. `before` and `after` run around the taking, and may raise."""

    name = "test"
    lease = dt.timedelta(seconds=30)
    ask_after = dt.timedelta(seconds=60)

    def __init__(self) -> None:
        self.taken: list[tuple[uuid.UUID, str, Mail]] = []
        self.before = self.after = lambda: None
        self.can_be_asked = True

    def send(self, *, ref, to, mail) -> None:
        self.before()
        self.taken.append((ref, to, mail))
        self.after()

    def find(self, ref) -> list[str] | None:
        return ["accepted" for known, *_ in self.taken if ref == known] if self.can_be_asked else None

    @property
    def texts(self) -> list[str]:
        return [mail.text for _, _, mail in self.taken]


@pytest.fixture
def worker(db):
    """fr_worker for the length of an ordinary test, inside the test's own transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE fr_worker")


@pytest.fixture
def worker_connections(transactional_db):
    """Every connection of the test is one of fr_worker: for tests with threads or other processes."""
    with database.point_django_at(USER="fr_worker"):
        yield


@pytest.fixture(autouse=True)
def half_of_each_delay(monkeypatch):
    """Delays are a random part of the next step; in tests always half of it."""
    monkeypatch.setattr(drain, "jitter", lambda delay: delay / 2)


@pytest.fixture
def provider(monkeypatch) -> Provider:
    provider = Provider()
    monkeypatch.setattr(channels, "chosen", lambda kind: provider)
    return provider


@pytest.fixture
def purposes(monkeypatch):
    """add(name, channel, **rules): a purpose that is gone after the test."""

    def add(name: str, channel: str = "email", **rules) -> Purpose:
        values = {
            "may_receive": lambda rows: {row.pk for row in rows},
            "render": lambda row, items: Mail(f"About {name}", " ".join(str(item.cause_id) for item in items) or name),
            **rules,
        }
        monkeypatch.setitem(registry._purposes, name, Purpose(name, channel, **values))
        return registry.find(name)

    add("note")
    add("find", "digest")
    return add


@pytest.fixture
def later(db):
    """later(minutes=2): move the one clock forward."""
    total = dt.timedelta(0)

    def move(**by) -> None:
        nonlocal total
        total += dt.timedelta(**by)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.clock_offset', %s, false)", [f"{total.total_seconds()} seconds"])

    yield move
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.clock_offset', '', false)")


@pytest.fixture
def on(later):
    """on(day): it is nine o'clock of that day."""
    now = dt.datetime(2027, 3, 1, 9, tzinfo=clock.LONDON)
    later(seconds=(now - clock.now()).total_seconds())
    days = [MONDAY]

    def go(day: dt.date) -> None:
        later(days=(day - days[-1]).days)
        days.append(day)

    return go


def told(purpose: str = "note", **more) -> Outbox:
    """One message that is due."""
    with scope(EVERYTHING):
        services.tell(purpose=purpose, recipient=more.pop("recipient", None) or factories.user(), version=1, **more)
        return Outbox.objects.latest("pk")


def held(recipient, *causes: int, purpose: str = "find", person=None) -> int:
    with scope(EVERYTHING):
        return services.hold(purpose=purpose, items=[(recipient.pk, person, cause, 1) for cause in causes])


def states(**where) -> list[str]:
    with scope(EVERYTHING):
        return list(Outbox.objects.filter(**where).order_by("pk").values_list("state", flat=True))


def row_of(row: Outbox) -> Outbox:
    with scope(EVERYTHING):
        return Outbox.objects.get(pk=row.pk)
