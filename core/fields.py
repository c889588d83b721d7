"""Encrypted columns. Keys come from FR_FIELD_KEYS, newest first; older ones still read (cryptography's MultiFernet)."""

import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("FR_FIELD_KEYS is empty: contact details cannot be read or written without it.")
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(value: Any) -> bytes:
    """JSON of `value`, encrypted."""
    return _cipher(tuple(settings.FIELD_KEYS)).encrypt(json.dumps(value).encode())


def decrypt(value: bytes) -> Any:
    """The inverse of `encrypt`; InvalidToken when no key fits."""
    return json.loads(_cipher(tuple(settings.FIELD_KEYS)).decrypt(bytes(value)))


class EncryptedJSONField(models.BinaryField):  # type: ignore[type-arg]
    """A JSON value that only the application can read: not searchable, not sortable, safe in a backup."""

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else encrypt(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else decrypt(value)

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        raise NotImplementedError("Encrypted values are not serialised.")
