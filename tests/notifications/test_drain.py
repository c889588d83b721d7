"""Killed at any line, a message is neither lost nor told twice; and what becomes of each answer of a provider."""

import contextlib
import datetime as dt
import threading
import time

import pytest
from django.db import connection

from core import clock
from core.scope import EVERYTHING, scope
from notifications import channels
from notifications import drain as pipeline
from notifications.channels import NotTaken, Refused
from notifications.drain import drain, hand_over
from notifications.lifecycle import move
from notifications.models import Outbox
from tests import factories
from tests.notifications.conftest import Killed, held, row_of, states, told
from tests.notifications.test_digests import make

JITTER = pipeline.jitter  # as it is before the tests put half of each delay in its place


def claim(limit: int = 5):
    return pipeline.claim(["email"], limit=limit)


def pass_minutes(later, rounds: int = 4) -> None:
    """A lease runs out, the provider is asked, and asked again before it is believed."""
    for _ in range(rounds):
        later(minutes=2)
        drain()


def die(*_args, **_more):
    raise Killed


def refuse(answer: Exception):
    def say() -> None:
        raise answer

    return say


def after_the_move(old: str, new: str):
    """Die inside the transaction that makes this move, after the move."""

    def moving(rows, was, becomes, **changes):
        moved = move(rows, was, becomes, **changes)
        if (was, becomes) == (old, new):
            raise Killed
        return moved

    return moving


# --- killed at each line ------------------------------------------------------------------------------------

LINES = {
    "in the claim": lambda patch, provider: patch.setattr(pipeline, "move", after_the_move("due", "claimed")),
    "claimed": lambda patch, provider: patch.setattr(pipeline, "hand_over", die),
    "writing the mail": lambda patch, provider: patch.setattr(pipeline, "prepare_all", die),
    "in the fence": lambda patch, provider: patch.setattr(pipeline, "move", after_the_move("claimed", "handing")),
    "fenced": lambda patch, provider: patch.setattr(provider, "before", die),
    "taken": lambda patch, provider: patch.setattr(provider, "after", die),
    "recording": lambda patch, provider: patch.setattr(pipeline, "move", after_the_move("handing", "accepted")),
    "recording the items": lambda patch, provider: patch.setattr(pipeline, "move", after_the_move("held", "accepted")),
}


def killed(patch, line, provider) -> None:
    with patch.context() as inside, contextlib.suppress(Killed):
        LINES[line](inside, provider)
        drain()
        raise AssertionError(f"nobody died {line}")


@pytest.mark.parametrize("line", LINES)
def test_killed_at_any_line_a_digest_comes_once(line, worker, purposes, provider, monkeypatch, later):
    held(factories.user(), 1, 2)
    make()
    killed(monkeypatch, line, provider)
    pass_minutes(later)
    assert len(provider.taken) == 1 and set(states()) == {"accepted"}


@pytest.mark.parametrize("line", ["fenced", "taken"])
def test_killed_while_asking(line, worker, purposes, provider, monkeypatch, later):
    told()
    killed(monkeypatch, line, provider)
    later(minutes=2)
    drain()
    for asking in ("find", "_resolve"):
        later(minutes=2)
        with monkeypatch.context() as patch:
            patch.setattr(provider if asking == "find" else pipeline, asking, die)
            with pytest.raises(Killed):
                drain()
        assert states() == ["unknown"]
    pass_minutes(later)
    assert len(provider.taken) == 1 and states() == ["accepted"]


def test_planted_sent_again_without_asking(worker, purposes, provider, monkeypatch, later):
    purposes("again", on_unknown="resend")
    provider.can_be_asked = False
    row = told("again")
    killed(monkeypatch, "taken", provider)
    pass_minutes(later)
    assert len(provider.taken) == 2  # so the provider above would have shown a second copy
    assert {ref for ref, *_ in provider.taken} == {row.ref}
    assert row_of(row).reason == "may be a second copy"


@pytest.mark.parametrize(("rule", "state"), [("end", "ended"), ("ask", "dead"), ("resend", "accepted")])
def test_when_the_provider_cannot_be_asked_the_purpose_decides(
    rule, state, worker, purposes, provider, monkeypatch, later
):
    purposes("ruled", on_unknown=rule)
    provider.can_be_asked = False
    told("ruled")
    killed(monkeypatch, "fenced", provider)
    pass_minutes(later)
    assert states() == [state]


def test_nothing_is_handed_over_inside_a_transaction(worker, purposes, provider):
    told()
    with scope(EVERYTHING), pytest.raises(RuntimeError, match="durable"):
        drain()


# --- late claimers ------------------------------------------------------------------------------------------


def test_a_late_claimer_changes_nothing(worker, purposes, provider, later):
    told()
    (mine,) = claim()
    later(minutes=1)
    pipeline.sweep({"email": provider})
    (theirs,) = claim()
    assert hand_over([mine], provider) == ["lost"] and provider.taken == []
    assert hand_over([theirs], provider) == ["accepted"]


def test_frozen_between_fence_and_hand_over_sends_nothing(worker, purposes, provider, later, monkeypatch):
    row = told()
    (mine,) = claim()
    awake = time.monotonic
    with monkeypatch.context() as patch:
        instants = iter([awake(), awake() + provider.lease.total_seconds()])
        patch.setattr(pipeline.time, "monotonic", lambda: next(instants))
        assert hand_over([mine], provider) == ["due"]  # given back: it surely was not taken
    assert provider.taken == [] and states() == ["due"] and row_of(row).attempts == 0
    pass_minutes(later)
    assert len(provider.taken) == 1 and states() == ["accepted"]


def late_news(provider, later) -> None:
    """A process froze in its hand-over, and learns that nothing was taken while another is handing the row over."""
    told()
    (frozen,) = claim()
    provider.before = refuse(ValueError())
    assert hand_over([frozen], provider) == ["unknown"]
    later(minutes=2)

    def wake() -> None:
        provider.after = lambda: None
        pipeline._later(frozen, "handing", "not taken")

    provider.before, provider.after = (lambda: None), wake
    pass_minutes(later)
    later(hours=3)
    drain()
    assert len(provider.taken) == 1 and states() == ["accepted"]


def test_late_news_changes_nothing(worker, purposes, provider, later):
    late_news(provider, later)


def test_planted_the_fence_is_ignored(worker, purposes, provider, later, monkeypatch):
    monkeypatch.setattr(pipeline, "mine", lambda *claims: Outbox.objects.filter(pk__in=[each.id for each in claims]))
    with pytest.raises(AssertionError):
        late_news(provider, later)


def claims_of_two(monkeypatch) -> list[list[int]]:
    """Two processes claim; the first stops between reading and writing until the second has read, or has passed."""
    found: dict[str, list[int]] = {}
    has_read, may_write = threading.Event(), threading.Event()

    def slow_move(rows, old, new, **changes):
        if threading.current_thread().name == "first":
            has_read.set()
            assert may_write.wait(5)
        return move(rows, old, new, **changes)

    def run() -> None:
        found[threading.current_thread().name] = [claimed.id for claimed in claim(limit=2)]
        connection.close()

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "move", slow_move)
        one, two = (threading.Thread(target=run, name=name) for name in ("first", "second"))
        one.start()
        assert has_read.wait(5)
        two.start()
        two.join(5)
        may_write.set()
        one.join(5)
    return [found["first"], found["second"]]


def test_two_processes_claim_different_rows(worker_connections, purposes, monkeypatch):
    rows = [told().pk for _ in range(3)]
    assert claims_of_two(monkeypatch) == [rows[:2], rows[2:]]


def test_without_the_lock_both_claim_the_same(worker_connections, purposes, provider, monkeypatch):
    rows = [told().pk for _ in range(3)]
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "skip_locked", lambda rows: rows)
        assert claims_of_two(patch) == [rows[:2], rows[:2]]


# --- answers ------------------------------------------------------------------------------------------------


def test_not_taken_is_offered_again_later(worker, purposes, provider, later):
    row = told()
    provider.before = refuse(NotTaken("refused connection"))
    assert drain()["due"] == 1 and drain()["due"] == 0
    waiting, half = row_of(row), pipeline.DELAYS[0] / 2
    assert waiting.attempts == 1
    assert half - dt.timedelta(seconds=3) < waiting.not_before - clock.now() <= half
    provider.before = lambda: None
    later(seconds=10)
    drain()
    assert states() == ["accepted"] and len(provider.taken) == 1


def test_jitter_is_a_part_of_the_delay():
    minute = dt.timedelta(minutes=1)
    parts = {JITTER(minute) for _ in range(50)}
    assert len(parts) > 40 and all(dt.timedelta(0) <= part <= minute for part in parts)


def test_delays_grow_and_end(worker, purposes, provider, later, monkeypatch):
    monkeypatch.setattr(pipeline, "jitter", lambda delay: delay)
    row = told()
    provider.before = refuse(NotTaken("away"))
    for delay in pipeline.DELAYS:
        drain()
        assert row_of(row).not_before - clock.now() > delay - dt.timedelta(seconds=5)
        later(seconds=delay.total_seconds())
    for _ in range(pipeline.ATTEMPTS):
        later(hours=2)  # by then the circuit is open, and one message an hour tries it
        drain()
    dead = row_of(row)
    assert (dead.state, dead.attempts, dead.reason) == ("dead", pipeline.ATTEMPTS, "not taken: away")


def test_refused_is_dead_with_its_items(worker, purposes, provider):
    held(factories.user(), 1)
    make()
    provider.before = refuse(Refused("550"))
    drain()
    assert states() == ["dead", "dead"] and provider.taken == []


def test_anything_else_is_unknown_until_asked(worker, purposes, provider, later):
    told()
    provider.after = refuse(TimeoutError())
    drain()
    assert states() == ["unknown"] and drain()["accepted"] == 0
    later(minutes=2)
    drain()
    assert states() == ["accepted"] and len(provider.taken) == 1


def test_a_provider_that_never_answers_is_given_up_after_a_day(worker, purposes, provider, later, monkeypatch):
    told()
    provider.after = refuse(TimeoutError())
    drain()
    monkeypatch.setattr(provider, "find", lambda ref: refuse(OSError())())
    later(minutes=2)
    drain()
    assert states() == ["unknown"]
    later(hours=25)
    drain()
    assert states() == ["dead"]


def test_a_mail_that_cannot_be_written_does_not_stop_the_others(worker, purposes, provider):
    purposes("broken", render=lambda row, items: 1 // 0)
    broken = told("broken")
    told()
    drain()
    assert (row_of(broken).state, row_of(broken).attempts) == ("due", 1)
    assert len(provider.taken) == 1


def test_the_oldest_go_first_and_the_young_are_left_to_their_bell(worker, purposes, provider, later):
    told()
    assert drain(older_than=dt.timedelta(seconds=5))["accepted"] == 0
    later(seconds=6)
    assert drain(older_than=dt.timedelta(seconds=5))["accepted"] == 1


def test_too_old_is_not_sent_and_its_secret_is_wiped(worker, purposes, provider, later):
    row = told(secret={"code": "271828"}, expires_in=dt.timedelta(minutes=10))
    later(minutes=11)
    drain()
    assert (row_of(row).state, row_of(row).reason, row_of(row).secret) == ("ended", "expired", None)
    assert provider.taken == []


def test_a_secret_that_grew_old_while_unknown_is_wiped(worker, purposes, provider, later):
    row = told(secret={"code": "271828"}, expires_in=dt.timedelta(seconds=30))
    provider.after = refuse(TimeoutError())
    drain()
    later(seconds=40)  # not asked yet
    drain()
    assert (row_of(row).state, row_of(row).secret) == ("unknown", None)


# --- the sign-in code, by the hook that accounts asks -------------------------------------------------------


@pytest.fixture
def code(worker):
    from accounts import mail

    user = factories.user()
    with scope(EVERYTHING):
        mail.send_code(user=user, code="271 828", expires_in=dt.timedelta(minutes=10))
    return user


def test_a_code_arrives_and_is_wiped(code, provider):
    drain()
    ((_, to, mail),) = provider.taken
    assert to == code.email and "271 828" in mail.text and "271" not in mail.subject
    with scope(EVERYTHING):
        row = Outbox.objects.get()
    assert row.state == "accepted" and row.secret is None and "271 828" not in row.dedupe_key


def test_a_code_is_sent_at_most_once(code, provider, monkeypatch, later):
    provider.can_be_asked = False
    killed(monkeypatch, "taken", provider)
    pass_minutes(later)
    assert len(provider.taken) == 1 and states() == ["ended"]


def test_the_code_is_not_readable_in_the_table(code):
    with connection.cursor() as cursor:
        cursor.execute("SELECT outbox::text FROM outbox")
        row = cursor.fetchone()[0]
    assert "271 828" not in row and b"271 828".hex() not in row


def test_two_codes_are_two_mails(code, provider):
    from accounts import mail

    with scope(EVERYTHING):
        mail.send_code(user=code, code="314 159", expires_in=dt.timedelta(minutes=10))
    drain()
    assert len(provider.taken) == 2


# --- the chosen channel is not allowed here -----------------------------------------------------------------


def test_with_a_wrong_channel_nothing_is_lost(worker, purposes, settings):
    settings.EMAIL_CHANNEL = "pigeon"
    told()
    with pytest.raises(channels.ImproperlyConfigured):
        drain()
    assert states() == ["due"]
