"""Figures for operators and health checks. Operators may not see rows about young people, so the relay counts them."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F, Min, Q, Window
from django.db.models.functions import Coalesce, RowNumber

from core import clock
from core.clock import FrNow
from core.models import Heartbeat
from core.scope import EVERYTHING, scope
from notifications import causes, channels
from notifications.lifecycle import HELD_TWICE, OPEN, SECOND_COPY
from notifications.models import Circuit, Outbox, OutboxCount, OutboxPulse

# Unexplained: an item still held although its mail has gone or ended, or one that went without its mail. Either would
# be a message lost, or told twice.
COUNT_SQL = """
INSERT INTO outbox_count
       (purpose, state, channel, council_id, rows, oldest_due, unexplained, copies, doubles, counted_at)
SELECT o.purpose, o.state, o.channel, coalesce(p.responsible_authority_id, hat.council_id), count(*),
       min(o.not_before) FILTER (WHERE o.state = ANY(%(open)s)),
       count(*) FILTER (WHERE o.channel = 'digest' AND CASE o.state
           WHEN 'held' THEN mail.state IN ('accepted', 'delivered', 'bounced', 'dead', 'ended')
           WHEN 'accepted' THEN coalesce(mail.state NOT IN ('accepted', 'delivered', 'bounced'), true)
           ELSE false END),
       count(*) FILTER (WHERE o.reason = %(copy)s), count(*) FILTER (WHERE o.reason = %(double)s), fr_now()
FROM outbox o LEFT JOIN outbox mail ON mail.id = o.parent_id
LEFT JOIN young_person p ON p.id = o.person_id
LEFT JOIN (SELECT DISTINCT ON (user_id) user_id, council_id FROM membership
           WHERE council_id IS NOT NULL ORDER BY user_id, valid_from DESC, id) hat ON hat.user_id = o.recipient_id
GROUP BY 1, 2, 3, 4
ON CONFLICT DO NOTHING
"""
# In one statement, so that the lines and the rows are of one moment.
PULSE_SQL = """
INSERT INTO outbox_pulse (id, made, deleted, rows, delay_hour, delay_day, counted_at)
SELECT 1, (SELECT coalesce(sum(made), 0) FROM outbox_tally), (SELECT coalesce(sum(deleted), 0) FROM outbox_tally),
       (SELECT count(*) FROM outbox),
       percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE handed_at > fr_now() - interval '1 hour'),
       percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds), fr_now()
FROM (SELECT handed_at, extract(epoch FROM handed_at - made_at)::float AS seconds FROM outbox
      WHERE channel <> 'digest' AND state IN ('accepted', 'delivered', 'bounced')
        AND handed_at > fr_now() - interval '1 day') AS taken
ON CONFLICT (id) DO UPDATE SET made = excluded.made, deleted = excluded.deleted, rows = excluded.rows,
    delay_hour = excluded.delay_hour, delay_day = excluded.delay_day, counted_at = excluded.counted_at
"""
FOLD_SQL = """
WITH gone AS (DELETE FROM outbox_tally RETURNING made, deleted)
INSERT INTO outbox_tally (made, deleted) SELECT coalesce(sum(made), 0), coalesce(sum(deleted), 0) FROM gone
"""
LATE = dt.timedelta(minutes=5)
FRESH = dt.timedelta(minutes=2)  # the relay counts every ten seconds, in a rush once a minute
LONG = dt.timedelta(hours=1)  # unknown for so long: nobody could find out
LISTED = 20  # of each state: those of which operators see the reference
MUST_LIVE = {"relay": dt.timedelta(minutes=1), "beat": dt.timedelta(minutes=2)}


@dataclass(frozen=True)
class Figures:
    """What the relay counted last. `rows` of all states together are all messages ever made."""

    counts: list[OutboxCount]
    counted_at: dt.datetime | None
    oldest_due: dt.datetime | None
    made: int
    unexplained: int
    copies: int
    doubles: int
    pulse: OutboxPulse | None

    @property
    def is_even(self) -> bool:
        """Whether the rows there are those that were made and not deleted."""
        return self.pulse is None or self.pulse.made == self.pulse.rows + self.pulse.deleted

    @property
    def untold(self) -> int:
        """Causes of the last 30 days without a message."""
        return sum(untold for _all, untold in self.pulse.causes.values()) if self.pulse else 0


def count() -> None:
    """Count all messages anew. Background work only."""
    with transaction.atomic(), scope(EVERYTHING), connection.cursor() as cursor:
        cursor.execute("DELETE FROM outbox_count")
        cursor.execute(COUNT_SQL, {"open": sorted(OPEN), "copy": SECOND_COPY, "double": HELD_TWICE})
        cursor.execute(PULSE_SQL)
        cursor.execute(FOLD_SQL)
        OutboxPulse.objects.update(causes=causes.count(), look=_need_a_look())


def _need_a_look() -> list[list[str]]:
    """The latest mails and texts that are dead, unknown for long or overdue: never whose they are, nor what they say.
    What a mail carries goes with it. One query."""
    at = Coalesce("handed_at", "made_at")
    overdue = Q(state__in=OPEN - {"unknown"}, not_before__lt=FrNow() - LATE)
    stuck = Q(state="dead") | Q(state="unknown", handed_at__lt=FrNow() - LONG) | overdue
    rows = Outbox.objects.filter(stuck, parent=None).annotate(at=at)
    latest = rows.annotate(number=Window(RowNumber(), "state", ("-at", "-pk"))).filter(number__lte=LISTED)
    found = latest.order_by("-at", "-pk").values_list("ref", "purpose", "state", "reason", "at")
    return [[str(ref), purpose, state, reason, when.isoformat()] for ref, purpose, state, reason, when in found]


def figures() -> Figures:
    """The last count. Two queries."""
    order = ("purpose", "channel", "state", F("council__short_name").asc(nulls_first=True))
    counts = list(OutboxCount.objects.select_related("council").order_by(*order))
    return Figures(
        counts,
        counted_at=max((row.counted_at for row in counts), default=None),
        oldest_due=min((row.oldest_due for row in counts if row.oldest_due), default=None),
        made=sum(row.rows for row in counts),
        unexplained=sum(row.unexplained for row in counts),
        copies=sum(row.copies for row in counts),
        doubles=sum(row.doubles for row in counts),
        pulse=OutboxPulse.objects.first(),
    )


def is_ready() -> bool:
    """Whether messages leave in time by the relay's own count, which must be fresh, and the relay and the schedule are
    alive. A provider's open circuit is no reason, nor one that an operator holds: nothing here would mend it.

    The rows themselves may not be asked: a visitor sees none that is about a young person.
    """
    now = clock.now()
    counted = OutboxPulse.objects.values_list("counted_at", flat=True).first()
    waiting = Circuit.objects.exclude(open_since=None, held=False).values_list("provider", flat=True)
    counts = OutboxCount.objects.exclude(channel__in=channels.kinds_of(set(waiting)))
    oldest = counts.aggregate(oldest=Min("oldest_due"))["oldest"]
    heard = dict(Heartbeat.objects.values_list("process", "at"))
    alive = all(name in heard and now - heard[name] < silent for name, silent in MUST_LIVE.items())
    fresh = counted is not None and now - counted < FRESH
    return fresh and (oldest is None or now - oldest < LATE) and alive
