"""A circuit for each provider: after many failures it opens, and messages wait without losing attempts.

It opens at OPENS_AT failures in a row, or when half of the last WINDOW failed. While it is open, one message in each
PROBE_EVERY goes out to try; the first that is taken closes it. The row is shared by all processes.
"""

import datetime as dt
from typing import Any

from django.db import connection
from django.db.models import Q

from core.clock import FrNow
from notifications.models import Circuit

OPENS_AT, WINDOW = 10, 50
PROBE_EVERY = dt.timedelta(minutes=1)
# Nothing is written while all goes well, so that hand-overs do not queue at one row.
RECORD_SQL = """
INSERT INTO outbox_circuit AS old (provider, in_a_row, recent) VALUES
    (%(provider)s, CASE WHEN %(well)s THEN 0 ELSE 1 END, right(repeat(%(sign)s, %(times)s), %(window)s))
ON CONFLICT (provider) DO UPDATE SET
    in_a_row = CASE WHEN %(well)s THEN 0 ELSE old.in_a_row + 1 END,
    recent = CASE WHEN %(well)s AND old.open_since IS NOT NULL THEN excluded.recent
                  ELSE right(old.recent || excluded.recent, %(window)s) END,
    open_since = CASE
        WHEN %(well)s THEN NULL
        WHEN old.open_since IS NOT NULL THEN old.open_since
        WHEN old.in_a_row + 1 >= %(opens_at)s THEN fr_now()
        WHEN length(replace(right(old.recent || 'x', %(window)s), '.', '')) * 2 >= %(window)s THEN fr_now()
    END,
    probe_at = CASE WHEN %(well)s THEN NULL ELSE fr_now() + %(probe)s END
WHERE NOT %(well)s OR old.in_a_row > 0 OR old.open_since IS NOT NULL OR old.recent <> repeat('.', %(window)s)
"""


def record(provider: str, *, well: bool, times: int = 1) -> None:
    """What a hand-over came to: the provider did its work, or it did not. times: so often in a row, when it did."""
    values: dict[str, Any] = {
        "provider": provider,
        "well": well,
        "sign": "." if well else "x",
        "times": times,
        "window": WINDOW,
        "opens_at": OPENS_AT,
        "probe": PROBE_EVERY,
    }
    with connection.cursor() as cursor:
        cursor.execute(RECORD_SQL, values)


def give_back(provider: str) -> None:
    """The message that was to try the provider out never reached it: the next may."""
    Circuit.objects.filter(provider=provider, open_since__isnull=False).update(probe_at=FrNow())


def room(provider: str, most: int) -> int:
    """How many messages may go to the provider now: `most`, 1 for whoever tries it out, or 0."""
    found = Circuit.objects.filter(provider=provider).exclude(open_since=None, held=False)
    held = found.values_list("held", flat=True).first()
    if held is None:
        return most
    if held:
        return 0
    trying = found.filter(Q(probe_at__isnull=True) | Q(probe_at__lte=FrNow()))
    return trying.update(probe_at=FrNow() + PROBE_EVERY)
