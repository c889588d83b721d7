"""Doorbells of this room."""

from celery import shared_task

from core import bells
from notifications import drain as pipeline


@shared_task(name="notifications.tasks.drain")  # type: ignore[untyped-decorator]
def drain() -> None:
    """Hand over what is due."""
    bells.beat("sender")
    pipeline.drain()
