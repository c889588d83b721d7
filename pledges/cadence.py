"""The steps of the follow-up, from data/cadence.csv to rows, and the days they fall on (domain, section 5)."""

import datetime as dt
from collections.abc import Mapping

from core.reference import read_csv
from core.workdays import add_working_days, last_working_day, next_working_day
from pledges.models import CadenceStep
from pledges.reference import DATA

DRAFT, NO_ANSWER, FIRST_WORD, WRITE = "draft", "no-answer", "first-word", "write"
SENIOR, SILENCE, LAPSE, PROMISE = "senior", "silence", "lapse", "promise"
WORD_BY_DAY = 10  # every pledge has had a human word by then
CALL_WITHIN = 2  # working days: how long a call may take that somebody asked for
Steps = Mapping[str, CadenceStep]


def load_cadence() -> int:
    """Bring the table of steps to what the file says. A step that changes gets a new row with its own dates."""
    rows = read_csv(DATA / "cadence.csv")
    CadenceStep.objects.bulk_create(
        [
            CadenceStep(
                code=row["code"],
                day=int(row["day"]),
                counted_from=row["counted_from"],
                who=row["who"],
                what=row["what"],
                valid_from=dt.date.fromisoformat(row["valid_from"]),
                valid_to=dt.date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                source=row["source"],
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["code", "valid_from"],
        update_fields=["day", "counted_from", "who", "what", "valid_to", "source"],
    )
    return len(rows)


def steps_on(day: dt.date) -> Steps:
    """The steps in force on `day`, by code. One query."""
    rows = CadenceStep.objects.filter(valid_from__lte=day).exclude(valid_to__lte=day).order_by("valid_from")
    return {step.code: step for step in rows}


def word_by(followed_from: dt.date) -> dt.date:
    """The last working day on which the first human word is still in time."""
    return last_working_day(followed_from + dt.timedelta(days=WORD_BY_DAY))


def due_on(step: CadenceStep, followed_from: dt.date, by_month: dt.date | None) -> dt.date | None:
    """The day a step falls on, a working day or not. None when it does not apply: no month was promised, or one so
    near that its reminder would come before the count begins.

    The task for the first word is made early enough: two working days at least before the last day for it.
    """
    if step.counted_from == CadenceStep.CountedFrom.PROMISE:
        day = by_month + dt.timedelta(days=step.day) if by_month else None
        return day if day and day > followed_from else None
    day = followed_from + dt.timedelta(days=step.day)
    if step.code == FIRST_WORD:
        return max(min(day, add_working_days(word_by(followed_from), -CALL_WITHIN)), followed_from)
    return day


def promise_call_by(day: dt.date) -> dt.date:
    """By when the owner rings about a promised month, given the day of the `promise` step."""
    return add_working_days(next_working_day(day), CALL_WITHIN)
