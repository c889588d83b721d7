"""Support as stock: never more than is left, never a name, and told once a month that it was used."""

import datetime as dt
import threading
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.roles import WORKERS, Role
from core import clock
from core.lifecycle import MoveRefused
from core.scope import NOBODY, scope
from notifications.models import Outbox
from notifications.registry import find
from pledges import ask_messages, asks, services
from pledges.lifecycle import ASK, GIVER
from pledges.models import Ask, Employer, Pledge
from tests import factories
from tests.core.locks import until_somebody_waits
from tests.opportunities import factories as make
from tests.pledges import made

pytestmark = pytest.mark.django_db
ADVISER = "adviser"


def stock(*, places=3, employer=None, code="kit", **more):
    pledge = make.pledge(employer or make.employer(weight="light"), kind_code=code, places=places, **more)
    with scope(NOBODY):
        asks.follow_pledge(Pledge, id=pledge.pk)
    return fresh(pledge)


def fresh(row):
    row.refresh_from_db()
    return row


def ask(pledge, quantity=1, *, by=None, **more):
    values = {"needed_for": "start", "hand_over_at": "Council House", "needed_by": clock.today(), **more}
    with scope(NOBODY):
        return asks.make_ask(
            pledge=pledge, quantity=quantity, by=by or factories.adviser(), council=factories.council(), **values
        )


def ledger(pledge):
    fresh(pledge)
    return pledge.places_live, pledge.places_held, pledge.places_started


def do(verb, **more):
    with scope(NOBODY):
        return verb(**more)


# --- stock ------------------------------------------------------------------------------------------------------------


def test_support_can_be_asked_for_while_its_business_is_checked():
    business = make.employer(state="unchecked", weight=None)
    pledge = make.pledge(business, kind_code="kit", places=3)
    council = factories.council().pk
    assert not asks.stock_for(council).exists()
    with scope(NOBODY):
        made.checked(business)  # the fact, and what follows from it
        assert list(asks.stock_for(council)) == [pledge] and fresh(pledge).state == "live"
        from pledges import checks

        checks.stop_employer(employer=business, by=factories.user(), why="A warning")
    assert not asks.stock_for(council).exists() and fresh(pledge).state == "confirmed" and ledger(pledge) == (0, 0, 0)


@pytest.mark.parametrize("lacks", ["area", "over", "used up", "held back", "places"])
def test_what_cannot_be_asked_for(lacks):
    yesterday = clock.today() - dt.timedelta(days=1)
    more = {
        "area": {"partnership": "leicestershire"},
        "over": {"available_until": yesterday},
        "used up": {"places": 1},
        "held back": {"held_back": "many_from_one"},
        "places": {"code": "work-experience"},
    }[lacks]
    pledge = stock(**more)
    if lacks == "used up":
        ask(pledge)
    assert not asks.stock_for(factories.council().pk).exists()


# --- asking -----------------------------------------------------------------------------------------------------------


def test_the_ledger_follows_an_ask_from_asked_to_handed_over_and_back():
    pledge = stock(places=5)
    first, second = ask(pledge, 2), ask(pledge, 1)
    assert ledger(pledge) == (2, 3, 0) and first.number != second.number
    do(asks.hand_over, ask=first, by=factories.user(), role=ADVISER)
    assert ledger(pledge) == (2, 1, 2) and fresh(first).handed_over_on == clock.today()
    do(asks.cancel, ask=second, role=ADVISER)
    assert ledger(pledge) == (3, 0, 2)
    with pytest.raises(MoveRefused):
        do(asks.hand_over, ask=second, by=factories.user(), role=ADVISER)


def test_never_more_than_is_left():
    pledge = stock(places=3)
    ask(pledge, 2)
    with pytest.raises(asks.NotSoMany, match="There is 1 left"):
        ask(pledge, 2)
    assert ledger(pledge) == (1, 2, 0) and Ask.objects.count() == 1


def test_all_handed_over_is_a_kept_pledge():
    pledge = stock(places=2)
    for row in (ask(pledge), ask(pledge)):
        do(asks.hand_over, ask=row, by=factories.user(), role=ADVISER)
    assert fresh(pledge).state == "kept" and ledger(pledge) == (0, 0, 2)


def test_a_pledge_taken_back_cancels_its_asks_and_keeps_what_was_given():
    pledge = stock(places=3)
    given, waiting = ask(pledge), ask(pledge)
    do(asks.hand_over, ask=given, by=factories.user(), role=ADVISER)
    do(services.move_pledge, pledge=pledge, name="withdraw", role=GIVER)
    assert fresh(waiting).state == "cancelled" and ledger(pledge) == (0, 0, 1)


def test_state_by_move_by_role():
    for move in ASK.moves:
        for role in Role.values:
            assert (role in move.roles) == (
                role in WORKERS | {Role.COORDINATOR}
                or (move.name == "hand_over" and role in ("economic_development", "support_officer"))
            ), (move.name, role)
        for state in ASK.states:
            assert (move in ASK.may(state, ADVISER)) == (state == "asked")


def two_ask_at_once():
    with factories.as_worker():
        pledge = stock(places=1)
        one, two = factories.adviser(), factories.adviser()
    asked, may_commit, refused = threading.Event(), threading.Event(), []

    def worker(by, first):
        try:
            with scope(NOBODY), transaction.atomic():
                ask(pledge, by=by)
                if first:
                    asked.set()
                    assert may_commit.wait(20)
        except asks.NotSoMany as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=worker, args=args) for args in ((one, True), (two, False))]
    threads[0].start()
    assert asked.wait(20)
    threads[1].start()
    until_somebody_waits()  # at the lock; without it later, where it writes the ledger
    may_commit.set()
    for thread in threads:
        thread.join(20)
    return Ask.objects.count(), len(refused)


@pytest.mark.battery
@pytest.mark.django_db(transaction=True)
def test_two_who_ask_for_the_last_one_do_not_both_get_it():
    assert two_ask_at_once() == (1, 1)


@pytest.mark.battery
@pytest.mark.django_db(transaction=True)
def test_planted_without_the_lock_they_do(monkeypatch):
    monkeypatch.setattr(asks, "lock", lambda pledge_ids: None)
    assert two_ask_at_once() == (2, 0)


# --- what the giver hears ---------------------------------------------------------------------------------------------


def mail(purpose):
    with factories.as_worker():
        rows = list(Outbox.objects.filter(purpose=purpose).order_by("pk"))
        return [(row, find(purpose).render(row, [row])) for row in rows]


def test_the_giver_hears_number_point_and_day_and_no_name():
    worker = factories.adviser()
    row = ask(stock(), 2, by=worker, hand_over_at="Council House, front desk")
    ((sent, told),) = mail(asks.ASK_MADE)
    assert row.number in told.text and "Council House, front desk" in told.text and ", 2." in told.text
    assert f"{row.needed_by.day} " in told.text and worker.name not in told.text + told.subject
    assert ask_messages.may_hear_of_ask([sent]) == {sent.pk}
    Employer.objects.filter(pk=row.pledge.employer_id).update(state="stopped")
    assert ask_messages.may_hear_of_ask([sent]) == set()


def test_those_who_want_texts_get_one_line_and_their_page_says_where(longest_address):
    pledge = stock()
    contact = pledge.contact
    contact.way, contact.phone = "text", "07700 900123"
    contact.save()
    row = ask(pledge, hand_over_at="Leaving care team, Neuadd y Ddinas")
    ((_sent, told),) = mail(asks.ASK_MADE_TEXT)
    assert row.number in told.text and "care" not in told.text
    page = Client().get(urlsplit(told.text.split()[-1]).path).content.decode()
    assert row.number in page and "Leaving care team, Neuadd y Ddinas" in page
    assert not mail(asks.ASK_MADE)


def at(monkeypatch, day):
    for module in (clock, asks.clock, ask_messages.clock):
        monkeypatch.setattr(module, "today", lambda: day)


def handed_over(pledge, day, quantity=1):
    row = ask(pledge, quantity)
    Ask.objects.filter(pk=row.pk).update(state="handed_over", handed_over_on=day)
    return row


def used():
    with factories.as_worker():
        return ask_messages.tell_of_use()["told"]


def test_something_was_used_is_told_once_a_month_on_its_first_working_day(monkeypatch):
    pledge = stock(places=10)
    rows = [handed_over(pledge, day, 2) for day in (dt.date(2027, 4, 6), dt.date(2027, 4, 29))]
    for day, told in ((dt.date(2027, 4, 30), 0), (dt.date(2027, 5, 1), 0), (dt.date(2027, 5, 3), 0)):
        at(monkeypatch, day)  # the third is a bank holiday
        assert used() == told
    at(monkeypatch, dt.date(2027, 5, 4))
    assert [used(), used()] == [1, 0]
    assert {fresh(row).told_month for row in rows} == {dt.date(2027, 5, 1)}
    ((_sent, told),) = mail(ask_messages.USED)
    assert not any(sign.isdigit() for sign in told.text.replace(pledge.employer.name, ""))


def test_an_ask_nobody_closed_is_cancelled_two_weeks_after_it_was_needed(monkeypatch):
    pledge, today = stock(), clock.today()
    row = ask(pledge, needed_by=today)
    for days, state in ((14, "asked"), (15, "cancelled")):
        at(monkeypatch, today + dt.timedelta(days=days))
        with factories.as_worker():
            asks.cancel_forgotten()
        assert fresh(row).state == state
    assert ledger(pledge) == (3, 0, 0)


# --- pages ------------------------------------------------------------------------------------------------------------


def fields(**more):
    day = clock.today() + dt.timedelta(days=3)
    when = {"needed_by_0": day.day, "needed_by_1": day.month, "needed_by_2": day.year}
    return {"quantity": "2", "needed_for": "interview", "hand_over_at": "Council House", **when, **more}


def test_a_worker_asks_and_marks_it_handed_over(sign_in):
    pledge, client = stock(words="Work boots, any size"), sign_in(ADVISER)
    page = client.get("/adviser/support/").content.decode()
    assert "Work boots, any size" in page and pledge.employer.name in page
    path = f"/adviser/support/{pledge.public_id}/"
    wrong = client.post(path, fields(quantity="9"))
    assert wrong.status_code == 200 and "There are 3 left" in wrong.content.decode()
    assert client.post(path, fields()).status_code == 302
    row = Ask.objects.get()
    assert row.number in client.get("/adviser/support/asks/").content.decode()
    assert client.post(f"/adviser/support/asks/{row.public_id}/hand_over/").status_code == 302
    assert fresh(row).state == "handed_over"


def test_an_officer_of_the_area_closes_it_and_another_worker_or_area_does_not_find_it(sign_in):
    row = ask(stock())
    for role, place in ((ADVISER, {}), ("coordinator", {"partnership": factories.partnership("leicestershire")})):
        prefix = "/adviser/support" if role == ADVISER else "/desk"
        client = sign_in(role, **place)
        assert row.number not in client.get(f"{prefix}/asks/").content.decode()
        assert client.post(f"{prefix}/asks/{row.public_id}/cancel/").status_code == 404
    officer = sign_in("coordinator")
    assert row.number in officer.get("/desk/asks/").content.decode()
    officer.post(f"/desk/asks/{row.public_id}/cancel/")
    assert fresh(row).state == "cancelled"


@pytest.mark.parametrize("path", ["/adviser/support/", "/adviser/support/asks/"])
def test_the_number_of_queries_does_not_grow_with_the_rows(path, django_assert_num_queries):
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    worker = factories.sign_in(client, ADVISER)
    counts = []
    for number in (1, 4):
        for _row in range(number):
            ask(stock(), by=worker)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15
