"""What providers tell us later: a message arrived, or came back. Told by callback, or asked for after a day.

A callback may come twice, out of order, and before our own process has written down that the provider took the
message. So the web process only keeps what it was told, and the background settles it.
"""

import datetime as dt
import logging
import time
import uuid
from collections import Counter

from django.db.models import F

from core.clock import FrNow
from core.scope import EVERYTHING, scope
from notifications import addresses, channels
from notifications.drain import NEW_FENCE, committed, end
from notifications.lifecycle import HELD_TWICE, MOVES, move
from notifications.models import Outbox, ProviderReport

log = logging.getLogger(__name__)

BATCH = 50
ASK_AFTER, ASK_UNTIL = dt.timedelta(days=1), dt.timedelta(days=7)  # Notify forgets after a week
# What is said of a message: the state its row comes to, and the reason to write there.
FATES = {
    "accepted": ("accepted", ""),
    "delivered": ("delivered", ""),
    "bounced": ("bounced", "no such address or number"),
    "failed": ("bounced", "not delivered this time"),
    "broken": ("bounced", "the provider's own mistake"),
}
# GOV.UK Notify's words for it.
NOTIFY_FATES = {
    "created": "accepted",
    "sending": "accepted",
    "pending": "accepted",
    "sent": "accepted",
    "delivered": "delivered",
    "permanent-failure": "bounced",
    "temporary-failure": "failed",
    "technical-failure": "broken",
}
NOT_WRITTEN_DOWN = ("due", "claimed", "handing", "unknown")


def keep(ref: uuid.UUID, fate: str, known_as: uuid.UUID | None = None) -> None:
    """Write down what a provider says of a reference. Said twice: once. known_as: its own number of the message."""
    told = ProviderReport(ref=ref, fate=fate, known_as=known_as)
    ProviderReport.objects.bulk_create([told], ignore_conflicts=True)


def settle(*, seconds: float = 10) -> Counter[str]:
    """Apply what was told, the oldest first. Returns how many reports led to what; an unknown reference to nothing."""
    end_at = time.monotonic() + seconds
    counts: Counter[str] = Counter()
    while time.monotonic() < end_at:
        with committed():
            waiting = ProviderReport.objects.order_by("pk").select_for_update(skip_locked=True)
            reports = list(waiting[:BATCH])
            for report in reports:
                counts[apply(report.ref, report.fate, report.known_as)] += 1
            ProviderReport.objects.filter(pk__in=[report.pk for report in reports]).delete()
        if not reports:
            break
    return counts


def apply(ref: uuid.UUID, fate: str, known_as: uuid.UUID | None = None) -> str:
    """Bring a row to what its provider says, one of FATES. Returns the state it moved to, or `nothing`."""
    row = Outbox.objects.filter(ref=ref).select_for_update(of=("self",)).first()
    if row is None:
        return "nothing"
    rows, new, reason = Outbox.objects.filter(pk=row.pk), *FATES[fate]
    moved = 0
    if row.state in NOT_WRITTEN_DOWN:  # they have it: whoever holds the row now must not write any more
        moved = end(rows, row.state, "accepted", fence=NEW_FENCE, handed_at=FrNow())
        row.state = "accepted"
    if new in MOVES[row.state]:
        says = reason and row.reason != HELD_TWICE  # which stays in mind
        moved = move(rows, row.state, new, **({"reason": reason} if says else {}))
        _learn(row, fate)
    if known_as:
        _count_copies(row, known_as)
    return new if moved else "nothing"


def _count_copies(row: Outbox, known_as: uuid.UUID) -> None:
    """Two numbers of the provider under one reference are two copies, however soon both arrived."""
    if row.known_as is None:
        Outbox.objects.filter(pk=row.pk).update(known_as=known_as)
    elif row.known_as != known_as:
        Outbox.objects.filter(pk=row.pk).update(reason=HELD_TWICE)


def _learn(row: Outbox, fate: str) -> None:
    """What a report says of the address. The provider's own mistake says nothing."""
    if not row.address_mark:
        return
    if fate in ("bounced", "failed"):
        addresses.failed(row.address_mark, gone=fate == "bounced")
    elif fate == "delivered" and row.handed_at:
        addresses.worked(row.address_mark, row.handed_at)


def ask_about_silent(*, seconds: float = 60) -> dict[str, int]:
    """The nightly job: ask about messages that were taken a day ago and of which nothing was heard; count the ones
    that the provider holds twice. Who was asked least comes first. Returns counts."""
    counts: Counter[str] = Counter()
    end_at = time.monotonic() + seconds
    for kind in channels.KINDS:
        channel = channels.chosen(kind)
        for ref in _silent(kind):
            if time.monotonic() > end_at:
                break
            try:
                found = channel.find(ref)
            except Exception as error:
                log.warning("the provider could not be asked: %s", type(error).__name__)
                counts["not asked"] += 1
                break
            if found is None:
                break  # it can never be asked
            counts["asked"] += 1
            counts["twice"] += len(found) > 1
            with committed():
                Outbox.objects.filter(ref=ref).update(asked=F("asked") + 1)
                for fate in found:
                    apply(ref, fate)
                if len(found) > 1:
                    Outbox.objects.filter(ref=ref).update(reason=HELD_TWICE)
    return dict(counts)


def _silent(kind: str) -> list[uuid.UUID]:
    with scope(EVERYTHING):
        since, until = FrNow() - ASK_UNTIL, FrNow() - ASK_AFTER
        rows = Outbox.objects.filter(state="accepted", channel=kind, handed_at__range=(since, until))
        return list(rows.order_by("asked", "handed_at").values_list("ref", flat=True))
