"""How often a code may be asked for and typed, counted in the database by a hash of the address.

The count stands outside the request's transaction (this middleware runs before it opens), so a page that is rolled back
does not forget the attempt; and not in the cache, which may fail open. A row is written first and the rows are counted
after: of requests that come together, no more than the limit get through.
"""

import re
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

ASKING, TYPING = "/sign-in/", "/sign-in/code/"
PENDING = "account_login"  # where allauth keeps, in the session, that a code was asked for
JOINING = re.compile(r"/k/([^/]+)/join/(code/)?")
JOINING_PENDING = "joining"  # where introductions.me.confirming keeps it
LIMITS = {"asked": 5, "typed": 15}  # an hour, per address
FLOOR = 0.35  # seconds an answer to "send me a code" takes, whether or not somebody has that address

RECORD_SQL = """
INSERT INTO sign_in_attempt (address_hash, kind, at) VALUES (%s, %s, fr_now()) RETURNING id
"""
COUNT_SQL = """
SELECT count(*) FROM sign_in_attempt
WHERE address_hash = %s AND kind = %s AND at > fr_now() - interval '1 hour'
"""
FORGET_SQL = "DELETE FROM sign_in_attempt WHERE at < fr_now() - interval '1 day'"


def address_hash(address: str) -> str:
    """A keyed hash: the table alone does not tell whose address it was."""
    return salted_hmac("accounts.attempts", address.strip().lower(), algorithm="sha256").hexdigest()


def allowed(address: str, kind: str) -> bool:
    """Count one attempt and say whether it may go on. A refused one does not prolong the wait.

    kind: "asked" or "typed". Attempts are kept for a day.
    """
    found = address_hash(address)
    with connection.cursor() as cursor:
        cursor.execute(FORGET_SQL)
        cursor.execute(RECORD_SQL, [found, kind])
        (row,) = cursor.fetchone()
        cursor.execute(COUNT_SQL, [found, kind])
        (count,) = cursor.fetchone()
        if count > LIMITS[kind]:
            cursor.execute("DELETE FROM sign_in_attempt WHERE id = %s", [row])
            return False
    return True


def _pending(request: HttpRequest, key: str) -> str:
    """The address a code was asked for in this session; "" when none was."""
    kept: Any = request.session.get(key)
    return str(kept.get("email") or "") if isinstance(kept, dict) else ""


def _attempts(request: HttpRequest) -> list[tuple[str, str]]:
    """What the request tries, as (address, kind). An invitation is counted beside the address: whoever holds one
    cannot have codes sent all over the place."""
    if request.path_info == ASKING:
        return [(request.POST.get("email", ""), "asked")]
    if request.path_info == TYPING:
        return [(_pending(request, PENDING), "typed")]
    joining = JOINING.fullmatch(request.path_info)
    if joining is None:
        return []
    if joining[2]:
        return [(_pending(request, JOINING_PENDING), "typed")]
    address = request.POST.get("email", "").strip()
    return [(address, "asked"), (f"invitation {joining[1]}", "asked")] if _is_address(address) else []


def _is_address(text: str) -> bool:
    """A slip of the finger sends no code, and counts for nothing."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


class AttemptsMiddleware:
    """Counts what is posted to the sign-in pages and to an invitation's. `request.too_many_attempts` is then for the
    forms to say."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.too_many_attempts = False  # type: ignore[attr-defined]
        found = _attempts(request) if request.method == "POST" else []
        if not found:
            return self.get_response(request)
        start = time.monotonic()
        may = [allowed(address, kind) for address, kind in found if address]
        request.too_many_attempts = not all(may)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.path_info == ASKING:
            time.sleep(max(0.0, getattr(settings, "SIGN_IN_FLOOR", FLOOR) - (time.monotonic() - start)))
        return response
