"""What workers do, two at the same moment; beside each the same without its lock, in which the race appears."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from accounts import guests
from accounts.models import AdviserLink, YoungPerson
from core import clock
from core.lifecycle import MoveRefused
from introductions import help_again
from introductions.models import HelpAgain
from matching import drop_in, services
from matching.models import DropIn, MatchAction
from tests import factories
from tests.introductions import chain
from tests.introductions.test_races import one_after_the_other

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.battery]


# --- a drop-in code


def taken_by_two():
    code, found = drop_in.keep({"travel": "walk"}), []
    take = lambda: found.append(drop_in.take(code))  # noqa: E731
    assert one_after_the_other(take, take) == [None, None]
    assert not DropIn.objects.exists()
    return sum(answers is not None for answers in found)


def test_a_code_is_taken_over_once():
    assert taken_by_two() == 1


def test_planted_without_the_lock_two_workers_get_the_same_ticks(monkeypatch):
    monkeypatch.setattr(models.QuerySet, "select_for_update", lambda rows, **more: rows)
    assert taken_by_two() == 2


# --- help again


def somebody():
    with factories.as_worker():
        return chain.person(factories.adviser(), user=factories.user())


def asked_twice():
    kai = somebody()
    ask = lambda: help_again.ask_again(person=kai, by=kai.user)  # noqa: E731
    return kai, one_after_the_other(ask, ask)


def test_help_asked_on_two_phones_is_one_row_and_nobody_sees_an_error():
    kai, said = asked_twice()
    with factories.as_worker():
        assert said == [None, None] and HelpAgain.objects.filter(person=kai).count() == 1


def test_planted_without_the_lock_the_second_phone_sees_an_error(monkeypatch):
    monkeypatch.setattr(help_again, "lock", lambda person: None)
    with pytest.raises(AssertionError, match="help_again"):
        asked_twice()


# --- guests


def one_guest_twice():
    """Two managers let the same worker of another council in for the same young person."""
    person, manager = somebody(), factories.user()
    until, council = clock.today() + dt.timedelta(days=30), factories.council("Derbyshire")

    def let_in():
        try:
            guests.let_in(
                person=person, name="Gil", email="gil@derbyshire.gov.uk", council=council, until=until, by=manager
            )
        except ValidationError as refused:
            raise MoveRefused(str(refused)) from None

    return one_after_the_other(let_in, let_in)


def test_a_guest_is_let_in_once():
    said = one_guest_twice()
    with factories.as_worker():
        assert said[0] is None and said[1] and AdviserLink.objects.of_guests().count() == 1


def test_planted_without_the_lock_the_second_manager_sees_an_error(monkeypatch):
    monkeypatch.setattr(guests, "locked_person", lambda pk: YoungPerson.objects.get(pk=pk))
    with pytest.raises(AssertionError, match="IntegrityError"):
        one_guest_twice()


# --- several matches at once


def marked_by_two():
    worker, person, to = factories.adviser(), somebody(), [chain.opportunity() for _each in range(3)]
    with factories.as_worker():
        AdviserLink.objects.filter(person=person).update(worker=worker)
    pairs = [(person.pk, row.pk) for row in to]

    def mark(state, reason, mine):
        return lambda: services.act_on_several(pairs=mine, by=worker, state=state, reason=reason)

    said = one_after_the_other(mark("shared", "", pairs), mark("not_now", "Far", pairs[::-1]))
    with factories.as_worker():
        return said, list(MatchAction.objects.order_by("pk").values_list("state", "reason"))


def test_several_marked_twice_the_last_counts_for_all_of_them():
    assert marked_by_two() == ([None, None], [("not_now", "Far")] * 3)
