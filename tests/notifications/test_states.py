"""The table of states: every pair of states is tried, and the database ties dates and secrets to them."""

import itertools

import pytest
from django.db import IntegrityError, transaction

from core.clock import FrNow
from core.scope import EVERYTHING, scope
from notifications import lifecycle
from notifications.lifecycle import MOVES, NoSuchMove, move
from notifications.models import Outbox
from tests import factories

LEASED = {"lease_until": FrNow()}
NEEDS = {"claimed": LEASED, "handing": LEASED, "ended": {"reason": "x"}, "dead": {"reason": "x"}}
FINAL = {"accepted", "delivered", "bounced", "ended"}  # what is dead waits for an operator


@pytest.fixture
def in_state(worker):
    user = factories.user()

    def make(state: str, **more) -> Outbox:
        values = {"purpose": "note", "channel": "email", "recipient": user, **NEEDS.get(state, {}), **more}
        with scope(EVERYTHING):
            return Outbox.objects.create(dedupe_key=f"k{Outbox.objects.count()}", state=state, **values)

    return make


def test_the_table_knows_every_state():
    assert set(MOVES) == set(Outbox.State.values) and set().union(*MOVES.values()) <= set(MOVES)


def test_what_is_over_never_becomes_open_again():
    assert not {(old, new) for old in FINAL for new in MOVES[old] if new not in FINAL}


@pytest.mark.parametrize(("old", "new"), list(itertools.product(MOVES, MOVES)))
def test_every_move_is_in_the_table_or_refused(old, new, in_state):
    row = in_state(old)
    with scope(EVERYTHING):
        rows = Outbox.objects.filter(pk=row.pk)
        if new not in MOVES[old]:
            with pytest.raises(NoSuchMove):
                move(rows, old, new)
        else:
            assert move(rows, old, new, **NEEDS.get(new, {})) == 1
            assert rows.get().state == new
            assert (rows.get().lease_until is None) == (new not in NEEDS or new not in lifecycle.KEEPS_LEASE)


def test_a_row_in_another_state_is_left_alone(in_state):
    row = in_state("accepted")
    with scope(EVERYTHING):
        assert move(Outbox.objects.filter(pk=row.pk), "handing", "unknown") == 0
        assert Outbox.objects.get(pk=row.pk).state == "accepted"


@pytest.mark.parametrize("new", ["accepted", "dead", "ended"])
def test_the_secret_goes_with_the_row_that_is_over(new, in_state):
    row = in_state("unknown", secret={"code": "1"}, expires_at=FrNow())
    with scope(EVERYTHING):
        move(Outbox.objects.filter(pk=row.pk), "unknown", new, **NEEDS.get(new, {}))
        assert Outbox.objects.get(pk=row.pk).secret is None


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": "ended"}, "outbox_ended_with_reason"),
        ({"state": "dead"}, "outbox_ended_with_reason"),
        ({"state": "claimed"}, "outbox_claim_is_leased"),
        ({"state": "handing"}, "outbox_claim_is_leased"),
        ({"state": "lost"}, "outbox_state_known"),
        ({"recipient": None}, "outbox_has_recipient"),
        ({"secret": {"code": "1"}}, "outbox_secret_expires"),
        ({"state": "accepted", "secret": {"code": "1"}, "expires_at": FrNow()}, "outbox_secret_is_wiped"),
    ],
)
def test_the_database_refuses(values, constraint, in_state):
    row = in_state("due")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), scope(EVERYTHING):
        Outbox.objects.filter(pk=row.pk).update(**values)


def test_only_items_have_a_parent(in_state):
    row, other = in_state("due"), in_state("due")
    with pytest.raises(IntegrityError, match="only_items"), transaction.atomic(), scope(EVERYTHING):
        Outbox.objects.filter(pk=row.pk).update(parent=other)
