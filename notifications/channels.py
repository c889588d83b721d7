"""How an e-mail or a text leaves the house. settings.EMAIL_CHANNEL and TEXT_CHANNEL choose the provider by its name.

    kept      demonstrations: shown on the operators' page, never sent
    console   development: printed, never sent
    smtp      e-mails by a mail server; it takes no texts
    notify    GOV.UK Notify: e-mails and texts (notifications/notify.py)

Where nothing takes texts, one is refused; whoever would send one asks `can_text` first.
"""

import base64
import datetime as dt
import re
import smtplib
import sys
import uuid
from collections.abc import Callable, Container
from email.utils import parseaddr
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction

from core.installation import is_demo
from notifications.as_html import as_html
from notifications.models import KeptMail, Outbox
from notifications.registry import Mail, Text

NO_TEXTS = "no provider for texts"
BEGUN_BY = 3  # a hand-over begins in the first third of its lease, and may take the rest
# RFC 3463: what a mail server says of a mailbox that is not there, or of a mail that nobody will ever take as it is.
NO_MAILBOX = re.compile(rb"5\.(1\.(1|2|3|6|10)|2\.1)\b")
NO_SUCH_MAIL = re.compile(rb"5\.(3\.4|6\.\d+)\b")


class NotTaken(Exception):
    """The provider surely did not take the mail: it may be offered again, after `wait` if the provider asks for it."""

    def __init__(self, why: str, wait: dt.timedelta | None = None) -> None:
        super().__init__(why)
        self.wait = wait


class PerhapsNobody(NotTaken):
    """The same, and it may be the fault of the address: however often it is tried, it counts once for the provider."""


class Refused(Exception):
    """The provider will never take this mail."""


class NoSuchAddress(Refused):
    """The same, because there is no such address."""


class Channel(Protocol):
    """One way out. `name`: of the provider, whose circuit it shares. `lease`: half as long again as a hand-over can
    take, for it begins in the first third. `ask_after`: how long an unknown hand-over rests before the provider is
    asked, and asked again.

    send: returns when the provider has taken the mail. Raises NotTaken or Refused; any other exception leaves open
    whether it was taken.
    find: what became of each copy that the provider holds under the reference, in the words of
    notifications/reports.py. Nothing found: an empty list. None when the provider cannot be asked (`can_be_asked`).
    """

    name: str
    can_be_asked: bool
    lease: dt.timedelta
    ask_after: dt.timedelta

    def send(self, *, ref: uuid.UUID, to: str, mail: Mail | Text) -> None: ...

    def find(self, ref: uuid.UUID) -> list[str] | None: ...


class Kept:
    """The demonstration's provider: nothing leaves the machine, and it can be asked by reference."""

    name, can_be_asked = "kept", True
    lease = dt.timedelta(seconds=30)
    ask_after = dt.timedelta(seconds=10)

    def __init__(self) -> None:
        if not is_demo():
            raise ImproperlyConfigured("FR_EMAIL_CHANNEL must not be kept: kept mail is for demonstrations.")

    def send(self, *, ref: uuid.UUID, to: str, mail: Mail | Text) -> None:
        # Durable: a provider of its own. What it took stays taken, whatever becomes of us.
        with transaction.atomic(durable=True):
            channel = Outbox.Channel.TEXT if isinstance(mail, Text) else Outbox.Channel.EMAIL
            KeptMail.objects.create(
                ref=ref,
                channel=channel,
                recipient=to,
                subject=mail.subject,
                body=mail.text,
                attachments=_kept(mail) if isinstance(mail, Mail) else [],
            )

    def find(self, ref: uuid.UUID) -> list[str] | None:
        return [str(Outbox.State.ACCEPTED)] * KeptMail.objects.filter(ref=ref).count()


class Console:
    """Development: the message is printed where the process runs."""

    name, can_be_asked = "console", False
    lease = dt.timedelta(seconds=30)
    ask_after = dt.timedelta(0)

    def __init__(self) -> None:
        if not is_demo():
            raise ImproperlyConfigured("FR_EMAIL_CHANNEL must not be console: printed mail is for development.")

    def send(self, *, ref: uuid.UUID, to: str, mail: Mail | Text) -> None:
        print(f"--- {ref} to {to}", mail.subject, mail.text, "---", sep="\n", file=sys.stdout, flush=True)

    def find(self, ref: uuid.UUID) -> list[str] | None:
        return None


class Smtp:
    """Django's mail backend. A mail server cannot be asked what it took (RFC 1047)."""

    name, can_be_asked = "smtp", False
    ask_after = dt.timedelta(0)
    lease = dt.timedelta(seconds=18 * settings.EMAIL_TIMEOUT)  # each of 12 steps of the conversation may take that long

    def send(self, *, ref: uuid.UUID, to: str, mail: Mail | Text) -> None:
        if isinstance(mail, Text):
            raise Refused(NO_TEXTS)
        line = get_connection()
        try:
            line.open()
        except (OSError, smtplib.SMTPException) as error:
            raise NotTaken(type(error).__name__) from error
        try:
            _message(ref, to, mail, line).send()
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
            raise _verdict(error) from error
        finally:
            line.close()

    def find(self, ref: uuid.UUID) -> list[str] | None:
        return None


def _message(ref: uuid.UUID, to: str, mail: Mail, line: Any) -> EmailMultiAlternatives:
    headers = {"Message-ID": message_id(ref), "Auto-Submitted": "auto-generated"}
    if mail.stop:  # RFC 8058; whoever signs our mail (DKIM) covers both
        headers |= {"List-Unsubscribe": f"<{mail.stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = EmailMultiAlternatives(mail.subject, mail.text, to=[to], headers=headers, connection=line)
    message.attach_alternative(as_html(mail), "text/html")
    for each in mail.attachments:
        message.attach(each.name, each.data, each.kind)
    return message


def _kept(mail: Mail) -> list[dict[str, str]]:
    return [
        {"name": each.name, "kind": each.kind, "data": base64.b64encode(each.data).decode()}
        for each in mail.attachments
    ]


def _verdict(error: smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused) -> Exception:
    """For good only where the server says that there is no such mailbox, or that nobody takes such a mail. All else, be
    it 4xx or 5xx, may be our own mistake (a relay that does not know us, a sender without a record): the message
    waits, the circuit counts it, and no address is stopped."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        ((code, words),) = error.recipients.values()  # each mail has one recipient
        if NO_MAILBOX.match(words):
            return NoSuchAddress(str(code))
        return (PerhapsNobody if code >= 500 else NotTaken)(str(code))
    words = error.smtp_error if isinstance(error.smtp_error, bytes) else b""
    return (Refused if NO_SUCH_MAIL.match(words) else NotTaken)(str(error.smtp_code))


def message_id(ref: uuid.UUID) -> str:
    """The same for every copy of one message, so that mail boxes can tell a second copy."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{ref.hex}@{domain}>"


def _notify() -> Channel:
    from notifications.notify import Notify  # an optional package: only where it is chosen

    return Notify()


CHANNELS: dict[str, Callable[[], Channel]] = {"kept": Kept, "console": Console, "smtp": Smtp, "notify": _notify}
KINDS = (Outbox.Channel.EMAIL, Outbox.Channel.TEXT)


def chosen(kind: str) -> Channel:
    """The provider of e-mails or of texts in this installation. ImproperlyConfigured when it may not be used here."""
    name = settings.TEXT_CHANNEL if kind == Outbox.Channel.TEXT else settings.EMAIL_CHANNEL
    try:
        make = CHANNELS[name]
    except KeyError:
        raise ImproperlyConfigured(f"FR_{kind.upper()}_CHANNEL must be one of {', '.join(CHANNELS)}.") from None
    return make()


def can_text() -> bool:
    """Whether a text would leave the house (or be kept, in a demonstration). If not, a person rings instead."""
    return bool(settings.TEXT_CHANNEL != "smtp")


def kinds_of(providers: Container[str]) -> list[str]:
    """The kinds of messages that go out by these providers."""
    return [kind for kind in KINDS if chosen(kind).name in providers]
