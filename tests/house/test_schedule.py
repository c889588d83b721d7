"""Due times as rows: right on both clock-change nights, found when missing, run once by one, again when it died."""

import datetime as dt
import itertools
import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.module_loading import import_string

from config.schedule import JOBS
from core import clock, schedule
from core.clock import LONDON
from core.models import Installation, JobRun
from core.schedule import Job, claim_due, insert_missing, instant, is_due, run_due, run_one
from tests import database

EIGHT = Job("digest", "tests.house.test_schedule.work", at=dt.time(8))
ran: list[str] = []
fail: list[Exception] = []


def work() -> dict[str, int]:
    ran.append("work")
    if fail:
        raise fail[0]
    return {"done": len(ran)}


@pytest.fixture(autouse=True)
def nothing_ran():
    ran.clear()
    fail.clear()


@pytest.fixture
def worker(db):
    Installation.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE fr_worker")


@pytest.fixture
def later(worker):
    total = dt.timedelta(0)

    def move(**by) -> None:
        nonlocal total
        total += dt.timedelta(**by)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.clock_offset', %s, true)", [f"{total.total_seconds()} seconds"])

    return move


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


# --- local times --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        ((2027, 1, 4), (8, 0), utc(2027, 1, 4, 8, 0)),  # winter
        ((2027, 7, 5), (8, 0), utc(2027, 7, 5, 7, 0)),  # summer
        ((2027, 3, 28), (0, 59), utc(2027, 3, 28, 0, 59)),  # 1:00 to 1:59 do not exist
        ((2027, 3, 28), (1, 0), utc(2027, 3, 28, 1, 0)),  # the next minute is 2:00
        ((2027, 3, 28), (1, 30), utc(2027, 3, 28, 1, 0)),
        ((2027, 3, 28), (1, 59), utc(2027, 3, 28, 1, 0)),
        ((2027, 3, 28), (2, 0), utc(2027, 3, 28, 1, 0)),
        ((2027, 3, 28), (2, 30), utc(2027, 3, 28, 1, 30)),
        ((2027, 10, 31), (1, 30), utc(2027, 10, 31, 0, 30)),  # 1:00 to 1:59 come twice: the first
        ((2027, 10, 31), (2, 0), utc(2027, 10, 31, 2, 0)),
        ((2028, 2, 29), (8, 0), utc(2028, 2, 29, 8, 0)),
    ],
)
def test_a_local_time_as_an_instant(day, at, expected):
    assert instant(dt.date(*day), dt.time(*at)) == expected


@pytest.mark.parametrize("night", [(2026, 3, 29), (2026, 10, 25), (2027, 3, 28), (2027, 10, 31), (2028, 2, 29)])
@pytest.mark.parametrize("at", [(0, 30), (1, 0), (1, 30), (2, 0), (2, 30), (8, 0)])
def test_one_slot_a_day_however_often_one_asks(night, at):
    """Every quarter of an hour over three days: each slot is found, and found as the same instant."""
    job = Job("x", "x.y", at=dt.time(*at))
    days = [dt.date(*night) + dt.timedelta(days=step) for step in (-1, 0, 1, 2)]
    start, end = instant(days[0], dt.time(0)) - schedule.MINUTE, instant(days[3], dt.time(0)) - schedule.MINUTE
    times = [start + dt.timedelta(minutes=15 * step) for step in range((end - start) // dt.timedelta(minutes=15) + 1)]
    found = [slot for since, until in itertools.pairwise([*times, end]) for slot in job.slots(since, until)]
    assert found == [instant(day, job.at) for day in days[:3]] == job.slots(start, end)
    assert [slot.astimezone(LONDON).date() for slot in found] == days[:3]


def test_every_so_many_minutes_only_the_latest_counts():
    job = Job("x", "x.y", every=20)
    assert job.slots(utc(2027, 1, 1), utc(2027, 1, 2, 3, 59)) == [utc(2027, 1, 2, 3, 40)]
    assert job.slots(utc(2027, 1, 2, 3, 40), utc(2027, 1, 2, 3, 59)) == []


@pytest.mark.parametrize("wrong", [{}, {"at": dt.time(8), "every": 5}, {"every": 1441}, {"every": -1}])
def test_a_job_needs_one_sensible_rhythm(wrong):
    with pytest.raises(ValueError, match="needs"):
        Job("x", "x.y", **wrong)


# --- slots --------------------------------------------------------------------------------------------------

MONDAY = utc(2027, 2, 1, 9, 0)


def test_seven_days_are_looked_back_over_and_inserted_once(worker):
    assert insert_missing([EIGHT], now=MONDAY) == 7
    assert insert_missing([EIGHT], now=MONDAY) == 0
    JobRun.objects.filter(slot=utc(2027, 1, 29, 8)).delete()
    assert insert_missing([EIGHT], now=MONDAY) == 1


def test_nothing_is_inserted_before_it_is_due(worker):
    insert_missing([EIGHT], now=utc(2027, 2, 1, 7, 59))
    assert not JobRun.objects.filter(slot=utc(2027, 2, 1, 8)).exists()


def test_a_new_installation_owes_nothing_for_the_days_before(worker):
    Installation.objects.create(mode="demo", made_at=utc(2027, 1, 31, 7))
    assert insert_missing([EIGHT], now=MONDAY) == 2


def test_one_query_when_nothing_is_missing(worker):
    jobs = [Job(f"job {number}", "x.y", at=dt.time(number)) for number in range(9)]
    insert_missing(jobs, now=MONDAY)
    with CaptureQueriesContext(connection) as queries:
        assert insert_missing(jobs, now=MONDAY) == 0
    assert len([query for query in queries if "job_run" in query["sql"]]) == 1


# --- running ------------------------------------------------------------------------------------------------


def due(job=EIGHT, minutes_ago=1) -> JobRun:
    return JobRun.objects.create(job=job.name, slot=clock.now() - dt.timedelta(minutes=minutes_ago))


def test_what_is_due_runs_once_and_its_counts_are_kept(worker):
    run = due()
    assert is_due([EIGHT], "default")
    assert (run_due([EIGHT], "default"), run_due([EIGHT], "default")) == (1, 0)
    run.refresh_from_db()
    assert (ran, run.state, run.outcome, run.lease_until) == (["work"], "done", {"done": 1}, None)
    assert not is_due([EIGHT], "default")


def test_each_queue_runs_its_own(worker):
    other = Job("other", EIGHT.run, at=dt.time(8), queue="matching")
    due(other)
    assert run_due([EIGHT, other], "default") == 0
    assert run_due([EIGHT, other], "matching") == 1


def test_the_future_and_jobs_nobody_lists_are_left(worker):
    due(minutes_ago=-5)
    due(Job("gone", "x.y", at=dt.time(8)))
    assert run_due([EIGHT], "default") == 0


def test_young_slots_are_left_to_the_worker(worker):
    due()
    assert not run_one([EIGHT], "default", older_than=dt.timedelta(minutes=2)) and not ran


def test_a_process_that_died_leaves_its_run_to_the_next(worker, later):
    due()
    assert claim_due([EIGHT], "default") is not None
    assert claim_due([EIGHT], "default") is None
    later(minutes=13)
    assert run_due([EIGHT], "default") == 1 and ran == ["work"]


def test_late_news_of_a_run_that_was_taken_over_changes_nothing(worker, later):
    due()
    frozen = claim_due([EIGHT], "default")
    later(minutes=13)
    taken_over = claim_due([EIGHT], "default")
    schedule._failed(frozen, "late")
    schedule._run(frozen, work)
    taken_over.refresh_from_db()
    assert (taken_over.state, taken_over.outcome) == ("running", {})


def test_planted_runs_are_not_fenced(worker, later, monkeypatch):
    monkeypatch.setattr(schedule, "_ours", lambda run: JobRun.objects.filter(pk=run.pk))
    with pytest.raises(AssertionError):
        test_late_news_of_a_run_that_was_taken_over_changes_nothing(worker, later)


def test_a_job_that_fails_is_tried_again_and_given_up(worker, later):
    fail.append(ValueError("x"))
    run = due()
    for tried in range(1, schedule.ATTEMPTS + 1):
        assert (run_due([EIGHT], "default"), run_due([EIGHT], "default")) == (1, 0)
        later(minutes=tried, seconds=1)
    run.refresh_from_db()
    assert (run.state, run.outcome, len(ran)) == ("failed", {"error": "ValueError"}, schedule.ATTEMPTS)
    assert run_due([EIGHT], "default") == 0


def test_one_failing_job_does_not_hold_up_another(worker):
    bad = Job("a bad one", "tests.house.test_schedule.break_it", at=dt.time(8))
    due(bad, minutes_ago=9)
    due()
    assert run_due([bad, EIGHT], "default") == 2 and ran == ["work"]


def break_it() -> None:
    raise ZeroDivisionError


def test_old_runs_are_tidied_away(worker, later):
    due()
    run_due([EIGHT], "default")
    assert schedule.tidy() == 0
    later(days=31)
    assert schedule.tidy() == 1


def claims_of_two(monkeypatch, worker_count=2) -> list[object]:
    """The first process stops after it has read which run waits; the second claims meanwhile."""
    found: dict[str, object] = {}
    has_read, may_go_on = threading.Event(), threading.Event()
    filter_rows = JobRun.objects.filter

    def slow(*args, **kwargs):
        if "pk" in kwargs and threading.current_thread().name == "first":
            has_read.set()
            assert may_go_on.wait(5)
        return filter_rows(*args, **kwargs)

    def run() -> None:
        taken = claim_due([EIGHT], "default")
        found[threading.current_thread().name] = taken.pk if taken else None
        connection.close()

    monkeypatch.setattr(JobRun.objects, "filter", slow)
    one, two = (threading.Thread(target=run, name=name) for name in ("first", "second"))
    one.start()
    assert has_read.wait(5)
    two.start()
    two.join(5)
    may_go_on.set()
    one.join(5)
    return [found["first"], found["second"]]


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same_run(monkeypatch):
    with database.point_django_at(USER="fr_worker"):
        run = due()
        assert claims_of_two(monkeypatch) == [run.pk, None]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_take_it(monkeypatch):
    with database.point_django_at(USER="fr_worker"):
        run = due()
        plain = type(JobRun.objects.all())
        monkeypatch.setattr(plain, "select_for_update", lambda rows, **how: rows)
        assert claims_of_two(monkeypatch) == [run.pk, run.pk]


# --- the table of this product ------------------------------------------------------------------------------


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_listed_job_exists_and_its_queue_is_worked(job):
    assert callable(import_string(job.run)) and job.queue in {"default", "matching"}


def test_jobs_have_names_of_their_own():
    assert len({job.name for job in JOBS}) == len(JOBS)
