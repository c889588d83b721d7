"""What is said at a check-in, what follows when it does not go well, and a whole year of them."""

import datetime as dt

import pytest

from accounts.models import YoungPerson
from core.lifecycle import MoveRefused
from introductions import staying, staying_lists
from introductions.models import CheckIn
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
    say,
    started,
)
from tests.introductions.test_staying import (
    BUSINESS,
    DAY,
    OWN,
    WORKER,
    end_introduction,
    end_start,
    end_support,
    go,
    on,
)
from tests.pledges.following import HOLIDAYS, go_to

pytestmark = pytest.mark.django_db


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
