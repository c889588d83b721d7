"""How a business is known to us: when it was checked, and how quickly it answers when it is asked."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

FEW = 3  # answers, below which there is no habit to speak of

# An answer counts from the last reminder before it; what an officer typed in says nothing of the business's own pace.
KNOWN = """
SELECT e.id, c.passed_on, h.number, h.days
FROM employer e
LEFT JOIN LATERAL (SELECT max(passed_on) AS passed_on FROM employer_check
                   WHERE employer_id = e.id AND id > e.checks_after) c ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS number, percentile_disc(0.5) WITHIN GROUP (ORDER BY n.days) AS days
    FROM pledge p JOIN answer a ON a.pledge_id = p.id AND a.typed_by_id IS NULL
    CROSS JOIN LATERAL (
        SELECT (a.made_at AT TIME ZONE 'Europe/London')::date - max(sent_on) AS days FROM nudge
        WHERE employer_id = e.id AND sent_on <= (a.made_at AT TIME ZONE 'Europe/London')::date) n
    WHERE p.employer_id = e.id AND n.days IS NOT NULL) h ON true
WHERE e.id = ANY(%s)
"""


@dataclass(frozen=True)
class Habit:
    """checked_on: of the check in force. days: from a reminder to the answer, half the answers came sooner; None where
    fewer than FEW are known."""

    checked_on: dt.date | None
    days: int | None


def habits(employers: Iterable[int]) -> dict[int, Habit]:
    """Employer id -> what is known. One query."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [sorted(set(employers))])
        rows = cursor.fetchall()
    return {pk: Habit(checked_on, days if number >= FEW else None) for pk, checked_on, number, days in rows}
