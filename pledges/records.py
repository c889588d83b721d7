"""The record of a business: what a coordinator may write in it, and the one name that leads it.

Another name, domain or number is another business as far as the checks go: it begins anew, and what is live of it is
hidden in the same transaction. Size and sector are only described.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from core.lifecycle import MoveRefused
from core.models import LifecycleLog
from core.scope import current
from pledges.employers import hold_names, name_key
from pledges.lifecycle import EMPLOYER
from pledges.models import Category, Employer

COORDINATOR = str(Role.COORDINATOR)
IDENTITY = ("name", "domain", "company_number", "charity_number")
IN_CHECK = (Employer.Check.CALLED_BACK, Employer.Check.CHECKED)


@dataclass(frozen=True)
class Record:
    """What may be written. domain: the business's own e-mail domain. Numbers: "" where there is none."""

    name: str
    domain: str
    company_number: str
    charity_number: str
    size: str
    sector: Category | None
    charity_or_public: bool


def ends_the_check(employer: Employer, to: Record) -> bool:
    """Whether what is checked, or under way, would no longer be this business. PostgreSQL holds the same rule."""
    return employer.state in IN_CHECK and any(_differs(employer, name, getattr(to, name)) for name in IDENTITY)


def _differs(employer: Employer, name: str, new: str) -> bool:
    old: str = getattr(employer, name)
    if name == "name":
        return old.lower() != new.lower()  # capital letters make no other business
    added = name.endswith("_number") and not old
    if added and employer.state == Employer.Check.CALLED_BACK:
        return False  # the check under way sees it
    return old != new


def write_record(*, employer: Employer, to: Record, by: User) -> bool:
    """Write the record. True when the checks begin anew: `employer_unchecked` has then been announced.

    Raises MoveRefused for a business that is stopped (its evidence stays) or joined to another.
    """
    values: dict[str, Any] = {**vars(to), "name_key": name_key(to.name)}
    with transaction.atomic():
        hold_names([employer.name_key, employer.domain, values["name_key"], to.domain])
        row = Employer.objects.select_for_update(of=("self",)).get(pk=employer.pk)
        if row.state in (Employer.Check.STOPPED, Employer.Check.MERGED):
            raise MoveRefused(_("A business that is stopped or joined to another is not changed."))
        ends = ends_the_check(row, to)
        if ends:
            why = _("Changed: %(what)s") % {"what": ", ".join(_changed(row, values))}
            changes = {**values, "checked_until": None, "checked_weight": ""}
            EMPLOYER.move(row, "change", role=COORDINATOR, on_behalf_of=by.pk, why=why, changes=changes)
        else:
            Employer.objects.filter(pk=row.pk).update(**values)
    employer.refresh_from_db()
    return ends


def _changed(row: Employer, values: Mapping[str, Any]) -> list[str]:
    return [name for name in IDENTITY if getattr(row, name) != values[name]]


def set_lead(*, employer: Employer, lead: User | None, by: User) -> None:
    """Give the business to one person, for every member council; None: nobody leads it any more."""
    with transaction.atomic():
        row = Employer.objects.select_for_update(of=("self",)).get(pk=employer.pk)
        if row.state == Employer.Check.MERGED:
            raise MoveRefused(_("This business was joined to another. See that one."))
        if row.lead == lead:
            return
        row.lead = employer.lead = lead
        row.save(update_fields=["lead"])
        LifecycleLog.objects.create(
            model=EMPLOYER.model, object_id=row.pk, move="lead", old=row.state, new=row.state,
            actor=current().actor, role=COORDINATOR, on_behalf_of=lead.pk if lead else by.pk,
        )  # fmt: skip
