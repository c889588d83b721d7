"""Places of work. A new one is not approved: a coordinator says that it is the business's, and fit."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from pledges.contacts import CLOSED
from pledges.models import Employer, EmployerSite
from pledges.words import clean


class SiteRefused(Exception):
    """The place cannot be added or approved like this. Its text may be shown to people."""


def add_site(*, employer: Employer, postcode: str, name: str = "", town: str = "") -> EmployerSite:
    """Note a place of work; not approved. postcode: in its usual form. Raises SiteRefused for one that is there."""
    with transaction.atomic():
        row = _open_employer(employer)
        if row.sites.filter(postcode=postcode).exists():
            raise SiteRefused(_("This site is on the record already."))
        return EmployerSite.objects.create(
            employer=row, postcode=postcode, name=clean(name)[:80], town=clean(town)[:60]
        )


def approve_site(*, site: EmployerSite, by: User) -> None:
    """A coordinator knows this place. Twice is once. Raises SiteRefused before the business was called back."""
    with transaction.atomic():
        employer = _open_employer(site.employer)
        if employer.state == Employer.Check.UNCHECKED:
            raise SiteRefused(_("Call the business back first: ask it whether this place is its own."))
        EmployerSite.objects.filter(pk=site.pk, approved_by__isnull=True).update(
            approved_by=by, approved_on=clock.today()
        )
    site.refresh_from_db()


def _open_employer(employer: Employer) -> Employer:
    row = Employer.objects.select_for_update(of=("self",)).get(pk=employer.pk)
    if row.state in CLOSED:
        raise SiteRefused(_("A business that is stopped or joined to another is not changed."))
    return row


def approved_postcodes(employer: Employer) -> set[str]:
    """Postcodes of its approved sites."""
    return set(employer.sites.filter(approved_by__isnull=False).values_list("postcode", flat=True))
