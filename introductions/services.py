"""The verbs from "I'm interested" to the business knowing, and on to an offer: one transaction each.

Locks are taken in one order: the introduction, then its business, pledge and opportunity. What follows from a stop, a
closed opportunity or the end of support is done by the sweep (sweeping.py), never in the transaction of the cause.
"""

import datetime as dt
import secrets
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User, YoungPerson
from core import clock
from core.clock import FrNow
from core.lifecycle import MoveRefused
from core.models import LifecycleLog
from core.scope import current
from core.workdays import add_working_days
from introductions import ages, events
from introductions.lifecycle import INTRODUCTION, KNOWN, WORKER
from introductions.models import Introduction, Permission
from introductions.wording import Words
from opportunities.models import Opportunity
from opportunities.places import give_back_place, hold_place
from pledges.models import Employer

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without look-alikes
S = Introduction.State
# Working days until somebody has done the next thing.
ANSWER_DAYS = {S.INTERESTED: 3, S.ASKED: 5, S.PERMITTED: 2, S.INTRODUCED: 5, S.MEETING: 5, S.INTERVIEW: 5, S.OFFERED: 5}


def due(state: str) -> dt.date:
    """The one date: by when the next thing is done after this state was reached."""
    return add_working_days(clock.today(), ANSWER_DAYS.get(S(state), 5))


@transaction.atomic
def say_interested(*, person: YoungPerson, opportunity: Opportunity, said_by: str, role: str) -> Introduction:
    """Somebody would like to go for it. Their own worker is told, nobody else. Said twice, it is the same row.

    Raises MoveRefused with a sentence when it can no longer be gone for.
    """
    refuse_ended(person)
    found = _on_the_way(person, opportunity)
    if found is not None:
        return found
    if not opportunity.live or (opportunity.closes_on is not None and opportunity.closes_on < clock.today()):
        raise MoveRefused(_("This has just closed. Have a look at the others that fit."))
    try:
        with transaction.atomic():
            row: Introduction = Introduction.objects.create(
                person=person, opportunity=opportunity, employer_id=opportunity.employer_id,
                reference=new_reference(), said_by=said_by, due_on=due(S.INTERESTED),
            )  # fmt: skip
    except IntegrityError:  # said at the same moment on another phone
        found = _on_the_way(person, opportunity)
        if found is None:
            raise
        return found
    LifecycleLog.objects.create(
        model=INTRODUCTION.model, object_id=row.pk, move="say_interested", old="", new=row.state,
        actor=current().actor, role=role,
    )  # fmt: skip
    events.interested.send(sender=Introduction, id=row.pk, old="", new=row.state)
    return row


def _on_the_way(person: YoungPerson, opportunity: Opportunity) -> Introduction | None:
    rows = Introduction.objects.filter(person=person, opportunity=opportunity).exclude(state=S.ENDED)
    found: Introduction | None = rows.first()
    return found


def new_reference() -> str:
    """Random: nothing about anybody can be read from it."""
    return "".join(secrets.choice(LETTERS) for _number in range(8))


def locked(introduction: Introduction) -> Introduction:
    """The row as it is now, locked; apart, so that a test can show what happens without it.

    Never joined with its person: a business may move its introduction on and sees nobody.
    """
    rows = Introduction.objects.select_for_update(of=("self",))
    found: Introduction = rows.select_related("opportunity__kind", "employer").get(pk=introduction.pk)
    return found


def refuse_ended(person: YoungPerson) -> None:
    """Raises MoveRefused when nobody supports them any more."""
    if person.ended_on is not None:
        raise MoveRefused(_("Support has ended, so this cannot be done here."))


@transaction.atomic
def ask(
    *, introduction: Introduction, by: User, role: str, words: Words, interpreter_on: dt.date | None = None
) -> Permission:
    """Put the exact words before the young person. Asked again, whatever was asked or answered before is taken back,
    with its words kept: a yes to other words counts for nothing.

    Raises MoveRefused when it is too late for that.
    """
    row = locked(introduction)
    refuse_ended(row.person)
    if row.opportunity.state != Opportunity.State.PUBLISHED:
        raise MoveRefused(_("This has just closed. Have a look at the others that fit."))
    INTRODUCTION.move(row, "ask" if row.state == S.INTERESTED else "ask_again", role=role, changes=_asked_again())
    take_back_permission(row)
    made: Permission = Permission.objects.create(
        introduction=row, person=row.person, words=words.kept(), asked_by=by, interpreter_on=interpreter_on
    )
    return made


def take_back_permission(row: Introduction, *, answered: bool = True) -> None:
    """The open question is closed by nobody's answer; answered: and a yes does not count any more."""
    now = clock.now()
    mine = Permission.objects.filter(introduction=row, withdrawn_at=None)
    if answered:
        mine.filter(answer=Permission.Answer.YES).update(withdrawn_at=now)
    mine.filter(answer="").update(answer=Permission.Answer.NO, answered_at=now, withdrawn_at=now)


def _asked_again() -> dict[str, Any]:
    return {"agreed": None, "permitted_at": None, "due_on": due(S.ASKED), "changed_at": clock.now()}


@transaction.atomic
def answer(
    *,
    permission: Permission,
    yes: bool,
    role: str,
    by: User | None = None,
    in_person: bool = False,
    agreed_role: str = "",
) -> Introduction:
    """ "Yes, tell them" or "No". At 16 and 17 a yes counts once the worker has confirmed it (`confirm`), or at once
    when the worker writes it down with `agreed_role`. A no ends it: no reason is asked.

    Raises MoveRefused when it was answered already, asked again meanwhile, or is on hold.
    """
    row = locked(permission.introduction)
    if row.state == S.FROZEN:
        raise MoveRefused(_("This is on hold for now. Nobody has to answer."))
    told = Permission.objects.filter(pk=permission.pk, answer="", introduction__state=S.ASKED).update(
        answer=Permission.Answer.YES if yes else Permission.Answer.NO,
        answered_at=FrNow(), answered_by=by, in_person=in_person,
    )  # fmt: skip
    if not told:
        raise MoveRefused(_("This question has been answered already, or the words have changed. Look at it again."))
    permission.refresh_from_db()
    if not yes:
        end(introduction=row, move="decline", role=role, ending=Introduction.Ending.YOUNG_PERSON)
        return row
    if not ages.is_child(row.person, clock.today()):
        _permit(row, permission, role)
    elif agreed_role and by is not None:
        confirm(permission=permission, by=by, role=role, agreed_role=agreed_role)
        row.refresh_from_db()
    elif not in_person:
        events.answered.send(sender=Introduction, id=row.pk, old=row.state, new=row.state)
    return row


@transaction.atomic
def confirm(*, permission: Permission, by: User, role: str, agreed_role: str) -> None:
    """The worker of somebody of 16 or 17 confirms their yes, and writes down who agreed in which role."""
    if role not in WORKER:
        raise MoveRefused(_("Only their worker can confirm a yes."))
    row = locked(permission.introduction)
    done = Permission.objects.filter(
        pk=permission.pk, answer=Permission.Answer.YES, confirmed_at=None, withdrawn_at=None
    ).update(confirmed_at=FrNow(), confirmed_by=by, agreed_role=agreed_role)
    if not done:
        raise MoveRefused(_("There is no yes to confirm any more."))
    permission.refresh_from_db()
    _permit(row, permission, role)


def _permit(row: Introduction, permission: Permission, role: str) -> None:
    now = clock.now()
    INTRODUCTION.move(
        row, "permit", role=role,
        changes={"agreed": permission.words, "permitted_at": now, "due_on": due(S.PERMITTED), "changed_at": now},
    )  # fmt: skip


@transaction.atomic
def introduce(*, introduction: Introduction, role: str, adult_name: str = "") -> None:
    """Keep a place, and from now on the business is told. One-to-one kinds name the adult.

    Raises MoveRefused with a sentence: no place left, not published, business not checked, nobody named.
    """
    row = locked(introduction)
    refuse_ended(row.person)
    if row.opportunity.kind.one_to_one and not adult_name.strip():
        raise MoveRefused(_("Name the adult they will be with. This kind is one to one."))
    refuse_business(row.employer)
    if not may_be_told_of(row.opportunity):
        raise MoveRefused(_("This is not open at the moment. Nobody is told of anybody for it."))
    hold_place(opportunity_id=row.opportunity_id)
    now = clock.now()
    INTRODUCTION.move(
        row, "introduce", role=role,
        changes={
            "holds_place": True, "introduced_at": now, "due_on": due(S.INTRODUCED),
            "adult_name": adult_name.strip(), "changed_at": now,
        },
    )  # fmt: skip


def may_be_told_of(opportunity: Opportunity) -> bool:
    """Whether a business may hear of somebody for it today."""
    over = opportunity.closes_on is not None and opportunity.closes_on < clock.today()
    return opportunity.state == Opportunity.State.PUBLISHED and not over


HOLD_BUSINESS = "SELECT FROM employer WHERE id = %s FOR SHARE"


def hold_business(employer: Employer) -> None:
    """The business as it is now. A stop under way is waited for, and one that comes later waits; apart, so that a test
    can show what happens without it."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD_BUSINESS, [employer.pk])


def is_checked(employer: Employer) -> bool:
    """Whether a check is in force today."""
    until = employer.checked_until
    return employer.state == Employer.Check.CHECKED and until is not None and until >= clock.today()


def refuse_business(employer: Employer) -> None:
    """Raises MoveRefused unless the business is checked today; held until the transaction ends."""
    hold_business(employer)
    employer.refresh_from_db(fields=["state", "checked_until"])
    if not is_checked(employer):
        raise MoveRefused(_("The business is not checked at the moment. Nothing goes on with it until it is."))


MOVES_ON = ("meet", "interview", "offer", "check")


@transaction.atomic
def move_on(*, introduction: Introduction, move: str, role: str, **facts: Any) -> None:
    """Meet, interview, offer or check, with the facts that go with it (`meets_at`, `meets_where`, `in_staffed_place`,
    `checks_by`, `bring`). Raises MoveRefused."""
    if move not in MOVES_ON:
        raise ValueError(move)
    row = locked(introduction)
    refuse_business(row.employer)
    now = clock.now()
    new = INTRODUCTION.by_name[move].new
    if move == "offer":
        facts["offered_on"] = clock.today()
    INTRODUCTION.move(row, move, role=role, changes={**facts, "due_on": due(new), "changed_at": now})


TAKES_BACK = ("withdraw", "decline", "decline_start", "end_support")  # the business reads nothing of it afterwards


@transaction.atomic
def end(*, introduction: Introduction, move: str, role: str, ending: str, not_this_time: str = "") -> None:
    """It goes no further. A held place is free again, the agreed words are wiped, everybody gets a closing message.

    move: decline, withdraw, not_this_time, fall_away or end_support; what has started ends by starting.py.
    Raises MoveRefused.
    """
    row = locked(introduction)
    held, now = row.holds_place, clock.now()
    changes: dict[str, Any] = {
        "ending": ending, "not_this_time": not_this_time, "ended_at": now, "agreed": None, "holds_place": False,
        "frozen_from": "", "changed_at": now,
    }  # fmt: skip
    if row.permitted_at is not None and move in TAKES_BACK:
        changes["withdrawn_at"] = now
    INTRODUCTION.move(row, move, role=role, changes=changes)
    take_back_permission(row, answered=move in TAKES_BACK)
    if held:
        give_back_place(opportunity_id=row.opportunity_id)


def is_known(introduction: Introduction) -> bool:
    """Whether the business has been told."""
    return introduction.state in (*KNOWN, S.STARTED) or (
        introduction.state == S.FROZEN and introduction.frozen_from in [str(state) for state in KNOWN]
    )
