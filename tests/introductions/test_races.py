"""Two at the same moment. Each interleaving is laid down: the first has done its part and not committed when the
second begins. Beside each, the same without the lock, in which the race appears."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
from django.db import connection
from django.test import Client

from accounts import apart, objections
from accounts.models import Objection, YoungPerson
from core import clock
from core.lifecycle import MoveRefused
from core.models import LifecycleLog
from introductions import business_messages, services, starting, sweeping
from introductions.lifecycle import INTRODUCTION
from introductions.models import Introduction, Permission, Start
from introductions.models.introduction import IntroductionQuerySet
from notifications import preparing
from notifications.models import Outbox
from opportunities import places
from opportunities.models import Opportunity
from pledges.models import Employer
from tests import factories
from tests.core.locks import waits
from tests.introductions import chain

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.battery]
S = Introduction.State


def one_after_the_other(first, second, second_inside=True):
    """What became of both (None, or the refusal's sentence); the first commits once the second waits or is done.

    second_inside: in the scope of background work, else as the web is.
    """
    did, may_commit, said = threading.Event(), threading.Event(), [None, None]

    def run(number, do):
        try:
            with factories.as_worker() if second_inside or number == 0 else nullcontext():
                do()
                if number == 0:
                    did.set()
                    assert may_commit.wait(20)
        except MoveRefused as refused:
            said[number] = str(refused)
        except Exception as error:
            said[number] = error
        finally:
            did.set()
            connection.close()

    one, two = (threading.Thread(target=run, args=pair) for pair in enumerate((first, second)))
    one.start()
    assert did.wait(20)
    two.start()
    waits(two)
    may_commit.set()
    one.join(20)
    two.join(20)
    assert not [error for error in said if isinstance(error, Exception)], said
    return said


def made_in(state, to=None, somebody=None):
    with factories.as_worker():
        return chain.walked(state, somebody, to)


def now(row):
    with factories.as_worker():
        return Introduction.objects.select_related("opportunity").get(pk=row.pk)


def introduce(row):
    return lambda: services.introduce(introduction=row, role="adviser", adult_name="Sam Hale")


def withdraw(row):
    return lambda: services.end(introduction=row, move="withdraw", role="young_person", ending="withdrawn")


def stop(row):
    """As the stop switch: the business is locked and changed, everything else follows."""

    def do():
        Employer.objects.select_for_update().get(pk=row.employer_id)
        Employer.objects.filter(pk=row.employer_id).update(state="stopped")

    return do


def unlocked(introduction):
    return Introduction.objects.select_related("opportunity__kind", "employer").get(pk=introduction.pk)


# --- the last place


def places_unlocked(opportunity):
    return Opportunity.objects.select_related("pledge").get(pk=opportunity.pk)


def two_for_one():
    to = chain.opportunity(places=1)
    rows = [made_in("permitted", to) for _each in range(2)]
    one_after_the_other(introduce(rows[0]), introduce(rows[1]))
    return sum(now(row).state == S.INTRODUCED for row in rows)


def test_the_last_place_is_taken_once():
    assert two_for_one() == 1


def test_planted_without_the_lock_it_is_taken_twice(monkeypatch):
    monkeypatch.setattr(places, "locked", places_unlocked)
    assert two_for_one() == 2


@pytest.mark.parametrize("room", [1, 2, 5])
def test_fifty_takers(room):
    to = chain.opportunity(places=room)
    with factories.as_worker():
        rows = [chain.walked("permitted", to=to) for _each in range(50)]

    def take(row):
        try:
            with factories.as_worker():
                introduce(row)()
            return "taken"
        except MoveRefused as refused:
            return str(refused)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        said = list(pool.map(take, rows))
    assert said.count("taken") == room and said.count("There is no place left.") == 50 - room
    to.refresh_from_db()
    with factories.as_worker():
        held = Introduction.objects.filter(holds_place=True).count()
    assert (to.places_held, held, to.row.free) == (room, room, False)


# --- a yes that is taken back


def test_taken_back_first_nobody_is_introduced():
    row = made_in("permitted")
    said = one_after_the_other(withdraw(row), introduce(row))
    assert said[0] is None and said[1]
    assert (now(row).state, now(row).opportunity.places_held) == (S.ENDED, 0)


def place_after_introduced_and_taken_back():
    row = made_in("permitted")
    assert one_after_the_other(introduce(row), withdraw(row)) == [None, None]
    assert now(row).state == S.ENDED
    return now(row).opportunity.places_held


def test_introduced_first_the_place_comes_back():
    assert place_after_introduced_and_taken_back() == 0


def test_planted_without_the_lock_the_place_stays_held(monkeypatch):
    monkeypatch.setattr(services, "locked", unlocked)
    assert place_after_introduced_and_taken_back() == 1


# --- a stop


def test_stopped_first_nobody_is_introduced():
    row = made_in("permitted")
    said = one_after_the_other(stop(row), introduce(row))
    assert "not checked" in said[1]
    assert (now(row).state, now(row).opportunity.places_held) == (S.PERMITTED, 0)


def moved_on_during_a_stop():
    row = made_in("introduced")
    said = one_after_the_other(stop(row), lambda: services.move_on(introduction=row, move="meet", role="giver"))
    return said[1], now(row).state


def test_stopped_first_nothing_is_arranged():
    said, state = moved_on_during_a_stop()
    assert "not checked" in said and state == S.INTRODUCED


def test_planted_without_holding_the_business_a_meeting_is_arranged(monkeypatch):
    monkeypatch.setattr(services, "hold_business", lambda employer: None)
    assert moved_on_during_a_stop() == (None, S.MEETING)


# --- one question, two answers


def answer(question, yes):
    return lambda: services.answer(permission=question, yes=yes, role="young_person")


@pytest.mark.parametrize(("first", "state"), [(True, S.PERMITTED), (False, S.ENDED)])
def test_answered_twice_the_first_counts(first, state):
    row = made_in("asked")
    with factories.as_worker():
        question = Permission.objects.get(introduction=row)
    said = one_after_the_other(answer(question, first), answer(question, not first))
    assert said[0] is None and "answered already" in said[1]
    assert now(row).state == state


def test_asked_again_while_they_answer_the_old_words_count_for_nothing():
    row = made_in("asked")
    with factories.as_worker():
        question = Permission.objects.get(introduction=row)
    said = one_after_the_other(lambda: chain.ask(row, name="Rob"), answer(question, True))
    assert said[0] is None and "words have changed" in said[1]
    assert now(row).state == S.ASKED


def said_on_two_phones():
    somebody, to = chain.person(factories.adviser()), chain.opportunity()
    say = lambda: chain.interested(somebody, to)  # noqa: E731
    said = one_after_the_other(say, say)
    with factories.as_worker():
        return said, Introduction.objects.count()


def test_interested_on_two_phones_is_one_row():
    assert said_on_two_phones() == ([None, None], 1)


# --- taken back while the business has the page open


def answered_while_taken_back():
    """The business's page is open; the yes is taken back and not committed when the business presses the button."""
    with factories.as_worker():
        row = chain.walked("introduced")
        giver = row.opportunity.pledge.contact
        type(giver).objects.filter(pk=giver.pk).update(approved_by=factories.user(), approved_on=clock.today())
        path = re.sub(r"^https?://[^/]+", "", business_messages.link_to(now(row)))
    opened = Client().get(f"{path}offer/").content.decode()
    form, read = {"seen": re.search(r'name="seen" value="([^"]+)"', opened)[1]}, []

    def press():
        read.append(Client().post(f"{path}offer/", form, follow=True).content.decode())

    one_after_the_other(withdraw(row), press, second_inside=False)
    moves = LifecycleLog.objects.filter(model=INTRODUCTION.model, object_id=row.pk, move="offer").count()
    return now(row).state, moves, read[0]


def test_taken_back_first_the_business_is_told_that_it_has_ended():
    state, moves, page = answered_while_taken_back()
    assert (state, moves) == (S.ENDED, 0) and "This has ended. Thank you." in page


def test_planted_without_the_locks_the_offer_is_written_down(monkeypatch):
    monkeypatch.setattr(services, "locked", unlocked)
    monkeypatch.setattr(IntroductionQuerySet, "select_for_update", lambda rows, **more: rows)
    state, moves, _page = answered_while_taken_back()
    assert (state, moves) == (S.ENDED, 1)


# --- a start


def start(row, days=0):
    return lambda: chain.start(row, days)


def ledger(row):
    """Held and begun, as counted; and how many starts there are."""
    to = now(row).opportunity
    with factories.as_worker():
        return to.places_held, to.places_started, Start.objects.filter(opportunity=to).count()


def test_two_workers_start_the_same_and_the_second_is_told():
    row = made_in("offered")
    said = one_after_the_other(start(row), start(row, 3))
    assert said[0] is None and said[1]
    assert (now(row).state, ledger(row)) == (S.STARTED, (0, 1, 1))


def two_starts_at_one_opportunity():
    to = chain.opportunity(places=2)
    rows = [made_in("offered", to) for _each in range(2)]
    assert one_after_the_other(start(rows[0]), start(rows[1])) == [None, None]
    return ledger(rows[0])


def test_the_last_two_places_are_both_counted():
    assert two_starts_at_one_opportunity() == (0, 2, 2)


def test_planted_without_the_lock_one_start_is_not_counted(monkeypatch):
    monkeypatch.setattr(places, "locked", places_unlocked)
    assert two_starts_at_one_opportunity() == (1, 1, 2)


def test_a_place_that_never_was_begun_is_taken_by_the_next_and_not_twice():
    to = chain.opportunity(places=1)
    begun, other = made_in("started", to), made_in("permitted", to)
    never = lambda: starting.end(start=begun.start, role="adviser", ending="never", on=clock.today())  # noqa: E731
    assert one_after_the_other(never, introduce(other)) == [None, None]
    assert ledger(begun)[:2] == (1, 0)


def started_during_a_stop():
    row = made_in("offered")
    said = one_after_the_other(stop(row), start(row))
    return said[1], now(row).state


def test_stopped_first_nobody_starts():
    said, state = started_during_a_stop()
    assert "not checked" in said and state == S.OFFERED


def test_planted_without_holding_the_business_somebody_starts_during_a_stop(monkeypatch):
    monkeypatch.setattr(services, "hold_business", lambda employer: None)
    assert started_during_a_stop() == (None, S.STARTED)


def test_started_while_support_ends_the_sweep_closes_it_and_nobody_hears():
    """The end of support locks no introduction: whichever is first, it is over afterwards, and nobody is written to."""
    row = made_in("offered")

    def end_support():
        YoungPerson.objects.filter(pk=row.person_id).update(ended_on=clock.today(), ended_why="age")

    one_after_the_other(end_support, start(row))
    with factories.as_worker():
        sweeping.sweep()
        assert (now(row).state, now(row).ending) == (S.ENDED, "support")
        letters = [preparing.prepare(each) for each in Outbox.objects.filter(cause_id=row.pk)]
    assert not [each for each in letters if isinstance(each, preparing.Letter)]


def put_right_and_end():
    row = made_in("started")
    end = lambda: starting.end(start=row.start, role="adviser", ending="left", on=clock.today())  # noqa: E731
    facts = chain.start_facts(0, named_contact="Ada Moss")
    return one_after_the_other(end, lambda: starting.put_right(start=row.start, role="adviser", facts=facts)), row


def test_ended_first_nothing_is_put_right():
    said, row = put_right_and_end()
    assert said[0] is None and said[1]
    with factories.as_worker():
        assert (Start.objects.get(introduction=row).state, now(row).state) == ("ended", S.ENDED)


# --- kept apart while they say no


def apart_and_a_no():
    """What the young person was told, and how many objections wait for managers who do not see them."""
    kai, dana = factories.young_person(worker=factories.adviser()), factories.user()

    def keep():
        apart.keep_apart(person=kai, apart=True, by=dana, role="adviser")

    def say_no():
        objections.make_objection(person=kai, about="", words="No.", answer_by=clock.today(), by=dana)

    said = one_after_the_other(keep, say_no)[1]
    with factories.as_worker():
        return said, Objection.objects.filter(answered_at=None).count()


def test_a_no_of_somebody_kept_apart_waits_for_nobody():
    assert apart_and_a_no() == ("Those who lead your team do not see you.", 0)


def test_planted_without_the_lock_it_waits_for_ever(monkeypatch):
    monkeypatch.setattr(objections, "lock", lambda person: YoungPerson.objects.get(pk=person.pk))
    assert apart_and_a_no() == (None, 1)
