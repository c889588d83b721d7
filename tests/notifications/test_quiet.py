"""Quiet hours: by night a young person's phone stays dark, unless it is a code they wait for or their safety."""

import datetime as dt

import pytest
from django.db import connection

from accounts.models import User
from core import clock
from core.scope import EVERYTHING, scope
from introductions.reminders import is_soon
from notifications import drain, quiet, registry
from notifications.models import Outbox
from tests import factories
from tests.notifications.conftest import row_of, states, told

pytestmark = pytest.mark.usefixtures("worker")
REAL = quiet.until  # before the fixture below tests/conftest.py makes it day
URGENT = {
    *("sign_in_code", "sign_in_text", "join_code", "join_text", "new_number"),  # they wait for it
    "news_own_hold",  # for their safety: a business we have stopped, perhaps where they go tomorrow morning
}
AT_TIMES = {"remind_own", "remind_worker", "remind_business"}  # the reminder two hours before


@pytest.fixture(autouse=True)
def real(by_day, monkeypatch):
    monkeypatch.setattr(quiet, "until", REAL)


def at(moment: dt.datetime) -> None:
    """Set the one clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.clock_offset', '', false)")
        offset = (moment - clock.now()).total_seconds()
        cursor.execute("SELECT set_config('app.clock_offset', %s, false)", [f"{offset} seconds"])


@pytest.fixture
def night(later):
    """Tonight, half past nine in England. `later` sets the clock back after the test."""
    tonight = dt.datetime.combine(clock.today(), dt.time(21, 30), clock.LONDON).astimezone(dt.UTC)
    at(tonight)
    return tonight


@pytest.fixture
def kai(db) -> User:
    with scope(EVERYTHING):
        user = User.objects.make(name="Kai", email="Kai@mail.example", phone="+447700900123")
        factories.young_person(user=user)
    return user


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-11-26T19:59:59+00:00", None),
        ("2026-11-26T20:00:00+00:00", "2026-11-27T08:00:00+00:00"),
        ("2026-11-27T07:59:59+00:00", "2026-11-27T08:00:00+00:00"),
        ("2026-11-27T08:00:00+00:00", None),
        ("2026-06-10T18:59:59+00:00", None),  # in summer an hour earlier by UTC
        ("2026-06-10T19:00:00+00:00", "2026-06-11T07:00:00+00:00"),
        ("2026-03-28T22:00:00+00:00", "2026-03-29T07:00:00+00:00"),  # an hour is missing in this night
        ("2026-03-29T00:59:00+00:00", "2026-03-29T07:00:00+00:00"),
        ("2026-10-24T21:00:00+00:00", "2026-10-25T08:00:00+00:00"),  # and doubled in this one
        ("2026-10-25T01:30:00+00:00", "2026-10-25T08:00:00+00:00"),
    ],
)
def test_the_hours(now, morning):
    found = quiet.until(dt.datetime.fromisoformat(now))
    assert found == (morning and dt.datetime.fromisoformat(morning))


def test_by_night_it_waits_for_the_morning_and_loses_no_attempt(provider, purposes, night, kai):
    row = told(recipient=kai)
    assert drain.drain()["waits"] == 1 and not provider.taken
    waiting = row_of(row)
    assert (waiting.state, waiting.attempts) == ("due", 0)
    assert waiting.not_before.astimezone(clock.LONDON).time() == dt.time(8)
    at(night + dt.timedelta(hours=10, minutes=31))
    drain.drain()
    assert states(purpose="note") == ["accepted"] and len(provider.taken) == 1


@pytest.mark.parametrize("email", ["kai@mail.example", None])
def test_by_address_or_by_number_and_whoever_the_row_names(provider, purposes, night, kai, email):
    with scope(EVERYTHING):
        User.objects.filter(pk=kai.pk).update(email=email)
    to = email or "+447700900123"
    purposes("note", address=lambda row: to)
    told(recipient=factories.user())
    assert drain.drain()["waits"] == 1 and not provider.taken


def test_urgent_goes_out_by_night(provider, purposes, night, kai):
    purposes("note", urgent=registry.always)
    told(recipient=kai)
    drain.drain()
    assert len(provider.taken) == 1


def test_so_does_what_goes_to_others(provider, purposes, night, kai):
    told()
    drain.drain()
    assert len(provider.taken) == 1


def test_planted_a_row_that_does_not_wait(provider, purposes, night, kai, monkeypatch):
    """The twin without the guard: the phone lights up by night."""
    monkeypatch.setattr(quiet, "until", lambda now: None)
    told(recipient=kai)
    drain.drain()
    assert len(provider.taken) == 1


def test_what_is_urgent():
    """The whole list: whoever adds to it decides to wake somebody."""
    rules = {name: registry.find(name).urgent for name in registry.names()}
    assert {name for name, rule in rules.items() if rule is registry.always} == URGENT
    others = {rule for rule in rules.values() if rule not in (registry.always, registry.never)}
    assert others == {is_soon} and {name for name, rule in rules.items() if rule is is_soon} == AT_TIMES


@pytest.mark.parametrize(("moment", "soon"), [("hours", True), ("days", False)])
def test_of_two_reminders_the_second_is_urgent(moment, soon):
    assert is_soon(Outbox(dedupe_key=f"remind_own:-:3:-:{moment}-20261126T1000Z")) is soon
