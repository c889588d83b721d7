"""What the opportunities of a pledge add up to. The pledge's row keeps it (pledges/ledger.py)."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from opportunities import pay
from pledges import ledger
from pledges.ledger import Places

# A place is open while it is free and its opportunity can be seen. A pledge rests while nothing of it could be seen
# even if every place were free: the giver reads that, and it must not tell of anybody.
COUNT = """
SELECT p.id,
       coalesce(sum(o.places - o.places_held - o.places_started) FILTER (WHERE o.live), 0)::int,
       coalesce(sum(o.places_held), 0)::int, coalesce(sum(o.places_started), 0)::int,
       coalesce(bool_or(o.state IN ('published', 'paused')), false)
       AND NOT coalesce(bool_or(o.state = 'published' AND b.state = 'checked' AND b.checked_until >= {today}
                                AND check_carries(b.checked_weight, o.kind_id, o.min_age)
                                AND (o.closes_on IS NULL OR o.closes_on >= {today}) AND {holds}), false)
FROM pledge p JOIN pledge_kind k ON k.id = p.kind_id AND k.becomes = 'places'
LEFT JOIN opportunity o ON o.pledge_id = p.id LEFT JOIN employer b ON b.id = o.employer_id
WHERE %(all)s OR p.id = ANY(%(ids)s) GROUP BY p.id
""".format(today="(fr_now() AT TIME ZONE 'Europe/London')::date", holds=pay.HOLDS)


def count(pledge_ids: Iterable[int] | None = None) -> dict[int, Places]:
    """What is true now, pledge by pledge; None: of all pledges of places."""
    values: dict[str, Any] = {"all": pledge_ids is None, "ids": sorted(set(pledge_ids or ()))}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        return {pk: Places(*rest) for pk, *rest in cursor.fetchall()}


def write(pledge_ids: Iterable[int]) -> int:
    """Count again and keep it. The caller has locked the pledges (pledges.ledger.lock)."""
    return ledger.write(count(pledge_ids))


def of(opportunity_ids: Iterable[int]) -> list[int]:
    """The pledges of these opportunities."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT pledge_id FROM opportunity WHERE id = ANY(%s)", [sorted(set(opportunity_ids))])
        return [pk for (pk,) in cursor.fetchall()]
