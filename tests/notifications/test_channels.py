"""What each way out says about a mail: taken, not taken, refused, or not known."""

import smtplib
import uuid

import pytest
from django.core import mail as django_mail
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.base import BaseEmailBackend

from core.models import Installation
from notifications import channels
from notifications.channels import Kept, NoSuchAddress, NotTaken, PerhapsNobody, Refused, Smtp
from notifications.models import KeptMail
from notifications.registry import Attachment, Mail

REF = uuid.UUID(int=7)
LETTER = {"ref": REF, "to": "ana@council.example", "mail": Mail("Subject", "Text")}


@pytest.fixture
def real(worker, monkeypatch):
    monkeypatch.setattr(channels, "is_demo", lambda: False)


def test_kept_mail_is_kept_and_found(worker):
    assert Kept().find(REF) == []
    Kept().send(**LETTER)
    row = KeptMail.objects.get()
    assert (row.ref, row.recipient, row.subject, row.body) == (REF, "ana@council.example", "Subject", "Text")
    assert Kept().find(REF) == ["accepted"]


def test_kept_mail_shows_what_was_sent_twice(worker):
    Kept().send(**LETTER)
    Kept().send(**LETTER)
    assert KeptMail.objects.filter(ref=REF).count() == 2


def test_a_real_installation_keeps_no_mail(real):
    with pytest.raises(ImproperlyConfigured, match="demonstrations"):
        Kept()


def test_a_database_that_was_made_real_keeps_no_mail(worker):
    Installation.objects.all().delete()
    Installation.objects.create(mode="real")
    with pytest.raises(ImproperlyConfigured):
        Kept()


def test_settings_choose(worker, settings):
    settings.EMAIL_CHANNEL, settings.TEXT_CHANNEL = "smtp", "kept"
    assert isinstance(channels.chosen("email"), Smtp) and isinstance(channels.chosen("text"), Kept)


def test_in_development_it_is_printed(worker, settings, capsys):
    settings.EMAIL_CHANNEL = "console"
    channels.chosen("email").send(**LETTER)
    assert "ana@council.example" in capsys.readouterr().out and channels.chosen("email").find(REF) is None


def test_a_real_installation_prints_no_mail(real, settings):
    settings.EMAIL_CHANNEL = "console"
    with pytest.raises(ImproperlyConfigured, match="development"):
        channels.chosen("email")


def test_every_copy_has_the_same_message_id(settings):
    settings.DEFAULT_FROM_EMAIL = "First Rung <hello@rung.example>"
    Smtp().send(**LETTER)
    Smtp().send(**LETTER)
    first, second = django_mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"] == f"<{REF.hex}@rung.example>"
    assert (first.subject, first.body, first.to) == ("Subject", "Text", ["ana@council.example"])
    assert Smtp().find(REF) is None


class Server(BaseEmailBackend):
    """A mail server of which a test says how it answers."""

    opening: Exception | None = None
    sending: Exception | None = None

    def open(self):
        if self.opening:
            raise self.opening

    def send_messages(self, messages):
        if self.sending:
            raise self.sending
        return len(messages)


@pytest.mark.parametrize(
    ("moment", "says", "means"),
    [
        ("opening", ConnectionRefusedError(), NotTaken),
        ("opening", TimeoutError(), NotTaken),
        ("opening", smtplib.SMTPAuthenticationError(535, b"no"), NotTaken),
        ("sending", smtplib.SMTPDataError(451, b"later"), NotTaken),
        ("sending", smtplib.SMTPDataError(554, b"5.7.1 looks like spam"), NotTaken),
        ("sending", smtplib.SMTPDataError(552, b"5.3.4 too big"), Refused),
        ("sending", smtplib.SMTPDataError(550, b"5.6.0 not a mail"), Refused),
        ("sending", smtplib.SMTPSenderRefused(550, b"5.1.1 no such sender", "x"), NotTaken),
        ("sending", smtplib.SMTPRecipientsRefused({"a": (550, b"5.1.1 no such user")}), NoSuchAddress),
        ("sending", smtplib.SMTPRecipientsRefused({"a": (550, b"5.1.10 no such user")}), NoSuchAddress),
        ("sending", smtplib.SMTPRecipientsRefused({"a": (550, b"5.2.1 switched off")}), NoSuchAddress),
        ("sending", smtplib.SMTPRecipientsRefused({"a": (552, b"5.2.2 full")}), PerhapsNobody),
        ("sending", smtplib.SMTPRecipientsRefused({"a": (554, b"5.7.1 relay access denied")}), PerhapsNobody),
        ("sending", smtplib.SMTPRecipientsRefused({"a": (550, b"relay not permitted")}), PerhapsNobody),
        ("sending", smtplib.SMTPRecipientsRefused({"a": (550, b"5.1.8 bad sender's domain")}), PerhapsNobody),
        ("sending", smtplib.SMTPRecipientsRefused({"a": (450, b"busy")}), NotTaken),
        ("sending", smtplib.SMTPServerDisconnected(), smtplib.SMTPServerDisconnected),
        ("sending", TimeoutError(), TimeoutError),
    ],
)
def test_answers_of_a_mail_server(moment, says, means, settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{__name__}.Server"
    monkeypatch.setattr(Server, moment, says)
    with pytest.raises(means) as found:
        Smtp().send(**LETTER)
    assert found.type is means or means is smtplib.SMTPServerDisconnected


# --- files


FILE = Attachment("promise.ics", "text/calendar", "BEGIN:VCALENDAR\r\nSUMMARY:Café\r\n".encode())
WITH_FILE = {**LETTER, "mail": Mail("Subject", "Text", (FILE,))}


def test_a_kept_mail_keeps_its_files(worker, sign_in):
    Kept().send(**WITH_FILE)
    row = KeptMail.objects.get()
    page = sign_in("operator").get(f"/operator/messages/{row.public_id}/").content.decode()
    path = f"/operator/messages/{row.public_id}/0/"
    assert path in page and "promise.ics" in page
    answer = sign_in("operator").get(path)
    assert answer.content == FILE.data and answer["Content-Type"] == "text/calendar"
    assert answer["Content-Disposition"] == 'attachment; filename="promise.ics"'
    assert sign_in("operator").get(f"/operator/messages/{row.public_id}/1/").status_code == 404
    assert sign_in("coordinator").get(path).status_code == 404


def test_smtp_sends_the_files(real):
    Smtp().send(**WITH_FILE)
    (part,) = [part for part in django_mail.outbox[0].message().walk() if part.get_filename() == "promise.ics"]
    assert part.get_content_type() == "text/calendar"
    sent = part.get_payload(decode=True).decode()
    assert sent.replace("\r\n", "\n").strip() == FILE.data.decode().replace("\r\n", "\n").strip()


@pytest.mark.parametrize("name", ["", "a b.ics", 'a".ics', "a\r\nX: y", "../a.ics", "é.ics"])
def test_a_file_has_a_plain_name(name):
    with pytest.raises(ValueError, match="name"):
        Attachment(name, "text/calendar", b"")
    with pytest.raises(ValueError, match="media type"):
        Attachment("a.ics", f"text/{name}", b"")
