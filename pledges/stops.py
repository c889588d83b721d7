"""The stop switch: what it holds back, and which other businesses share something with the one that is stopped.

Who exploits people seldom uses one name only. A shared person, number, address or domain proves nothing: it says where
a coordinator looks next.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import CharField, Func, Q, QuerySet, Value
from django.db.models.functions import Lower, Right
from django.utils.translation import gettext as _

from pledges.models import Employer, EmployerContact, EmployerSite, Pledge

LAST_FIGURES = 9  # of a number: what is left without 0, 44 and 0044
SHOWN = 50
HEARING = ~Q(state__in=[Employer.Check.STOPPED, Employer.Check.MERGED])


def may_hear(employer: Employer) -> bool:
    """Whether messages to this business, or that name it, go out: not while it is stopped, nor after it was joined."""
    return employer.state not in (Employer.Check.STOPPED, Employer.Check.MERGED)


def hearing() -> QuerySet[Employer]:
    """The same as `may_hear`, as rows: for `employer__in=` in the rules of messages."""
    return Employer.objects.filter(HEARING)


@dataclass
class Shared:
    """Another business, and what it shares, in words."""

    employer: Employer
    reasons: list[str] = field(default_factory=list)


def shared_with(employer: Employer) -> list[Shared]:
    """Businesses that share a person's address or number, an own domain or a workplace with this one; merged ones
    left out. The most shared first. Queries do not grow with the rows.
    """
    found: dict[int, set[str]] = defaultdict(set)
    for reason, rows in _same(employer):
        for pk in rows:
            found[pk].add(reason)
    found.pop(employer.pk, None)
    others = Employer.objects.filter(pk__in=found).exclude(state=Employer.Check.MERGED).order_by("name_key", "pk")
    shared = [Shared(row, sorted(found[row.pk])) for row in others]
    return sorted(shared, key=lambda each: -len(each.reasons))[:SHOWN]


def _same(employer: Employer) -> Iterable[tuple[str, Iterable[int]]]:
    contacts = list(employer.contacts.all())
    emails = {contact.email.lower() for contact in contacts if contact.email}
    tails = {re.sub(r"\D", "", contact.phone)[-LAST_FIGURES:] for contact in contacts}
    figures = {tail for tail in tails if len(tail) == LAST_FIGURES}
    people = _with_figures().annotate(address=Lower("email"))
    yield _("a person's email address"), people.filter(address__in=emails).values_list("employer", flat=True)
    yield _("a phone number"), people.filter(tail__in=sorted(figures)).values_list("employer", flat=True)
    if employer.domain:
        same = Employer.objects.filter(domain=employer.domain)
        yield _("the email domain %(domain)s") % {"domain": employer.domain}, same.values_list("pk", flat=True)
    places = {
        *EmployerSite.objects.filter(employer=employer).values_list("postcode", flat=True),
        *Pledge.objects.filter(employer=employer).values_list("postcode", flat=True),
    } - {""}
    yield (
        _("the postcode of a workplace"),
        [
            *EmployerSite.objects.filter(postcode__in=places).values_list("employer", flat=True),
            *Pledge.objects.filter(postcode__in=places).values_list("employer", flat=True).distinct(),
        ],
    )


def _with_figures() -> QuerySet[EmployerContact]:
    figures = Func("phone", Value(r"\D"), Value(""), Value("g"), function="regexp_replace", output_field=CharField())
    return EmployerContact.objects.annotate(tail=Right(figures, LAST_FIGURES))
