"""A restored backup holds messages that have gone out since: whoever can be asked is asked before each of them."""

import uuid

import pytest
from django.core.management import call_command

from core.scope import EVERYTHING, scope
from notifications import after_restore, channels
from notifications.drain import drain
from notifications.models import Outbox
from tests import factories
from tests.notifications.conftest import Provider, held, states, told
from tests.notifications.test_digests import make


@pytest.fixture
def ask_first(worker, provider, monkeypatch, capsys):
    """Both kinds have providers of their own; only that of e-mails can be asked."""
    mute = Provider()
    mute.name, mute.can_be_asked = "mute", False
    monkeypatch.setattr(channels, "chosen", lambda kind: provider if kind == "email" else mute)

    def ask() -> str:
        call_command("ask_first")
        return capsys.readouterr().out

    return ask


def restored(provider, purposes) -> list[uuid.UUID]:
    """A message that went out after the backup, a digest that went out and is made anew, and a message of today."""
    gone = told()
    user = factories.user()
    held(user, 1)
    make()
    with scope(EVERYTHING):
        digest = Outbox.objects.get(purpose="digest")
    provider.taken += [(row.ref, "", None) for row in (gone, digest)]
    told()
    drain()
    return [ref for ref, *_ in provider.taken]


def test_what_has_gone_out_since_is_not_sent_again(ask_first, provider, purposes):
    assert "Asked before each message, for 48 hours: test." in ask_first()
    sent = restored(provider, purposes)
    assert len(sent) == len(set(sent)) == 3 and set(states()) == {"accepted"}


def test_planted_nobody_is_asked_first(ask_first, provider, purposes, monkeypatch):
    monkeypatch.setattr(after_restore, "asked_first", lambda ways: ways)
    ask_first()
    sent = restored(provider, purposes)
    assert len(sent) == 5 and len(set(sent)) == 3


def test_nothing_is_sent_while_the_provider_is_silent(ask_first, provider, purposes, monkeypatch, later):
    ask_first()
    with monkeypatch.context() as patch:
        patch.setattr(provider, "find", lambda ref: 1 / 0)
        told()
        drain()
        assert states() == ["due"] and provider.taken == []
    later(minutes=1)
    drain()
    assert states() == ["accepted"] and len(provider.taken) == 1


def test_after_two_days_nobody_is_asked(ask_first, provider, purposes, monkeypatch, later):
    ask_first()
    later(hours=49)
    monkeypatch.setattr(provider, "find", lambda ref: 1 / 0)
    told()
    drain()
    assert states() == ["accepted"]


def test_what_waits_for_one_that_cannot_be_asked_is_marked(ask_first, provider, purposes):
    row = told("sign_in_text", secret={"code": "1"})
    assert "Marked, because they may come twice: 1 messages." in ask_first()
    with scope(EVERYTHING):
        assert Outbox.objects.get(pk=row.pk).reason == "may be a second copy"
