"""What follows from what: every fact and the verbs that answer it. Reads like a table of contents; a test compares it
with what is connected."""

from collections.abc import Callable
from typing import Any

from django.dispatch import Signal

# (fact, reaction): filled in as the rooms announce their facts.
REACTIONS: list[tuple[Signal, Callable[..., Any]]] = []


def connect() -> None:
    """Connect each reaction once."""
    for fact, reaction in REACTIONS:
        fact.connect(reaction, dispatch_uid=f"{reaction.__module__}.{reaction.__qualname__}")
