"""Doorbells of the schedule."""

from celery import shared_task

from config.schedule import JOBS
from core import bells, clock, schedule


@shared_task(name="config.tasks.tick")  # type: ignore[untyped-decorator]
def tick() -> None:
    """Insert missing due times, run what is due here, and ring the matcher for its own."""
    bells.beat("beat")  # it has rung
    bells.beat("worker")
    schedule.insert_missing(JOBS, now=clock.now())
    if schedule.is_due(JOBS, "matching"):
        bells.ring(tick_matching)
    schedule.run_due(JOBS, "default")


@shared_task(name="config.tasks.tick_matching")  # type: ignore[untyped-decorator]
def tick_matching() -> None:
    """Run what is due in the matcher, of which there is one."""
    bells.beat("matcher")
    schedule.run_due(JOBS, "matching")


def watch() -> None:
    """Let the relay ring the matcher when one of its jobs is due."""
    bells.watch("jobs of the matcher", lambda: schedule.is_due(JOBS, "matching"), tick_matching)
