"""The ledger of a pledge: of the places promised, how many are open, held for somebody, begun.

Opportunities and asks count; `write` keeps what they counted with the pledge, in the transaction of every cause.
Locks: business, then pledge, then opportunity or ask. Whoever counts calls `lock` first, so that two who change the
same pledge at once see each other's places.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.lifecycle import SYSTEM
from pledges.call_tasks import make_call
from pledges.lifecycle import PLEDGE
from pledges.models import CallTask, Pledge


@dataclass(frozen=True)
class Places:
    """Counts for one pledge. resting: it is live, and yet nothing of it is shown (paused, the business's check).

    resting never depends on who has taken a place: the giver sees it.
    """

    live: int = 0
    held: int = 0
    started: int = 0
    resting: bool = False


WRITE = """
UPDATE pledge p SET places_live = n.live, places_held = n.held, places_started = n.started, resting = n.resting
FROM unnest(%(ids)s::bigint[], %(live)s::int[], %(held)s::int[], %(started)s::int[], %(resting)s::bool[])
     AS n(id, live, held, started, resting)
WHERE p.id = n.id AND (p.places_live, p.places_held, p.places_started, p.resting)
      IS DISTINCT FROM (n.live, n.held, n.started, n.resting)
"""

EMPLOYERS = "SELECT employer_id FROM pledge WHERE id = ANY(%s)"


def lock(pledge_ids: Iterable[int]) -> None:
    """Hold these pledges, and their businesses against a stop, until the transaction ends. In one order."""
    ids = sorted(set(pledge_ids))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT FROM employer WHERE id IN ({EMPLOYERS}) ORDER BY id FOR SHARE", [ids])
        cursor.execute("SELECT FROM pledge WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [ids])


def write(counts: Mapping[int, Places]) -> int:
    """Keep what was counted: pledge id -> places. Returns how many changed. One statement for any number.

    The database refuses what is negative, or more than was promised.
    """
    if not counts:
        return 0
    rows = sorted(counts.items())
    values = {
        "ids": [pk for pk, _ in rows],
        **{name: [getattr(places, name) for _, places in rows] for name in ("live", "held", "started", "resting")},
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE, values)
        changed: int = cursor.rowcount
    return changed


def in_words(pledge: Pledge) -> str:
    """For coordinators only: held and begun are about people, however few."""
    said = {"live": pledge.places_live, "held": pledge.places_held, "started": pledge.places_started}
    return _("%(live)d open, %(held)d held, %(started)d begun") % said


def settle(*, pledge_id: int) -> None:
    """What becomes of a live pledge when nothing of it is open, and nobody is on the way any more.

    All places begun: kept. Some: it ends, partly kept. None: it rests and its owner rings to offer it again.
    """
    with transaction.atomic():
        pledge = Pledge.objects.select_for_update(of=("self",)).get(pk=pledge_id)
        if pledge.state != Pledge.State.LIVE or pledge.places_held:
            return
        if pledge.places_started >= pledge.places:
            PLEDGE.move(pledge, "keep", role=SYSTEM)
        elif pledge.places_started:
            PLEDGE.move(pledge, "end", role=SYSTEM)
        else:
            PLEDGE.move(pledge, "rest", role=SYSTEM)
            make_call(pledge=pledge, why=CallTask.Why.OFFER_AGAIN)
