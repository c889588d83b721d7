"""The daily follow-up: every pledge has an owner, a next step and a date (domain, section 5). Driven by state.

First everything is read at once, to find the businesses where something is due. Then, for some of them at a time, their
rows are locked, read again and acted upon in one transaction: a second process waits, and finds it done. A reminder is
the giver's; it goes on working days, once a week per business. Silence and lapse fall on their calendar days.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.lifecycle import SYSTEM
from core.scope import EVERYTHING, scope
from core.workdays import add_working_days, is_working_day
from notifications.services import tell
from pledges import cadence, nudges, situations
from pledges.cadence import FIRST_WORD, LAPSE, NO_ANSWER, PROMISE, SENIOR, SILENCE, Steps
from pledges.call_tasks import drop_calls, drop_ended, make_call
from pledges.lifecycle import PLEDGE
from pledges.models import Answer, CadenceStep, CallTask, Employer, FollowUp, Nudge, Pledge
from pledges.situations import Situation

Why, Who = CallTask.Why, CadenceStep.Who
AT_ONCE = 50  # businesses per transaction
GETS_REMINDERS = (Pledge.State.NOTED, Pledge.State.CONFIRMED)
SPOKEN_TO = (Employer.Check.CALLED_BACK, Employer.Check.CHECKED)
NO_ONE_SAID = (NO_ANSWER, FIRST_WORD)
UNDECIDED = "undecided"  # the kind "I want to help, ring me"


@dataclass(frozen=True)
class Due:
    """A step that is due for a pledge, and the day it fell on."""

    case: Situation
    step: CadenceStep
    on: dt.date


def follow_up(today: dt.date | None = None) -> dict[str, int]:
    """The scheduled job. Safe to run twice, in two processes, and late: what was missed is done once. Returns counts.

    today: the day to follow up on; today when it is not told. Background work only.
    """
    day = today or clock.today()
    counts: Counter[str] = Counter()
    with scope(EVERYTHING):
        steps = cadence.steps_on(day)
        cases = situations.read()
        closings = situations.lapsed_lately(day)
    due = sorted({found.case.pledge.employer_id for found in find_due(cases, steps, day)})
    waiting = iter(due)
    while some := list(islice(waiting, AT_ONCE)):
        with scope(EVERYTHING):
            counts += _take_steps(some, steps, day)
    with scope(EVERYTHING):
        counts["dropped"] += drop_ended()
        counts["closings"] += _close(closings, day)
    return dict(counts)


# --- what is due --------------------------------------------------------------------------------------------


def find_due(cases: Iterable[Situation], steps: Steps, today: dt.date) -> list[Due]:
    """Every step that has come and was not taken, the oldest first. No query."""
    found = []
    for case in cases:
        for step in steps.values():
            on = cadence.due_on(step, case.count_from, case.pledge.by_month)
            if on is not None and on <= today and _wanted(case, step):
                found.append(Due(case, step, on))
    return sorted(found, key=lambda due: (due.on, due.case.pledge.pk, due.step.code))


def _wanted(case: Situation, step: CadenceStep) -> bool:
    """Whether the state of the pledge still asks for this step."""
    if step.code == SILENCE:
        return _silence_runs(case)
    if step.code in case.done or case.pledge.state not in situations.FOLLOWED:
        return False
    if step.code == LAPSE:
        return not (case.answered or case.had_a_word or case.taken_further)
    if step.code in NO_ONE_SAID:
        return not case.had_a_word and not (step.code == NO_ANSWER and case.answered)
    if step.code == PROMISE and case.answered:
        return case.said in (Answer.Said.ON_TRACK, Answer.Said.SPOKE)
    return not case.answered and (step.who == Who.OWNER or case.pledge.state in GETS_REMINDERS)


def _silence_runs(case: Situation) -> bool:
    """The rule that was agreed when pledging. It runs only once a person has spoken to the business on a number found
    independently: until then the step makes the call, and the pledge stays as it is.
    """
    agreed = case.pledge.publish_if_silent is True and case.pledge.state == Pledge.State.NOTED and not case.answered
    return agreed and (SILENCE not in case.done or case.pledge.employer.state in SPOKEN_TO)


# --- taking steps -------------------------------------------------------------------------------------------


def lock(employers: Sequence[int]) -> None:
    """Until the transaction ends nobody else follows these businesses up, or answers for them. Apart, so that a test
    can show what happens without it.
    """
    list(Employer.objects.filter(pk__in=employers).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    rows = Pledge.objects.filter(employer__in=employers, state__in=situations.FOLLOWED).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))


def _take_steps(employers: Sequence[int], steps: Steps, today: dt.date) -> Counter[str]:
    counts: Counter[str] = Counter()
    with transaction.atomic():
        lock(employers)
        cases = situations.read(employers=employers)
        quiet = situations.nudged_lately(today, employers=employers)
        for due in find_due(cases, steps, today):
            counts[due.step.code] += _act(due, today)
        counts["nudges"] += _nudge(find_due(cases, steps, today), quiet, today)
    return counts


def _act(due: Due, today: dt.date) -> int:
    """Everything but the givers' messages. Returns 1 when the step was taken."""
    case, code = due.case, due.step.code
    if not _wanted(case, due.step):  # an earlier step of this run has changed how it stands
        return 0
    if code == LAPSE:
        return _lapse(due, today)
    if code == SILENCE:
        return _silence(due, today)
    if due.step.who == Who.OWNER:
        _owner_rings(due, today)
        return 1
    if code == PROMISE and case.answered:
        _note(due, today, call=_call(case, Why.PROMISE, cadence.promise_call_by(due.on)))
        return 1
    if _way(case) is None:
        why = Why.RING_ME if case.pledge.contact.reminders else Why.NO_REMINDERS
        _note(due, today, call=case.first_call or _call(case, why, add_working_days(today, cadence.CALL_WITHIN)))
        return 1
    return 0


def _way(case: Situation) -> str | None:
    """The purpose by which the giver gets reminders. None: a person rings instead."""
    contact = case.pledge.contact
    if not contact.reminders or case.pledge.kind.code == UNDECIDED:
        return None
    return nudges.way_of(contact)


def _lapse(due: Due, today: dt.date) -> int:
    why = _("Nobody answered, and nobody of us reached them, in %(days)s days") % {"days": due.step.day}
    PLEDGE.move(due.case.pledge, "lapse", role=SYSTEM, why=why)
    drop_calls(pledge=due.case.pledge)
    _note(due, today)
    return 1


def _silence(due: Due, today: dt.date) -> int:
    case = due.case
    if SILENCE not in case.done:
        _note(due, today, call=_call(case, Why.SILENCE, add_working_days(today, cadence.CALL_WITHIN)))
    if case.pledge.employer.state not in SPOKEN_TO:
        return 0
    why = _("Nothing heard by day %(day)s, as agreed when pledging") % {"day": due.step.day}
    PLEDGE.move(case.pledge, "agree_by_silence", role=SYSTEM, why=why)
    case.taken_further = True
    return 1


def _owner_rings(due: Due, today: dt.date) -> None:
    """One call for a pledge: a step that finds one open in time is part of it. Somebody more senior replaces it."""
    case, code = due.case, due.step.code
    by = add_working_days(today, cadence.CALL_WITHIN)
    if code in NO_ONE_SAID:
        by = max(min(by, cadence.word_by(case.count_from)), today)
    there = case.first_call
    if code == SENIOR:
        if there is not None:
            by = min(by, there.due_on)  # a late call stays late
            drop_calls(pledge=case.pledge, but=(Why.SENIOR, Why.SILENCE))
        there = None
    elif there is not None and there.due_on > max(by, cadence.word_by(case.count_from)):
        there = None  # a call in some month is no human word by day 10
    _note(due, today, call=there or _call(case, Why(code), by))


def _call(case: Situation, why: str, due_on: dt.date) -> CallTask:
    task = make_call(pledge=case.pledge, why=why, due_on=due_on)
    others = [other for other in case.open_calls if other.pk != task.pk]
    case.open_calls = sorted([*others, task], key=lambda each: (each.due_on, each.pk))
    return task


def _note(due: Due, today: dt.date, *, nudge: Nudge | None = None, call: CallTask | None = None) -> None:
    """The step was taken: once per pledge and count, or the database says so."""
    FollowUp.objects.create(
        pledge=due.case.pledge,
        step=due.step.code,
        counted_from=due.case.count_from,
        due_on=due.on,
        done_on=today,
        nudge=nudge,
        call=call,
    )
    due.case.done.add(due.step.code)


# --- messages -----------------------------------------------------------------------------------------------


def _nudge(due: Sequence[Due], quiet: set[int], today: dt.date) -> int:
    """One reminder per business: for the person who has waited longest, about all their pledges at once."""
    if not is_working_day(today):
        return 0
    sent = 0
    for found in due:  # the oldest first
        employer = found.case.pledge.employer_id
        if found.step.who != Who.GIVER or employer in quiet or _way(found.case) is None:
            continue
        quiet.add(employer)
        theirs = [
            other
            for other in due
            if other.case.pledge.contact_id == found.case.pledge.contact_id
            and other.step.who == Who.GIVER
            and _way(other.case) is not None
        ]
        _send(theirs, today)
        sent += 1
    return sent


def _send(due: Sequence[Due], today: dt.date) -> None:
    """All of it in one message. Of several steps of one pledge that were missed the message is about the last."""
    first = due[0].case
    nudge = Nudge.objects.create(employer=first.pledge.employer, contact=first.pledge.contact, sent_on=today)
    for each in due:
        _note(each, today, nudge=nudge)
    tell(purpose=_way(first) or nudges.NUDGE, cause_id=nudge.pk, version=1)


def _close(closings: Mapping[Any, list[Pledge]], today: dt.date) -> int:
    """A last word about what lapsed, on a working day, in a week without another message. Told twice is told once."""
    if not closings or not is_working_day(today):
        return 0
    quiet = situations.nudged_lately(today)
    told = 0
    for pledges in closings.values():
        purpose = nudges.closing_way_of(pledges[0].contact)
        if pledges[0].employer_id not in quiet and purpose:
            version = max(str(pledge.followed_from) for pledge in pledges)
            told += tell(purpose=purpose, cause_id=pledges[0].pk, version=version)
    return told
