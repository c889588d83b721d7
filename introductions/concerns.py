""" "Something is wrong": to whom it goes, by when somebody has looked, and what a safeguarding lead does with it.

It reaches the leads of the responsible authority and of the council where the work is. What was said is never refused
and never lost: more than are usual in an hour are kept as well, marked, and told in one message.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When
from django.utils.translation import gettext as _

from accounts.hats import in_force
from accounts.models import Council, Membership, User, YoungPerson
from accounts.roles import Role
from core import clock, idempotency
from core.clock import LONDON, FrNow
from core.lifecycle import MoveRefused
from core.models import LifecycleLog
from core.schedule import instant
from core.scope import Scope, current, scope
from core.workdays import add_working_days, is_working_day
from introductions import events
from introductions.lifecycle import CONCERN
from introductions.models import Concern, ConcernNote, Introduction
from opportunities.models import Opportunity
from pledges.models import Employer

LEAD = str(Role.SAFEGUARDING_LEAD)
OPENS, CLOSES, LATEST = dt.time(9), dt.time(17), dt.time(16)  # after LATEST there is no time left today
SOON_DAYS = 3
USUAL = 20  # in an hour, to one council, from people who do not say who they are


def look_by(urgency: str, now: dt.datetime) -> dt.datetime:
    """The clock: within the hour; today, or in the next working morning when today is over; in three working days."""
    local = now.astimezone(LONDON)
    day = local.date()
    if urgency == Concern.Urgency.NOW:
        return now + dt.timedelta(hours=1)
    if urgency == Concern.Urgency.TODAY:
        if not is_working_day(day) or local.time() >= LATEST:
            return instant(add_working_days(day, 1), OPENS)
        return instant(day, OPENS if local.time() < OPENS else CLOSES)
    return instant(add_working_days(day, SOON_DAYS), CLOSES)


@transaction.atomic
def raise_concern(
    *,
    said_by: str,
    urgency: str,
    role: str,
    words: str = "",
    reach: str = "",
    person: YoungPerson | None = None,
    introduction: Introduction | None = None,
    opportunity: Opportunity | None = None,
    employer: Employer | None = None,
    council: Council | None = None,
) -> Concern:
    """Keep it, and tell the leads at once. The caller has established that they may speak of `introduction`.

    council: chosen by whoever speaks, where neither a person nor an opportunity says it. Raises ValueError when no
    council follows from anything. Said again for the same stop, it is the same row.
    """
    work = work_council(opportunity, introduction) or council
    responsible = _responsible(person.pk if person else (introduction.person_id if introduction else None))
    councils = [one for one in (responsible, work.pk if work else None) if one is not None]
    if not councils:
        raise ValueError("A concern reaches a council")
    with _as_the_councils(councils):
        found = _of_a_stop(introduction, said_by)
        if found is not None:
            return found
        now = clock.now()
        said: dict[str, object] = {"words": words.strip(), "reach": reach.strip()}
        if _may_wait(said_by, urgency) and _many(councils, now):
            said["many"] = True
        row: Concern = Concern.objects.create(
            person_id=person.pk if person else (introduction.person_id if introduction else None),
            introduction=introduction,
            opportunity_id=opportunity.pk if opportunity else (introduction.opportunity_id if introduction else None),
            employer_id=_employer(employer, introduction, opportunity),
            responsible_id=responsible, work_council=work, said_by=said_by, urgency=urgency, words=said,
            look_by=look_by(urgency, now),
        )  # fmt: skip
        actor = None if said_by == Concern.SaidBy.ANYBODY else current().actor
        LifecycleLog.objects.create(
            model=CONCERN.model, object_id=row.pk, move="raise", old="", new=row.state, actor=actor, role=role
        )
        events.concern_raised.send(sender=Concern, id=row.pk, old="", new=row.state)
    return row


def pass_on(*, person: YoungPerson, about: str, words: str, role: str) -> None:
    """What somebody kept apart does not want. Those who lead the team know nothing of them: a safeguarding lead reads
    it."""
    said = "\n".join(part for part in (about, words) if part)
    raise_concern(
        said_by=Concern.SaidBy.YOUNG_PERSON, urgency=Concern.Urgency.SOON, role=role, words=said, person=person
    )


def who_reads(person: YoungPerson) -> str:
    """The same, in words to them: a lead, where their council has one."""
    if holders(LEAD, [person.responsible_authority_id]):
        return _("A safeguarding lead reads it and gets in touch with you.")
    return _(
        "We have kept it. But your council has no safeguarding lead here yet, so we cannot say when somebody reads it."
        " Please ring your council as well."
    )


def work_council(opportunity: Opportunity | None, introduction: Introduction | None = None) -> Council | None:
    """The council with children's services where the work is: of a district, its county."""
    pk = opportunity.pk if opportunity else (introduction.opportunity_id if introduction else None)
    row = Opportunity.objects.select_related("authority__county").filter(pk=pk).first() if pk else None
    if row is None:
        return None
    if row.authority is not None:
        return row.authority.county or row.authority
    return Council.objects.filter(partnerships=row.partnership_id, childrens_services=True).order_by("pk").first()


def _responsible(person: int | None) -> int | None:
    """The council that supports the young person now. A business knows the introduction and may not see the person: so
    that their lead is told all the same, this one column is read in the name of every council, and nobody is shown."""
    if person is None:
        return None
    rows = Council.objects.filter(childrens_services=True).values_list("pk", flat=True)
    with _as_the_councils(rows):
        return council_of(person)


def council_of(person: int) -> int | None:
    """Another council that is taking over is waited for, and one that comes later waits and finds the concern; apart,
    so that a test can show what happens without it."""
    rows = YoungPerson.objects.select_for_update(of=("self",), no_key=True).filter(pk=person)
    found: int | None = rows.values_list("responsible_authority_id", flat=True).first()
    return found


def _as_the_councils(councils: Iterable[int]) -> AbstractContextManager[Scope]:
    """Whoever says that something is wrong may see nothing of a council. The row is the councils' from its first
    moment: it is written in their name, and the actor stays who they are."""
    now = current()
    return scope(now if now.everything else Scope(councils=frozenset(councils), person=now.person, actor=now.actor))


def _of_a_stop(introduction: Introduction | None, said_by: str) -> Concern | None:
    if said_by != Concern.SaidBy.STOP:
        return None
    rows = Concern.objects.filter(introduction=introduction, said_by=said_by).exclude(state=Concern.State.CLOSED)
    found: Concern | None = rows.first()
    return found


def _may_wait(said_by: str, urgency: str) -> bool:
    """Whether it may stand in one message with others. Danger now never does."""
    return said_by == Concern.SaidBy.ANYBODY and urgency != Concern.Urgency.NOW


def _many(councils: list[int], now: dt.datetime) -> bool:
    rows = Concern.objects.filter(said_by=Concern.SaidBy.ANYBODY, made_at__gt=now - dt.timedelta(hours=1))
    return bool(rows.filter(Q(work_council__in=councils) | Q(responsible__in=councils)).count() >= USUAL)


def _employer(
    employer: Employer | None, introduction: Introduction | None, opportunity: Opportunity | None
) -> int | None:
    found = [
        *([employer.pk] if employer else []),
        *([introduction.employer_id] if introduction else []),
        *([opportunity.employer_id] if opportunity else []),
    ]
    return found[0] if found else None


def number_of(concern: Concern) -> str:
    """What is said aloud: random, and nothing can be read from it."""
    return concern.public_id.hex[:8].upper()


def councils_of(concern: Concern) -> list[int]:
    """Whose leads it reaches, the responsible one first."""
    return list(dict.fromkeys(pk for pk in (concern.responsible_id, concern.work_council_id) if pk is not None))


def holders(role: str, councils: Iterable[int]) -> list[tuple[int, int]]:
    """(user, council) of everybody in use who wears the role there today."""
    rows = Membership.objects.filter(in_force(), role=role, council__in=list(councils), user__is_active=True)
    return list(rows.order_by("user_id", "council_id").values_list("user_id", "council_id"))


def queue() -> list[Concern]:
    """Those not closed that the scope sees: what nobody has looked at first, by its clock. One query."""
    rows = Concern.objects.exclude(state=Concern.State.CLOSED)
    rows = rows.select_related("opportunity", "employer", "responsible", "work_council", "seen_by")
    return list(rows.order_by("state", "look_by", "pk"))


@transaction.atomic
def note(*, concern: Concern, by: User, words: str) -> ConcernNote:
    """What a lead did or heard, in their words. It cannot be changed afterwards."""
    made: ConcernNote = ConcernNote.objects.create(concern=concern, by=by, words={"words": words.strip()})
    return made


@transaction.atomic
def see(*, concern: Concern, by: User) -> None:
    """A lead looks at it: the clock stops. Raises MoveRefused when somebody has."""
    CONCERN.move(concern, "see", role=LEAD, changes={"seen_by_id": by.pk, "seen_at": clock.now()})


@transaction.atomic
def close(*, concern: Concern, by: User, words: str) -> None:
    """Nothing is left to do; the words say what was done. Raises MoveRefused."""
    CONCERN.move(concern, "close", role=LEAD, changes={"closed_by_id": by.pk, "closed_at": clock.now()})
    note(concern=concern, by=by, words=words)


@transaction.atomic
def reopen(*, concern: Concern, by: User, words: str) -> None:
    """It was not over. Raises MoveRefused."""
    CONCERN.move(concern, "reopen", role=LEAD, changes={"closed_by_id": None, "closed_at": None})
    note(concern=concern, by=by, words=words)


@transaction.atomic
def write(*, verb: Callable[..., object], concern: Concern, by: User, words: str) -> str:
    """note, close or reopen. Where somebody was quicker, the words are kept as a note. Returns why, or nothing."""
    try:
        verb(concern=concern, by=by, words=words)
    except MoveRefused as refused:
        note(concern=concern, by=by, words=words)
        return str(refused)
    return ""


def once_each(*, scope: str, key: str, body: Mapping[str, Any], do: Callable[[], Any]) -> Any:
    """A double tap is one; other words under the same key (a page gone back to) are one more, never thrown away."""
    key = key or uuid.uuid4().hex
    try:
        return idempotency.once(scope=scope, key=key, body=body, do=do)[0]
    except idempotency.DifferentBody:
        anew = idempotency.body_hash({"key": key, **body})
        return idempotency.once(scope=scope, key=anew, body=body, do=do)[0]


def late() -> list[tuple[int, int]]:
    """(concern, council) of those that nobody has looked at in time and no manager has been told of: the responsible
    council, or the other one it reaches where only that one has a manager. One with none at all is left out."""
    answers_for = Case(When(responsible__in=_managed(), then=F("responsible_id")), default=F("work_council_id"))
    return list(_late().annotate(council=answers_for).order_by("pk").values_list("pk", "council"))


def late_waiting() -> bool:
    """Whether there is one. One quick query."""
    return bool(_late().exists())


def _late() -> QuerySet[Concern]:
    rows = Concern.objects.filter(state=Concern.State.NEW, late_told_at=None, look_by__lte=FrNow())
    found: QuerySet[Concern] = rows.filter(Q(responsible__in=_managed()) | Q(work_council__in=_managed()))
    return found


def _managed() -> QuerySet[Membership, Any]:
    rows = Membership.objects.filter(in_force(), role=Role.TEAM_MANAGER, council__isnull=False, user__is_active=True)
    found: QuerySet[Membership, Any] = rows.values("council_id")
    return found
