"""People of a business. Who is new sees and answers their own pledges only, until a coordinator has approved them."""

from dataclasses import asdict, replace
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from core.telephones import figures_of, is_mobile
from notifications.services import tell
from pledges.models import Employer, EmployerContact, Pledge
from pledges.reading import Reach

CHANGED, CHANGED_TEXT = "contact_changed", "contact_changed_text"
CLOSED = (Employer.Check.STOPPED, Employer.Check.MERGED)


class ContactRefused(Exception):
    """The person cannot be added or approved like this. Its text may be shown to people."""


def may_act(contact: EmployerContact) -> bool:
    """Whether this person may see and act for the whole business: approved, and it is neither stopped nor joined."""
    return contact.approved_by_id is not None and contact.employer.state not in CLOSED


def acting() -> QuerySet[EmployerContact]:
    """The same as `may_act`, as rows."""
    return EmployerContact.objects.filter(approved_by__isnull=False).exclude(employer__state__in=CLOSED)


def add_contact(*, employer: Employer, reach: Reach) -> EmployerContact:
    """Note a person of the business; not approved. The same address or number twice is refused."""
    reach = reach.with_a_way()
    with transaction.atomic():
        row = _open_employer(employer)
        for known in row.contacts.order_by("pk"):
            if _is_known(known, reach):
                raise ContactRefused(_("Somebody with this address or number is on the record already."))
        return EmployerContact.objects.create(
            employer=row, name=reach.name, job=reach.job, email=reach.email, phone=reach.phone,
            way=reach.way, best_time=reach.best_time,
        )  # fmt: skip


def _is_known(known: EmployerContact, reach: Reach) -> bool:
    if reach.email and known.email.lower() == reach.email.lower():
        return True
    return bool(reach.phone and known.phone) and figures_of(known.phone) == figures_of(reach.phone)


def approve_contact(*, contact: EmployerContact, by: User) -> None:
    """A coordinator knows this person: from now on they may see and act for the whole business. Twice is once.

    Raises ContactRefused before anybody has called the business back: who says they belong to it, else?
    """
    with transaction.atomic():
        employer = _open_employer(contact.employer)
        if employer.state == Employer.Check.UNCHECKED:
            raise ContactRefused(_("Call the business back first: only it can say who belongs to it."))
        EmployerContact.objects.filter(pk=contact.pk, approved_by__isnull=True).update(
            approved_by=by, approved_on=clock.today()
        )
        _take_over(contact.pk)
    contact.refresh_from_db()


def _take_over(contact_id: int) -> None:
    """Where the giver corrected how they are reached: from now on their pledges go with the new address or number."""
    new = EmployerContact.objects.get(pk=contact_id)
    if new.replaces_id is None:
        return
    Pledge.objects.filter(contact=new.replaces_id).update(contact=new)
    EmployerContact.objects.filter(pk=new.replaces_id).update(approved_by=None, approved_on=None)
    EmployerContact.objects.filter(pk=new.pk).update(replaces=None)


def end_contact(*, contact: EmployerContact) -> None:
    """This person no longer acts for the business. Their own pledges stay theirs."""
    EmployerContact.objects.filter(pk=contact.pk).update(approved_by=None, approved_on=None)
    contact.refresh_from_db()


def name_colleague(*, pledge: Pledge, reach: Reach | None) -> None:
    """Who else may be asked about a pledge; None for nobody. Inert until approved; till then the link may correct it.

    Somebody who is on the record already is meant as they are there; the giver does not find out.
    """
    with transaction.atomic():
        employer = _open_employer(pledge.employer)
        row = Pledge.objects.select_for_update(of=("self",)).get(pk=pledge.pk)
        mine = employer.contacts.filter(named_by=row, replaces__isnull=True, approved_by__isnull=True).first()
        others = employer.contacts.exclude(pk=mine.pk if mine else 0).order_by("pk")
        known = next((each for each in others if reach and _is_known(each, reach)), None)
        row.colleague = known or (_write(mine, reach.with_a_way(), employer=employer, named_by=row) if reach else None)
        row.save(update_fields=["colleague"])
        if mine is not None and row.colleague_id != mine.pk and not Pledge.objects.filter(contact=mine).exists():
            mine.delete()


def correct_giver(*, pledge: Pledge, to: Reach) -> bool:
    """How the giver is reached, corrected through the link. Whether it waits for a coordinator.

    Name, way and time change at once. Another address or number is noted and inert: it may not be the giver who has the
    link. Until somebody has approved it, messages go where they went, and so does word of the change.
    """
    with transaction.atomic():
        _open_employer(pledge.employer)
        now = EmployerContact.objects.select_for_update(of=("self",)).get(pk=pledge.contact_id)
        if (now.email.lower(), figures_of(now.phone)) == (to.email.lower(), figures_of(to.phone)):
            _write(now, replace(to, job=now.job, email=now.email, phone=now.phone).with_a_way())
            return False
        reach = replace(to, job=now.job).with_a_way()
        new = _write(correction_of(now), reach, employer=now.employer, named_by=pledge, replaces=now)
        if now.email or is_mobile(now.phone):
            tell(purpose=CHANGED if now.email else CHANGED_TEXT, cause_id=new.pk, version=f"{clock.today()}")
        return True


def correction_of(contact: EmployerContact) -> EmployerContact | None:
    """The new address or number of this person that waits for a coordinator."""
    return EmployerContact.objects.filter(replaces=contact).first()


def drop_correction(*, contact: EmployerContact) -> None:
    """Leave it as it was."""
    EmployerContact.objects.filter(replaces=contact).delete()


def _write(row: EmployerContact | None, reach: Reach, **more: Any) -> EmployerContact:
    """Into the row, or a new one."""
    row = row or EmployerContact(**more)
    for name, value in asdict(reach).items():
        setattr(row, name, value)
    row.save()
    return row


def waiting() -> Q:
    """Rows of people or sites that nobody has approved, of businesses that go on."""
    return Q(approved_by__isnull=True) & ~Q(employer__state__in=CLOSED)


def _open_employer(employer: Employer) -> Employer:
    row = Employer.objects.select_for_update(of=("self",)).get(pk=employer.pk)
    if row.state in CLOSED:
        raise ContactRefused(_("A business that is stopped or joined to another is not changed."))
    return row
