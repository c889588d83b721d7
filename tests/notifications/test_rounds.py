"""What goes out in which order, how often a provider is bothered, and what one message does to the others."""

import datetime as dt
from types import SimpleNamespace

import pytest
from cryptography.fernet import InvalidToken
from django.db import connection

from core import clock
from core.scope import EVERYTHING, scope
from notifications import drain as pipeline
from notifications.channels import NotTaken, PerhapsNobody
from notifications.drain import drain
from notifications.models import Circuit, Outbox
from tests.notifications.conftest import states, told
from tests.notifications.test_drain import refuse


def copies_of_a_server_that_never_says_that_it_took_them(purposes, provider, later) -> list[float]:
    """When each went out, in seconds."""
    purposes("again", on_unknown="resend")
    provider.can_be_asked = False
    told("again")
    began, at = clock.now(), []

    def hang():
        at.append((clock.now() - began).total_seconds())
        raise TimeoutError

    provider.after = hang
    for _round in range(200):
        later(seconds=30)
        drain()
    return at


def test_a_server_that_never_says_that_it_took_them_gets_so_many_copies(worker, purposes, provider, later):
    at = copies_of_a_server_that_never_says_that_it_took_them(purposes, provider, later)
    assert len(at) == 1 + pipeline.COPIES and at[-1] - at[0] > 600
    assert states() == ["dead"]
    with scope(EVERYTHING):
        assert Outbox.objects.get().reason == "not known if taken"


def test_planted_it_gets_copies_for_ever(worker, purposes, provider, later, monkeypatch):
    monkeypatch.setattr(pipeline, "COPIES", 10**6)
    monkeypatch.setattr(pipeline, "DELAYS", [dt.timedelta(0)] * 10**3)
    assert len(copies_of_a_server_that_never_says_that_it_took_them(purposes, provider, later)) > 50


def a_code_that_cannot_be_read(purposes, provider) -> list[str]:
    told("sign_in_code", secret={"code": "123456"}, expires_in=dt.timedelta(minutes=10))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outbox SET secret = 'written with a key that is gone' WHERE secret IS NOT NULL")
    told()
    drain()
    return states()


def test_a_code_that_cannot_be_read_stops_no_other(worker, purposes, provider):
    assert sorted(a_code_that_cannot_be_read(purposes, provider)) == ["accepted", "due"]


def test_planted_the_claim_reads_it(worker, purposes, provider, monkeypatch):
    first = pipeline._first

    def reads(due, limit):
        list(due)
        return first(due, limit)

    monkeypatch.setattr(pipeline, "_first", reads)
    with pytest.raises(InvalidToken):
        a_code_that_cannot_be_read(purposes, provider)


def failures_of_the_provider(worker, purposes, provider, later, says) -> int:
    """What the circuit has counted after a message was tried five times."""
    provider.before = refuse(says)
    told()
    for _try in range(5):
        drain()
        later(hours=3)
    with scope(EVERYTHING):
        assert Outbox.objects.get().attempts == 5
    return Circuit.objects.get().in_a_row


def test_a_mailbox_that_may_not_be_there_counts_once(worker, purposes, provider, later):
    assert failures_of_the_provider(worker, purposes, provider, later, PerhapsNobody("550")) == 1


def test_planted_it_counts_each_time(worker, purposes, provider, later):
    assert failures_of_the_provider(worker, purposes, provider, later, NotTaken("550")) == 5


def test_who_was_to_try_the_provider_out_and_is_put_back_leaves_the_try_to_the_next(worker, purposes, provider):
    told()
    Circuit.objects.create(provider=provider.name, in_a_row=10, open_since=clock.now())
    claims = pipeline.claim_with_room({"email": provider})
    assert len(claims) == 1 and pipeline.claim_with_room({"email": provider}) == []
    pipeline.put_back(claims, {"email": provider})
    assert len(pipeline.claim_with_room({"email": provider})) == 1


def first_out(purposes, provider, later) -> str:
    for _each in range(15):
        told()
    later(minutes=1)
    told("sign_in_code", secret={"code": "123456"}, expires_in=dt.timedelta(minutes=10))
    later(minutes=1)
    drain()
    return provider.texts[0]


def test_a_code_does_not_queue_behind_the_mails_of_the_morning(worker, purposes, provider, later):
    assert "123456" in first_out(purposes, provider, later)


def test_planted_all_queue_alike(worker, purposes, provider, later, monkeypatch):
    both = pipeline._first
    monkeypatch.setattr(pipeline, "_first", lambda due, limit: both(Outbox.objects.filter(state="due"), limit))
    assert "123456" not in first_out(purposes, provider, later)


def slow_questions(purposes, provider, later, monkeypatch) -> int:
    """Fifty messages of which nobody knows, a provider that takes two seconds for each answer, and one that is due.
    How many were asked about before it went out."""
    seconds, asked, sent = [0.0], [], []
    for _each in range(50):
        told()
    with scope(EVERYTHING):
        Outbox.objects.update(state="unknown", not_before=clock.now())
    told()

    def find(ref):
        seconds[0] += 2
        asked.append(ref)
        return ["accepted"]

    monkeypatch.setattr(provider, "find", find)
    monkeypatch.setattr(provider, "before", lambda: sent.append(len(asked)))
    monkeypatch.setattr(pipeline, "time", SimpleNamespace(monotonic=lambda: seconds[0]))
    later(seconds=1)
    drain(seconds=20)
    return sent[0] if sent else 50


def test_slow_answers_do_not_keep_what_is_due(worker, purposes, provider, later, monkeypatch):
    assert slow_questions(purposes, provider, later, monkeypatch) <= 3


def test_planted_all_the_round_is_spent_on_questions(worker, purposes, provider, later, monkeypatch):
    monkeypatch.setattr(pipeline, "ASKING", 1)
    assert slow_questions(purposes, provider, later, monkeypatch) == 50


def test_what_was_not_begun_in_time_is_due_at_once(worker, purposes, provider, monkeypatch):
    for _each in range(3):
        told()
    seconds = iter([0, 0, 0, 0, 1, 2, 3, 16, 99, 99, 99])
    monkeypatch.setattr(pipeline, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    drain(seconds=10)
    assert sorted(states()) == ["accepted", "due", "due"]
