"""Texts: one line of plain letters, kept in demonstrations, never lost without a word where they cannot be sent."""

import pytest

from accounts.models import User
from core.scope import EVERYTHING, scope
from notifications import channels, drain, registry, services
from notifications.channels import Kept, Refused, Smtp
from notifications.counting import count
from notifications.models import KeptMail, Outbox
from notifications.registry import Mail, Text
from tests.notifications.conftest import states
from tests.notifications.test_channels import REF

pytestmark = pytest.mark.usefixtures("worker")


@pytest.fixture
def text(purposes):
    return purposes("short", "text", render=lambda row, items: Text("One line"), address=lambda row: "07700 900123")


@pytest.mark.parametrize("words", ["", "x" * 161, "two\nlines", "a tab\t", "curly ’ quote", "€5"])
def test_what_is_no_text(words):
    with pytest.raises(ValueError, match="160 plain"):
        Text(words)


def test_a_text_has_no_subject():
    with pytest.raises(ValueError, match="without a subject"):
        Text("words", "subject")
    assert Text("x" * 160).subject == ""


def told() -> None:
    with scope(EVERYTHING):
        services.tell(purpose="short", cause_id=1, version=1)


def test_a_demonstration_keeps_it(text):
    told()
    drain.drain()
    kept = KeptMail.objects.get()
    assert (kept.channel, kept.recipient, kept.subject, kept.body) == ("text", "07700 900123", "", "One line")
    assert Kept().find(kept.ref) == ["accepted"] and states(purpose="short") == ["accepted"]


def test_a_mail_is_kept_as_a_mail():
    Kept().send(ref=REF, to="ana@council.example", mail=registry.Mail("Subject", "Text"))
    assert KeptMail.objects.get().channel == "email"


def test_where_mail_goes_by_smtp_it_ends_with_a_reason(text, monkeypatch):
    monkeypatch.setattr(channels, "chosen", lambda kind: Smtp())
    told()
    drain.drain()
    with scope(EVERYTHING):
        assert Outbox.objects.values_list("state", "reason").get() == ("dead", "refused: no provider for texts")


def test_smtp_refuses_before_it_opens_a_line(monkeypatch):
    monkeypatch.setattr(channels, "get_connection", lambda: pytest.fail("a line was opened"))
    with pytest.raises(Refused):
        Smtp().send(ref=REF, to="07700 900123", mail=Text("One line"))


def test_a_mail_server_takes_no_texts(settings):
    settings.TEXT_CHANNEL = "smtp"
    assert not channels.can_text()
    settings.TEXT_CHANNEL = "kept"
    assert channels.can_text()


def test_who_has_a_number_alone_reads_a_mail_in_brief_by_the_provider_of_texts(purposes, settings, monkeypatch):
    settings.EMAIL_CHANNEL, settings.TEXT_CHANNEL = "smtp", "kept"
    monkeypatch.setattr(channels, "get_connection", lambda: pytest.fail("the mail server was asked"))
    link = f"{settings.SITE_URL}/me/"
    purposes("news", render=lambda row, items: Mail("Something is waiting for you", f"Hello,\n\nLook:\n{link}\n"))
    with scope(EVERYTHING):
        jo = User.objects.make(name="Jo", phone="+447700900123")
        services.tell(purpose="news", recipient=jo, version=1)
    counts = drain.drain()
    kept = KeptMail.objects.get()
    assert (kept.channel, kept.recipient) == ("text", "+447700900123")
    assert kept.body == f"First Rung: Something is waiting for you: {link}"
    assert (counts["turned"], states(purpose="news")) == (1, ["accepted"])


def test_operators_see_why(text, sign_in, settings, monkeypatch):
    settings.TEXT_CHANNEL = "smtp"
    told()
    drain.drain()
    count()
    page = sign_in("operator").get("/operator/messages/").content.decode()
    assert "Texts cannot be sent from here" in page and "1 text ended" in page


def test_a_held_purpose_is_still_not_told(purposes):
    with scope(EVERYTHING), pytest.raises(ValueError, match="hold"):
        services.tell(purpose="find", cause_id=1, version=1)
