"""What this room holds about a young person, for a copy and for an erasure; and what is not over yet."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.personal_data import hold_erasure, register_personal_data
from introductions import replies
from introductions.lifecycle import OPEN
from introductions.models import CheckIn, Concern, ConcernNote, HelpAgain, Introduction, Permission, Readiness, Start

NOTHING = Q(pk__in=())


def register() -> None:
    """Called once, when the room is ready."""
    register_personal_data(Introduction, _("Your introductions"), own_not_yet=_not_yet)
    register_personal_data(Permission, _("What you were asked, and what you said"))
    register_personal_data(Start, _("Where you started"))
    register_personal_data(CheckIn, _("How it goes"), of="start__person", own_copy=Q(side=CheckIn.Side.YOUNG_PERSON))
    register_personal_data(Readiness, _("Before day one"))
    register_personal_data(HelpAgain, _("When you asked for help again"))
    said = Q(said_by=Concern.SaidBy.YOUNG_PERSON)
    register_personal_data(Concern, _("What you told us was wrong"), erase=_cut_off, own_copy=said)
    register_personal_data(
        ConcernNote, _("What was done about it"), of="concern__person", erase=lambda person: 0, own_copy=NOTHING
    )
    hold_erasure(not_over)


def _not_yet(rows: Iterable[Introduction]) -> dict[int, list[str]]:
    """What a business wrote and the worker has not looked at: where they meet, and what to bring."""
    found = list(rows)
    unread = replies.with_unread_bring(row.pk for row in found)
    meeting: dict[bool, list[str]] = {True: [], False: ["meets_at", "meets_where"]}
    return {row.pk: meeting[row.in_staffed_place] + ["bring"] * (row.pk in unread) for row in found}


def _cut_off(person: int) -> int:
    """What was wrong is kept as evidence, and what was done about it, without the person."""
    mine = Q(person=person) | Q(introduction__person=person)
    return int(Concern.objects.filter(mine).update(person=None, introduction=None))


def not_over(people: Iterable[int]) -> set[int]:
    """Those of whom an introduction or a start goes on, until the sweep has closed it, or a concern is open."""
    wanted = list(people)
    on_the_way = Introduction.objects.filter(
        person__in=wanted, state__in=[*OPEN, Introduction.State.STARTED]
    ).values_list("person_id", flat=True)
    worried = Concern.objects.exclude(state=Concern.State.CLOSED)
    found = worried.filter(Q(person__in=wanted) | Q(introduction__person__in=wanted))
    return {
        *on_the_way,
        *(one for pair in found.values_list("person_id", "introduction__person_id") for one in pair),
    } & {*wanted}
