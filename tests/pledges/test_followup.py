"""One step at a time: who gets what, when, and what stops it."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from core import roles
from core.scope import NOBODY, scope
from notifications import channels
from notifications.models import Outbox
from pledges import answers, followup, nudges, services
from pledges.cadence import due_on, steps_on, word_by
from pledges.lifecycle import GIVER
from pledges.models import CadenceStep, CallTask, Employer, EmployerContact, FollowUp, Nudge, Pledge
from tests import database, factories
from tests.pledges import made
from tests.pledges.following import call_of, follow_up, go_to

MONDAY = dt.date(2026, 11, 2)
TEXT_FIRST = {"email": "jo@oldbank.example", "phone": "07700 900123", "way": "text"}


def day(number: int) -> dt.date:
    return MONDAY + dt.timedelta(days=number)


@pytest.fixture
def maggie(db):
    return factories.user("Maggie Thorne")


@pytest.fixture
def breakfast(maggie):
    go_to(MONDAY)
    with scope(NOBODY):
        yield made.event(owner=maggie)


def run(*days: int) -> None:
    for number in days:
        go_to(day(number))
        follow_up()


def steps_of(pledge) -> list[str]:
    return list(FollowUp.objects.filter(pledge=pledge).order_by("pk").values_list("step", flat=True))


# --- the cadence


def test_the_steps_come_from_a_file_and_a_second_load_changes_nothing(db):
    before = list(CadenceStep.objects.order_by("pk").values_list())
    done = database.manage("load_reference", role=roles.OWNER, dbname=connection.settings_dict["NAME"])
    assert "steps of the follow-up" in done.stdout
    assert list(CadenceStep.objects.order_by("pk").values_list()) == before
    assert set(steps_on(MONDAY)) == {
        *("draft", "no-answer", "first-word", "write"),
        *("senior", "silence", "lapse", "promise"),
    }


def test_every_step_has_a_source(db):
    assert not CadenceStep.objects.filter(source="").exists()


def test_the_task_for_the_first_word_is_made_in_time(db):
    step = steps_on(MONDAY)["first-word"]
    before_christmas = dt.date(2026, 12, 17)
    assert word_by(before_christmas) == dt.date(2026, 12, 24)  # the 27th is a Sunday, after two days off
    assert due_on(step, before_christmas, None) == dt.date(2026, 12, 22)
    assert due_on(step, MONDAY, None) == day(8)


def test_a_month_too_near_has_no_reminder_of_its_own(db):
    step = steps_on(MONDAY)["promise"]
    assert due_on(step, MONDAY, dt.date(2026, 11, 1)) is None
    assert due_on(step, MONDAY, None) is None
    assert due_on(step, MONDAY, dt.date(2027, 1, 1)) == dt.date(2026, 12, 18)


# --- reminders


def test_the_draft_comes_on_the_next_day(breakfast):
    pledge = made.pledge(event=breakfast)
    run(0)
    assert not Nudge.objects.exists()
    run(1)
    nudge = Nudge.objects.get()
    assert (nudge.contact, nudge.sent_on, steps_of(pledge)) == (pledge.contact, day(1), ["draft"])
    row = Outbox.objects.get(purpose=nudges.NUDGE)
    assert nudges.may_be_nudged([row]) == {row.pk}


def test_on_a_holiday_it_waits_for_the_next_working_day(db, maggie):
    go_to(dt.date(2026, 12, 24))
    with scope(NOBODY):
        made.pledge(event=made.event(owner=maggie))
        for date in (25, 26, 27, 28):
            go_to(dt.date(2026, 12, date))
            follow_up()
            assert not Nudge.objects.exists()
        go_to(dt.date(2026, 12, 29))
        follow_up()
        assert Nudge.objects.get().sent_on == dt.date(2026, 12, 29)


def test_one_message_for_all_pledges_of_a_person_and_others_wait_a_week(breakfast):
    one = made.pledge(event=breakfast, words="one")
    two = made.pledge(event=breakfast, words="two", code="work-experience")
    other = made.pledge(event=breakfast, words="three", reach=made.reach("sam@oldbank.example"))
    assert other.employer == one.employer and other.contact != one.contact
    run(*range(1, 8))
    assert Nudge.objects.count() == 1 and steps_of(one)[0] == steps_of(two)[0] == "draft"
    assert "draft" not in steps_of(other)
    run(8)
    assert "draft" in steps_of(other)


@pytest.mark.parametrize("said", ["on-track", "help", "later"])
def test_any_answer_stops_the_reminders(breakfast, said):
    pledge = made.pledge(event=breakfast)
    run(1)
    answers.answer(pledge=pledge, said=said, until=dt.date(2027, 3, 1) if said == "later" else None)
    run(*range(2, 70))
    assert Nudge.objects.count() == 1 and "write" not in steps_of(pledge) and "lapse" not in steps_of(pledge)


def test_an_answer_before_hand_over_takes_the_message_back(breakfast):
    pledge = made.pledge(event=breakfast)
    run(1)
    row = Outbox.objects.get(purpose=nudges.NUDGE)
    answers.answer(pledge=pledge, said="on-track")
    assert nudges.may_be_nudged([row]) == set()


def test_nothing_for_what_is_held_back(breakfast):
    pledge = made.pledge(event=breakfast)
    Pledge.objects.update(held_back="many_at_event")
    run(1, 5, 8, 12, 28, 60)
    assert steps_of(pledge) == [] and not CallTask.objects.exists()


def test_nothing_for_a_stopped_business(breakfast):
    pledge = made.pledge(event=breakfast)
    Employer.objects.update(state="stopped")
    run(1, 5, 60)
    assert steps_of(pledge) == []


def test_who_wants_no_reminders_is_rung(breakfast):
    pledge = made.pledge(event=breakfast)
    EmployerContact.objects.update(reminders=False)
    run(1)
    assert not Nudge.objects.exists()
    assert call_of(pledge).why == "no-reminders"


def test_call_me_with_a_number_alone_is_a_call(breakfast, maggie):
    pledge = made.pledge(event=breakfast, reach=made.reach(email="", phone="01632 960001"))
    run(1)
    task = call_of(pledge)
    assert (task.why, task.owner, task.due_on) == ("ring-me", maggie, day(3)) and not Nudge.objects.exists()
    run(5, 8)
    assert CallTask.objects.count() == 1  # nobody rings twice for one thing


def test_i_want_to_help_ring_me_is_a_call(breakfast):
    pledge = made.pledge(event=breakfast, code="undecided")
    run(1)
    assert call_of(pledge).why == "ring-me" and not Nudge.objects.exists()


def test_text_first_gets_texts(breakfast):
    made.pledge(event=breakfast, reach=made.reach(**TEXT_FIRST))
    run(1)
    purposes = set(Outbox.objects.values_list("purpose", "channel"))
    assert purposes == {("pledge_thanks_text", "text"), ("pledge_nudge_text", "text")}


def test_where_no_text_can_be_sent_a_person_rings(breakfast, monkeypatch):
    pledge = made.pledge(event=breakfast, reach=made.reach(**TEXT_FIRST))
    monkeypatch.setattr(channels, "can_text", lambda: False)
    run(1)
    assert not Nudge.objects.exists() and call_of(pledge).why == "ring-me"


# --- calls


def test_the_calls_of_a_pledge_nobody_answers(breakfast):
    pledge = made.pledge(event=breakfast)
    run(*range(1, 25))
    assert steps_of(pledge) == ["draft", "no-answer", "first-word", "write", "senior"]
    assert [task.why for task in CallTask.objects.order_by("pk")] == ["no-answer", "senior"]
    assert CallTask.objects.get(why="no-answer").state == "dropped"  # somebody more senior takes its place
    assert call_of(pledge).due_on == day(8)  # and it is as late as it was


def test_a_tap_alone_is_no_human_word(breakfast):
    pledge = made.pledge(event=breakfast)
    answers.answer(pledge=pledge, said="on-track")
    run(*range(1, 9))
    assert call_of(pledge).why == "first-word" and call_of(pledge).due_on <= day(10)


def test_a_call_back_is_a_human_word(breakfast, maggie):
    pledge = made.pledge(event=breakfast)
    made.called_back(pledge.employer, maggie)
    run(*range(1, 11))
    assert not CallTask.objects.exists()


def test_two_weeks_before_the_month_who_is_on_track_is_rung(breakfast):
    pledge = made.pledge(event=breakfast, by_month=dt.date(2027, 1, 1))
    answers.answer(pledge=pledge, said="on-track")
    go_to(dt.date(2026, 12, 17))
    follow_up()
    assert "promise" not in steps_of(pledge)
    go_to(dt.date(2026, 12, 18))
    follow_up()
    assert CallTask.objects.get(why="promise").due_on == dt.date(2026, 12, 22)


# --- silence and lapse


def silent(breakfast, **more):
    return made.pledge(event=breakfast, publish_if_silent=True, **more)


def test_silence_is_agreement_on_day_28_exactly(breakfast, maggie):
    pledge = silent(breakfast)
    made.called_back(pledge.employer, maggie)
    run(*range(1, 28))
    pledge.refresh_from_db()
    assert pledge.state == "noted"
    run(28)
    pledge.refresh_from_db()
    assert pledge.state == "confirmed" and call_of(pledge, "silence") is not None
    run(60, 61)
    pledge.refresh_from_db()
    assert pledge.state == "confirmed"


def test_silence_never_runs_before_somebody_spoke_to_the_business(breakfast, maggie):
    pledge = silent(breakfast)
    run(28, 29)
    pledge.refresh_from_db()
    assert pledge.state == "noted" and call_of(pledge, "silence") is not None
    made.called_back(pledge.employer, maggie)
    run(30)
    pledge.refresh_from_db()
    assert pledge.state == "confirmed"


@pytest.mark.parametrize("rule", [None, False])
def test_without_the_rule_silence_is_nothing(breakfast, maggie, rule):
    pledge = made.pledge(event=breakfast, publish_if_silent=rule)
    made.called_back(pledge.employer, maggie)
    run(28, 40)
    pledge.refresh_from_db()
    assert pledge.state == "noted"


def test_lapse_on_day_60_with_a_last_word_on_a_working_day(breakfast):
    pledge = made.pledge(event=breakfast)
    run(1, 14)
    run(59)
    pledge.refresh_from_db()
    assert pledge.state == "noted"
    run(60)  # Friday 1 January
    pledge.refresh_from_db()
    assert pledge.state == "lapsed" and not CallTask.objects.filter(state="open").exists()
    assert not Outbox.objects.filter(purpose=nudges.CLOSING).exists()
    run(61, 62, 63, 64)  # Monday is the 63rd
    row = Outbox.objects.get(purpose=nudges.CLOSING)
    mail = nudges.render_closing(row, [])
    assert "/k/" in mail.text and "Take it up again" in mail.text and nudges.may_be_closed([row]) == {row.pk}


def test_taken_up_again_the_count_begins_anew(breakfast):
    pledge = made.pledge(event=breakfast)
    run(1, 60)
    pledge.refresh_from_db()
    services.move_pledge(pledge=pledge, name="reopen", role=GIVER)
    pledge.refresh_from_db()
    assert (pledge.state, pledge.followed_from) == ("noted", day(60))
    run(63, 64, 119)
    pledge.refresh_from_db()
    assert pledge.state == "noted" and steps_of(pledge).count("draft") == 2
    run(120)
    pledge.refresh_from_db()
    assert pledge.state == "lapsed"


# --- messages


def test_the_reminder_has_the_four_answers_and_the_offer(breakfast):
    made.pledge(event=breakfast, by_month=dt.date(2027, 3, 1))
    run(1, 14)  # the 12th day is a Saturday
    first, second = (nudges.render_nudge(row, []) for row in Outbox.objects.filter(purpose=nudges.NUDGE).order_by("pk"))
    for said in ("on-track", "help", "later", "cannot"):
        assert f"/answer/{said}/" in first.text
    assert "/answer/write/" in second.text and "/answer/write/" not in first.text
    assert "Maggie Thorne" in first.text
    assert "Old Bank" not in first.subject + second.subject


def test_texts_are_short_and_say_nothing_about_anybody(breakfast, longest_address):
    pledge = made.pledge(
        event=breakfast, reach=made.reach(**TEXT_FIRST), words="a week for a care leaver", town="Mansfield"
    )
    Pledge.objects.update(town="Mansfield")
    run(1, 60, 63)
    told = []
    for purpose in nudges.PURPOSES:
        if purpose.channel == "text":
            row = Outbox.objects.filter(purpose=purpose.name).first()
            text = purpose.render(row, []).text
            told.append(purpose.name)
            assert len(text) <= 160 and text.isascii()
            neutral = text.rpartition(" ")[0].lower()
            for word in ("old bank", "kitchen", "care", "leaver", "young", "mansfield", "maggie", "council", "job"):
                assert word not in neutral
            assert purpose.address(row) == pledge.contact.phone
    assert len(told) == 3


# --- two at once

race = [pytest.mark.django_db(transaction=True), pytest.mark.battery]


def two_at_once(monkeypatch) -> list[BaseException]:
    """Both processes have found what is due before either acts."""
    with scope(NOBODY):
        pledge = made.pledge(event=made.event())
    Pledge.objects.update(followed_from=pledge.followed_from - dt.timedelta(days=6))
    both_know = threading.Barrier(2)
    failed = []
    act = followup._take_steps
    monkeypatch.setattr(followup, "_take_steps", lambda *args: (both_know.wait(20), act(*args))[1])
    monkeypatch.setattr(followup, "is_working_day", lambda day: True)

    def process():
        try:
            followup.follow_up()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    with database.point_django_at(USER="fr_worker"):
        threads = [threading.Thread(target=process) for _number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    return failed


class TestTwoAtOnce:
    pytestmark = race

    def test_each_step_is_taken_once(self, monkeypatch):
        assert two_at_once(monkeypatch) == []
        assert Nudge.objects.count() == 1 and CallTask.objects.count() == 1
        steps = list(FollowUp.objects.values_list("step", flat=True))
        assert {"draft", "no-answer"} <= set(steps) and len(steps) == len(set(steps))

    def test_planted_without_the_lock_the_database_refuses_the_second(self, monkeypatch):
        after_reading = threading.Barrier(2)
        read = followup.situations.read

        def slow(**more):
            found = read(**more)
            if "employers" in more:
                after_reading.wait(20)
            return found

        monkeypatch.setattr(followup, "lock", lambda employers: None)
        monkeypatch.setattr(followup.situations, "read", slow)
        assert len(two_at_once(monkeypatch)) == 1


def test_an_answer_waits_for_the_follow_up(breakfast):
    """Both lock the pledge's row: an answer cannot slip in between reading and lapsing."""
    pledge = made.pledge(event=breakfast)
    with transaction.atomic():
        assert answers.locked(pledge.pk).pk == pledge.pk
