"""How an e-mail or a text leaves the house. settings.EMAIL_CHANNEL chooses: `kept` (demonstrations) or `smtp`.

No provider of texts is built in: where mail goes by SMTP a text is refused, and whoever would send one asks `can_text`.
"""

import base64
import datetime as dt
import smtplib
import uuid
from email.utils import parseaddr
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, get_connection
from django.db import transaction

from core.installation import is_demo
from notifications.models import KeptMail, Outbox
from notifications.registry import Mail, Text

NO_TEXTS = "no provider for texts"


class NotTaken(Exception):
    """The provider surely did not take the mail: it may be offered again."""


class Refused(Exception):
    """The provider will never take this mail."""


class Channel(Protocol):
    """One way out. `lease`: longer than a hand-over can take.

    send: returns when the provider has taken the mail. Raises NotTaken or Refused; any other exception leaves open
    whether it was taken. find: whether the provider knows the reference; None when it cannot be asked.
    """

    lease: dt.timedelta

    def send(self, *, ref: uuid.UUID, to: str, mail: Mail | Text) -> None: ...

    def find(self, ref: uuid.UUID) -> bool | None: ...


class Kept:
    """The demonstration's provider: nothing leaves the machine, and it can be asked by reference."""

    lease = dt.timedelta(seconds=30)

    def __init__(self) -> None:
        if not is_demo():
            raise ImproperlyConfigured("FR_EMAIL_CHANNEL must be smtp: kept mail is for demonstrations.")

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

    def find(self, ref: uuid.UUID) -> bool | None:
        return KeptMail.objects.filter(ref=ref).exists()


class Smtp:
    """Django's mail backend. A mail server cannot be asked what it took (RFC 1047)."""

    lease = dt.timedelta(seconds=120)  # each step of the conversation may take EMAIL_TIMEOUT

    def send(self, *, ref: uuid.UUID, to: str, mail: Mail | Text) -> None:
        if isinstance(mail, Text):
            raise Refused(NO_TEXTS)
        line = get_connection()
        try:
            line.open()
        except (OSError, smtplib.SMTPException) as error:
            raise NotTaken(type(error).__name__) from error
        headers = {"Message-ID": message_id(ref), "Auto-Submitted": "auto-generated"}
        message = EmailMessage(mail.subject, mail.text, to=[to], headers=headers, connection=line)
        for each in mail.attachments:
            message.attach(each.name, each.data, each.kind)
        try:
            message.send()
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
            raise _verdict(error) from error
        finally:
            line.close()

    def find(self, ref: uuid.UUID) -> bool | None:
        return None


def _kept(mail: Mail) -> list[dict[str, str]]:
    return [
        {"name": each.name, "kind": each.kind, "data": base64.b64encode(each.data).decode()}
        for each in mail.attachments
    ]


def _verdict(error: smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused) -> Exception:
    """A refusal for now (4xx) or for good (5xx)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    else:
        codes = [error.smtp_code]
    return (Refused if all(code >= 500 for code in codes) else NotTaken)(str(codes[0]))


def message_id(ref: uuid.UUID) -> str:
    """The same for every copy of one message, so that mail boxes can tell a second copy."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{ref.hex}@{domain}>"


CHANNELS: dict[str, type[Kept] | type[Smtp]] = {"kept": Kept, "smtp": Smtp}


def chosen() -> Channel:
    """The channel of this installation. ImproperlyConfigured when it may not be used here."""
    try:
        return CHANNELS[settings.EMAIL_CHANNEL]()
    except KeyError:
        raise ImproperlyConfigured("FR_EMAIL_CHANNEL must be kept or smtp.") from None


def can_text() -> bool:
    """Whether a text would leave the house (or be kept, in a demonstration). If not, a person rings instead."""
    return settings.EMAIL_CHANNEL == "kept"
