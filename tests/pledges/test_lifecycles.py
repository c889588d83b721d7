"""Every lifecycle of this room: each state, move and role is tried on a row, against a table written out here.

The table below is not the product's: whoever changes a lifecycle changes both, and says so.
"""

import datetime as dt

import pytest

from accounts.roles import Role
from core import clock
from core.lifecycle import SYSTEM, MoveRefused
from core.models import LifecycleLog
from core.scope import NOBODY, scope
from pledges import lifecycle
from pledges.models import Ask, Employer, EmployerCheck, Event, Pledge
from tests import factories
from tests.pledges import made

pytestmark = pytest.mark.django_db

C, E, S = "coordinator", "economic_development", "support_officer"
OFFICERS = {C, E, S}
WORKERS = {"adviser", "guest_adviser", "social_worker"}
GIVER = "giver"
ROLES = [*map(str, Role), GIVER, SYSTEM]

# model -> (move, from, to, roles, fact)
EXPECTED = {
    "EVENT": [
        ("close", "open", "closed", {C}, ""),
        ("open", "closed", "open", {C}, ""),
    ],
    "EMPLOYER": [
        ("call_back", "unchecked", "called_back", {C}, ""),
        ("pass", "called_back checked", "checked", {C}, "employer_checked"),
        ("expire", "checked", "unchecked", {SYSTEM}, "employer_unchecked"),
        ("change", "called_back checked", "unchecked", {C}, "employer_unchecked"),
        ("merge", "unchecked called_back checked", "merged", {C}, ""),
        ("stop", "unchecked called_back checked", "stopped", {C}, "employer_stopped"),
        ("reopen", "stopped", "unchecked", {C}, ""),
    ],
    "PLEDGE": [
        ("confirm", "noted", "confirmed", {*OFFICERS, GIVER}, ""),
        ("agree_by_silence", "noted", "confirmed", {SYSTEM}, ""),
        ("shape", "noted confirmed", "shaped", {SYSTEM}, ""),
        ("go_live", "noted confirmed shaped", "live", {SYSTEM}, ""),
        ("keep", "noted confirmed shaped live", "kept", {C, SYSTEM}, "pledge_ended"),
        ("end", "noted confirmed shaped live", "partly_kept", {C, SYSTEM}, "pledge_ended"),
        ("rest", "live", "confirmed", {SYSTEM}, "pledge_rests"),
        ("withdraw", "noted confirmed shaped live", "withdrawn", {C, GIVER}, "pledge_ended"),
        ("lapse", "noted confirmed shaped", "lapsed", {SYSTEM}, "pledge_ended"),
        ("reopen", "withdrawn lapsed", "noted", {C, GIVER}, "pledge_reopened"),
    ],
    "ASK": [
        ("hand_over", "asked", "handed_over", {*OFFICERS, *WORKERS}, ""),
        ("cancel", "asked", "cancelled", {C, *WORKERS, SYSTEM}, ""),
    ],
}
STATES = {
    "EVENT": "open closed",
    "EMPLOYER": "unchecked called_back checked stopped merged",
    "PLEDGE": "noted confirmed shaped live kept partly_kept withdrawn lapsed",
    "ASK": "asked handed_over cancelled",
}
MODELS = {"EVENT": Event, "EMPLOYER": Employer, "PLEDGE": Pledge, "ASK": Ask}
TODAY = dt.date(2026, 6, 1)


def table_of(name):
    return [
        (move.name, " ".join(map(str, move.old)), str(move.new), set(map(str, move.roles)), fact_of(move))
        for move in getattr(lifecycle, name).moves
    ]


def fact_of(move):
    from pledges import events

    return next((name for name, fact in vars(events).items() if move.fact is not None and fact is move.fact), "")


def differences(found, expected):
    return [row for row in found if row not in expected] + [row for row in expected if row not in found]


@pytest.mark.parametrize("name", EXPECTED)
def test_the_table_is_the_one_written_out_here(name):
    assert differences(table_of(name), EXPECTED[name]) == []
    assert getattr(lifecycle, name).states == tuple(STATES[name].split())


def test_planted_changes_of_a_table_are_found():
    """A role more, a state more, a fact less, a move less: each is red."""
    move, old, new, roles, fact = EXPECTED["EMPLOYER"][1]
    for row in (
        (move, old, new, {*roles, E}, fact),
        (move, f"unchecked {old}", new, roles, fact),
        (move, old, new, roles, ""),
    ):
        changed = [row if each[0] == move else each for each in EXPECTED["EMPLOYER"]]
        assert len(differences(changed, EXPECTED["EMPLOYER"])) == 2
    assert len(differences(EXPECTED["EMPLOYER"][1:], EXPECTED["EMPLOYER"])) == 1


# --- each state, move and role, on a row


def event_in(state):
    row = made.event()
    Event.objects.filter(pk=row.pk).update(state=state)
    return row


def employer_in(state):
    row = made.pledge().employer
    if state in ("called_back", "checked"):
        made.called_back(row, factories.user())
    if state == "checked":
        made.checked(row)
    if state == "stopped":
        Employer.objects.filter(pk=row.pk).update(state="stopped")
    if state == "merged":
        other = made.pledge(business="Sycamore", reach=made.reach("a@sycamore.example")).employer
        Employer.objects.filter(pk=row.pk).update(state="merged", merged_into=other)
    row.refresh_from_db()
    return row


def pledge_in(state):
    row = made.pledge(code="kit")  # an ask: no opportunity has to follow
    Pledge.objects.filter(pk=row.pk).update(state=state)
    return row


def ask_in(state):
    worker = factories.adviser()
    row = Ask.objects.create(
        number="BCDFGH", pledge=made.pledge(code="kit"), quantity=1, needed_for="start", hand_over_at="Reception",
        needed_by=clock.today(), asked_by=worker, council=factories.council(), state=state,
        handed_over_on=clock.today() if state == "handed_over" else None,
    )  # fmt: skip
    return row


MAKERS = {"EVENT": event_in, "EMPLOYER": employer_in, "PLEDGE": pledge_in, "ASK": ask_in}


def fields_for(name, move, row):
    """What PostgreSQL wants to be set with the state."""
    if (name, move) == ("EMPLOYER", "pass"):
        check = EmployerCheck.objects.filter(employer=row, passed_on__isnull=False).first() or made_passed(row)
        return {"checked_until": clock.today(), "checked_weight": check.weight}
    if (name, move) == ("EMPLOYER", "merge"):
        other = made.pledge(business="Elm Bakery", reach=made.reach("a@elm.example")).employer
        return {"merged_into": other}
    return {"handed_over_on": clock.today()} if (name, move) == ("ASK", "hand_over") else {}


def made_passed(row):
    one, two, today = factories.user(), factories.user(), clock.today()
    return EmployerCheck.objects.create(
        employer=row, weight="light", called_by=one, called_on=today, spoke_to="x", found_by="met",
        first_by=one, first_on=today, second_by=two, second_on=today, passed_on=today,
    )  # fmt: skip


@pytest.mark.parametrize(("name", "state"), [(name, state) for name in STATES for state in STATES[name].split()])
def test_every_move_and_role_from_every_state(name, state):
    table = getattr(lifecycle, name)
    with scope(NOBODY):
        row = MAKERS[name](state)
        for move, old, new, roles, _fact in EXPECTED[name]:
            changes = fields_for(name, move, row)
            before = MODELS[name].objects.filter(pk=row.pk).values().get()
            for role in ROLES:
                logged = LifecycleLog.objects.count()
                may = state in old.split() and role in roles
                with undone():
                    if may:
                        table.move(row, move, role=role, changes=changes)
                        assert MODELS[name].objects.get(pk=row.pk).state == new, (move, role)
                        assert LifecycleLog.objects.count() > logged
                    else:
                        with pytest.raises(MoveRefused):
                            table.move(row, move, role=role, changes=changes)
                        assert LifecycleLog.objects.count() == logged
                assert MODELS[name].objects.filter(pk=row.pk).values().get() == before
                row.refresh_from_db()


class undone:
    """Take back what the block wrote."""

    def __enter__(self):
        from django.db import transaction

        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, kind, error, trace):
        from django.db import transaction

        if kind is None:
            transaction.set_rollback(True)
        return self.atomic.__exit__(kind, error, trace)
