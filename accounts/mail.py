"""How a sign-in code leaves the house. The room that sends messages registers its sender here, so that
this room need not
know it. A code is never logged."""

import datetime as dt
from typing import Protocol

from django.core.exceptions import ImproperlyConfigured

from accounts.models import User


class Sender(Protocol):
    """Takes the code in the request's transaction; it goes out after the commit, at most once."""

    def __call__(self, *, user: User, code: str, expires_in: dt.timedelta) -> None: ...


_senders: list[Sender] = []


def register_sender(sender: Sender) -> None:
    """Set the sender; the last one wins. Called in AppConfig.ready."""
    _senders[:] = [sender]


def send_code(*, user: User, code: str, expires_in: dt.timedelta) -> None:
    """Hand a sign-in code to the sender. ImproperlyConfigured when no room has registered one."""
    if not _senders:
        raise ImproperlyConfigured("No room sends sign-in codes: see accounts.mail.register_sender")
    _senders[0](user=user, code=code, expires_in=expires_in)
