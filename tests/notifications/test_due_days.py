"""One digest for each adviser and each working day that is owed one, whenever and however often the schedule rings."""

import contextlib
import datetime as dt
import threading

import pytest
from django.db import connection

from config.schedule import JOBS
from core import clock, schedule
from core.clock import LONDON
from core.models import Installation, JobRun
from core.scope import EVERYTHING, scope
from notifications import digests
from notifications.drain import drain
from notifications.models import DigestRecipient, Outbox
from tests import factories
from tests.notifications.conftest import DAY, MONDAY, held

DIGEST = [job for job in JOBS if job.name == "digest"]
NIGHTS = {
    "clocks go back": dt.date(2026, 10, 25),
    "clocks go forward": dt.date(2027, 3, 28),
    "leap day": dt.date(2028, 2, 29),
}


@pytest.fixture
def at(later):
    """at(day, hour): it is that hour of that day in London. Jobs are owed from now on."""
    Installation.objects.all().delete()

    def go(day: dt.date, hour: int = 9) -> None:
        later(seconds=(dt.datetime.combine(day, dt.time(hour), LONDON) - clock.now()).total_seconds())

    return go


def ring() -> None:
    """What the relay and `tick` do."""
    schedule.insert_missing(DIGEST, now=clock.now())
    schedule.run_due(DIGEST, "default")


def owed_and_made(at, first: dt.date, days: int, *, rings=(7, 8, 9, 20)) -> tuple[list, list]:
    """Two advisers with something new each day; the schedule rings at these hours. Returns who is owed a mail of which
    day, and who has one."""
    at(first - DAY, 22)
    JobRun.objects.all().delete()
    ring()  # of the days before
    users = [factories.user(), factories.user()]
    for number in range(days):
        for user in users:
            held(user, 100 + number)
        for hour in rings:
            at(first + number * DAY, hour)
            ring()
    with scope(EVERYTHING):
        made = sorted(DigestRecipient.objects.values_list("run__day", "user_id"))
    working = [day for day in (first + n * DAY for n in range(days)) if digests.is_working_day(day)]
    return sorted((day, user.pk) for day in working for user in users), made


def by_the_clock_of_summer(day: dt.date, at: dt.time) -> dt.datetime:
    """Planted: due times that are 24 hours apart, whatever the clocks do."""
    return dt.datetime.combine(day, at, dt.timezone(dt.timedelta(hours=1)))


def test_the_monday_after_the_clocks_went_back_it_is_not_an_hour_early(worker, purposes, at, monkeypatch):
    monday = NIGHTS["clocks go back"] + DAY
    assert owed_and_made(at, monday, 1, rings=(7,))[1] == []
    monkeypatch.setattr(schedule, "instant", by_the_clock_of_summer)
    assert owed_and_made(at, monday, 1, rings=(7,))[1] != []


@pytest.mark.parametrize("night", NIGHTS)
def test_one_for_each_day_around_it(night, worker, purposes, at):
    owed, made = owed_and_made(at, NIGHTS[night] - 2 * DAY, 5)
    assert made == owed and owed  # Easter lies around one of them


def check_three_days_without_a_beat(at) -> None:
    monday = dt.date(2027, 3, 1)
    at(monday - 3 * DAY, 22)
    JobRun.objects.all().delete()
    ana = factories.user()
    held(ana, 1)
    at(monday)
    ring()
    drain()
    held(ana, 2)
    at(monday + 3 * DAY)
    ring()
    ring()
    with scope(EVERYTHING):
        made = DigestRecipient.objects.order_by("pk").values_list("run__day", "mail__items__cause_id")
        assert list(made) == [(monday, 1), (monday + 3 * DAY, 2)]


def test_three_days_without_a_beat_are_one_mail(worker, purposes, provider, at):
    check_three_days_without_a_beat(at)


def test_planted_missed_days_have_mails_of_their_own_instead(worker, purposes, provider, at, monkeypatch):
    monkeypatch.setattr(digests, "_run", lambda day: digests.make_digests(day=day - DAY))
    with pytest.raises(AssertionError):
        check_three_days_without_a_beat(at)


# --- two beats at once --------------------------------------------------------------------------------------


def two_beats(beat, monkeypatch) -> list[set[int]]:
    """Both ring at nine in the same moment, and neither hurries: what each mail of Ana's carries."""
    ana = factories.user()
    held(ana, 1)
    held(ana, 2)
    together, count = threading.Barrier(2), digests._digests_of

    def slow_count(*args):
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(2)  # whoever comes alone goes on: the other waits at a lock
        return count(*args)

    def ring_at_nine() -> None:
        now = dt.datetime.combine(MONDAY, dt.time(9), LONDON)
        with connection.cursor() as cursor:
            offset = now - dt.datetime.now(dt.UTC)
            cursor.execute("SELECT set_config('app.clock_offset', %s, false)", [f"{offset.total_seconds()} seconds"])
        beat()
        connection.close()

    monkeypatch.setattr(digests, "_digests_of", slow_count)
    beats = [threading.Thread(target=ring_at_nine) for _ in range(2)]
    for each in beats:
        each.start()
    for each in beats:
        each.join(30)
    with scope(EVERYTHING):
        mails = Outbox.objects.filter(purpose="digest", recipient=ana)
        return [set(mail.items.values_list("cause_id", flat=True)) for mail in mails.order_by("pk")]


def test_two_beats_at_once_make_one_digest(worker_connections, purposes, monkeypatch):
    assert two_beats(ring, monkeypatch) == [{1, 2}]


def test_two_beats_without_rows_and_without_the_lock_make_two(worker_connections, purposes, monkeypatch):
    monkeypatch.setattr(digests, "lock", lambda rows: rows)
    monkeypatch.setattr(digests, "_digest_key", lambda *_: f"digest:{threading.get_ident()}")
    assert len(two_beats(lambda: digests.make_digests(day=MONDAY), monkeypatch)) == 2
