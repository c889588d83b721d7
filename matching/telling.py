"""Who is told about a match: the adviser of the moment, once per person, opportunity and version of it.

The rows of `match_told` and the held messages are written in the transaction of the matches: a crash leaves neither.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import OuterRef, QuerySet

from matching import weights as w
from matching.models import MatchTold
from notifications import causes
from notifications import services as notifications

PURPOSE = "match"

# The best of each list; of those, what nobody was told and nobody has acted on; of those, as many as may be told about
# one opportunity: first whoever was told least so far.
BEST_SQL = """
    SELECT m.person_id, m.opportunity_id, m.score
    FROM unnest(%(people)s::bigint[]) AS p (id) CROSS JOIN LATERAL (
        SELECT * FROM match WHERE person_id = p.id ORDER BY score DESC, opportunity_id LIMIT %(best)s) m
    WHERE m.score >= %(floor)s
"""
# What is on few lists, wherever it stands on them.
LIFTED_SQL = """
    SELECT m.person_id, m.opportunity_id, m.score
    FROM match m WHERE m.score >= %(floor)s AND m.opportunity_id IN (
        SELECT opportunity_id FROM match GROUP BY opportunity_id HAVING count(*) <= %(lifted)s)
"""
TELL_SQL = """
WITH best AS ({best}), fresh AS (
    SELECT b.*, r.version, l.worker_id, greatest(%(at_least)s, %(per_place)s * o.places) AS most
    FROM best b
    JOIN opportunity o ON o.id = b.opportunity_id
    JOIN opportunity_search r ON r.opportunity_id = b.opportunity_id
    JOIN adviser_link l ON l.person_id = b.person_id AND l.ended_on IS NULL
    WHERE NOT EXISTS (SELECT FROM match_told t WHERE t.person_id = b.person_id
                      AND t.opportunity_id = b.opportunity_id AND t.version = r.version)
      AND NOT EXISTS (SELECT FROM match_action a WHERE a.person_id = b.person_id
                      AND a.opportunity_id = b.opportunity_id AND a.version >= r.version)
), placed AS (
    SELECT f.*, row_number() OVER (
               PARTITION BY opportunity_id
               ORDER BY (SELECT count(*) FROM match_told t WHERE t.person_id = f.person_id), score DESC, person_id)
        + (SELECT count(*) FROM match_told t
           WHERE t.opportunity_id = f.opportunity_id AND t.version = f.version) AS place
    FROM fresh f
)
INSERT INTO match_told (person_id, opportunity_id, version, adviser_id, told_at)
SELECT person_id, opportunity_id, version, worker_id, fr_now() FROM placed WHERE place <= most
ORDER BY person_id, opportunity_id
ON CONFLICT DO NOTHING
RETURNING adviser_id, person_id, opportunity_id, version
"""


def told_since(moment: dt.datetime) -> "QuerySet[Any, Any]":
    """Which matches somebody must hear of (notifications/causes.py)."""
    held = causes.told_of(
        PURPOSE, cause="opportunity_id", person=OuterRef("person_id"), recipient=OuterRef("adviser_id")
    )
    rows = MatchTold.objects.filter(told_at__gte=moment)
    found: QuerySet[Any, Any] = rows.annotate(told=held)
    return found


def tell(people: Collection[int]) -> int:
    """Hold a message for each adviser about what is new and good for `people`. Returns how many."""
    if not people:
        return 0
    return _tell(BEST_SQL, {"people": sorted(people), "best": w.TELL_BEST})


def lift() -> int:
    """The same about what is on few lists, so that it is not passed over by everybody. For once a night."""
    return _tell(LIFTED_SQL, {"lifted": w.LIFTED})


def _tell(best: str, values: dict[str, int | list[int]]) -> int:
    limits = {"floor": w.TELL_FLOOR, "at_least": w.TOLD_AT_LEAST, "per_place": w.TOLD_PER_PLACE}
    with connection.cursor() as cursor:
        cursor.execute(TELL_SQL.format(best=best), {**values, **limits})
        items = cursor.fetchall()
    return notifications.hold(purpose=PURPOSE, items=items) if items else 0
