"""The states of an outbox row and the moves between them. Every move is one conditional UPDATE (`move`): the row must
still be in the old state, and 0 rows changed means that somebody else got there first.

    held --(its digest is accepted)--> accepted            held --(no longer entitled, too old)--> ended
    due -> claimed (lease, new fence) -> handing (committed before the network is touched) -> accepted
    handing -> due (surely not taken) | unknown (perhaps taken, or its process died) | dead (refused for good)
    unknown -> accepted (the provider has it) | due (it has not, or may be sent again) | ended | dead
    due, claimed -> accepted (the provider tells by itself that it has the message after all)
    accepted -> delivered | bounced (the provider tells)
    dead -> due (an operator sends it again) | unknown (its provider is asked first) | ended (an operator gives it up)
    dead -> held (its mail is sent again)
"""

from typing import Any

from django.db.models import QuerySet

from notifications.models import Outbox

MOVES: dict[str, frozenset[str]] = {
    "held": frozenset({"accepted", "ended", "dead"}),
    "due": frozenset({"claimed", "accepted", "ended"}),
    "claimed": frozenset({"due", "handing", "accepted", "ended", "dead"}),
    "handing": frozenset({"accepted", "due", "unknown", "dead"}),
    "unknown": frozenset({"accepted", "due", "ended", "dead"}),
    "accepted": frozenset({"delivered", "bounced"}),  # by callbacks of a provider that sends them
    "delivered": frozenset({"bounced"}),
    "bounced": frozenset(),
    "dead": frozenset({"due", "unknown", "held", "ended"}),  # by an operator alone: notifications/orders.py
    "ended": frozenset(),
}
OPEN = frozenset({"due", "claimed", "handing", "unknown"})  # somebody must still do something about it
SECOND_COPY = "may be a second copy"  # reasons that are counted
REPLAYED = "an operator sends it again"
HELD_TWICE = "the provider holds it twice"
KEEPS_LEASE = frozenset({"claimed", "handing"})


class NoSuchMove(Exception):
    """The table has no arrow between these two states: a programming mistake."""


def move(rows: "QuerySet[Outbox, Outbox]", old: str, new: str, **changes: Any) -> int:
    """Move those of `rows` that are in state `old` to `new`, with `changes` to other fields. Returns how many moved.

    Leases end and secrets are wiped by the state they lead to, so that no caller can forget it.
    """
    if new not in MOVES[old]:
        raise NoSuchMove(f"{old} -> {new}")
    if new not in OPEN:
        changes["secret"] = None
    if new not in KEEPS_LEASE:
        changes["lease_until"] = None
    return rows.filter(state=old).update(state=new, **changes)


def release(items: "QuerySet[Outbox, Outbox]") -> int:
    """Let held items wait for the next digest: their mail does not carry them after all. Returns how many."""
    return items.filter(state="held").update(parent=None)
