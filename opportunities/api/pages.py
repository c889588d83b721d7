"""Where a list goes on: the key of its last row, sealed. The key holds what no page says (how many metres away a row
is, which number it has), and nobody has to trust what comes back."""

import base64
import hashlib
import json

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.utils.crypto import salted_hmac

from core.api import Problem
from opportunities.search import CLOSING, NEAREST, NEWEST

KEYS = {NEWEST: 2, NEAREST: 3, CLOSING: 3}
LONGEST = 200


def _cipher() -> AESSIV:
    """Without a time or chance in it: the same page has the same address."""
    return AESSIV(salted_hmac("opportunities.api.pages", "cursor", settings.SECRET_KEY, algorithm="sha512").digest())


def cursor_of(order: str, key: tuple[int, ...]) -> str:
    """What the address of the next page carries. Always as long, so that its length says nothing either."""
    sealed = _cipher().encrypt(json.dumps([order, *key]).ljust(96).encode(), None)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read(text: str, order: str) -> tuple[int, ...] | None:
    """The key in a cursor; None for no cursor. Problem: it is not ours, or was made for another order."""
    if not text:
        return None
    found = _opened(text)
    if not found or found[0] != order or len(found) != KEYS[order] + 1:
        raise Problem("wrong-values", fields={"cursor": ["Take this from the link to the next page, unchanged."]})
    return tuple(int(part) for part in found[1:])


def _opened(text: str) -> list[str | int]:
    """What a cursor of ours holds; [] of somebody else's."""
    if len(text) > LONGEST or not text.isascii():
        return []
    try:
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        found: list[str | int] = json.loads(_cipher().decrypt(sealed, None))
    except (ValueError, InvalidTag):
        return []
    return found


def etag(text: bytes) -> str:
    """A strong validator of an answer's bytes."""
    return f'"{hashlib.sha256(text).hexdigest()[:32]}"'
