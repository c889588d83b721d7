"""The verbs: hold something for the next digest, tell somebody now."""

import datetime as dt
import hashlib
import hmac
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from accounts.models import User
from core import clock
from core.bells import ring_on_commit
from core.fields import encrypt
from notifications import registry, tasks
from notifications.drain import drain
from notifications.models import Outbox
from notifications.registry import Purpose

__all__ = ["drain", "hold", "insert", "reference", "tell", "tell_again"]

DOUBLE_TAP = dt.timedelta(minutes=2)
Item = tuple[int, int | None, int, int | str]  # recipient, young person, cause, version

# Sorted by key, so that two producers of overlapping rows wait for each other instead of deadlocking.
INSERT_SQL = """
INSERT INTO outbox (ref, dedupe_key, purpose, channel, recipient_id, cause_id, person_id, state, reason, secret,
                    expires_at, fence, attempts)
SELECT new.ref, new.key, %(purpose)s, %(channel)s, new.recipient, new.cause, new.person, %(state)s, '', %(secret)s,
       fr_now() + %(expires)s::interval, 0, 0
FROM unnest(%(refs)s::uuid[], %(keys)s::text[], %(recipients)s::bigint[], %(causes)s::bigint[], %(people)s::bigint[])
     AS new(ref, key, recipient, cause, person)
ORDER BY new.key
ON CONFLICT DO NOTHING
RETURNING id, recipient_id
"""


def dedupe_key(purpose: str, item: Item) -> str:
    """What makes a message the same message: recipient, purpose, cause, young person and version of the cause."""
    recipient, person, cause, version = ("-" if part is None else part for part in item)
    return f"{purpose}:{recipient}:{cause}:{person}:{version}"


def reference(key: str) -> uuid.UUID:
    """What a provider knows a message by: a keyed digest of its dedupe key.

    It means nothing outside, and a row made anew after a restore carries the reference the provider already has.
    """
    found = hmac.new(settings.SECRET_KEY.encode(), f"outbox:{key}".encode(), hashlib.sha256)
    return uuid.UUID(bytes=found.digest()[:16])


def insert(
    purpose: Purpose,
    rows: Sequence[tuple[str, int | None, int | None, int | None]],
    *,
    secret: Any = None,
    expires_in: dt.timedelta | None = None,
    state: str = "due",
) -> list[tuple[int, int]]:
    """Insert (key, recipient, cause, person) rows that are not there yet, in one statement. Returns what was added,
    as (id, recipient)."""
    if not rows:
        return []
    keys, recipients, causes, people = (list(column) for column in zip(*rows, strict=True))
    values: dict[str, Any] = {
        "purpose": purpose.name,
        "channel": purpose.channel,
        "state": state,
        "secret": None if secret is None else encrypt(secret),
        "expires": expires_in or purpose.expires_after,
        "refs": [reference(key or "") for key in keys],
        "keys": keys,
        "recipients": recipients,
        "causes": causes,
        "people": people,
    }
    with connection.cursor() as cursor:
        cursor.execute(INSERT_SQL, values)
        added: list[tuple[int, int]] = cursor.fetchall()
    return added


def hold(*, purpose: str, items: Iterable[Item]) -> int:
    """Keep things for their recipients' next digests; what is held or was told already adds nothing.

    purpose: of channel `digest`. items: (recipient, young person, cause, version) ids. Call it in the transaction of
    the cause, inside a scope that sees the people. Returns how many were added. One statement for any number.
    """
    found = registry.find(purpose)
    if found.channel != "digest":
        raise ValueError(f"{purpose} goes out by itself: tell() it")
    rows = [(dedupe_key(purpose, item), item[0], item[2], item[1]) for item in items]
    return len(insert(found, rows, state="held"))


def tell(
    *,
    purpose: str,
    recipient: User | int | None = None,
    cause_id: int | None = None,
    person: int | None = None,
    version: int | str,
    secret: Any = None,
    expires_in: dt.timedelta | None = None,
) -> bool:
    """Send one e-mail or text after the current transaction commits, once per recipient, purpose, cause and version.

    recipient: a user, or None where the purpose finds the address by `cause_id`. person: the young person it is about,
    of whom nothing is sent any more when their support has ended. secret: something that must not stay
    in the database (encrypted, wiped at hand-over; needs an expiry). Returns whether it is new.
    """
    found = registry.find(purpose)
    if found.channel == "digest":
        raise ValueError(f"{purpose} waits for a digest: hold() it")
    to = recipient.pk if isinstance(recipient, User) else recipient
    key = f"{purpose}:{to or '-'}:{'-' if cause_id is None else cause_id}:-:{version}"
    with transaction.atomic():
        added = insert(found, [(key, to, cause_id, person)], secret=secret, expires_in=expires_in)
        ring_on_commit(tasks.drain)
    return bool(added)


def tell_again(*, purpose: str, cause_id: int, most: int) -> bool:
    """The same once more, because somebody says that it is lost: `most` times a day at the most, and once for a double
    tap.

    purpose: one that finds the address by `cause_id`. Returns whether it goes out.
    """
    for number in range(most):
        version = f"again-{clock.today()}-{number}"
        if tell(purpose=purpose, cause_id=cause_id, version=version) or _just_now(purpose, cause_id, version):
            return True
    return False


def _just_now(purpose: str, cause: int, version: str) -> bool:
    rows = Outbox.objects.filter(purpose=purpose, cause_id=cause, dedupe_key__endswith=f":{version}")
    return bool(rows.filter(made_at__gt=clock.now() - DOUBLE_TAP).exists())
