"""Two at the same moment: two phones of one new business; a stop and an answer of the same business."""

import threading

import pytest
from django.db import connection, transaction

from core.scope import NOBODY, scope
from pledges import answers, services
from pledges.models import Employer, Pledge
from tests.core.locks import waits
from tests.pledges import made

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.battery]


def at_once():
    """The first phone has made its pledge and not committed when the second starts; then both finish."""
    made_one, may_commit = threading.Event(), threading.Event()
    failed = []

    def phone(first):
        try:
            with scope(NOBODY), transaction.atomic():
                made.pledge(occurrence=None)
                if first:
                    made_one.set()
                    assert may_commit.wait(20)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    one, two = (threading.Thread(target=phone, args=[first]) for first in (True, False))
    one.start()
    assert made_one.wait(20)
    two.start()
    was_waiting = waits(two)  # with the lock, for the first
    may_commit.set()
    one.join(20)
    two.join(20)
    assert not failed
    return was_waiting


def test_the_second_waits_and_joins():
    assert at_once()
    assert (Employer.objects.count(), Pledge.objects.count()) == (1, 2)


def test_planted_without_the_lock_there_are_two_businesses(monkeypatch):
    monkeypatch.setattr(services, "wait_for_twins", lambda givers: None)
    monkeypatch.setattr(services, "_next_occurrence", lambda promise, event: services.replace(promise, occurrence=None))
    monkeypatch.setattr(services.Promise, "identity", lambda self, event: f"{threading.get_ident()}")
    assert not at_once()
    assert Employer.objects.count() == 2


def pledge_is_free_while_an_answer_waits():
    """A stop holds the business; an answer comes in. Whether the stop can still take the pledges, as it will."""
    with scope(NOBODY):
        pledge = made.pledge()

    def giver():
        try:
            with scope(NOBODY):
                answers.answer(pledge=pledge, said="cannot")
        finally:
            connection.close()

    tap = threading.Thread(target=giver)
    try:
        with transaction.atomic():
            list(Employer.objects.filter(pk=pledge.employer_id).select_for_update())
            tap.start()
            assert waits(tap), "the answer waits for the stop"
            return bool(Pledge.objects.filter(pk=pledge.pk).select_for_update(skip_locked=True))
    finally:
        tap.join(20)


def test_a_stop_and_an_answer_do_not_wait_for_each_other():
    assert pledge_is_free_while_an_answer_waits()


def test_planted_an_answer_that_takes_the_pledge_first_would_hold_up_the_stop(monkeypatch):
    def pledge_first(pledge_id):
        row = Pledge.objects.select_for_update(of=("self",)).select_related("employer", "owner").get(pk=pledge_id)
        answers.ledger.lock([pledge_id])
        return row

    monkeypatch.setattr(answers, "locked", pledge_first)
    assert not pledge_is_free_while_an_answer_waits()
