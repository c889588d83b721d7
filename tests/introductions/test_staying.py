"""Check-ins: who is asked when, what may be said, and that nothing is asked twice or of nobody."""

import datetime as dt

import pytest
from django.db import transaction

from accounts.models import YoungPerson
from core import clock
from core.lifecycle import MoveRefused
from introductions import staying, staying_lists
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


def test_who_reads_texts_gets_a_text(settings):
    start = started(person(account=True))
    with factories.as_worker():
        EmployerContact.objects.filter(pk=start.opportunity.pledge.contact_id).update(way="text", phone="07700 900123")
    go("week4")
    ask_due()
    (text,) = [each for each in letters() if each[0] == "how_business_text"]
    assert text[1] == "07700 900123" and "/how/" in text[3]


# --- what is said -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["young_person", "employer"])
def test_said_twice_otherwise_the_last_counts_and_the_first_is_kept(side):
    start = started()
    go("week4")
    first = say(start, "good", "week4", side)
    assert (first.answer, first.first_answer) == ("good", "")
    again = say(start, "good", "week4", side)
    assert again.answered_at == first.answered_at
    for answer in ("not_well", "left"):
        row = say(start, answer, "week4", side)
        assert (row.answer, row.first_answer) == (answer, "good")


def test_what_a_worker_was_told_writes_over_nothing():
    start = started()
    go("week4")
    say(start, "good", "week4")
    with factories.as_worker():
        staying.say_for(start=start, point="week4", answer="not_well", words="On the phone")
        staying.say_for(start=start, point="week4", answer="left")
        rows = dict(CheckIn.objects.filter(start=start, point="week4").values_list("side", "answer"))
        row = CheckIn.objects.get(start=start, point="week4", side="worker")
    assert rows == {"young_person": "good", "employer": "", "worker": "left"}
    assert (row.first_answer, row.words) == ("not_well", {"words": "On the phone"})


@pytest.mark.parametrize("end", [end_start, end_introduction, end_support])
def test_of_what_has_ended_nothing_is_written(end):
    start = started()
    go("week4")
    with factories.as_worker():
        end(start)
    with pytest.raises(MoveRefused):
        say(start, "good")
    with pytest.raises(MoveRefused), factories.as_worker():
        staying.say_for(start=start, point="day1", answer="good")
    assert check_in(start).answer == ""


def test_a_point_that_was_never_planned_is_refused():
    start = started(to=chain.opportunity(kind_code="work-experience"))
    go("week52")
    with factories.as_worker():
        with pytest.raises(MoveRefused, match="not asked about"):
            staying.say_for(start=start, point="week26", answer="good")
        assert not CheckIn.objects.filter(start=start, point="week26").exists()
        staying.say_for(start=start, point="week4", answer="good")


def test_nothing_is_said_before_its_day():
    start = started()
    go("day1", -1)
    with pytest.raises(MoveRefused, match="not time"):
        say(start, "good")


def test_the_words_are_encrypted():
    start = started()
    go("day1")
    say(start, "not_well", words="He shouts at me")
    with factories.as_worker():
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT words FROM check_in WHERE start_id = %s AND words IS NOT NULL", [start.pk])
            (raw,) = cursor.fetchone()
    assert b"shouts" not in bytes(raw)
    assert check_in(start).words == {"words": "He shouts at me"}


# --- when it does not go well -----------------------------------------------------------------------------------------

TROUBLE = "how_trouble"


def names() -> list[str]:
    return [name for name, *_rest in letters()]


@pytest.mark.parametrize("side", ["young_person", "employer", "worker"])
@pytest.mark.parametrize("answer", ["good", "ok", "not_well", "left"])
def test_the_worker_hears_when_it_does_not_go_well(side, answer):
    start = started()
    go("week4")
    if side == "worker":
        with factories.as_worker():
            staying.say_for(start=start, point="week4", answer=answer)
    else:
        say(start, answer, "week4", side)
    told = answer in ("not_well", "left") and side != "worker"  # who writes it down knows
    assert names() == [TROUBLE] * told
    with factories.as_worker():
        assert staying.take_in_hand(start=start, point="week4") == (side != "worker")
    assert names() == []


def test_taken_back_it_is_still_told():
    start = started()
    go("day1")
    say(start, "not_well")
    say(start, "good")
    assert names() == [TROUBLE]


@pytest.mark.parametrize("said", [("good", "not_well", "good"), ("ok", "left", "ok"), ("good", "left", "good", "ok")])
def test_a_trouble_between_two_good_answers_is_still_told_until_it_is_in_hand(said):
    start = started()
    go("week4")
    for answer in said:
        say(start, answer, "week4")
    trouble = next(answer for answer in said if answer in staying.TROUBLE)
    assert (names(), check_in(start, "week4").first_answer) == ([TROUBLE], trouble)
    with factories.as_worker():
        (at,) = [at for at in staying_lists.of_introduction(start.introduction) if at.said]
        assert at.waits
        assert [row["point"] for row in to_talk_of(start)] == ["week4"]
        staying.take_in_hand(start=start, point="week4")
        (at,) = [at for at in staying_lists.of_introduction(start.introduction) if at.said]
        assert not at.waits and not to_talk_of(start)
    assert names() == []


def to_talk_of(start):
    return YoungPerson.objects.annotate(talk=staying_lists.to_talk()).get(pk=start.person_id).talk


@pytest.mark.parametrize(("said", "kept"), [("not_well", True), ("left", True), ("good", False)])
def test_who_wants_their_worker_to_talk_tells_the_worker_alone(said, kept):
    """Whoever gave the pledge is another than the contact whom the young person knows: nobody there is written to."""
    start = started()
    go("day1")
    say(start, said)
    with factories.as_worker():
        staying.take_in_hand(start=start, point="day1")
        row = CheckIn.objects.get(start=start, point="day1", side="young_person")
        before = last_message()
        staying.add_words(check_in=row, words="", wants_talk=True)
        row.refresh_from_db()
        assert (row.words == {"talk": True}) == kept and (row.seen_at is None) == kept
        staying.add_words(check_in=row, words="He shouts at me")
        row.refresh_from_db()
    assert row.words == ({"talk": True} if kept else {}) | {"words": "He shouts at me"}
    assert last_message() == before and set(names()) <= {TROUBLE}


def test_the_last_point_at_which_they_are_there():
    start = started()
    go("week52")
    with factories.as_worker():
        assert staying.reached(start) == ""
    say(start, "good", "day1")
    say(start, "not_well", "week13")
    with factories.as_worker():
        staying.say_for(start=start, point="week26", answer="ok")
        assert staying.reached(start) == "week26"
    say(start, "left", "week26")
    with factories.as_worker():
        assert staying.reached(start) == "week13"


# --- a year -----------------------------------------------------------------------------------------------------------

CANARIES = ("Zebedee", "Quill", "NG19", "Kitchen porter", "Sam Hale", "Ravenshead", "care", "council",
            "Nottinghamshire")  # fmt: skip


def test_a_year_message_by_message():
    somebody = person(account=True, name="Zebedee Quill", label="Zebedee Q.", living_sector="NG19 7")
    to = chain.opportunity(title="Kitchen porter", town="Ravenshead")
    start = started(somebody, to)
    sent: list[tuple[dt.date, str]] = []
    last = 0
    for number in range(AFTER["week52"] + 30):
        day = FIRST + number * DAY
        go_to(day, 10)
        ask_due()
        for name, _to, subject, text in letters(since=last):
            sent.append((day, name))
            assert subject in ("How is it going?", "Something is waiting for you")
            for canary in (*CANARIES, to.employer.name):
                assert canary.casefold() not in f"{subject}\n{text}".casefold(), (name, canary)
        last = last_message()
    wanted = [(on(point), OWN) for point in ALL]
    wanted += [(on(point), BUSINESS) for point in ("week4", "week13")]
    wanted += [(on(point), WORKER) for point in ("week26", "week52")]
    moved = {day: day + DAY if day in HOLIDAYS else day for day, _name in wanted}
    assert sorted(sent) == sorted((day if name == OWN else moved[day], name) for day, name in wanted)
    assert not start.ended_on
