"""Ninety days over 73 pledges of 52 businesses, day by day, through both clock changes, Christmas and Easter."""

import datetime as dt
from itertools import pairwise

import pytest
from django.db import DatabaseError

from core.clock import LONDON
from core.models import LifecycleLog
from core.scope import NOBODY, scope
from notifications.models import Outbox
from pledges import cadence, followup, situations
from pledges.models import CallTask, FollowUp, Nudge, Pledge
from pledges.nudges import NUDGE, NUDGE_BY_TEXT
from tests import factories
from tests.pledges.following import HOLIDAYS, live_through

pytestmark = pytest.mark.django_db
AUTUMN, SPRING = dt.date(2026, 10, 8), dt.date(2027, 3, 1)


def works(day: dt.date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS


def local(at: dt.datetime) -> dt.date:
    return at.astimezone(LONDON).date()


def moved(name: str) -> dict[int, dt.date]:
    rows = LifecycleLog.objects.filter(model="pledges.Pledge", move=name)
    return {row.object_id: local(row.at) for row in rows}


def check(script, last: dt.date, missed: set[dt.date] = frozenset()) -> None:
    """Everything that was agreed, from the rows alone."""
    with scope(NOBODY):
        check_messages(script)
        check_calendar(script, last, missed)
        check_human_word(script, last, missed)


def check_messages(script) -> None:
    by_employer: dict[int, list[dt.date]] = {}
    for nudge in Nudge.objects.order_by("sent_on"):
        by_employer.setdefault(nudge.employer_id, []).append(nudge.sent_on)
    for days in by_employer.values():
        assert all((later - earlier).days >= 7 for earlier, later in pairwise(days)), "two in a week"
        assert all(works(day) for day in days), "not on a working day"
    for step in FollowUp.objects.filter(nudge__isnull=False):
        answered = script.answered.get(step.pledge_id)
        assert answered is None or step.done_on <= answered, "after an answer"
    sent = Outbox.objects.filter(purpose__in=[NUDGE, NUDGE_BY_TEXT])
    assert sorted(sent.values_list("cause_id", flat=True)) == sorted(Nudge.objects.values_list("pk", flat=True))


def check_calendar(script, last: dt.date, missed) -> None:
    silent, lapsed = {}, {}
    for pledge in script.pledges:
        answered = script.answered.get(pledge.pk)
        on = pledge.followed_from + dt.timedelta(days=28)
        if pledge.publish_if_silent and (answered is None or answered >= on):
            called = script.called_back.get(pledge.employer_id)
            if called:
                silent[pledge.pk] = on if called < on else called + dt.timedelta(days=1)
    for pledge in script.pledges:
        on = pledge.followed_from + dt.timedelta(days=60)
        spoken_to = script.word.get(pledge.employer_id)
        if pledge.pk not in script.answered and not spoken_to and pledge.pk not in silent:
            lapsed[pledge.pk] = on
    assert moved("agree_by_silence") == {pk: day for pk, day in silent.items() if day <= last}, "silence on its day"
    assert moved("lapse") == {pk: day for pk, day in lapsed.items() if day <= last}, "lapse on its day"


def check_human_word(script, last: dt.date, missed) -> None:
    for pledge in script.pledges:
        by = pledge.followed_from + dt.timedelta(days=10)
        while not works(by):
            by -= dt.timedelta(days=1)
        if by > last or by in missed:
            continue
        tasks = CallTask.objects.filter(pledge=pledge)
        in_time = [task for task in tasks if local(task.made_at) <= by and task.due_on <= by]
        spoken = script.word.get(pledge.employer_id)
        gone = script.answered.get(pledge.pk) and pledge.pk in moved("withdraw")
        assert in_time or (spoken and spoken <= by) or gone, "a human word by day 10"


def test_autumn_with_christmas():
    script = live_through(AUTUMN, 90)
    check(script, AUTUMN + dt.timedelta(days=90))
    assert Nudge.objects.count() > 60 and moved("lapse") and moved("agree_by_silence")
    assert {pledge.contact.way for pledge in script.pledges} == {"email", "text", "call"}
    assert Pledge.objects.count() == 73 and len({pledge.employer_id for pledge in script.pledges}) == 52
    ended = Pledge.objects.filter(state="lapsed").values("pk")
    assert not CallTask.objects.filter(pledge__in=ended, state="open").exists()


def test_spring_with_easter():
    """The job runs twice on many mornings: nothing is done twice."""
    script = live_through(SPRING, 90, again=True)
    check(script, SPRING + dt.timedelta(days=90))
    assert Nudge.objects.count() > 60


def test_a_week_without_the_job_is_made_up_for_once():
    missed = range(11, 19)
    script = live_through(AUTUMN, 27, missed=missed)
    check(script, AUTUMN + dt.timedelta(days=27), {AUTUMN + dt.timedelta(days=day) for day in missed})
    back = AUTUMN + dt.timedelta(days=19)
    write = FollowUp.objects.filter(step="write", counted_from=AUTUMN, nudge__isnull=False)
    assert write.exists() and all(back <= step.done_on for step in write)
    assert write.values("pledge").distinct().count() == write.count()


def test_of_several_missed_steps_one_message_is_sent():
    """The job does not run for two weeks: the draft and the offer to write it are one reminder."""
    live_through(AUTUMN, 15, missed=range(15))
    for nudge in Nudge.objects.all():
        steps = list(nudge.steps.values_list("step", flat=True))
        assert {"draft", "write"} <= set(steps) or "write" not in steps
    both = FollowUp.objects.filter(step="write", counted_from=AUTUMN, nudge__isnull=False)
    assert both.exists()
    for step in both:
        assert FollowUp.objects.get(pledge=step.pledge, step="draft").nudge_id == step.nudge_id


# --- planted defects: each is caught


def planted(days: int, start: dt.date = AUTUMN) -> None:
    script = live_through(start, days)
    check(script, start + dt.timedelta(days=days))


def test_planted_answers_are_ignored(monkeypatch):
    monkeypatch.setattr(situations.Situation, "answered", property(lambda self: False))
    with pytest.raises(AssertionError, match="after an answer"):
        planted(20)


def test_planted_every_day_is_a_working_day(monkeypatch):
    monkeypatch.setattr(followup, "is_working_day", lambda day: True)
    with pytest.raises(AssertionError, match="not on a working day"):
        planted(12, dt.date(2026, 12, 20))


def test_planted_two_reminders_in_a_week_are_refused_by_the_database(monkeypatch):
    monkeypatch.setattr(situations, "nudged_lately", lambda *args, **more: set())
    with pytest.raises(DatabaseError, match="at most one reminder a week"):
        planted(20)


@pytest.mark.parametrize(("code", "days", "told"), [("silence", 30, "silence on its day"), ("lapse", 62, "lapse")])
def test_planted_a_day_late(monkeypatch, code, days, told):
    right = cadence.due_on

    def late(step, followed_from, by_month):
        day = right(step, followed_from, by_month)
        return day + dt.timedelta(days=1) if day and step.code == code else day

    monkeypatch.setattr(cadence, "due_on", late)
    with pytest.raises(AssertionError, match=told):
        planted(days)


def test_planted_no_call_for_the_first_word(monkeypatch):
    right = followup._wanted
    left_out = ("first-word", "no-answer")
    monkeypatch.setattr(followup, "_wanted", lambda case, step: step.code not in left_out and right(case, step))
    with pytest.raises(AssertionError, match="a human word by day 10"):
        planted(16)


def test_the_number_of_queries_does_not_grow_with_the_pledges(django_assert_num_queries):
    live_through(AUTUMN, 6)
    with factories.as_worker(), django_assert_num_queries(7):
        assert len(situations.read()) > 50
    one = Pledge.objects.values_list("employer", flat=True)[0]
    with factories.as_worker(), django_assert_num_queries(7):
        assert 0 < len(situations.read(employers=[one])) < 5
