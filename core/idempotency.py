"""The same request sent twice does its work once."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from core.models import IdempotencyKey


class DifferentBody(Exception):
    """The key was used before for something else."""


def body_hash(body: Mapping[str, Any]) -> str:
    """SHA-256 of the body, independent of the order of its keys."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def once(*, scope: str, key: str, body: Mapping[str, Any], do: Callable[[], Any]) -> tuple[Any, bool]:
    """Run `do` unless (scope, key) ran before; return its JSON answer and whether it is a repetition.

    The key row is written first and in the same transaction: a second request with the key waits for the first, and a
    crash leaves neither key nor work. Raises DifferentBody when the key comes with another body.
    """
    digest = body_hash(body)
    with transaction.atomic():
        made = IdempotencyKey.objects.bulk_create(
            [IdempotencyKey(scope=scope, key=key, body_hash=digest)], ignore_conflicts=True
        )
        row = IdempotencyKey.objects.select_for_update().get(scope=scope, key=key)
        if row.answer is not None:
            if row.body_hash != digest:
                raise DifferentBody(made[0].key)
            return row.answer, True
        row.answer = do()
        if row.answer is None:
            raise TypeError("`do` must answer something: None would run it again")
        row.save(update_fields=["answer"])
        return row.answer, False
