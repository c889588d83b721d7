"""Recurring work as rows: a job has due times (slots), unique in the database, so that two beats, or none, do no harm.

A slot is a local time in London, turned into an instant day by day: in spring a time that does not exist runs at the
next minute that does, in autumn a time that comes twice runs once, the first time. Every job may run twice without
harm: a process can die after its work and before it says so.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.module_loading import import_string

from core.clock import LONDON, FrNow
from core.models import Installation, JobRun

log = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=12)  # longer than Celery's task_time_limit: nobody takes over what still runs
ATTEMPTS = 5
MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Job:
    """One recurring job: every day at a local time, or every so many minutes (and then only the latest counts).

    run: path of a callable without arguments, called outside any transaction; it returns counts, or None.
    queue: whose worker runs it.
    """

    name: str
    run: str
    at: dt.time | None = None
    every: int = 0
    queue: str = "default"

    def __post_init__(self) -> None:
        if (self.at is None) == (not self.every):
            raise ValueError(f"{self.name} needs a time of day, or a number of minutes")
        if len(self.name) > 40 or not 0 <= self.every <= 24 * 60:
            raise ValueError(f"{self.name} needs a name of at most 40 characters and at most a day between runs")

    def slots(self, since: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
        """The due times after `since` and up to `until`, as instants in UTC."""
        if self.at is None:
            minutes = int(until.timestamp()) // 60
            latest = dt.datetime.fromtimestamp((minutes - minutes % self.every) * 60, dt.UTC)
            return [latest] if since < latest else []
        first = since.astimezone(LONDON).date()
        days = (until.astimezone(LONDON).date() - first).days
        found = (instant(first + dt.timedelta(days=number), self.at) for number in range(days + 1))
        return [slot for slot in found if since < slot <= until]


def instant(day: dt.date, at: dt.time) -> dt.datetime:
    """When it is `at` o'clock on `day` in London, in UTC; the next minute that exists, and the first of two."""
    local = dt.datetime.combine(day, at)
    while True:
        found = local.replace(tzinfo=LONDON, fold=0).astimezone(dt.UTC)
        if found.astimezone(LONDON).replace(tzinfo=None) == local:
            return found
        local += MINUTE


def insert_missing(jobs: Iterable[Job], *, now: dt.datetime, days: int = 7) -> int:
    """Insert the slots of the last `days` that are not there: late rather than never. Returns how many were added.

    Nothing is owed for the time before this database was made.
    """
    since = now - dt.timedelta(days=days)
    made_at = Installation.objects.values_list("made_at", flat=True).first()
    if made_at is not None and since < made_at <= now:
        since = made_at
    there = set(JobRun.objects.filter(slot__gt=since).values_list("job", "slot"))
    wanted = [(job.name, slot) for job in jobs for slot in job.slots(since, now)]
    rows = [JobRun(job=job, slot=slot) for job, slot in wanted if (job, slot) not in there]
    JobRun.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _open(jobs: Iterable[Job], queue: str) -> Any:
    """Runs of the queue's jobs that wait, or whose process has gone."""
    names = [job.name for job in jobs if job.queue == queue]
    free = Q(state="due") | Q(state="running", lease_until__lt=FrNow())
    return JobRun.objects.filter(free, job__in=names)


def is_due(jobs: Iterable[Job], queue: str, *, older_than: dt.timedelta = dt.timedelta(0)) -> bool:
    """Whether something of the queue is waiting."""
    return bool(_open(jobs, queue).filter(slot__lte=FrNow() - older_than).exists())


def claim_due(jobs: Sequence[Job], queue: str, *, older_than: dt.timedelta = dt.timedelta(0)) -> JobRun | None:
    """Take the oldest waiting run of the queue, for LEASE. None when there is none."""
    with transaction.atomic(durable=True):
        waiting = _open(jobs, queue).filter(slot__lte=FrNow() - older_than).order_by("slot", "job")
        run: JobRun | None = waiting.select_for_update(skip_locked=True).first()
        if run is None:
            return None
        run.attempts += 1
        changes = {"state": "running", "attempts": run.attempts, "lease_until": FrNow() + LEASE}
        JobRun.objects.filter(pk=run.pk).update(**changes)
    return run


def run_due(jobs: Sequence[Job], queue: str) -> int:
    """Run what waits in the queue, one after another. Returns how many ran. A job that fails is tried again later."""
    ran = 0
    while run_one(jobs, queue):
        ran += 1
    return ran


def run_one(jobs: Sequence[Job], queue: str, *, older_than: dt.timedelta = dt.timedelta(0)) -> bool:
    """Run what waits longest in the queue. Returns whether there was anything."""
    run = claim_due(jobs, queue, older_than=older_than)
    if run is None:
        return False
    _run(run, import_string(next(job.run for job in jobs if job.name == run.job)))
    return True


def _run(run: JobRun, work: Callable[[], Mapping[str, Any] | None]) -> None:
    try:
        outcome = dict(work() or {})
    except Exception as error:
        log.exception("job %s of %s failed", run.job, run.slot)
        _failed(run, type(error).__name__)
    else:
        _ours(run).update(state="done", finished_at=FrNow(), lease_until=None, outcome=outcome)


def _failed(run: JobRun, what: str) -> None:
    """Again after as many minutes as it was tried; for good after ATTEMPTS (operators see it)."""
    if run.attempts >= ATTEMPTS:
        _ours(run).update(state="failed", finished_at=FrNow(), lease_until=None, outcome={"error": what})
    else:
        _ours(run).update(lease_until=FrNow() + MINUTE * run.attempts, outcome={"error": what})


def _ours(run: JobRun) -> Any:
    """The run as long as nobody has taken it over: each claim counts an attempt."""
    return JobRun.objects.filter(pk=run.pk, state="running", attempts=run.attempts)


def tidy(days: int = 30) -> int:
    """Delete finished runs older than `days`. Returns how many."""
    deleted, _tables = JobRun.objects.filter(finished_at__lt=FrNow() - dt.timedelta(days=days)).delete()
    return deleted
