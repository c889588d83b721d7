"""One digest for each adviser and each working day that is owed one, whenever and however often the schedule rings."""

import datetime as dt

import pytest

from config.schedule import JOBS
from core import clock, schedule
from core.clock import LONDON
from core.models import Installation, JobRun
from core.scope import EVERYTHING, scope
from notifications import digests
from notifications.drain import drain
from notifications.models import DigestRecipient
from tests import factories
from tests.notifications.conftest import DAY, held

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
