"""The nightly sweep deletes what is over, and nothing else."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.db import connection

from accounts.models import SignInAttempt
from config.tidy import tidy
from core import clock
from core.models import IdempotencyKey, JobRun
from opportunities.models import Feedback
from pledges.models import SheetUpload
from pledges.services import make_event
from tests import factories


def _event():
    officer = factories.membership("coordinator").user
    return make_event(
        name="Breakfast", held_on=clock.today(), place="", partnership=factories.partnership(), owner=officer
    )


@pytest.fixture
def rows(db):
    """One row of each table that is over, and one that is not."""
    now = clock.now()
    held = dict(event=_event(), header=[], rows=[], digest="x")
    for number, (hours, days) in enumerate([(25, 31), (23, 29)]):
        SignInAttempt.objects.create(address_hash="x", kind="asked", at=now - dt.timedelta(hours=hours))
        old = now - dt.timedelta(days=days)
        IdempotencyKey.objects.create(scope="s", key=str(number), body_hash="x", made_at=old)
        SheetUpload.objects.create(name=str(number), uploaded_at=old, **held)
        SheetUpload.objects.create(name="applied", uploaded_at=old, applied_at=old, **held)
        day = clock.today() - dt.timedelta(days=730 + (days > 30))
        Feedback.objects.create(path="/help/", useful=True, words="Mine", on=day)
        JobRun.objects.create(job="digest", slot=old, state="done", finished_at=old)
    Session.objects.create(session_key="old", session_data="", expire_date=now - dt.timedelta(hours=1))
    Session.objects.create(session_key="new", session_data="", expire_date=now + dt.timedelta(hours=1))
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
        "job_runs": 1,
    }
    assert set(tidy().values()) == {0}
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    assert JobRun.objects.filter(job="waiting").exists()
