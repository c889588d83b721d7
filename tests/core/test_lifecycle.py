"""Lifecycles as data: every state, move and role; the log; the fact; and two who move at once."""

import threading

import pytest
from django.db import connections, transaction
from django.dispatch import Signal

from core.lifecycle import SYSTEM, Lifecycle, Move, MoveRefused
from core.models import JobRun, LifecycleLog
from core.scope import NOBODY, Scope, scope
from tests.core.locks import until_somebody_waits

moved = Signal()
LINE = Lifecycle(
    "core.JobRun",
    states=("due", "running", "done", "failed"),
    moves=(
        Move("start", ("due", "failed"), "running", {"operator", SYSTEM}, fact=moved),
        Move("finish", ("running",), "done", {SYSTEM}),
        Move("fail", ("running",), "failed", {SYSTEM}),
    ),
)
pytestmark = pytest.mark.django_db


@pytest.fixture
def row(db):
    return JobRun.objects.create(job="test", slot="2026-01-01T00:00Z", state="due")


def test_a_move_writes_the_state_the_log_and_announces_the_fact(row):
    heard = []
    moved.connect(lambda **fact: heard.append(fact), weak=False, dispatch_uid="test")
    try:
        with scope(Scope(actor=7)):
            LINE.move(row, "start", role="operator", why="asked", on_behalf_of=9, changes={"attempts": 1})
    finally:
        moved.disconnect(dispatch_uid="test")
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("running", 1)
    log = LifecycleLog.objects.get()
    assert (log.model, log.object_id, log.move, log.old, log.new) == ("core.JobRun", row.pk, "start", "due", "running")
    assert (log.actor, log.role, log.on_behalf_of, log.why) == (7, "operator", 9, "asked")
    fact = heard[0]
    assert (fact["sender"], fact["id"], fact["old"], fact["new"]) == (JobRun, row.pk, "due", "running")


@pytest.mark.parametrize("state", LINE.states)
@pytest.mark.parametrize("move", [move.name for move in LINE.moves])
@pytest.mark.parametrize("role", [SYSTEM, "operator", "adviser"])
def test_every_state_and_move_and_role(state, move, role):
    ended = {"finished_at": "2026-01-01T00:00Z"} if state == "done" else {}
    row = JobRun.objects.create(job="test", slot="2026-01-01T00:00Z", state=state, **ended)
    arrow = LINE.by_name[move]
    may = state in arrow.old and role in arrow.roles
    changes = {"finished_at": "2026-01-01T00:00Z"} if move == "finish" else None
    with scope(NOBODY):
        if may:
            LINE.move(row, move, role=role, changes=changes)
        else:
            with pytest.raises(MoveRefused, match=state):
                LINE.move(row, move, role=role, changes=changes)
    row.refresh_from_db()
    assert row.state == (arrow.new if may else state)
    assert LifecycleLog.objects.count() == may
    assert (arrow in LINE.may(state, role)) == may


def test_a_fact_whose_reaction_breaks_takes_the_move_back(row):
    def breaks(**fact):
        raise RuntimeError("planted")

    moved.connect(breaks, dispatch_uid="test")
    try:
        with scope(NOBODY), pytest.raises(RuntimeError):
            LINE.move(row, "start", role=SYSTEM)
    finally:
        moved.disconnect(dispatch_uid="test")
    row.refresh_from_db()
    assert row.state == "due" and not LifecycleLog.objects.exists()


def test_an_old_copy_of_a_row_does_not_move_it_twice(row):
    old_copy = JobRun.objects.get(pk=row.pk)
    with scope(NOBODY):
        LINE.move(row, "start", role=SYSTEM)
        with pytest.raises(MoveRefused):
            LINE.move(old_copy, "start", role=SYSTEM)


def test_a_table_that_does_not_hold_together_is_refused():
    with pytest.raises(ValueError, match="unknown states"):
        Lifecycle("x.Y", states=("a",), moves=(Move("go", ("a",), "b", {SYSTEM}),))
    with pytest.raises(ValueError, match="named twice"):
        Lifecycle("x.Y", states=("a",), moves=(Move("go", ("a",), "a", ()), Move("go", ("a",), "a", ())))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_at_once_one_is_refused():
    row = JobRun.objects.create(job="test", slot="2026-01-01T00:00Z", state="due")
    errors = []

    def second():
        try:
            with scope(NOBODY):
                LINE.move(JobRun.objects.get(pk=row.pk), "start", role=SYSTEM)
        except MoveRefused as error:
            errors.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=second)
    with transaction.atomic(), scope(NOBODY):
        LINE.move(row, "start", role=SYSTEM)
        thread.start()
        until_somebody_waits()
    thread.join(10)
    assert len(errors) == 1 and LifecycleLog.objects.count() == 1
