"""The nightly sweep deletes what is over, and nothing else."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.db import connection

from accounts.models import SignInAttempt
from config import tidy as tidying
from config.tidy import tidy
from core import clock
from core.models import IdempotencyKey, JobRun, LifecycleLog
from core.scope import EVERYTHING, scope
from matching.models import DropIn
from notifications.models import Outbox
from opportunities.models import ApiKey, Feedback
from pledges.models import SheetUpload
from pledges.services import make_event
from tests import factories


def _event():
    officer = factories.membership("coordinator").user
    return make_event(
        name="Breakfast", held_on=clock.today(), place="", partnership=factories.partnership(), owner=officer
    )


def _messages(name, made_at):
    """A digest with one item, and a message that somebody must still do something about."""
    more = dict(purpose="p", cause_id=1, made_at=made_at)
    with factories.as_worker():
        mail = Outbox.objects.create(dedupe_key=name, channel="email", state="accepted", **more)
        worker = factories.user()
        item = dict(channel="digest", recipient=worker, state="accepted", parent=mail, **more)
        Outbox.objects.create(dedupe_key=f"{name} item", **item)
        Outbox.objects.create(dedupe_key=f"{name} due", channel="email", state="due", **more)


def _system_keys(today):
    """One that ended, one that ran out, and one of each that did so a day later."""
    owner, council = factories.user(), factories.council()
    for name, days in {"old": 6 * 365 + 3, "new": 6 * 365 + 1}.items():
        day = today - dt.timedelta(days=days)
        for how in ({"ended_on": day, "expires_on": today}, {"expires_on": day}):
            prefix = f"{name}{len(how)}"
            ApiKey.objects.create(council=council, name=name, prefix=prefix, hash="x", made_by=owner, **how)


@pytest.fixture
def rows(db):
    """One row of each table that is over, and one that is not."""
    now = clock.now()
    held = dict(event=_event(), header=[], rows=[], digest="x")
    for number, (hours, days) in enumerate([(25, 31), (23, 29)]):
        SignInAttempt.objects.create(address_hash="x", kind="asked", at=now - dt.timedelta(hours=hours))
        DropIn.objects.create(code=f"BCDFG{number}", answers={}, made_at=now - dt.timedelta(hours=hours))
        old = now - dt.timedelta(days=days)
        IdempotencyKey.objects.create(scope="s", key=str(number), body_hash="x", made_at=old)
        SheetUpload.objects.create(name=str(number), uploaded_at=old, **held)
        SheetUpload.objects.create(name="applied", uploaded_at=old, applied_at=old, **held)
        day = clock.today() - dt.timedelta(days=730 + (days > 30))
        Feedback.objects.create(path="/help/", useful=True, words="Mine", on=day)
        JobRun.objects.create(job="digest", slot=old, state="done", finished_at=old)
        years = now - dt.timedelta(days=6 * 365 + (3 if days > 30 else 1))
        LifecycleLog.objects.create(model="x", object_id=1, move="m", old="a", new="b", role="r", at=years)
        _messages(str(number), now - dt.timedelta(days=731 if days > 30 else 729))
    Session.objects.create(session_key="old", session_data="", expire_date=now - dt.timedelta(hours=1))
    Session.objects.create(session_key="new", session_data="", expire_date=now + dt.timedelta(hours=1))
    _system_keys(now.date())
    JobRun.objects.create(job="waiting", slot=now - dt.timedelta(days=99))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE fr_worker")


def test_what_is_over_goes_and_the_rest_stays(rows):
    assert tidy() == {
        "sign_in_attempts": 1,
        "idempotency_keys": 1,
        "sheets": 1,
        "words": 1,
        "sessions": 1,
        "drop_ins": 1,
        "job_runs": 1,
        "system_keys": 2,
        "moves": 1,
        "messages": 2,
    }
    assert set(tidy().values()) == {0}
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    assert JobRun.objects.filter(job="waiting").exists()
    assert set(ApiKey.objects.values_list("name", flat=True)) == {"new"}
    with scope(EVERYTHING):
        kept = Outbox.objects.filter(purpose="p").order_by("dedupe_key").values_list("dedupe_key", flat=True)
        assert list(kept) == ["0 due", "1", "1 due", "1 item"]


@pytest.mark.parametrize(
    ("kept", "left"), [(dt.timedelta(days=9999), {"old", "new"}), (dt.timedelta(days=6 * 365), set())]
)
def test_planted_keys_of_systems_kept_too_long_or_not_long_enough(rows, monkeypatch, kept, left):
    monkeypatch.setattr(tidying, "MOVES_KEPT", kept)
    tidy()
    assert set(ApiKey.objects.values_list("name", flat=True)) == left


def test_a_digest_waits_for_the_last_of_what_it_carried(rows):
    with scope(EVERYTHING):
        Outbox.objects.filter(dedupe_key="0 item").update(made_at=clock.now())
    assert tidy()["messages"] == 0
