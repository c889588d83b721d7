"""Where a list goes on: the key of its last row, signed, so that nobody has to trust what comes back."""

import hashlib

from django.core import signing

from core.api import Problem
from opportunities.search import CLOSING, NEAREST, NEWEST

SIGNER = signing.Signer(salt="opportunities.api.pages")  # without a time: the same page has the same address
KEYS = {NEWEST: 2, NEAREST: 3, CLOSING: 3}


def cursor_of(order: str, key: tuple[int, ...]) -> str:
    """What the address of the next page carries."""
    return SIGNER.sign_object([order, *key])


def read(text: str, order: str) -> tuple[int, ...] | None:
    """The key in a cursor; None for no cursor. Problem: it is not ours, or was made for another order."""
    if not text:
        return None
    try:
        found = SIGNER.unsign_object(text)
    except signing.BadSignature:
        found = [""]
    if found[0] != order or len(found) != KEYS[order] + 1:
        raise Problem("wrong-values", fields={"cursor": ["Take this from the link to the next page, unchanged."]})
    return tuple(int(part) for part in found[1:])


def etag(text: bytes) -> str:
    """A strong validator of an answer's bytes."""
    return f'"{hashlib.sha256(text).hexdigest()[:32]}"'
