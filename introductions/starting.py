"""The verbs of a start: planned, put right, begun, ended. Each one transaction; the introduction is locked first.

Whose place it is follows from one question: did they begin? A start that never began gives its place back. One that
ended later does not: somebody had it, the promise was kept, and a place at the same business is a new promise.
"""

import datetime as dt
from copy import copy
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User, YoungPerson
from accounts.roles import YOUNG_PERSON
from core import clock
from core.lifecycle import SYSTEM, MoveRefused
from introductions import ages, services
from introductions.lifecycle import INTRODUCTION, START
from introductions.models import Introduction, Start
from introductions.staying import plan_check_ins
from matching.rows import FREELY_GIVEN
from opportunities.law import Law
from opportunities.places import give_back_place, start_place
from opportunities.refusals import pay_refusals

FACTS = (
    *("starts_on", "hours_a_week", "pay_pence", "named_contact", "buddy"),
    *("fares_by", "kit_by", "time_for_appointments"),
)
BACK, AHEAD = dt.timedelta(days=31), dt.timedelta(days=366)  # how far a first day may lie
S, Ending = Start.State, Start.Ending
# What the introduction says of how its start ended; all else is "has come to an end".
SAID = {Ending.STOPPED: Introduction.Ending.STOPPED, Ending.ENDED_SUPPORT: Introduction.Ending.ENDED_SUPPORT}


@transaction.atomic
def start(*, introduction: Introduction, by: User, role: str, facts: dict[str, Any]) -> Start:
    """They have a first day. The place that was held for them is taken; from today or earlier on they are there.

    facts: of FACTS, at least `starts_on` and `named_contact`. Raises MoveRefused with a sentence: support has ended,
    business not checked, pay below the law on that day, a day too far away, nobody named.
    """
    row = services.locked(introduction)
    services.refuse_ended(row.person)
    services.refuse_business(row.employer)
    _refuse_work(row)
    _refuse_day(facts["starts_on"])
    _refuse(row, facts)
    start_place(opportunity_id=row.opportunity_id)
    INTRODUCTION.move(row, "start", role=role, changes={"holds_place": False, "changed_at": clock.now()})
    made: Start = Start.objects.create(
        introduction=row, person_id=row.person_id, opportunity_id=row.opportunity_id, made_by=by, **_known(facts)
    )
    _begin_if_due(made, role)
    plan_check_ins(made)
    return made


@transaction.atomic
def put_right(*, start: Start, role: str, facts: dict[str, Any]) -> None:
    """Another first day, or other facts. A day still to come at a business that is not checked is refused; what has
    happened may always be written down. Raises MoveRefused."""
    row, mine = _locked(start)
    services.refuse_ended(row.person)
    facts = {**{name: getattr(mine, name) for name in FACTS}, **facts}
    if facts["starts_on"] > clock.today():
        services.refuse_business(row.employer)
        _refuse_work(row)
    if facts["starts_on"] != mine.starts_on:
        _refuse_day(facts["starts_on"])
    _refuse(row, facts)
    START.move(mine, "put_right", role=role, changes=_known(facts))
    _begin_if_due(mine, role)
    plan_check_ins(mine)
    _touch(row)


@transaction.atomic
def begin(*, start: Start, role: str) -> None:
    """They are there. The sweep does it on the day. Raises MoveRefused before the day."""
    row, mine = _locked(start)
    services.refuse_ended(row.person)
    if mine.starts_on > clock.today():
        raise MoveRefused(_("The first day is still to come. If it has changed, put it right."))
    START.move(mine, "begin", role=role)
    _touch(row)


@transaction.atomic
def end(*, start: Start, role: str, ending: str, on: dt.date) -> None:
    """They are not there any more, or never were; everybody gets a closing message. Raises MoveRefused."""
    row, mine = _locked(start)
    if on > clock.today():
        raise MoveRefused(_("Write today, or a day that has passed."))
    if on < mine.starts_on and ending != Ending.NEVER:
        raise MoveRefused(_("It cannot end before it began. If they never began, choose that."))
    if on < mine.made_at.astimezone(clock.LONDON).date() - BACK and ending == Ending.NEVER:
        raise MoveRefused(_("Look at the year. That day is long before this start was written down."))
    said = SAID.get(Ending(ending), Introduction.Ending.LEFT)
    _end(row, mine, role, moves=("end", "finish"), ending=ending, on=on, said=said)


@transaction.atomic
def decline(*, start: Start) -> None:
    """The young person does not want it after all, before the first day: no reason is asked. Raises MoveRefused."""
    row, mine = _locked(start)
    said = Introduction.Ending.YOUNG_PERSON
    moves = ("decline", "decline_start")
    _end(row, mine, YOUNG_PERSON, moves=moves, ending=Ending.NEVER, on=clock.today(), said=said)


def end_with_support(row: Introduction) -> None:
    """Nobody supports them any more. Nobody is told, and nobody knows whether they are still there; a first day that
    is still to come is nobody's any more. `row` is locked."""
    mine, today = Start.objects.get(introduction=row), clock.today()
    never = mine.state == S.PLANNED and mine.starts_on > today
    ending = Ending.NEVER if never else Ending.ENDED_SUPPORT
    said = Introduction.Ending.ENDED_SUPPORT
    _end(row, mine, SYSTEM, moves=("end", "end_support"), ending=ending, on=today, said=said)


def _end(
    row: Introduction, mine: Start, role: str, *, moves: tuple[str, str], ending: str, on: dt.date, said: str
) -> None:
    START.move(mine, moves[0], role=role, changes={"ended_on": on, "ending": ending})
    services.end(introduction=row, move=moves[1], role=role, ending=said)
    if ending == Ending.NEVER:
        give_back_place(opportunity_id=row.opportunity_id, started=True)


def _locked(start: Start) -> tuple[Introduction, Start]:
    """Both as they are now."""
    row = services.locked(start.introduction)
    return row, Start.objects.get(pk=start.pk)


def _known(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: facts[name] for name in FACTS if name in facts}


def _begin_if_due(start: Start, role: str) -> None:
    if start.starts_on <= clock.today():
        START.move(start, "begin", role=role)


def _touch(row: Introduction) -> None:
    """A form that was opened before is refused."""
    Introduction.objects.filter(pk=row.pk).update(changed_at=clock.now())


def _refuse_work(row: Introduction) -> None:
    """Raises MoveRefused for work at a business while they may only volunteer. Workers alone read it."""
    only = row.person.right_to_work == YoungPerson.RightToWork.VOLUNTEERING
    if only and row.opportunity.kind.code not in FREELY_GIVEN:
        raise MoveRefused(
            _(
                "They may only volunteer at the moment, and to begin this could put their stay at risk. Talk first "
                "to whoever advises them on it. The place stays theirs meanwhile."
            )
        )


def _refuse_day(day: dt.date) -> None:
    today = clock.today()
    if not today - BACK <= day <= today + AHEAD:
        raise MoveRefused(_("Write a first day from a month ago to a year ahead."))


def _refuse(row: Introduction, facts: dict[str, Any]) -> None:
    """Raises MoveRefused for what the law does not allow on that day for somebody of their age."""
    day = facts["starts_on"]
    if not facts.get("named_contact", "").strip():
        raise MoveRefused(_("Name the person at the business who looks out for them."))
    theirs, law = copy(row.opportunity), Law.load()
    theirs.starts_on, theirs.pay_pence = day, facts.get("pay_pence")
    theirs.min_age = max(theirs.min_age, ages.surely(row.person, day))
    for refusal in pay_refusals(theirs, law):
        raise MoveRefused(refusal.sentence)
    most = law.figure("young_hours_a_week", theirs)
    if ages.is_child(row.person, day) and most is not None and (facts.get("hours_a_week") or 0) > most:
        raise MoveRefused(_("At 16 and 17 the most is %(hours)d hours a week.") % {"hours": most})
