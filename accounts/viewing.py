"""Who looked: one row per viewer, role, page and day. A page that shows young people logs all of them in one query."""

from collections.abc import Iterable

from django.db import connection

from accounts.hats import Hat
from accounts.models import View

# `on` is the day in London. Sorted, so that two pages at once wait for each other instead of deadlocking.
LOG_SQL = """
INSERT INTO view_log (person_id, viewer_id, role, council_id, page, "on")
SELECT seen.person, %(viewer)s, %(role)s, %(council)s, %(page)s, (fr_now() AT TIME ZONE 'Europe/London')::date
FROM (SELECT DISTINCT unnest(%(people)s::bigint[]) AS person) seen
ORDER BY seen.person
ON CONFLICT DO NOTHING
"""


def log_view(hat: Hat, people: Iterable[int], page: View.Page) -> None:
    """Write down that whoever wears `hat` was shown `people` (ids) on a kind of page. One query, for nobody too.

    Call it from the view, inside the request's scope: the wall refuses a row about somebody whom the hat may not see.
    """
    values: dict[str, int | str | list[int] | None] = {
        "viewer": hat.user, "role": hat.role, "council": hat.council, "page": str(page), "people": list(people),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(LOG_SQL, values)
