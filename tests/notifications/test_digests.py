"""One digest per adviser: everything that waits, nothing twice, and no mail when there is nothing to do."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.scope import EVERYTHING, NotTheWorker, scope
from notifications import digests as making
from notifications import preparing
from notifications.drain import drain
from notifications.models import Outbox
from notifications.registry import Mail
from tests import factories
from tests.notifications.conftest import held, row_of, states

TODAY = dt.date(2027, 3, 1)


def digests() -> list[Outbox]:
    with scope(EVERYTHING):
        return list(Outbox.objects.filter(purpose="digest").order_by("pk"))


def carried(digest: Outbox) -> set[int]:
    with scope(EVERYTHING):
        return set(Outbox.objects.filter(parent=digest).values_list("cause_id", flat=True))


def make(day=TODAY, **how) -> int:
    return making.make_digests(day=day, **how)


def test_each_adviser_gets_one_mail_with_all_of_theirs(worker, purposes, provider):
    ana, ben = factories.user(), factories.user()
    held(ana, 1, 2, 3)
    held(ben, 2)
    assert (make(), make()) == (2, 0)
    assert {digest.recipient_id: carried(digest) for digest in digests()} == {ana.pk: {1, 2, 3}, ben.pk: {2}}
    drain()
    assert sorted(to for _, to, _ in provider.taken) == sorted([ana.email, ben.email])
    assert set(states()) == {"accepted"}


def test_nothing_to_do_no_mail(worker, purposes):
    factories.user()
    assert make() == 0 and states() == []


def test_a_rerun_carries_only_what_is_new(worker, purposes):
    ana = factories.user()
    held(ana, 1)
    make()
    held(ana, 1, 2)
    make()
    first, second = digests()
    assert (first.dedupe_key, second.dedupe_key) == (f"digest:{ana.pk}:{TODAY}", f"digest:{ana.pk}:{TODAY}:2")
    assert (carried(first), carried(second)) == ({1}, {2})


def test_only_the_named_recipients(worker, purposes):
    ana, ben = factories.user(), factories.user()
    held(ana, 1)
    held(ben, 1)
    assert make(recipients=[ben.pk]) == 1 and digests()[0].recipient_id == ben.pk


def test_as_many_statements_for_any_number_of_advisers(worker, purposes):
    counted = []
    for number, day in ((2, TODAY), (40, TODAY + dt.timedelta(days=1))):
        for user in [factories.user() for _ in range(number)]:
            held(user, 1, 2, 3)
        with CaptureQueriesContext(connection) as queries:
            assert make(day) == number
        counted.append(len([query for query in queries if "outbox" in query["sql"]]))
    assert counted[0] == counted[1] <= 5


def test_the_web_role_makes_no_digests(db):
    with pytest.raises(NotTheWorker):
        make()


# --- what the mail says -------------------------------------------------------------------------------------


def test_one_section_per_purpose_and_a_heading_when_there_are_several(worker, purposes, provider):
    purposes("visit", "digest", render=lambda row, items: Mail("Visits", f"visits {len(items)}"))
    ana, ben = factories.user(), factories.user()
    held(ana, 1, 2)
    held(ben, 1)
    held(ben, 8, 9, purpose="visit")
    make()
    drain()
    mails = {to: mail for _, to, mail in provider.taken}
    one, two = mails[ana.email], mails[ben.email]
    assert one.subject == "About find" and "1 2" in one.text and "About find" not in one.text
    assert two.subject != "Visits" and "About find" in two.text and "Visits\n\nvisits 2" in two.text


def test_items_stand_together_by_young_person(worker, purposes, provider):
    ana = factories.user()
    first, second = factories.young_person(), factories.young_person()
    for person, cause in ((second, 4), (first, 3), (second, 2), (first, 1)):
        held(ana, cause, person=person.pk)
    make()
    drain()
    assert "3 1 4 2" in provider.texts[0]


# --- who may still receive ----------------------------------------------------------------------------------


@pytest.fixture
def not_two(purposes):
    """A purpose that nobody is entitled to when the cause is 2."""
    purposes("wish", "digest", may_receive=lambda rows: {row.pk for row in rows if row.cause_id != 2})


def check_that_two_is_left_out(provider) -> None:
    ana = factories.user()
    held(ana, 1, 2, 3, purpose="wish")
    make()
    drain()
    assert ["1 3" in text for text in provider.texts] == [True]
    assert states(purpose="wish") == ["accepted", "ended", "accepted"]


def test_an_item_that_is_no_longer_theirs_is_left_out(worker, not_two, provider):
    check_that_two_is_left_out(provider)


def test_planted_entitlement_is_not_asked_again(worker, not_two, provider, monkeypatch):
    monkeypatch.setattr(preparing, "still_entitled", lambda purpose, rows: {row.pk for row in rows})
    with pytest.raises(AssertionError):
        check_that_two_is_left_out(provider)


def test_a_digest_of_which_nothing_is_left_is_not_sent(worker, not_two, provider):
    held(factories.user(), 2, purpose="wish")
    make()
    drain()
    assert provider.taken == []
    assert row_of(digests()[0]).reason == "nothing left" and states() == ["ended", "ended"]


@pytest.mark.parametrize(
    ("change", "reason"), [({"is_active": False}, "not entitled"), ({"email": None}, "no address")]
)
def test_somebody_who_left_or_has_no_address_gets_nothing(change, reason, worker, purposes, provider):
    ana = factories.user()
    held(ana, 1)
    make()
    type(ana).objects.filter(pk=ana.pk).update(**change)
    drain()
    assert provider.taken == [] and states() == ["ended", "ended"] and row_of(digests()[0]).reason == reason


def test_what_is_too_old_is_left_out(worker, purposes, provider, later):
    purposes("today", "digest", expires_after=dt.timedelta(hours=1))
    ana = factories.user()
    held(ana, 1, purpose="today")
    later(hours=2)
    drain()
    assert states() == ["ended"]
    held(ana, 2, purpose="today")
    held(ana, 5)
    make()
    later(hours=2)
    drain()
    assert states() == ["ended", "ended", "accepted", "accepted"] and len(provider.taken) == 1


def test_few_queries_per_digest(worker, purposes, provider):
    counted = []
    for number in (12, 60):
        held(factories.user(), *range(100, 100 + number))
        make(TODAY + dt.timedelta(days=number))
        with CaptureQueriesContext(connection) as queries:
            drain()
        counted.append(len([query for query in queries if "outbox" in query["sql"]]))
    assert counted[0] == counted[1] <= 23


# --- two runs at once ---------------------------------------------------------------------------------------


def two_runs(monkeypatch, *, locked: bool) -> list[set[int]]:
    """Ana's first run stops after it has read what waits; the second run passes it, or waits for it."""
    ana = factories.user()
    held(ana, 1, 2)
    has_read, may_go_on = threading.Event(), threading.Event()
    count, lock = making._digests_of, making.lock

    def slow_count(day, users):
        if threading.current_thread().name == "first":
            has_read.set()
            may_go_on.wait(5)
        return count(day, users)

    monkeypatch.setattr(making, "_digests_of", slow_count)
    monkeypatch.setattr(making, "lock", lock if locked else lambda rows: rows)

    def first() -> None:
        make()
        connection.close()

    def second() -> None:
        make()
        connection.close()

    one, two = threading.Thread(target=first, name="first"), threading.Thread(target=second, name="second")
    one.start()
    assert has_read.wait(5)
    two.start()
    two.join(0 if locked else 5)
    may_go_on.set()
    one.join(5)
    two.join(5)
    return [carried(digest) for digest in digests()]


def test_two_runs_at_once_carry_everything_once(worker_connections, purposes, monkeypatch):
    assert two_runs(monkeypatch, locked=True) == [{1, 2}]


def test_without_the_lock_an_empty_second_mail_appears(worker_connections, purposes, monkeypatch):
    assert two_runs(monkeypatch, locked=False) == [{1, 2}, set()]
