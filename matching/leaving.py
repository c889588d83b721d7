"""Whoever's support has ended is matched no more: what they would like goes at once, and so do their matches."""

from typing import Any

from django.db import connection, transaction

from matching import store
from matching.models import Interests, Match

# The matcher keeps columns between its runs and reads only what has changed. What has gone it cannot see: a watermark
# older than the columns makes it read them anew.
READ_ANEW_SQL = "UPDATE match_state SET watermark = greatest(watermark - 1, 0)"


@transaction.atomic
def leave(person: int) -> int:
    """Take somebody out of the matching, under the matcher's own lock. Returns how many rows went. Twice: none."""
    with connection.cursor() as cursor:
        store.lock(cursor)
        gone = Match.objects.filter(person_id=person).delete()[0] + Interests.objects.filter(pk=person).delete()[0]
        if gone:
            cursor.execute(READ_ANEW_SQL)
    return int(gone)


def react_to_end_of_support(sender: Any = None, *, id: int, **_fact: Any) -> None:
    """Reaction: in the transaction of the end."""
    leave(id)
