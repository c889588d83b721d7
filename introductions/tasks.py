"""Doorbells of this room."""

from celery import shared_task

from introductions import concern_messages


@shared_task(name="introductions.tasks.tell_late_concerns")  # type: ignore[untyped-decorator]
def tell_late_concerns() -> None:
    """Tell managers of what nobody has looked at in time."""
    concern_messages.tell_late()
