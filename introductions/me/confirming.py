"""A code proves that the email address or number somebody gave for their page is theirs. Nothing is attached before.

What they gave waits in their session. Attempts are counted by accounts.attempts, over all browsers.
"""

import datetime as dt
import uuid
from dataclasses import asdict, dataclass

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.crypto import constant_time_compare, get_random_string
from django.utils.translation import gettext as _

from accounts.attempts import JOINING_PENDING
from accounts.models import SignedLink, User
from core import clock
from core.telephones import as_read, mobile
from notifications import registry
from notifications.models import Outbox
from notifications.purposes import given_address, has_code, text_code
from notifications.registry import Mail, Purpose, Rows
from notifications.services import tell

PURPOSE, BY_TEXT, NEW_NUMBER = "join_code", "join_text", "new_number"
LIFE = dt.timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
TRIES = settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS


@dataclass
class Pending:
    """What somebody gave, and the code they have not typed yet. link: of the invitation, 0 for a new number. until:
    seconds since 1970."""

    link: int
    name: str
    address: str
    code: str
    until: float
    tries: int = 0

    @property
    def phone(self) -> str:
        """The number, where a number was given."""
        return mobile(self.address)

    @property
    def email(self) -> str:
        """The email address, where no number was given."""
        return "" if self.phone else self.address

    @property
    def shown(self) -> str:
        """Where the code went, as people read it."""
        return as_read(self.phone) or self.address


def begin(request: HttpRequest, link: SignedLink, *, name: str, address: str) -> None:
    """Send a code to the address or number and keep what was given until it is typed; what waited before is forgotten.

    Call it in a scope that sees the person of the invitation.
    """
    pending = _keep(request, link.pk, name, address)
    tell(
        purpose=BY_TEXT if pending.phone else PURPOSE, cause_id=link.pk, person=link.object_id,
        version=uuid.uuid4().hex, secret={"code": pending.code, "to": address}, expires_in=LIFE,
    )  # fmt: skip


def begin_new_number(request: HttpRequest, user: User, address: str) -> None:
    """The same for a new number of somebody who is here as themselves."""
    pending = _keep(request, 0, user.name, address)
    secret = {"code": pending.code, "to": address}
    tell(purpose=NEW_NUMBER, recipient=user, version=uuid.uuid4().hex, secret=secret, expires_in=LIFE)


def _keep(request: HttpRequest, link: int, name: str, address: str) -> Pending:
    code = get_random_string(6, "0123456789")
    pending = Pending(link, name, address, code, (clock.now() + LIFE).timestamp())
    request.session[JOINING_PENDING] = asdict(pending)
    return pending


def waiting(request: HttpRequest, link: int = 0) -> Pending | None:
    """What waits for a code in this session, for this invitation (or a new number), if the code still works."""
    kept = request.session.get(JOINING_PENDING)
    pending = Pending(**kept) if kept else None
    if pending is None or pending.link != link or pending.until < clock.now().timestamp():
        return None
    return pending


def is_right(request: HttpRequest, pending: Pending, typed: str) -> bool:
    """Whether this is the code. A wrong one counts; after the third a new code is needed."""
    if constant_time_compare(pending.code, typed):
        return True
    pending.tries += 1
    if pending.tries >= TRIES:
        forget(request)
    else:
        request.session[JOINING_PENDING] = asdict(pending)
    return False


def forget(request: HttpRequest) -> None:
    """Nothing waits any more in this session."""
    request.session.pop(JOINING_PENDING, None)


def _has_code(rows: Rows) -> set[int]:
    """While the invitation is in force: a new one ends the one before."""
    causes = {row.pk: row.cause_id or 0 for row in rows if row.secret}
    links = SignedLink.objects.filter(pk__in=causes.values(), revoked_at=None)
    in_force = set(links.values_list("pk", flat=True))
    return {pk for pk, cause in causes.items() if cause in in_force}


def _render(row: Outbox, items: Rows) -> Mail:
    values = {"code": row.secret["code"], "minutes": LIFE.seconds // 60, "site": settings.SITE_URL}
    return Mail(_("Your code for First Rung"), render_to_string("introductions/join_code.txt", values))


def register() -> None:
    """Called once, when the room is ready."""
    for purpose in (
        Purpose(PURPOSE, "email", _has_code, _render, given_address, LIFE, "end", registry.always),
        Purpose(BY_TEXT, "text", _has_code, text_code, given_address, LIFE, "end", registry.always),
        Purpose(NEW_NUMBER, "text", has_code, text_code, given_address, LIFE, "end", registry.always),
    ):
        registry.register(purpose)
