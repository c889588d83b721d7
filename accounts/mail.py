"""How a sign-in code leaves the house. The room that sends messages registers its sender here, so that this room need
not know it. A code is never logged."""

import datetime as dt
from collections.abc import Callable
from typing import Protocol

from django.core.exceptions import ImproperlyConfigured

from accounts.models import User


class Sender(Protocol):
    """Takes the code in the request's transaction; it goes out after the commit, at most once. phone: by text, to this
    number; empty for an email to the user's address."""

    def __call__(self, *, user: User, code: str, expires_in: dt.timedelta, phone: str) -> None: ...


_senders: list[Sender] = []
_texts: list[Callable[[], bool]] = []


def register_sender(sender: Sender, texts: Callable[[], bool]) -> None:
    """Set the sender; the last one wins. texts: whether it can send texts here. Called in AppConfig.ready."""
    _senders[:] = [sender]
    _texts[:] = [texts]


def can_text() -> bool:
    """Whether a code can go to a mobile number."""
    return any(texts() for texts in _texts)


def send_code(*, user: User, code: str, expires_in: dt.timedelta, phone: str = "") -> None:
    """Hand a sign-in code to the sender. ImproperlyConfigured when no room has registered one."""
    if not _senders:
        raise ImproperlyConfigured("No room sends sign-in codes: see accounts.mail.register_sender")
    _senders[0](user=user, code=code, expires_in=expires_in, phone=phone)
