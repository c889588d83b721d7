"""Another council takes over the support of a young person. Its manager reads words and dates, and the person only
after accepting; from that moment the council before reads nothing more.

Locks: the young person, then the transfer.
"""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import events, gone, papers
from accounts.hats import in_force
from accounts.joining import JOIN
from accounts.links import revoke
from accounts.models import AdviserLink, Council, Membership, Transfer, User, YoungPerson
from accounts.roles import Role
from accounts.services import assign_worker, end_link, locked_person
from core import clock
from core.lifecycle import SYSTEM, Lifecycle, Move, MoveRefused
from core.models import LifecycleLog
from core.scope import Scope, scope

S = Transfer.State
MANAGER = frozenset({str(Role.TEAM_MANAGER)})
ANSWER_DAYS, SHOWN_DAYS = 7, 14  # to answer; on the page after a no
ASKED_ALREADY = gettext_lazy("Another council has been asked already.")

TRANSFER = Lifecycle(
    "accounts.Transfer",
    states=tuple(S.values),
    moves=(
        Move("accept", (S.ASKED,), S.ACCEPTED, MANAGER),
        Move("refuse", (S.ASKED,), S.REFUSED, MANAGER, events.transfer_refused),
        Move("take_back", (S.ASKED,), S.CANCELLED, {*MANAGER, SYSTEM}),
    ),
)


def councils_to_ask(council: int) -> list[Council]:
    """Who may take somebody over from a council: those with a team manager here, by name."""
    managed = Membership.objects.filter(in_force(), role=Role.TEAM_MANAGER, user__is_active=True).values("council")
    found = Council.objects.filter(pk__in=managed, childrens_services=True).exclude(pk=council)
    return list(found.order_by("short_name", "pk"))


def waiting(council: int) -> list[Transfer]:
    """What a council has asked or is asked, the earliest date first; and for some days a no to what it asked. Nothing
    of the person is read with it, and no words about somebody kept apart."""
    asked = Q(state=S.ASKED, to_council=council)
    shown = YoungPerson.objects.filter(ended_on=None, kept_apart=False).values("pk")
    since = clock.now() - dt.timedelta(days=SHOWN_DAYS)
    of_ours = Q(state=S.ASKED) | Q(state=S.REFUSED, decided_at__gte=since)
    rows = Transfer.objects.filter(asked | Q(of_ours, from_council=council, person__in=shown)).select_related(
        "from_council", "to_council"
    )
    return list(rows.order_by("answer_by", "pk"))


@transaction.atomic
def ask(*, person: YoungPerson, to_council: Council, words: str, by: User) -> Transfer:
    """Ask another council to take somebody over; it reads `words` (whom to ring, and by which initials they are known).

    Announces transfer_asked. Raises ValidationError in words: not a council to ask, asked already. Raises MoveRefused
    when support has ended or they are kept apart. Call it in a scope that sees the person.
    """
    row = locked_person(person.pk)
    if row.ended_on is not None:
        raise MoveRefused(_("Support has ended. Nobody takes it over."))
    if row.kept_apart:
        raise MoveRefused(_("They are kept apart. Show them to the team again first."))
    if to_council.pk not in {council.pk for council in councils_to_ask(row.responsible_authority_id)}:
        raise ValidationError({"to_council": _("Choose another council.")})
    if refused := papers.refusal(to_council):
        raise ValidationError({"to_council": refused})
    made = Transfer(
        person=row, from_council_id=row.responsible_authority_id, to_council=to_council, words=words.strip(),
        asked_by=by, answer_by=clock.today() + dt.timedelta(days=ANSWER_DAYS),
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise ValidationError(ASKED_ALREADY) from None
    LifecycleLog.objects.create(
        model=TRANSFER.model, object_id=made.pk, move="ask", old="", new=S.ASKED, actor=by.pk, role=Role.TEAM_MANAGER
    )
    events.transfer_asked.send(sender=Transfer, id=made.pk, old="", new=str(S.ASKED))
    return made


@transaction.atomic
def accept(*, transfer: Transfer, worker: User, by: User, role: str) -> None:
    """Take somebody over: another council is responsible from now on, and its `worker` supports them.

    The links of the worker before and of guests end, so does an invitation that nobody has used, and the reference of
    the council before goes. Interests, matches and introductions stay. Announces transferred. Raises MoveRefused when
    it was answered or taken back, ValidationError when the worker is none of the council's. Call it in the receiving
    council's scope.
    """
    # The transfer is the right to see both sides of it, for this transaction.
    with scope(Scope(councils=frozenset({transfer.from_council_id, transfer.to_council_id}), actor=by.pk)):
        person = locked_person(transfer.person_id)
        TRANSFER.move(transfer, "accept", role=role, changes=_decided(by))
        before = AdviserLink.objects.current().filter(person=person).values_list("worker_id", flat=True).first()
        gone.mark_gone(transfer.from_council_id, person.council_reference)
        person.responsible_authority_id, person.council_reference = transfer.to_council_id, ""
        person.kept_apart = False  # who works for the council before does not work for this one
        person.save(update_fields=["responsible_authority", "council_reference", "kept_apart"])
        end_link(person=person, by=by)
        assign_worker(person=person, worker=worker, by=by)
        revoke(JOIN, person.pk)
        events.transferred.send(sender=Transfer, id=transfer.pk, old=str(before or ""), new=str(worker.pk))


@transaction.atomic
def refuse(*, transfer: Transfer, why: str, by: User, role: str) -> None:
    """Say no, with a reason that the asking council reads. Announces transfer_refused. Raises MoveRefused."""
    TRANSFER.move(transfer, "refuse", role=role, changes={**_decided(by), "why": why.strip()})


@transaction.atomic
def take_back(*, transfer: Transfer, by: User | None, role: str) -> None:
    """The asking council no longer asks; or support has ended. Raises MoveRefused when it was answered."""
    TRANSFER.move(transfer, "take_back", role=role, changes=_decided(by))


def take_back_all(*, person: int) -> None:
    """Of somebody whose support ends or who is kept apart, whom the caller holds: no council is asked any more."""
    for row in Transfer.objects.filter(person=person, state=S.ASKED).order_by("pk"):
        take_back(transfer=row, by=None, role=SYSTEM)


def _decided(by: User | None) -> dict[str, Any]:
    return {"decided_by": by, "decided_at": clock.now()}
