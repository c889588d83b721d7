"""Two records of one business become one: all or nothing, by a person, logged, never silent.

What is counted moves to the one that stays; what was checked does not: a check is of the record it was made for,
and what comes over is not approved yet. The other record stays as evidence, and says where it went.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from accounts.roles import Role
from core.lifecycle import MoveRefused
from pledges import checks, events
from pledges.employers import hold_names
from pledges.lifecycle import EMPLOYER
from pledges.models import Employer, EmployerContact, EmployerSite, NotTheSame, Nudge, Pledge
from pledges.words import clean

NOT_APPROVED = {"approved_by": None, "approved_on": None}
FILLED = ("size", "sector_id", "lead_id")  # taken over where the one that stays has none


class MergeRefused(Exception):
    """These two cannot be joined now; nothing has moved. Reactions raise it too. Its text may be shown to people."""


@dataclass(frozen=True)
class Moves:
    """How much would come over, and what the coordinator should know before."""

    pledges: int
    people: int
    sites: int
    members: int
    warnings: tuple[str, ...]


def better_to_keep(one: Employer, other: Employer) -> tuple[Employer, Employer]:
    """(keep, gone): the one with the heavier check in force, else the older."""
    older, newer = sorted((one, other), key=lambda row: row.pk)
    order = {row.pk: checks.ORDER[row.checked_weight] if checks.good_for(row, "light") else 0 for row in (older, newer)}
    return (newer, older) if order[newer.pk] > order[older.pk] else (older, newer)


def foresee(*, keep: Employer, gone: Employer) -> Moves:
    """What `merge` would move. Raises MergeRefused when it would be refused for the state of either."""
    _refuse(keep, gone)
    warnings = []
    if better_to_keep(keep, gone)[0] != keep:
        warnings.append(
            _("%(gone)s has a check in force and %(keep)s has not. Keep %(gone)s instead, or check %(keep)s first.")
            % {"gone": gone.name, "keep": keep.name}
        )
    for name, label in (("company_number", _("company number")), ("charity_number", _("charity number"))):
        mine, other = getattr(keep, name), getattr(gone, name)
        if other and mine != other:
            warnings.append(_("The %(label)s %(number)s is not taken over.") % {"label": label, "number": other})
    return Moves(
        pledges=gone.pledges.count(),
        people=gone.contacts.count(),
        sites=_sites_to_move(keep, gone).count(),
        members=Membership.objects.filter(employer_id=gone.pk).count(),
        warnings=tuple(warnings),
    )


def merge(*, keep: Employer, gone: Employer, by: User, why: str) -> None:
    """Join `gone` to `keep`: its pledges, people and sites come over, not approved; its values stay where they are.

    Announces `employers_merged`, whose reactions move what higher rooms have, in the same transaction. Raises
    MergeRefused with a sentence: the same one, stopped, joined already, or something of `gone` that `keep`'s check does
    not carry. Locks: the names (a pledge that is being made is finished first), then both rows in the order of ids.
    """
    why = clean(why)[:200]
    if not why:
        raise MergeRefused(_("Say why these two are one business."))
    with transaction.atomic():
        hold_names([keep.name_key, keep.domain, gone.name_key, gone.domain])
        pair = Employer.objects.select_for_update(of=("self",)).filter(pk__in=[keep.pk, gone.pk]).order_by("pk")
        rows = {row.pk: row for row in pair}
        kept, left = rows[keep.pk], rows[gone.pk]
        _refuse(kept, left)
        _move_rows(kept, left)
        _fill(kept, left)
        changes = {"merged_into": kept, "maybe_same_as": None}
        try:
            EMPLOYER.move(left, "merge", role=str(Role.COORDINATOR), on_behalf_of=by.pk, why=why, changes=changes)
        except MoveRefused as refused:
            raise MergeRefused(str(refused)) from None
        events.employers_merged.send(sender=Employer, id=kept.pk, gone=left.pk)
    keep.refresh_from_db()
    gone.refresh_from_db()


def _refuse(keep: Employer, gone: Employer) -> None:
    if keep.pk == gone.pk:
        raise MergeRefused(_("This is one business already."))
    for row in (keep, gone):
        if row.state == Employer.Check.STOPPED:
            raise MergeRefused(_("%(name)s is stopped. What is stopped is not joined to another.") % {"name": row.name})
        if row.state == Employer.Check.MERGED:
            raise MergeRefused(_("%(name)s was joined to another already.") % {"name": row.name})


def _sites_to_move(keep: Employer, gone: Employer) -> QuerySet[EmployerSite]:
    """Those the one that stays has not got."""
    return EmployerSite.objects.filter(employer=gone).exclude(
        postcode__in=EmployerSite.objects.filter(employer=keep).values("postcode")
    )


def _move_rows(keep: Employer, gone: Employer) -> None:
    """Pledges (with their answers, calls and asks), people, sites, reminders sent, and those who sign in."""
    Pledge.objects.filter(employer=gone).update(employer=keep)
    EmployerContact.objects.filter(employer=gone).update(employer=keep, **NOT_APPROVED)
    _sites_to_move(keep, gone).update(employer=keep, **NOT_APPROVED)
    Nudge.objects.filter(employer=gone).update(employer=keep)
    Membership.objects.filter(employer_id=gone.pk).update(employer_id=keep.pk)
    Employer.objects.filter(merged_into=gone).update(merged_into=keep)
    Employer.objects.filter(maybe_same_as=gone).exclude(pk=keep.pk).update(maybe_same_as=keep)
    for pair in NotTheSame.objects.filter(one=gone) | NotTheSame.objects.filter(other=gone):
        third = pair.other_id if pair.one_id == gone.pk else pair.one_id
        if third != keep.pk:
            one, other = sorted((third, keep.pk))
            NotTheSame.objects.get_or_create(
                one_id=one, other_id=other, defaults={"said_by_id": pair.said_by_id, "said_on": pair.said_on}
            )


def _fill(keep: Employer, gone: Employer) -> None:
    """Take over what describes and is not there. Never what a check was of."""
    values = {name: getattr(gone, name) for name in FILLED if not getattr(keep, name) and getattr(gone, name)}
    if keep.maybe_same_as_id == gone.pk:
        values["maybe_same_as"] = None
    if values:
        Employer.objects.filter(pk=keep.pk).update(**values)
