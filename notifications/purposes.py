"""This room's own purposes: the digest that carries what is held, and the sign-in code."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urljoin

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import mail as accounts_mail
from accounts.models import User
from notifications import channels, digest_links, registry, services
from notifications.models import Outbox
from notifications.picking import WAITS
from notifications.registry import Mail, Mails, Purpose, Rows, Text

CODE_LIFE = dt.timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)


def still_active(rows: Rows) -> set[int]:
    """Rows whose recipient still has an account in use."""
    return {row.pk for row in rows if row.recipient and row.recipient.is_active}


def write_digests(mails: Mails) -> list[Mail | Text]:
    """One section per purpose, written by the room that registered it."""
    for row, items in mails:
        digest_links.sign(row, [item for item in items if item.reason != WAITS])
    sections: dict[int, list[Mail | Text]] = {row.pk: [] for row, _ in mails}
    for name in registry.names():  # the order in which rooms registered, nearest to the young person last
        listed = [(row, [one for one in items if one.purpose == name and one.reason != WAITS]) for row, items in mails]
        own = [mail for mail in listed if mail[1]]
        if own:
            for (row, _items), section in zip(own, registry.write_all(registry.find(name), own), strict=True):
                sections[row.pk].append(section)
    return [_digest(row, sections[row.pk], items) for row, items in mails]


def write_digest(row: Outbox, items: Rows) -> Mail | Text:
    """The same of one."""
    return write_digests([(row, items)])[0]


def _digest(row: Outbox, sections: Sequence[Mail | Text], items: Rows) -> Mail:
    waiting = Counter(item.purpose for item in items if item.reason == WAITS)
    more = [_more(registry.find(name), waiting[name]) for name in registry.names() if waiting[name]]
    stop = digest_links.address(row, "notifications:stop-emails")
    values = {"sections": sections, "more": more, "site": settings.SITE_URL, "stop": stop}
    subject = sections[0].subject if len(sections) == 1 else _("Things to look at on First Rung")
    by_button = stop if stop.startswith("https://") else ""  # mail programs take no other
    return Mail(subject, render_to_string("notifications/digest.txt", values), stop=by_button)


def _more(purpose: Purpose, number: int) -> str:
    """How many wait, of what, and where."""
    page = urljoin(settings.SITE_URL, reverse(purpose.page)) if purpose.page else f"{settings.SITE_URL}/go/"
    words = {"kind": purpose.kind.label, "number": number, "page": page}
    return _("%(kind)s: %(number)s more on your page. %(page)s") % words


def write_code(row: Outbox, items: Rows) -> Mail:
    """The sign-in code; the subject does not hold it."""
    values = {"code": row.secret["code"], "minutes": CODE_LIFE.seconds // 60, "site": settings.SITE_URL}
    return Mail(_("Your code to sign in"), render_to_string("notifications/sign_in_code.txt", values))


def has_code(rows: Rows) -> set[int]:
    """A code that was wiped cannot be sent again; whoever still wants in asks for a new one."""
    return {row.pk for row in rows if row.secret} & still_active(rows)


def text_code(row: Outbox, items: Rows) -> Text:
    """Any code, by text."""
    values = {"code": row.secret["code"], "minutes": CODE_LIFE.seconds // 60}
    return Text(
        _("%(code)s is your code for First Rung. It works for %(minutes)s minutes, once. Tell nobody.") % values
    )


def given_address(row: Outbox) -> str:
    """The address or number that a code was asked for."""
    return str(row.secret["to"])


def still_their_number(rows: Rows) -> set[int]:
    """Rows whose number is still their recipient's."""
    found = has_code(rows)
    return {row.pk for row in rows if row.pk in found and row.recipient and row.recipient.phone == given_address(row)}


def send_code(*, user: User, code: str, expires_in: dt.timedelta, phone: str) -> None:
    """The sender that accounts asks for: the code is on its way once the request has committed."""
    services.tell(
        purpose="sign_in_text" if phone else "sign_in_code",
        recipient=user,
        version=uuid.uuid4().hex,  # each code is a message of its own
        secret={"code": code, "to": phone},
        expires_in=expires_in,
    )


def register() -> None:
    """Called once, when the room is ready."""
    registry.register(
        Purpose("digest", "email", still_active, write_digest, on_unknown="resend", render_all=write_digests)
    )
    registry.register(
        Purpose(
            "sign_in_code", "email", has_code, write_code,
            expires_after=CODE_LIFE, on_unknown="end", urgent=registry.always,
        )
    )  # fmt: skip
    registry.register(
        Purpose(
            "sign_in_text", "text", still_their_number, text_code, given_address,
            expires_after=CODE_LIFE, on_unknown="end", urgent=registry.always,
        )
    )  # fmt: skip
    accounts_mail.register_sender(send_code, channels.can_text)
