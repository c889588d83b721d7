"""The pledge wall: what a room has promised so far. Two statements, however many pledges: walls ask every few seconds.

What is held back or was taken back does not count. What counts depends on promises alone, never on who goes for them.
A business is named only where it agreed, and never while it is stopped.
"""

import hashlib
import io
from dataclasses import dataclass

import segno
from django.conf import settings
from django.db import connection
from django.urls import reverse

from pledges.models import Event

NEWEST, KINDS = 5, 8  # as many as can be read from the back of a room

# One row for the event as a whole (its kind is empty), then one for each kind, the most promised first.
COUNTS = """
SELECT k.code, k.name, max(ev.id), count(p.id), count(DISTINCT p.employer_id),
       coalesce(sum(p.places) FILTER (WHERE k.becomes = 'places'), 0)
FROM event ev
LEFT JOIN pledge p ON p.event_id = ev.id AND p.held_back = '' AND p.state <> 'withdrawn'
LEFT JOIN pledge_kind k ON k.id = p.kind_id
WHERE ev.code = %s
GROUP BY GROUPING SETS ((), (k.code, k.name, k.position))
ORDER BY grouping(k.code) DESC, count(p.id) DESC, k.position
"""
# The newest pledge of each business that agreed, and how many such businesses there are.
SHOWN = """
SELECT e.name, k.code, k.name, count(*) OVER ()
FROM (
    SELECT DISTINCT ON (employer_id) id, employer_id, kind_id FROM pledge
    WHERE event_id = %s AND show_business AND held_back = '' AND state <> 'withdrawn'
    ORDER BY employer_id, id DESC
) p
JOIN employer e ON e.id = p.employer_id AND e.state <> 'stopped'
JOIN pledge_kind k ON k.id = p.kind_id
ORDER BY p.id DESC LIMIT %s
"""


@dataclass(frozen=True)
class KindCount:
    """How many pledges of one kind."""

    code: str
    name: str
    pledges: int


@dataclass(frozen=True)
class Shown:
    """A business that agreed to be shown, and the kind it pledged last."""

    business: str
    kind_code: str
    kind: str


@dataclass(frozen=True)
class Wall:
    """What the wall shows. `others`: pledges of kinds that do not fit. `more`: businesses that agreed and do not."""

    pledges: int
    businesses: int
    places: int
    kinds: tuple[KindCount, ...]
    others: int
    newest: tuple[Shown, ...]
    more: int


def wall_of(code: str) -> Wall | None:
    """The wall of the event with this code (in capitals); None when there is no such event."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, [code])
        whole, *kinds = cursor.fetchall()
        if whole[2] is None:
            return None
        cursor.execute(SHOWN, [whole[2], NEWEST])
        shown = cursor.fetchall()
    counts = [KindCount(row[0], row[1], row[3]) for row in kinds if row[0] is not None]
    fit = len(counts) if len(counts) == KINDS + 1 else KINDS  # one more takes no more room than a line for the others
    return Wall(
        pledges=whole[3],
        businesses=whole[4],
        places=whole[5],
        kinds=tuple(counts[:fit]),
        others=sum(count.pledges for count in counts[fit:]),
        newest=tuple(Shown(*row[:3]) for row in shown),
        more=shown[0][3] - len(shown) if shown else 0,
    )


def address_of(event: Event) -> str:
    """Where people pledge for this event."""
    return settings.SITE_URL + reverse("pledges:make-pledge-at", args=[event.code])


def short_address_of(event: Event) -> str:
    """The same as people type it: without https:// and without the last stroke."""
    return address_of(event).partition("://")[2].rstrip("/")


def picture_of_code(address: str) -> bytes:
    """An address as a QR code: an SVG picture without any style."""
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", scale=8, border=4, light="#fff", xmldecl=False)
    return picture.getvalue()


def tag_of(page: bytes) -> str:
    """The ETag of a page: the same words, the same tag."""
    return f'"{hashlib.sha256(page).hexdigest()[:32]}"'
