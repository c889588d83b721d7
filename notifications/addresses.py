"""Addresses and numbers that do not work any more: nothing is sent there until somebody tries them again.

Kept by a keyed digest, never in clear: a new address has another, so nothing has to be undone when it changes.
"""

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterable

from django.conf import settings
from django.db import connection

from accounts.hats import in_force
from accounts.models import Membership
from core.telephones import mobile
from notifications.models import Unreachable

FAILURES = 2  # so many in a row stop an address; one is enough where the provider says that there is none
FAILED_SQL = """
INSERT INTO outbox_address AS old (mark, failures, stopped_at) VALUES
    (%(mark)s, 1, CASE WHEN %(gone)s THEN fr_now() END)
ON CONFLICT (mark) DO UPDATE SET
    failures = old.failures + 1,
    changed_at = fr_now(),
    stopped_at = coalesce(old.stopped_at, CASE WHEN %(gone)s OR old.failures + 1 >= %(most)s THEN fr_now() END)
"""


def mark_of(to: str) -> str:
    """What an address or a number is known by here, however it was typed."""
    same = mobile(to) or to.strip().lower()
    return hmac.new(settings.SECRET_KEY.encode(), f"address:{same}".encode(), hashlib.sha256).hexdigest()


def failed(mark: str, *, gone: bool) -> None:
    """A message to it came back. gone: there is no such address or number."""
    with connection.cursor() as cursor:
        cursor.execute(FAILED_SQL, {"mark": mark, "gone": gone, "most": FAILURES})


def worked(mark: str, handed_at: dt.datetime) -> None:
    """A message that was handed over then has arrived: what failed before counts no longer."""
    Unreachable.objects.filter(mark=mark, changed_at__lt=handed_at).delete()


def stopped(addresses: Iterable[str]) -> set[str]:
    """Those of them that do not work any more. One query."""
    marks = {to: mark_of(to) for to in addresses if to}
    rows = Unreachable.objects.filter(mark__in=set(marks.values()), stopped_at__isnull=False)
    found = set(rows.values_list("mark", flat=True))
    return {to for to, mark in marks.items() if mark in found}


def sends_nothing(to: str) -> bool:
    """Whether nothing is sent there. Whoever works here is still written to: their council looks after its mail."""
    if not stopped([to]):
        return False
    works_here = Membership.objects.filter(in_force(), user__email__iexact=to, employer_id=None)
    return not works_here.exists()


def try_again(addresses: Iterable[str]) -> int:
    """Somebody says that they work: send there again. Returns how many were stopped."""
    marks = [mark_of(to) for to in addresses if to]
    return Unreachable.objects.filter(mark__in=marks, stopped_at__isnull=False).delete()[0]
