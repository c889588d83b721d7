"""People of a business. Who is new sees and answers their own pledges only, until a coordinator has approved them."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from pledges.models import Employer, EmployerContact
from pledges.reading import Reach, figures_of

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
    contact.refresh_from_db()


def end_contact(*, contact: EmployerContact) -> None:
    """This person no longer acts for the business. Their own pledges stay theirs."""
    EmployerContact.objects.filter(pk=contact.pk).update(approved_by=None, approved_on=None)
    contact.refresh_from_db()


def waiting() -> Q:
    """Rows of people or sites that nobody has approved, of businesses that go on."""
    return Q(approved_by__isnull=True) & ~Q(employer__state__in=CLOSED)


def _open_employer(employer: Employer) -> Employer:
    row = Employer.objects.select_for_update(of=("self",)).get(pk=employer.pk)
    if row.state in CLOSED:
        raise ContactRefused(_("A business that is stopped or joined to another is not changed."))
    return row
