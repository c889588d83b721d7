"""The lifecycle of an introduction: each state, move and role is tried on a row, against a table written out here.

The table below is not the product's: whoever changes the lifecycle changes both, and says so.
"""

import pytest
from django.db import transaction

from accounts.roles import YOUNG_PERSON, Role
from core import clock
from core.lifecycle import SYSTEM, MoveRefused
from core.models import LifecycleLog
from introductions import events, lifecycle, starting
from introductions.models import Introduction, Start
from pledges.lifecycle import GIVER
from tests import factories
from tests.introductions import chain

pytestmark = pytest.mark.django_db

W = {"adviser", "guest_adviser", "social_worker"}
YOU = {"young_person"}
B = {"employer_member", "giver"}
SYS = {"system"}
ROLES = [*map(str, Role), YOUNG_PERSON, GIVER, SYSTEM]
BEFORE = "interested asked permitted"
KNOWN = "introduced meeting interview offered checks"

EXPECTED = [
    ("ask", "interested", "asked", W, "asked"),
    ("ask_again", "asked permitted", "asked", W, "asked"),
    ("permit", "asked", "permitted", YOU | W, "permitted"),
    ("introduce", "permitted", "introduced", W | SYS, "introduced"),
    ("meet", "introduced meeting", "meeting", B | W, "moved_on"),
    ("interview", "introduced meeting interview", "interview", B | W, "moved_on"),
    ("offer", "introduced meeting interview", "offered", B | W, "moved_on"),
    ("check", "offered checks", "checks", B | W, "moved_on"),
    ("start", "offered checks", "started", W, "started"),
    ("finish", "started", "ended", W | SYS, "ended"),
    ("decline_start", "started", "ended", YOU, "ended"),
    ("not_this_time", KNOWN, "ended", B | W, "ended"),
    ("decline", f"{BEFORE} {KNOWN} frozen", "ended", YOU | W, "ended"),
    ("withdraw", f"permitted {KNOWN} frozen", "ended", YOU | W, "ended"),
    ("fall_away", f"{BEFORE} frozen", "ended", SYS | W, "ended"),
    ("freeze", f"{BEFORE} {KNOWN}", "frozen", SYS, "frozen"),
    *((f"thaw_{state}", "frozen", state, SYS, "") for state in f"{BEFORE} {KNOWN}".split()),
    ("end_support", f"{BEFORE} {KNOWN} frozen started", "ended", SYS, "ended"),
]
STATES = f"{BEFORE} {KNOWN} started frozen ended"


def fact_of(move):
    return next((name for name, fact in vars(events).items() if move.fact is not None and fact is move.fact), "")


def table():
    return [
        (move.name, " ".join(map(str, move.old)), str(move.new), set(map(str, move.roles)), fact_of(move))
        for move in lifecycle.INTRODUCTION.moves
    ]


def differences(found, expected):
    return [row for row in found if row not in expected] + [row for row in expected if row not in found]


def test_the_table_is_the_one_written_out_here():
    assert differences(table(), EXPECTED) == []
    assert set(lifecycle.INTRODUCTION.states) == set(STATES.split())


def test_planted_changes_of_the_table_are_found():
    """A business that permits, a start by the business, an end nobody hears of, a move less: each is red."""
    by_name = {row[0]: row for row in EXPECTED}
    permit, begin, end = by_name["permit"], by_name["start"], by_name["decline"]
    for row in ((*permit[:3], permit[3] | B, permit[4]), (*begin[:3], W | B, begin[4]), (*end[:4], "")):
        changed = [row if each[0] == row[0] else each for each in EXPECTED]
        assert len(differences(changed, EXPECTED)) == 2
    assert len(differences(EXPECTED[1:], EXPECTED)) == 1


def fields_for(move, old, new):
    """What PostgreSQL wants to be set with the state."""
    now = clock.now()
    agreed = {"agreed": {"text": "x"}, "permitted_at": now}
    if new == "ended":
        return {"ended_at": now, "ending": "closed", "agreed": None, "holds_place": False, "frozen_from": ""}
    if new == "frozen":
        return {"frozen_from": old}
    if new in (*KNOWN.split(), "started"):
        held = {"holds_place": new != "started", "introduced_at": now}
        return {**agreed, **held, "frozen_from": ""}
    return {**(agreed if new == "permitted" else {}), "frozen_from": ""}


@pytest.mark.parametrize("state", STATES.split())
def test_every_move_and_role_from_every_state(state):
    with factories.as_worker():
        row = chain.walked(state)
        before = Introduction.objects.filter(pk=row.pk).values().get()
        assert before["state"] == state
        for move, old, new, roles, _fact in EXPECTED:
            for role in ROLES:
                logged = LifecycleLog.objects.count()
                with transaction.atomic():
                    if state in old.split() and role in roles:
                        lifecycle.INTRODUCTION.move(row, move, role=role, changes=fields_for(move, state, new))
                        assert Introduction.objects.get(pk=row.pk).state == new, (move, role)
                        assert LifecycleLog.objects.count() > logged
                    else:
                        with pytest.raises(MoveRefused):
                            lifecycle.INTRODUCTION.move(row, move, role=role, changes=fields_for(move, state, new))
                        assert LifecycleLog.objects.count() == logged
                    transaction.set_rollback(True)
                assert Introduction.objects.filter(pk=row.pk).values().get() == before
                row.refresh_from_db()


# --- the start

START = [
    ("begin", "planned", "begun", W | YOU | SYS),
    ("put_right", "planned begun", "planned", W),
    ("end", "planned begun", "ended", W | SYS),
    ("decline", "planned", "ended", YOU),
]


def test_the_start_s_table_is_the_one_written_out_here():
    found = [
        (move.name, " ".join(map(str, move.old)), str(move.new), set(map(str, move.roles)))
        for move in lifecycle.START.moves
    ]
    assert differences(found, START) == []
    assert differences(found[1:], START) == [START[0]]


def a_start(state):
    start = chain.start(chain.walked("offered"), 5 if state == "planned" else 0)
    if state == "ended":
        starting.end(start=start, role="adviser", ending="left", on=clock.today())
    return start


@pytest.mark.parametrize("state", ["planned", "begun", "ended"])
def test_every_move_and_role_of_a_start_from_every_state(state):
    with factories.as_worker():
        row = a_start(state)
        before = Start.objects.filter(pk=row.pk).values().get()
        assert before["state"] == state
        for move, old, new, roles in START:
            facts = {"ended_on": row.starts_on, "ending": "left"} if new == "ended" else {}
            for role in ROLES:
                logged = LifecycleLog.objects.count()
                with transaction.atomic():
                    if state in old.split() and role in roles:
                        lifecycle.START.move(row, move, role=role, changes=facts)
                        assert Start.objects.get(pk=row.pk).state == new, (move, role)
                    else:
                        with pytest.raises(MoveRefused):
                            lifecycle.START.move(row, move, role=role, changes=facts)
                        assert LifecycleLog.objects.count() == logged
                    transaction.set_rollback(True)
                assert Start.objects.filter(pk=row.pk).values().get() == before
                row.refresh_from_db()
