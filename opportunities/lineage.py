"""Which draft came of which: a line in the log of both, each with the other's address in the desk's pages."""

from accounts.models import User
from core.models import LifecycleLog
from core.scope import current
from opportunities.lifecycle import MODEL
from opportunities.models import Opportunity

# What the old one's log says, and the new one's.
AGAIN = ("offered_as", "offered_from")
SPLIT = ("split_into", "split_from")


def log(*, old: Opportunity, new: Opportunity, moves: tuple[str, str], role: str, by: User | None = None) -> None:
    """Write both lines, once for the same two rows. by: None where it came by itself."""
    actor = current().actor
    for row, other, move in ((old, new, moves[0]), (new, old, moves[1])):
        line = {"model": MODEL, "object_id": row.pk, "move": move, "why": str(other.public_id)}
        if not LifecycleLog.objects.filter(**line).exists():
            behalf = by.pk if by and by.pk != actor else None
            LifecycleLog.objects.create(
                **line, old=row.state, new=row.state, actor=actor, role=role, on_behalf_of=behalf
            )
