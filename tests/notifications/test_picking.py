"""Ten things in a mail, five new matches in a week, and the rest is counted: it waits on its page."""

from collections import Counter

import pytest

from core.scope import EVERYTHING, scope
from notifications import picking, registry
from notifications.channels import NotTaken
from notifications.digests import daily_digests, make_digests
from notifications.drain import drain
from notifications.models import Outbox
from notifications.registry import Kind
from tests import factories
from tests.notifications.conftest import DAY, MONDAY, held


def by_cause(state: str, reason: str) -> set[int]:
    with scope(EVERYTHING):
        rows = Outbox.objects.filter(channel="digest", state=state, reason=reason)
        return set(rows.values_list("cause_id", flat=True))


@pytest.fixture
def limited(purposes):
    """Of these, the highest cause first and five in a week."""
    highest = lambda rows: sorted(rows, key=lambda row: -row.cause_id)  # noqa: E731
    purposes("match", "digest", kind=Kind("matches", "New matches"), best=highest, a_week=5)


def test_ten_in_a_mail_and_how_many_wait(worker, purposes, provider, on):
    held(factories.user(), *range(101, 114))
    daily_digests()
    drain()
    assert by_cause("accepted", "") == set(range(101, 111))
    assert by_cause("accepted", picking.WAITS) == {111, 112, 113}
    assert "109 110\n" in provider.texts[0]
    assert "Other things to do: 3 more on your page." in provider.texts[0]


def check_five_a_week(provider, on) -> None:
    ana = factories.user()
    held(ana, 1, 2, 3, purpose="match")
    daily_digests()
    drain()
    on(MONDAY + DAY)
    held(ana, 4, 5, 6, 7, purpose="match")
    daily_digests()
    drain()
    assert "7 6\n" in provider.texts[1] and "New matches: 2 more on your page." in provider.texts[1]
    on(MONDAY + 2 * DAY)
    held(ana, 8, purpose="match")
    daily_digests()
    drain()
    assert len(provider.taken) == 2 and by_cause("held", "") == {8}  # no mail that asks for nothing
    on(MONDAY + 7 * DAY)
    daily_digests()
    drain()
    assert len(provider.taken) == 3 and "8\n" in provider.texts[2]


def test_five_new_matches_a_week_the_best_first(worker, limited, provider, on):
    check_five_a_week(provider, on)


def test_planted_the_week_is_not_counted(worker, limited, provider, on, monkeypatch):
    monkeypatch.setattr(picking, "told_this_week", lambda purpose, users, now: Counter())
    with pytest.raises(AssertionError):
        check_five_a_week(provider, on)


def test_other_things_go_although_the_week_is_full(worker, limited, provider, on):
    ana = factories.user()
    held(ana, *range(5), purpose="match")
    daily_digests()
    drain()
    on(MONDAY + DAY)
    held(ana, 9, purpose="match")
    held(ana, 1)
    daily_digests()
    drain()
    assert "New matches: 1 more on your page." in provider.texts[1] and by_cause("accepted", picking.WAITS) == {9}


def test_a_second_offer_lists_the_same(worker, limited, provider, on, later):
    ana = factories.user()
    held(ana, *range(7), purpose="match")
    daily_digests()

    def refuse() -> None:
        provider.before = lambda: None
        raise NotTaken("busy")

    provider.before = refuse
    drain()
    later(minutes=10)
    drain()
    assert len(provider.taken) == 1
    assert by_cause("accepted", "") == {2, 3, 4, 5, 6} and by_cause("accepted", picking.WAITS) == {0, 1}


def test_by_hand_no_week_is_counted(worker, limited, provider, on):
    held(factories.user(), *range(12), purpose="match")
    make_digests(day=MONDAY)
    drain()
    assert by_cause("accepted", picking.WAITS) == {0, 1}


def test_matches_have_the_limit(db):
    assert registry.find("match").a_week == 5
