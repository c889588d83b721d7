"""Figures for operators and health checks. Operators may not see rows about young people, so the relay counts them."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.db.models import Min

from core import clock
from core.models import Heartbeat
from core.scope import EVERYTHING, scope
from notifications.lifecycle import OPEN
from notifications.models import Outbox, OutboxCount

# Unexplained: an item still held although its mail has gone or ended, or one that went without its mail. Either would
# be a message lost, or told twice.
COUNT_SQL = """
INSERT INTO outbox_count (purpose, state, rows, oldest_due, unexplained, counted_at)
SELECT o.purpose, o.state, count(*), min(o.not_before) FILTER (WHERE o.state = ANY(%(open)s)),
       count(*) FILTER (WHERE o.channel = 'digest' AND CASE o.state
           WHEN 'held' THEN mail.state IN ('accepted', 'delivered', 'bounced', 'dead', 'ended')
           WHEN 'accepted' THEN coalesce(mail.state NOT IN ('accepted', 'delivered', 'bounced'), true)
           ELSE false END),
       fr_now()
FROM outbox o LEFT JOIN outbox mail ON mail.id = o.parent_id
GROUP BY o.purpose, o.state
ON CONFLICT DO NOTHING
"""
LATE = dt.timedelta(minutes=5)
SILENT = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Figures:
    """What the relay counted last. `rows` of all states together are all messages ever made."""

    counts: list[OutboxCount]
    counted_at: dt.datetime | None
    oldest_due: dt.datetime | None
    made: int
    unexplained: int


def count() -> None:
    """Count all messages anew. Background work only."""
    with scope(EVERYTHING), connection.cursor() as cursor:
        cursor.execute("DELETE FROM outbox_count")
        cursor.execute(COUNT_SQL, {"open": sorted(OPEN)})


def figures() -> Figures:
    """The last count. One query."""
    counts = list(OutboxCount.objects.order_by("purpose", "state"))
    return Figures(
        counts,
        counted_at=max((row.counted_at for row in counts), default=None),
        oldest_due=min((row.oldest_due for row in counts if row.oldest_due), default=None),
        made=sum(row.rows for row in counts),
        unexplained=sum(row.unexplained for row in counts),
    )


def is_ready() -> bool:
    """Whether messages leave in time and the relay is alive. Mails carry no young person, so any scope may ask."""
    now = clock.now()
    oldest = Outbox.objects.filter(state__in=OPEN).aggregate(oldest=Min("not_before"))["oldest"]
    relay = Heartbeat.objects.filter(process="relay").values_list("at", flat=True).first()
    return (oldest is None or now - oldest < LATE) and relay is not None and now - relay < SILENT
