"""Sign-in codes are caught here instead of being sent."""

import pytest

from accounts import attempts, mail


@pytest.fixture(autouse=True)
def no_floor(monkeypatch):
    """The shortest time an answer takes is for strangers, not for tests."""
    monkeypatch.setattr(attempts, "FLOOR", 0)


@pytest.fixture
def codes(monkeypatch):
    """(user, code) of every code handed to the sender."""
    sent = []
    monkeypatch.setattr(mail, "_senders", [lambda *, user, code, expires_in, phone: sent.append((user, code))])
    return sent
