"""Doorbells of this room."""

from typing import Any

from celery import shared_task

from core import bells
from introductions import concern_messages, sweeping


@shared_task(name="introductions.tasks.tell_late_concerns")  # type: ignore[untyped-decorator]
def tell_late_concerns() -> None:
    """Tell managers of what nobody has looked at in time."""
    concern_messages.tell_late()


@shared_task(name="introductions.tasks.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Do what follows from stops, checks, closed opportunities and the end of support."""
    sweeping.sweep()


def ring_sweep(sender: Any, **_facts: Any) -> None:
    """The reaction to whatever may make something due."""
    bells.ring_on_commit(sweep)
