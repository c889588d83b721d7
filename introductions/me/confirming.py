"""A code proves that the email address somebody gave for their page is theirs. Nothing is attached before.

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
from accounts.models import SignedLink
from core import clock
from notifications import registry
from notifications.models import Outbox
from notifications.registry import Mail, Purpose, Rows
from notifications.services import tell

PURPOSE = "join_code"
LIFE = dt.timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
TRIES = settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS


@dataclass
class Pending:
    """What somebody gave, and the code they have not typed yet. until: seconds since 1970."""

    link: int
    name: str
    email: str
    code: str
    until: float
    tries: int = 0


def begin(request: HttpRequest, link: SignedLink, *, name: str, email: str) -> None:
    """Send a code to the address and keep what was given until it is typed; what waited before is forgotten.

    Call it in a scope that sees the person of the invitation.
    """
    code = get_random_string(6, "0123456789")
    until = (clock.now() + LIFE).timestamp()
    request.session[JOINING_PENDING] = asdict(Pending(link.pk, name, email, code, until))
    secret = {"code": code, "to": email}
    tell(
        purpose=PURPOSE, cause_id=link.pk, person=link.object_id, version=uuid.uuid4().hex, secret=secret,
        expires_in=LIFE,
    )  # fmt: skip


def waiting(request: HttpRequest, link: SignedLink) -> Pending | None:
    """What waits for a code in this session, for this invitation, if the code still works."""
    kept = request.session.get(JOINING_PENDING)
    pending = Pending(**kept) if kept else None
    if pending is None or pending.link != link.pk or pending.until < clock.now().timestamp():
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


def _address(row: Outbox) -> str:
    return str(row.secret["to"])


def _render(row: Outbox, items: Rows) -> Mail:
    values = {"code": row.secret["code"], "minutes": LIFE.seconds // 60, "site": settings.SITE_URL}
    return Mail(_("Your code for First Rung"), render_to_string("introductions/join_code.txt", values))


def register() -> None:
    """Called once, when the room is ready."""
    registry.register(Purpose(PURPOSE, "email", _has_code, _render, _address, expires_after=LIFE, on_unknown="end"))
