"""What may be sent, and by which rules. Rooms register their purposes in AppConfig.ready; this room knows only its own.

register(Purpose("match", "digest", may_receive=still_their_adviser, render=matches_section))
"""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from notifications.models import Outbox

Rows = Sequence[Outbox]
Mails = Sequence[tuple[Outbox, Rows]]


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail. `name`: plain ASCII, as it is saved; `kind`: its media type."""

    name: str
    kind: str
    data: bytes

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", self.name):
            raise ValueError("An attachment's name is 1 to 80 letters, figures, dots and hyphens")
        if not re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", self.kind):
            raise ValueError("An attachment needs a media type, like text/calendar")


@dataclass(frozen=True)
class Mail:
    """What a recipient reads. The subject says nothing about anybody: mail boxes show it on locked phones.

    text: from which the HTML is made (notifications/as_html.py). attachments: of a mail of its own; those of a
    digest's sections are left out. brief: what a text says instead of the subject. stop: an https address where one
    POST ends mails of this kind (notifications/stopping.py); empty where there is no such choice.
    """

    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    brief: str = ""
    stop: str = ""

    def __post_init__(self) -> None:
        if not 0 < len(self.subject) <= 200 or not self.subject.isprintable():
            raise ValueError("A subject is one line of 1 to 200 characters")


LINK = re.compile(r"https?://\S+")
# What mail programs make into links: whole addresses, www., a site with a path, a mailbox.
LIKE_A_LINK = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]*://|\bwww\.)\S+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}/\S*|\S+@\S+", re.IGNORECASE
)
TEXT_LENGTH = 160  # one text message in GSM 03.38; plain ASCII letters and figures stay within that alphabet


@dataclass(frozen=True)
class Text:
    """A text message: one line, plain letters, no subject. It says nothing about anybody: locked phones show it."""

    text: str
    subject: str = ""

    def __post_init__(self) -> None:
        plain = self.text.isascii() and self.text.isprintable()
        if self.subject or not plain or not 0 < len(self.text) <= TEXT_LENGTH:
            raise ValueError("A text is one line of 1 to 160 plain characters, without a subject")


def in_brief(mail: Mail) -> Text:
    """A mail for a young person who has a number and no email address: its subject, which says nothing of anybody, and
    the first link in it."""
    link = LINK.search(mail.text)
    return Text(f"First Rung: {mail.brief or mail.subject}" + (f": {link[0]}" if link else ""))


def only_ours(mail: Mail | Text) -> Mail | Text:
    """The same without links that lead elsewhere and without signs that turn the writing round. Names and words in it
    may come from anybody, and a mail to any address is sent for whoever types a pledge."""
    text = LIKE_A_LINK.sub(lambda found: found[0] if _is_ours(found[0]) else "(...)", mail.text)
    kept = "".join(sign for sign in text if sign.isprintable() or sign in "\n\u200d")  # joined emoji stay whole
    return replace(mail, text=kept) if kept != mail.text else mail


def _is_ours(link: str) -> bool:
    return f"{link}/".startswith(f"{settings.SITE_URL}/")


def begin_with(word: str, mail: Mail | Text) -> Mail | Text:
    """The same with a young person's own word before it. A text that would be too long says less: its link stays."""
    if isinstance(mail, Mail):
        return replace(mail, text=f"{word}\n\n{mail.text.lstrip()}")
    rest = mail.text.removeprefix("First Rung: ")
    link = LINK.search(rest)
    ways = [f"{word}: {words}" for words in (mail.text, rest, *([link[0]] if link else []))]
    return Text(next((text for text in ways if len(text) <= TEXT_LENGTH), mail.text))


def way_of(mail: Mail | Text) -> str:
    """The channel that takes it."""
    return str(Outbox.Channel.TEXT if isinstance(mail, Text) else Outbox.Channel.EMAIL)


def reach_of(user: User | None) -> str:
    """A user's email address as it is now or, for a young person without one, their number; empty when there is none,
    or the account is closed."""
    return (user.email or user.phone) if user and user.is_active else ""


def recipient_address(row: Outbox) -> str:
    """The same of the row's recipient."""
    return reach_of(row.recipient)


def as_they_are(rows: Rows) -> list[Outbox]:
    """The oldest first."""
    return list(rows)


def says(words: str | Promise) -> Callable[[Outbox], str]:
    """The same sentence for every row."""
    return lambda row: str(words)


def that_we_wrote(row: Outbox) -> str:
    """All that is said of a message whose purpose has no sentence of its own."""
    return _("We sent you a text.") if row.channel == Outbox.Channel.TEXT else _("We sent you an email.")


def never(row: Outbox) -> bool:
    """It is not urgent."""
    return False


def always(row: Outbox) -> bool:
    """It is urgent, whatever it is about."""
    return True


@dataclass(frozen=True)
class Kind:
    """What several purposes of digests are about, in plain words: somebody chooses for a kind how they hear of it.

    roles: who gets them, and so who is asked.
    """

    code: str
    label: str | Promise
    roles: frozenset[str] = frozenset()


OTHER = Kind("other", gettext_lazy("Other things to do"))


@dataclass(frozen=True)
class Purpose:
    """The rules of one kind of message. All of it is asked at hand-over, never earlier: people move and change.

    channel: `email` and `text` go out by themselves; `digest` waits until the recipient's next digest carries it. An
        email whose address is a number goes as a text, in brief.
    may_receive(rows): the ids of those rows whose recipients are still entitled. Set-based: one call, few queries.
    render(row, items): the mail, or for `text` a Text. A `digest` purpose gets the digest's row and its own items, and
        its Mail becomes a section: the subject is the section's heading.
    address(row): where it goes, an address or a phone number; an empty answer ends the row.
    expires_after: not worth sending later than this; None for always.
    on_unknown: what becomes of a row whose hand-over was cut off when the provider cannot be asked: `resend` (perhaps a
        second copy, under the same Message-ID), `end` (perhaps none), or `ask` a person (dead, shown to operators).
    urgent(row): goes out to a young person by night too (notifications/quiet.py): a code they wait for, their safety.
    can_be_off: what a young person switches off if they do not want it (accounts/hearing.py); "" for what they cannot.
    page: URL name of the page where it stands; of a digest's, all of them.
    line(row): what the recipient reads of it under "What we told you", by what the row itself holds: no query. It names
        nobody. Of what digests carry the number is said instead.
    Of a `digest` purpose:
    kind: what somebody chooses about.
    best(rows): the same rows, the best first. One query.
    a_week: how many of them the mails of a week list; None for any number.
    render_all(mails): what `render` says of each (row, items), for several mails with as many statements as for one;
        None where rendering asks the database nothing.
    """

    name: str
    channel: Literal["email", "text", "digest"]
    may_receive: Callable[[Rows], set[int]]
    render: Callable[[Outbox, Rows], Mail | Text]
    address: Callable[[Outbox], str] = recipient_address
    expires_after: dt.timedelta | None = None
    on_unknown: Literal["ask", "end", "resend"] = "ask"
    urgent: Callable[[Outbox], bool] = never
    can_be_off: str = ""
    kind: Kind = OTHER
    best: Callable[[Rows], list[Outbox]] = as_they_are
    a_week: int | None = None
    page: str = ""
    line: Callable[[Outbox], str] = that_we_wrote
    render_all: Callable[[Mails], list[Mail | Text]] | None = None


_purposes: dict[str, Purpose] = {}


def register(purpose: Purpose) -> None:
    """Add a purpose. ValueError when its name is taken or too long for the column."""
    if purpose.name in _purposes:
        raise ValueError(f"The purpose {purpose.name!r} is registered already")
    if not 0 < len(purpose.name) <= 30:
        raise ValueError(f"The purpose {purpose.name!r} needs a name of 1 to 30 characters")
    _purposes[purpose.name] = purpose


def find(name: str) -> Purpose:
    """The purpose of that name. LookupError when no room registered it."""
    try:
        return _purposes[name]
    except KeyError:
        raise LookupError(f"No room registered the purpose {name!r}") from None


def names() -> list[str]:
    """All purposes, in the order of registration."""
    return list(_purposes)


def write_all(purpose: Purpose, mails: Mails) -> list[Mail | Text]:
    """What each says, in their order."""
    if purpose.render_all:
        return purpose.render_all(mails)
    return [purpose.render(row, items) for row, items in mails]


def write(mails: Mails) -> list[tuple[Outbox, Mail | Text]]:
    """The same of mails of any purposes."""
    found: list[tuple[Outbox, Mail | Text]] = []
    for name in sorted({mail[0].purpose for mail in mails}):
        own = [mail for mail in mails if mail[0].purpose == name]
        found += zip((mail[0] for mail in own), write_all(find(name), own), strict=True)
    return found


def kinds_for(role: str) -> list[Kind]:
    """The kinds of digests that a role gets, in the order of registration."""
    found = {each.kind.code: each.kind for each in _purposes.values() if role in each.kind.roles}
    return list(found.values())
