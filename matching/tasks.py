"""Doorbells of the matcher: queue `matching`, one process."""

from celery import shared_task

from matching import passes


@shared_task(name="matching.tasks.run")  # type: ignore[untyped-decorator]
def run() -> None:
    """Bring the matches up to date. Whatever rang, the tables say what is new; with nothing new it is two look-ups."""
    passes.run()


@shared_task(name="matching.tasks.full")  # type: ignore[untyped-decorator]
def full() -> None:
    """Go over everybody, and keep the number of rows that had to be put right."""
    passes.nightly()
