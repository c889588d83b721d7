"""Check-ins, two at the same moment; beside each the same without its lock, in which the race appears."""

import datetime as dt

import pytest

from core import clock
from introductions import staying
from introductions.models import CheckIn
from tests import factories
from tests.introductions.staying_made import letters, person, started
from tests.introductions.test_races import one_after_the_other

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.battery]


def begun(**more):
    """The day after the first one."""
    return started(person(**more), on=clock.today() - dt.timedelta(days=1))


def rows(start):
    return CheckIn.objects.filter(start=start, point="day1")


# --- two answers


def two_answers():
    start = begun()
    say = lambda answer: lambda: staying.say(check_in=rows(start).get(), answer=answer)  # noqa: E731
    assert one_after_the_other(say("not_well"), say("good")) == [None, None]
    with factories.as_worker():
        row = rows(start).get()
    return row.answer, row.first_answer


def unlocked(row):
    return CheckIn.objects.select_related("start__introduction").get(pk=row.pk)


def test_of_two_answers_the_last_counts_and_the_first_is_kept():
    assert two_answers() == ("good", "not_well")


def test_planted_without_the_lock_the_first_is_lost(monkeypatch):
    monkeypatch.setattr(staying, "locked", unlocked)
    assert two_answers() == ("good", "")


# --- two workers write down what they were told


def test_two_who_write_it_down_are_one_row():
    start = begun()
    say = lambda answer: lambda: staying.say_for(start=start, point="day1", answer=answer)  # noqa: E731
    assert one_after_the_other(say("ok"), say("not_well")) == [None, None]
    with factories.as_worker():
        (row,) = rows(start).filter(side="worker")
    assert (row.answer, row.first_answer) == ("not_well", "ok")


# --- two jobs


def asked_by_two(start):
    counts = []
    ask = lambda: counts.append(staying.ask_due().get("young_person", 0))  # noqa: E731
    assert one_after_the_other(ask, ask) == [None, None]
    return sorted(counts)


def test_two_jobs_ask_once():
    start = begun(account=True)
    assert asked_by_two(start) == [0, 1]
    assert len(letters()) == 1


def test_planted_without_the_lock_both_ask(monkeypatch):
    """The outbox knows the message, so it is still one: two guards."""
    plain = staying.due

    def to_be_asked(pk, today):
        return plain(today).filter(pk=pk).select_related("start__person__user").first()

    monkeypatch.setattr(staying, "to_be_asked", to_be_asked)
    start = begun(account=True)
    assert asked_by_two(start) == [1, 1]
    assert len(letters()) == 1
