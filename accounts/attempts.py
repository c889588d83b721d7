"""How often a code may be asked for and typed, counted in the database by a hash of the address.

The count stands outside the request's transaction (this middleware runs before it opens), so a page that is rolled back
does not forget the attempt; and not in the cache, which may fail open. A row is written first and the rows are counted
after: of requests that come together, no more than the limit get through.
"""

import re
import time
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from rest_framework.throttling import BaseThrottle

from accounts.forms import number_in

ASKING, TYPING = "/sign-in/", "/sign-in/code/"
CHANGING, PROVING = "/me/sign-in/", "/me/sign-in/code/"
PENDING = "account_login"  # where allauth keeps, in the session, that a code was asked for
JOINING = re.compile(r"/k/([^/]+)/join/(code/)?")
JOINING_PENDING = "joining"  # where introductions.me.confirming keeps it
# An hour, per address and network it comes from; of texts, which cost money, also a day, per number and network, and an
# hour, for all behind one network address, which may be a whole hostel.
LIMITS = {"asked": 5, "typed": 15, "texted": 6, "nearby": 40}
PERIODS = {"texted": "1 day"}
FROM_ALL = 2  # times as many from all networks together: a stranger elsewhere keeps nobody out by using theirs up
FLOOR = 0.35  # seconds an answer to "send me a code" takes, whether or not somebody has that address

RECORD_SQL = """
INSERT INTO sign_in_attempt (address_hash, kind, at) VALUES (%s, %s, fr_now()) RETURNING id
"""
COUNT_SQL = """
SELECT count(*) FROM sign_in_attempt
WHERE address_hash = %s AND kind = %s AND at > fr_now() - %s::interval
"""
FORGET_SQL = "DELETE FROM sign_in_attempt WHERE at < fr_now() - interval '1 day'"


def address_hash(address: str) -> str:
    """A keyed hash: the table alone does not tell whose address it was."""
    return salted_hmac("accounts.attempts", address.strip().lower(), algorithm="sha256").hexdigest()


def network_of(request: HttpRequest) -> str:
    """The network address a request comes from; of IPv6 its /64, for one line has all the addresses in it."""
    said: str = BaseThrottle().get_ident(request)  # type: ignore[arg-type]
    try:
        found = ip_address(said)
    except ValueError:
        return said
    if found.version == 4:
        return said
    return str(found.ipv4_mapped or ip_network((int(found), 64), strict=False))


def allowed(address: str, kind: str, network: str = "") -> bool:
    """Count one attempt and say whether it may go on. A refused one does not prolong the wait.

    kind: one of LIMITS. network: the network address it comes from, which has its own share of the limit; without one
    the limit is for all. Attempts are kept for a day.
    """
    if not network:
        return _counted(address, kind, LIMITS[kind])
    own = _counted(f"{address} from {network}", kind, LIMITS[kind])
    return own and _counted(address, kind, FROM_ALL * LIMITS[kind])


def _counted(address: str, kind: str, most: int) -> bool:
    found = address_hash(address)
    with connection.cursor() as cursor:
        cursor.execute(FORGET_SQL)
        cursor.execute(RECORD_SQL, [found, kind])
        (row,) = cursor.fetchone()
        cursor.execute(COUNT_SQL, [found, kind, PERIODS.get(kind, "1 hour")])
        (count,) = cursor.fetchone()
        if count > most:
            cursor.execute("DELETE FROM sign_in_attempt WHERE id = %s", [row])
            return False
    return True


def _pending(request: HttpRequest, key: str) -> str:
    """The address or number a code was asked for in this session; "" when none was."""
    kept: Any = request.session.get(key) or {}
    if key == PENDING:
        kept = kept.get("state", {}).get("stages", {}).get("login_by_code", {}).get("data", {})
        return str(kept.get("email") or kept.get("phone") or "")
    return str(kept.get("address") or "")


def _attempts(request: HttpRequest) -> list[tuple[str, str]]:
    """What the request tries, as (address, kind)."""
    path = request.path_info
    joining = JOINING.fullmatch(path)
    if path in (TYPING, PROVING) or (joining and joining[2]):
        return [(_pending(request, PENDING if path == TYPING else JOINING_PENDING), "typed")]
    if joining:
        return _asked(request, f"invitation {joining[1]}")
    if path == CHANGING:
        mine = request.user.is_authenticated and number_in(request.POST.get("address", ""))
        return _asked(request, f"user {request.user.pk}") if mine else []
    return _asked(request) if path == ASKING else []


def _asked(request: HttpRequest, by: str = "") -> list[tuple[str, str]]:
    """A code to the address or number that was posted. Whoever holds an invitation or gives a new number is counted as
    well: they cannot have codes sent all over the place."""
    address = request.POST.get("address", "").strip()
    if number := number_in(address):
        return [(f"from {network_of(request)}", "nearby"), (by, "asked"), (number, "asked"), (number, "texted")]
    return [(by, "asked"), (address, "asked")] if not by or _is_address(address) else []


def _is_address(text: str) -> bool:
    """A slip of the finger sends no code, and counts for nothing."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


class AttemptsMiddleware:
    """Counts what is posted to the sign-in pages, to an invitation's and to one's own. `request.too_many_attempts` is
    then for the forms to say."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.too_many_attempts = False  # type: ignore[attr-defined]
        found = _attempts(request) if request.method == "POST" else []
        if not found:
            return self.get_response(request)
        start = time.monotonic()
        network = network_of(request)  # what is refused counts no further
        may = all(allowed(address, kind, "" if kind == "nearby" else network) for address, kind in found if address)
        request.too_many_attempts = not may  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.path_info == ASKING:
            time.sleep(max(0.0, getattr(settings, "SIGN_IN_FLOOR", FLOOR) - (time.monotonic() - start)))
        return response
