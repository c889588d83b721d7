"""Doorbells of the matcher: queue `matching`, one process."""

from celery import shared_task

from matching import passes


@shared_task(queue="matching", ignore_result=True)
def run() -> None:
    """Bring the matches up to date. Whatever rang, the tables say what is new; with nothing new it is two look-ups."""
    passes.run()


@shared_task(queue="matching", ignore_result=True)
def full() -> None:
    """Go over everybody, and keep the number of rows that had to be put right."""
    passes.run()
    passes.go_over_everybody(count_repairs=True)
