"""Check-ins: who is asked when, what may be said, and that nothing is asked twice or of nobody."""

import datetime as dt

import pytest
from django.db import transaction

from accounts.models import User, YoungPerson
from core import clock
from introductions import staying
from introductions.models import CheckIn, Introduction, Start
from pledges.models import Employer, EmployerContact
from tests import factories
from tests.introductions import chain
from tests.introductions.staying_made import (
    AFTER,
    ALL,
    FIRST,
    ask_due,
    check_in,
    last_message,
    letters,
    person,
    planned,
    say,
    started,
)
from tests.pledges.following import HOLIDAYS, go_to

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
OWN, WORKER, BUSINESS = "how_own", "how_worker", "how_business"


def on(point: str, more: int = 0, first=FIRST) -> dt.date:
    return first + dt.timedelta(days=AFTER[point] + more)


def go(point: str, more: int = 0) -> None:
    go_to(on(point, more), 10)


def days_of(start) -> dict[tuple[str, str], dt.date]:
    with factories.as_worker():
        return {(row.side, row.point): row.due_on for row in CheckIn.objects.filter(start=start)}


# --- the plan ---------------------------------------------------------------------------------------------------------


def test_each_side_has_its_points():
    wanted = {("young_person", point) for point in ALL}
    wanted |= {("employer", "week4"), ("employer", "week13"), ("worker", "week26"), ("worker", "week52")}
    assert days_of(started()) == {(side, point): on(point) for side, point in wanted}


@pytest.mark.parametrize(
    ("kind", "lasts", "unit", "points"),
    [
        ("site-visit", None, "weeks", ALL[:2]),
        ("mentoring", 1, "days", ALL[:2]),
        ("work-experience", None, "weeks", ALL[:3]),
        ("work-experience", 2, "weeks", ALL[:3]),
        ("work-experience", 4, "weeks", ALL[:4]),
        ("ringfenced-job", 5, "months", ALL[:5]),
        ("ringfenced-job", 12, "months", ALL),
        ("ringfenced-job", None, "weeks", ALL),
    ],
)
def test_what_lasts_less_has_the_points_within_it_and_one_after(kind, lasts, unit, points):
    found = days_of(started(to=chain.opportunity(kind_code=kind, lasts=lasts, lasts_unit=unit)))
    assert {point for side, point in found if side == "young_person"} == set(points)
    assert {point for side, point in found if side == "employer"} == {"week4", "week13"} & set(points)
    assert {point for side, point in found if side == "worker"} == {"week26", "week52"} & set(points)


def test_planned_twice_is_once():
    start = started()
    before = days_of(start)
    with factories.as_worker():
        planned(start)
    assert days_of(start) == before


def test_another_first_day_moves_what_nobody_has_answered():
    start = started()
    go("week1")
    assert ask_due() == {"young_person": 1}
    go("week1", 1)
    say(start, "good", "day1")
    later = FIRST + 10 * DAY
    with factories.as_worker():
        Start.objects.filter(pk=start.pk).update(starts_on=later)
        planned(start)
    found = days_of(start)
    assert found[("young_person", "day1")] == on("day1")  # said: it stays
    assert found[("young_person", "week1")] == on("week1", first=later)
    assert check_in(start, "week1").asked_at is None
    go_to(on("week1", first=later), 10)
    assert ask_due() == {"young_person": 1}  # asked again on its new day


# --- asking: point by side --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("account", [True, False])
@pytest.mark.parametrize("point", ALL)
def test_who_is_asked_at_each_point(point, account):
    start = started(person(account=account))
    go(point, -3)
    ask_due()
    last = last_message()
    go(point)
    asked = ask_due()
    own = OWN if account else WORKER
    wanted = [own]
    if point in ("week4", "week13"):
        wanted.append(BUSINESS)
    if point in ("week26", "week52"):
        wanted.append(WORKER)
    assert sorted(name for name, *_rest in letters(since=last)) == sorted(wanted)
    assert sum(asked.values()) == len(wanted)
    with factories.as_worker():
        addresses = {
            OWN: start.person.user.email if account else "",
            WORKER: start.person.adviser_links.get().worker.email,
            BUSINESS: start.opportunity.pledge.contact.email,
        }
    assert {(name, to) for name, to, *_rest in letters(since=last)} == {(name, addresses[name]) for name in wanted}


def test_late_rather_than_never_and_not_when_the_next_is_due():
    start = started(person(account=True))
    go("week4", 4)  # the job did not run for a month
    ask_due()
    asked = {key for key in days_of(start) if check_in(start, key[1], key[0]).asked_at}
    assert asked == {("young_person", "week4"), ("employer", "week4")}


def test_twice_on_one_day_asks_once():
    started(person(account=True))
    go("week4")
    assert ask_due() and ask_due() == {}
    assert len(letters()) == 2


def test_a_business_and_a_worker_are_asked_on_working_days():
    start = started(person(account=True), on=dt.date(2026, 12, 5))  # a Saturday
    day = dt.date(2027, 1, 2)
    go_to(day, 10)
    assert ask_due() == {"young_person": 1}
    for later in (day + DAY, day + 2 * DAY):
        go_to(later, 10)
        assert ask_due() == ({"employer": 1} if later.weekday() < 5 and later not in HOLIDAYS else {})
    assert check_in(start, "week4", "employer").asked_at


@pytest.mark.parametrize("what", ["crash", "none"])
def test_cut_off_between_nothing_is_asked_and_nothing_lost(what, monkeypatch):
    start = started(person(account=True))
    go("day1")

    def broken(**_values):
        raise OSError("cut off")

    if what == "crash":
        monkeypatch.setattr(staying, "tell", broken)
        with pytest.raises(OSError), transaction.atomic():
            ask_due()
        monkeypatch.undo()
        assert check_in(start).asked_at is None and not letters()
    assert ask_due() == {"young_person": 1}
    assert len(letters()) == 1


# --- of whom nothing is asked -----------------------------------------------------------------------------------------


def end_support(start):
    YoungPerson.objects.filter(pk=start.person_id).update(ended_on=clock.today(), ended_why="died")


def end_start(start):
    Start.objects.filter(pk=start.pk).update(state="ended", ended_on=clock.today(), ending="left")


def end_introduction(start):
    Introduction.objects.filter(pk=start.introduction_id).update(
        state="ended", ended_at=clock.now(), ending="support", agreed=None
    )


def stop(start):
    Employer.objects.filter(pk=start.introduction.employer_id).update(state="stopped")


def answer_all(start):
    now = clock.now()
    CheckIn.objects.filter(start=start).update(answer="good", answered_at=now)


@pytest.mark.parametrize("end", [end_support, end_start, end_introduction, answer_all])
def test_of_what_has_ended_nobody_is_asked(end):
    start = started(person(account=True))
    go("week13")
    with factories.as_worker():
        end(start)
    assert ask_due() == {} and not letters()


@pytest.mark.parametrize("end", [end_support, end_start, end_introduction, answer_all])
def test_what_waits_to_be_handed_over_ends_with_it(end):
    start = started(person(account=True))
    go("week13")
    ask_due()
    assert len(letters()) == 2
    with factories.as_worker():
        end(start)
    assert not letters()


@pytest.mark.parametrize("before", [True, False])
def test_a_business_that_is_stopped_is_not_asked(before):
    start = started(person(account=True))
    go("week13")
    for step in ("stop", "ask") if before else ("ask", "stop"):
        if step == "ask":
            ask_due()
        else:
            with factories.as_worker():
                stop(start)
    assert [name for name, *_rest in letters()] == [OWN]
    assert bool(check_in(start, "week13", "employer").asked_at) != before


def test_whom_nobody_has_approved_is_not_written_to():
    start = started(person(account=True), approved=False)
    go("week13")
    ask_due()
    assert [name for name, *_rest in letters()] == [OWN]
    assert check_in(start, "week13", "employer").asked_at  # the worker sees that it has not answered


def test_who_reads_texts_gets_a_text(longest_address):
    start = started(person(account=True))
    with factories.as_worker():
        EmployerContact.objects.filter(pk=start.opportunity.pledge.contact_id).update(way="text", phone="07700 900123")
        number = {"email": None, "phone": "+447700900456", "phone_at": clock.now()}
        User.objects.filter(pk=start.person.user_id).update(**number)
    go("week4")
    ask_due()
    text, own = (next(each for each in letters() if each[0] == name) for name in ("how_business_text", OWN))
    assert text[1] == "07700 900123" and "/how/" in text[3]
    assert own[1] == "+447700900456" and "how is it going? One tap tells us: https://" in own[3]
