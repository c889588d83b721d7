"""The list of businesses at the desk: what is looked for, and what each one needs next."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pledges import checks, contacts, phrases
from pledges.employers import name_key
from pledges.lifecycle import OPEN
from pledges.models import Employer, EmployerContact, EmployerSite, Pledge

Words = str | Promise
NEEDS: dict[str, Words] = {
    "call": gettext_lazy("A call"),
    "first": gettext_lazy("The first person's answer"),
    "second": gettext_lazy("A second person's answer"),
    "again": gettext_lazy("A new check soon"),
    "words": gettext_lazy("A look at their words"),
    "approval": gettext_lazy("A look at people or sites"),
    "lead": gettext_lazy("Somebody to lead"),
    "held": gettext_lazy("A look at pledges held back"),
}


@dataclass(frozen=True)
class Wanted:
    """What the reader looks for; "" for anything."""

    words: str = ""
    state: str = ""
    need: str = ""


def find(among: QuerySet[Employer], wanted: Wanted) -> QuerySet[Employer]:
    """The businesses wanted, by name, with `n_<need>` for each need and `promised`, the number of pledges."""
    rows = among.exclude(state=Employer.Check.MERGED).annotate(**{f"n_{code}": rule for code, rule in _rules().items()})
    if wanted.words:
        rows = rows.filter(
            Q(name__icontains=wanted.words)
            | Q(name_key__contains=name_key(wanted.words))
            | Q(domain__icontains=wanted.words)
            | Q(company_number__iexact=wanted.words)
            | Q(charity_number__iexact=wanted.words)
        )
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.need:
        rows = rows.filter(**{f"n_{wanted.need}": True})
    return rows.annotate(promised=Count("pledges")).select_related("lead").order_by("name_key", "pk")


def _rules() -> dict[str, Exists | Q]:
    goes_on = ~Q(state=Employer.Check.STOPPED)
    rounds = checks.open_rounds().filter(employer=OuterRef("pk"))
    people = EmployerContact.objects.filter(contacts.waiting(), employer=OuterRef("pk"))
    sites = EmployerSite.objects.filter(contacts.waiting(), employer=OuterRef("pk"))
    rung = ~Q(state__in=[Employer.Check.UNCHECKED, Employer.Check.STOPPED])
    return {
        "call": Q(state=Employer.Check.UNCHECKED),
        "first": Exists(rounds.filter(first_by__isnull=True)),
        "second": Exists(rounds.filter(first_by__isnull=False)),
        "again": Exists(checks.ending_soon().filter(pk=OuterRef("pk")).order_by()),
        "words": Exists(phrases.to_look_at().filter(employer=OuterRef("pk"))),
        "approval": rung & Q(Exists(people) | Exists(sites)),
        "lead": goes_on & Q(lead__isnull=True),
        "held": Exists(held_back(Pledge.objects.filter(employer=OuterRef("pk"))).order_by()),
    }


def held_back(among: QuerySet[Pledge]) -> QuerySet[Pledge]:
    """The pledges that wait for a coordinator because they came in very great numbers, the oldest first."""
    rows = among.filter(state__in=OPEN).exclude(held_back=Pledge.HeldBack.NO)
    return rows.select_related("employer", "kind", "event", "contact").order_by("pk")


def needs(employer: Employer) -> str:
    """What a business of `find` needs, in words."""
    found = [str(label) for code, label in NEEDS.items() if getattr(employer, f"n_{code}")]
    return ", ".join(found) or _("Nothing now")
