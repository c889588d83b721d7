"""The product in this process, behind a real address, with a clock that a story moves and a mailbox that it reads."""

import datetime as dt
import re
from contextlib import contextmanager

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connection
from django.test.testcases import LiveServerThread

from config.schedule import JOBS
from core import clock, installation, schedule
from core.clock import LONDON
from core.scope import EVERYTHING, scope
from introductions import sweeping
from matching import services as matching
from notifications import drain
from notifications.models import KeptMail, Outbox
from tests import database
from tests.browser.pages import browser

NIGHTLY = [job for job in JOBS if job.queue != "matching"]


class Story:
    """address: of the product. read: every message that went out, in order."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.read: list[KeptMail] = []

    def go_to(self, day: dt.date, hour: int = 10) -> None:
        """All clocks show this hour in London, for every connection made from now on."""
        name, at = connection.settings_dict["NAME"], dt.datetime.combine(day, dt.time(hour), LONDON)
        with database.owner(name) as owner:
            offset = at - dt.datetime.now(dt.UTC)
            owner.execute(f"ALTER DATABASE {name} SET app.clock_offset = '{offset.total_seconds()} seconds'")
        connection.close()

    def today(self) -> dt.date:
        return clock.today()

    def work(self) -> list[KeptMail]:
        """What the background does now: sweeps, matching, jobs that are due, messages. Returns the new messages."""
        with database.point_django_at(USER="fr_worker"):
            sweeping.sweep()
            matching.run_pending()
            schedule.insert_missing(NIGHTLY, now=clock.now(), days=1)
            schedule.run_due(NIGHTLY, "default")
            failed = list(schedule.JobRun.objects.exclude(outcome={}).filter(outcome__has_key="error"))
            assert failed == [], failed[0].outcome
            drain.drain()
            with scope(EVERYTHING):
                assert not Outbox.objects.filter(state__in=["claimed", "handing", "unknown", "dead"]).exists()
            known = {mail.pk for mail in self.read}
            new = [mail for mail in KeptMail.objects.order_by("kept_at", "pk") if mail.pk not in known]
        self.read += new
        return new

    def live_until(self, day: dt.date) -> list[KeptMail]:
        """Day after day, each with its work. Returns all that went out on the way."""
        found: list[KeptMail] = []
        while self.today() < day:
            self.go_to(self.today() + dt.timedelta(days=1))
            found += self.work()
        return found


def links(mail: KeptMail) -> list[str]:
    """The addresses in a message, as paths."""
    return [re.sub(r"^https?://[^/]+", "", url) for url in re.findall(r"https?://\S+", mail.body)]


@contextmanager
def product():
    """The product answers at an address of its own until the block ends. Each request has a connection of its own, so
    that it sees the clock that was set last."""
    with database.point_django_at(USER="fr_worker"):
        installation.record()
    with database.point_django_at(CONN_MAX_AGE=0):
        thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
        thread.start()
        thread.is_ready.wait()
        if thread.error:
            raise thread.error
        try:
            yield Story(f"http://127.0.0.1:{thread.port}")
        finally:
            thread.terminate()


@contextmanager
def reader():
    """A browser beside the product. While its loop runs, Django's connection is another one: it goes with the loop."""
    with browser() as found:
        try:
            yield found
        finally:
            connection.close()
