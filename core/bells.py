"""Doorbells: after a commit, tell a background process that there is something to do.

The tables know what is due; a bell that nobody hears costs delay and never work. So ringing must not raise, must not
wait, and says nothing of anybody: tasks take no arguments.
"""

import logging
from functools import partial
from typing import Any

from django.db import transaction

log = logging.getLogger(__name__)


def _ring(task: Any) -> None:
    try:
        task.apply_async(expires=60)
    except Exception as error:  # whatever the broker client raises, the page has already been saved
        log.warning("bell %s not rung: %s", task.name, type(error).__name__)


def ring_on_commit(task: Any) -> None:
    """Ring `task` (a Celery task without arguments) when the current transaction has committed."""
    transaction.on_commit(partial(_ring, task))
