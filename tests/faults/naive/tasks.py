"""The task, and what puts it in the queue after the commit."""

import contextlib

from celery import shared_task
from django.db import transaction

from core.scope import EVERYTHING, scope
from notifications import channels, registry
from notifications.models import Outbox
from notifications.services import reference


def tell(*, purpose, cause_id=None, version, recipient=None, **_more) -> bool:
    def queue() -> None:
        with contextlib.suppress(Exception):  # the broker is away: the page must not fail
            send.apply_async(args=[purpose, cause_id, version])

    transaction.on_commit(queue)
    return True


@shared_task(name="notifications.tasks.naive", autoretry_for=(OSError,), max_retries=3, retry_backoff=True)
def send(purpose, cause_id, version) -> None:
    found = registry.find(purpose)
    row = Outbox(purpose=purpose, cause_id=cause_id, ref=reference(f"{purpose}:-:{cause_id}:-:{version}"))
    with scope(EVERYTHING), transaction.atomic():
        to, mail = found.address(row), found.render(row, [])
    channels.chosen("email").send(ref=row.ref, to=to, mail=mail)
