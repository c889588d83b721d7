"""Addresses that do not work any more: nothing goes there, whoever can ask hears of it, and one tap tries again."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import User
from core import clock
from core.scope import EVERYTHING, scope
from notifications import addresses, channels, drain, reports, retention
from notifications.models import Outbox, Unreachable
from tests import factories
from tests.introductions import factories as chain
from tests.notifications.conftest import row_of, told

NUMBER, ADDRESS = "+447700900123", "kai@mail.example"
MONDAY = reverse("introductions:show-monday")


def kai(worker=None, **reach) -> User:
    with factories.as_worker():
        user = User.objects.make(name="Kai", **(reach or {"email": ADDRESS}))
        factories.young_person(label="Kai B", user=user, worker=worker)
    return user


def sent(recipient) -> Outbox:
    row = told(recipient=recipient)
    drain.drain()
    return row_of(row)


def report(row: Outbox, fate: str) -> None:
    reports.keep(row.ref, fate)
    reports.settle()


def stop(*where: str) -> None:
    for to in where:
        addresses.failed(addresses.mark_of(to), gone=True)


@pytest.mark.parametrize(
    ("fates", "stops"),
    [
        (["bounced"], True),
        (["failed"], False),
        (["failed", "failed"], True),
        (["failed", "delivered", "failed"], False),
        (["broken", "broken"], False),  # their own mistake says nothing about the number
        (["delivered"], False),
    ],
)
def test_what_stops_an_address(worker, provider, purposes, later, fates, stops):
    user = kai()
    for fate in fates:
        later(minutes=1)
        with scope(EVERYTHING):
            Outbox.objects.all().delete()
        report(sent(user), fate)
    assert addresses.stopped([ADDRESS]) == ({ADDRESS} if stops else set())


def test_nothing_goes_there_any_more_and_the_row_says_why(worker, provider, purposes):
    user = kai()
    stop("KAI@mail.example ")
    row = sent(user)
    assert (row.state, row.reason, provider.taken) == ("ended", "address does not work", [])


def test_planted_nobody_looks(worker, provider, purposes, monkeypatch):
    """The twin without the guard: the stranger who has the number now reads it."""
    user = kai()
    stop(ADDRESS)
    monkeypatch.setattr(addresses, "sends_nothing", lambda to: False)
    assert sent(user).state == "accepted"


def test_a_new_address_is_sent_to(worker, provider, purposes):
    user = kai()
    stop(ADDRESS)
    with scope(EVERYTHING):
        User.objects.filter(pk=user.pk).update(email="new@mail.example")
        user.refresh_from_db()
    assert sent(user).state == "accepted"


def test_what_came_back_late_from_the_old_address_does_not_stop_the_new_one(worker, provider, purposes):
    user = kai()
    row = sent(user)
    with scope(EVERYTHING):
        User.objects.filter(pk=user.pk).update(email="new@mail.example")
    report(row, "bounced")
    assert addresses.stopped([ADDRESS, "new@mail.example"]) == {ADDRESS}


@pytest.mark.parametrize(("broken", "instead"), [(ADDRESS, NUMBER), (NUMBER, ADDRESS)])
def test_the_other_way_is_taken_where_there_is_one(worker, provider, purposes, broken, instead):
    user = kai(email=ADDRESS, phone=NUMBER)
    purposes("note", address=lambda row: broken)
    stop(broken)
    sent(user)
    assert [to for _, to, _ in provider.taken] == [instead]
    stop(instead)
    with scope(EVERYTHING):
        Outbox.objects.all().delete()
    assert sent(user).reason == "address does not work"


def test_a_code_is_tried_and_its_arrival_lifts_it(worker, provider, purposes, later):
    user = kai()
    stop(ADDRESS)
    later(minutes=1)
    purposes("note", address=lambda row: ADDRESS)
    row = told(recipient=user, secret={"code": "1"}, expires_in=dt.timedelta(minutes=9))
    drain.drain()
    assert row_of(row).state == "accepted"
    report(row, "delivered")
    assert not addresses.stopped([ADDRESS])


def test_who_works_here_is_still_written_to(worker, provider, purposes):
    with scope(EVERYTHING):
        adviser = factories.adviser()
    stop(adviser.email)
    assert sent(adviser).state == "accepted"


@pytest.mark.parametrize(("error", "stops"), [(channels.NoSuchAddress("550"), True), (channels.Refused("554"), False)])
def test_a_mail_server_that_refuses_the_address(worker, provider, purposes, error, stops):
    def refuse():
        raise error

    provider.before = refuse
    row = sent(kai())
    assert (row.state, row.reason) == ("dead", f"refused: {error}")
    assert bool(addresses.stopped([ADDRESS])) is stops


def test_no_address_is_kept_in_clear(worker, provider, purposes):
    row = sent(kai())
    stop(ADDRESS, NUMBER)
    kept = str(list(Unreachable.objects.values_list())) + row.address_mark
    assert "kai" not in kept and "900123" not in kept and "@" not in kept
    assert addresses.mark_of("07700 900123") == addresses.mark_of(NUMBER) != addresses.mark_of("07700 900124")


def test_it_is_forgotten_after_two_years(worker):
    stop(ADDRESS)
    Unreachable.objects.update(changed_at=clock.now() - dt.timedelta(days=731))
    retention.keep_no_longer()
    assert not Unreachable.objects.exists()


@pytest.fixture
def dana(db):
    return factories.adviser()


def test_their_worker_reads_it_first_asks_and_tries_again(sign_in, dana):
    user = kai(dana, phone=NUMBER)
    client = sign_in(user=dana)
    words = "Their phone number does not work any more: ask them."
    page = reverse("matching:show-person", args=[user.young_person.public_id])
    assert words not in client.get(MONDAY).content.decode()
    stop(NUMBER)
    first = client.get(MONDAY).content.decode()
    assert words in first and NUMBER not in first and words in client.get(page).content.decode()
    client.post(f"{page}reach/")
    assert words not in client.get(MONDAY).content.decode() and words not in client.get(page).content.decode()
    assert not addresses.stopped([NUMBER])


def test_another_workers_young_person_is_a_404(sign_in, dana):
    user = kai(dana, phone=NUMBER)
    stop(NUMBER)
    other = sign_in(user=factories.adviser())
    assert other.post(reverse("matching:say-it-works", args=[user.young_person.public_id])).status_code == 404
    assert addresses.stopped([NUMBER])
    assert "does not work" not in other.get(MONDAY).content.decode()


def test_an_old_number_is_asked_about_while_an_introduction_is_open(sign_in, dana):
    user = kai(dana, phone=NUMBER)
    client = sign_in(user=dana)
    words = "Is their phone number still theirs?"
    chain.interested(user.young_person)
    assert words not in client.get(MONDAY).content.decode()
    with factories.as_worker():
        User.objects.filter(pk=user.pk).update(phone_at=clock.now() - dt.timedelta(days=91))
    assert words in client.get(MONDAY).content.decode()
    client.post(reverse("matching:say-it-works", args=[user.young_person.public_id]))
    assert words not in client.get(MONDAY).content.decode()


def test_nobody_asks_where_nothing_is_open(sign_in, dana):
    user = kai(dana, phone=NUMBER)
    with factories.as_worker():
        User.objects.filter(pk=user.pk).update(phone_at=clock.now() - dt.timedelta(days=91))
    assert "still theirs" not in sign_in(user=dana).get(MONDAY).content.decode()
