"""The flag `live` and the flat row of search: two set-based statements, run in the transaction of every cause.

Causes: publish, pause, close, a change, places taken or given back, a business checked or stopped, and the nightly job
(closing days and year-old checks pass without anybody touching a row). Queries add `closes_on >= today` by themselves.

`live` is what the public sees, so it never depends on who has taken a place: in a small firm that would tell of one
person. `free` is for the matcher and the workers' pages alone: whether a place is left.

Locks: business first, then opportunity, in every verb. A business that is being stopped at this moment makes the
statement wait, and its new state is what counts.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from opportunities import badges, ledger, pay
from opportunities.events import opportunity_changed
from opportunities.models import Opportunity
from pledges import ledger as pledges

TODAY = "(fr_now() AT TIME ZONE 'Europe/London')::date"

IS_LIVE = f"""
    (o.state = 'published' AND o.opened_on <= {TODAY} AND (o.closes_on IS NULL OR o.closes_on >= {TODAY})
     AND b.state = 'checked' AND b.checked_until >= {TODAY}
     AND check_carries(b.checked_weight, o.kind_id, o.min_age) AND {pay.HOLDS})
"""
# FOR SHARE inside, so that a stop in another transaction is either seen or waited for.
REFRESH = f"""
WITH b AS MATERIALIZED (
    SELECT e.id, e.state, e.checked_until, e.checked_weight FROM employer e
    WHERE e.id IN (SELECT employer_id FROM opportunity WHERE %(all)s OR id = ANY(%(ids)s)) ORDER BY e.id FOR SHARE
)
UPDATE opportunity o SET live = {IS_LIVE}
FROM b WHERE b.id = o.employer_id AND (%(all)s OR o.id = ANY(%(ids)s)) AND o.live IS DISTINCT FROM {IS_LIVE}
RETURNING o.id, o.live
"""
STALE = f"""
SELECT DISTINCT o.pledge_id FROM opportunity o JOIN employer b ON b.id = o.employer_id
WHERE o.live IS DISTINCT FROM {IS_LIVE}
"""

ROW = {
    "live": "o.live",
    "free": "o.places_held + o.places_started < o.places",
    "kind_id": "o.kind_id",
    "category_id": "o.category_id",
    "kind_bit": "k.bit",
    "categories": "CASE WHEN c.bit IS NULL THEN 0 ELSE 1 << c.bit END | coalesce(w.categories, 0)",
    "occupation": "o.occupation_id",
    "hours": "o.hours_mask",
    "needs": "o.needs_mask",
    "remote": "o.remote",
    "easting": "o.easting",
    "northing": "o.northing",
    "authority_id": "o.authority_id",
    "starts_on": "o.starts_on",
    "closes_on": "o.closes_on",
    "opened_on": "o.opened_on",
    "min_age": "o.min_age",
    "audience": "o.audience",
    "partnership_id": "o.partnership_id",
    "ringfenced": "k.code <> 'guaranteed-interview'",  # kinds.OPEN_TO_ALL; a test compares
    "pays_living_wage": f"coalesce(o.pay_pence >= lowest_pay_floor('', 21, coalesce(o.starts_on, {TODAY})), false)",
    "badges": badges.SQL,
    "version": "o.version",
    "title": "o.title",
    "employer_name": "e.name",
    "town": "o.town",
    "words": """
        setweight(to_tsvector('english', o.title), 'A')
        || setweight(to_tsvector('english', e.name || ' ' || o.town), 'B')
        || setweight(to_tsvector('english', o.summary || ' ' || k.name || ' ' || coalesce(c.name, '')), 'C')
    """,
}
# Updated only where something differs: an update that changes nothing would move `rev` and wake the matcher for it.
SYNC = f"""
INSERT INTO opportunity_search AS t (opportunity_id, {", ".join(ROW)})
SELECT o.id, {", ".join(ROW.values())}
FROM opportunity o JOIN employer e ON e.id = o.employer_id JOIN pledge_kind k ON k.id = o.kind_id
LEFT JOIN category c ON c.id = o.category_id LEFT JOIN occupation w ON w.number = o.occupation_id
WHERE (%(all)s OR o.id = ANY(%(ids)s)) AND o.state IN ('published', 'paused', 'closed') ORDER BY o.id
ON CONFLICT (opportunity_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in ROW)}
WHERE ({", ".join(f"t.{name}" for name in ROW)}) IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in ROW)})
"""
# In RETURNING a query of the same table still sees the row as it was; null: there was none.
WAS_FREE = """
RETURNING t.opportunity_id, t.free, (SELECT w.free FROM opportunity_search w WHERE w.opportunity_id = t.opportunity_id)
"""


def refresh_live(ids: Iterable[int] | None = None) -> dict[int, bool]:
    """Bring `live` and the flat rows of these opportunities (None: of all) to what is true now.

    Returns id -> new flag for those that turned, and announces each as changed; also the last place taken, and a place
    free again. Calling it again does nothing.
    """
    values: dict[str, Any] = {"all": ids is None, "ids": sorted(set(ids or ()))}
    with transaction.atomic(), connection.cursor() as cursor:
        pledges.lock(_touched(ids))
        cursor.execute(REFRESH, values)
        turned: dict[int, bool] = dict(cursor.fetchall())
        cursor.execute(SYNC + WAS_FREE, values)
        filled = {pk: free for pk, free, was in cursor.fetchall() if was is not None and was != free}
        pledges.write(ledger.count(None if ids is None else ledger.of(ids)))
        for pk, live in sorted(turned.items()):
            old, new = ("hidden", "live") if live else ("live", "hidden")
            opportunity_changed.send(sender=Opportunity, id=pk, old=old, new=new)
        for pk, free in sorted(filled.items()):
            old, new = ("full", "free") if free else ("free", "full")
            opportunity_changed.send(sender=Opportunity, id=pk, old=old, new=new)
    return turned


def _touched(ids: Iterable[int] | None) -> list[int]:
    """The pledges whose ledger may move. For all rows those that are not as they should be: few, most nights."""
    if ids is not None:
        return ledger.of(ids)
    with connection.cursor() as cursor:
        cursor.execute(STALE)
        stale = [pk for (pk,) in cursor.fetchall()]
    return stale


def refresh_all() -> dict[str, int]:
    """The nightly job: closing days, year-old checks and new pay floors come into force without anybody's doing."""
    return {"turned": len(refresh_live(None))}
