"""How a business is known to us: when it was checked, and how quickly it answers when it is asked."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Func, JSONField

FEW = 3  # answers, below which there is no habit to speak of

# An answer counts from the last reminder before it; what an officer typed in says nothing of the business's own pace.
OF_ONE = """
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
WHERE e.id = """


@dataclass(frozen=True)
class Habit:
    """checked_on: of the check in force. days: from a reminder to the answer, half the answers came sooner; None where
    fewer than FEW are known."""

    checked_on: dt.date | None
    days: int | None


class Known(Func):
    """What is known of the business of a row, in a queryset: `of_known` reads it. Argument: the field of its id."""

    template = f"(SELECT to_jsonb(k) FROM ({OF_ONE} %(expressions)s) k)"
    arity = 1
    output_field = JSONField()


def of_known(known: dict[str, Any]) -> Habit:
    """What a `Known` found."""
    passed_on = known["passed_on"]
    return _habit(passed_on and dt.date.fromisoformat(passed_on), known["number"], known["days"])


def _habit(checked_on: dt.date | None, number: int, days: int | None) -> Habit:
    return Habit(checked_on, days if number >= FEW else None)


def habits(employers: Iterable[int]) -> dict[int, Habit]:
    """Employer id -> what is known. One query."""
    with connection.cursor() as cursor:
        cursor.execute(f"{OF_ONE} ANY(%s)", [sorted(set(employers))])
        rows = cursor.fetchall()
    return {pk: _habit(checked_on, number, days) for pk, checked_on, number, days in rows}
