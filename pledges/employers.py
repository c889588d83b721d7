"""Is this the same business? Joined when sure; when unsure two rows that point at each other, for a person to
decide.

Sure: the same name, and the same e-mail domain of its own, the same address or the same telephone number. The
same name with nothing else in common may be somebody else using it; the same domain under another name may be
a trading name.
"""

import re
import unicodedata
import uuid
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from core.telephones import figures_of
from pledges.models import Category, Employer, EmployerContact
from pledges.reading import Reach
from pledges.words import clean

LOCK = 7301  # our number among advisory locks
STRIPES = 2048  # how finely names are told apart by them: a third of the locks that the database has room for
LOCKS_SQL = "SELECT pg_advisory_xact_lock(%s, stripe) FROM unnest(%s::int[]) AS stripe"
# Legal forms say nothing about who somebody is (Companies Act 2006, sections 58 to 60, and usual spellings).
LEGAL_FORM = re.compile(
    r"\b(ltd|limited|plc|public limited company|llp|limited liability partnership|cic|cio|and co(mpany)?|co)$"
)
# Hosts where anybody can have an address: sharing one says nothing about the business.
SHARED_HOSTS = frozenset(
    host
    for line in (
        "aol.com blueyonder.co.uk btconnect.com btinternet.com btopenworld.com fastmail.com gmail.com gmx.com",
        "gmx.co.uk googlemail.com",
        "hotmail.co.uk hotmail.com icloud.com live.co.uk live.com mac.com mail.com me.com msn.com",
        "ntlworld.com outlook.com plus.com plus.net proton.me protonmail.com sky.com talk21.com talktalk.net",
        "tiscali.co.uk virgin.net virginmedia.com yahoo.co.uk yahoo.com ymail.com zoho.com",
    )
    for host in line.split()
)


@dataclass(frozen=True)
class Business:
    """What a giver says about the business."""

    name: str
    size: str = ""
    sector: Category | None = None
    charity_or_public: bool = False


def name_key(name: str) -> str:
    """How names of businesses are compared: "The Old Bank Kitchen Ltd." and "old bank kitchen" are one."""
    plain = unicodedata.normalize("NFKC", clean(name)).casefold()
    plain = re.sub(r"[’'.]", "", plain).replace("&", " and ")
    plain = " ".join(re.sub(r"[^\w]+", " ", plain).split())
    while (shorter := LEGAL_FORM.sub("", plain).strip()) and shorter != plain:
        plain = shorter
    words = plain.split()
    short = " ".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words)
    return (short or clean(name).casefold())[:120]


def own_domain(email: str) -> str:
    """The domain of an address when it is the business's own; "" for shared mail hosts and no address."""
    domain = email.rpartition("@")[2].lower()
    return "" if domain in SHARED_HOSTS else domain[:120]


def business_key(name: str, reach: Reach) -> str:
    """What makes a giver's business recognisable again in the next sheet, whatever it was joined to."""
    return f"{name_key(name)}|{own_domain(reach.email) or reach.email.lower() or figures_of(reach.phone)}"


def wait_for_twins(givers: Iterable[tuple[Business, Reach]]) -> None:
    """Until this transaction ends, nobody else joins or makes employers of these names and domains, or pledges with
    these addresses and numbers.

    Two phones that pledge for one new business at the same moment would otherwise both make it. The locks are
    striped so that a long sheet does not use up the database's, yet so finely that it keeps few phones waiting; they
    are taken in one order so that two sheets cannot wait for each other.
    """
    hold_names(
        word
        for business, reach in givers
        for word in (name_key(business.name), own_domain(reach.email), reach.email.lower(), figures_of(reach.phone))
    )


def hold_names(words: Iterable[str]) -> None:
    """The locks of `wait_for_twins` for these name keys and domains."""
    with connection.cursor() as cursor:
        cursor.execute(LOCKS_SQL, [LOCK, sorted(stripes_of(words))])


def stripes_of(words: Iterable[str]) -> set[int]:
    """The numbers of their locks."""
    return {zlib.crc32(word.encode()) % STRIPES for word in words if word}


class KnownEmployers:
    """The employers that a batch of givers may be: read in two queries, added to in memory, written by `save`."""

    def __init__(self, givers: Iterable[tuple[Business, Reach]]) -> None:
        pairs = list(givers)
        names = {name_key(business.name) for business, _reach in pairs}
        domains = {own_domain(reach.email) for _business, reach in pairs} - {""}
        self.by_name: dict[str, list[Employer]] = defaultdict(list)
        self.by_domain: dict[str, list[Employer]] = defaultdict(list)
        self.contacts: dict[uuid.UUID, list[EmployerContact]] = defaultdict(list)
        self.new_employers: list[Employer] = []
        self.new_contacts: list[EmployerContact] = []
        found = Employer.objects.filter(Q(name_key__in=names) | Q(domain__in=domains))
        named = list(found.select_related("merged_into").order_by("pk"))
        # A business that was joined to another is found by its old name, and is the other one.
        by_pk = {row.pk: row for row in (each.merged_into or each for each in named)}
        rows = list(by_pk.values())
        for each in named:
            self._remember(by_pk[each.merged_into_id or each.pk], name=each.name_key, domain=each.domain)
        for contact in EmployerContact.objects.filter(employer__in=rows).order_by("pk"):
            self.contacts[by_pk[contact.employer_id].public_id].append(contact)

    def _remember(self, employer: Employer, *, name: str, domain: str) -> None:
        self.by_name[name].append(employer)
        if domain:
            self.by_domain[domain].append(employer)

    def _shares_a_contact(self, employer: Employer, reach: Reach) -> bool:
        return any(_same_person(contact, reach) for contact in self.contacts[employer.public_id])

    def find(self, business: Business, reach: Reach) -> tuple[Employer | None, Employer | None]:
        """(the employer this surely is, one that it may be)."""
        domain = own_domain(reach.email)
        same_name = self.by_name[name_key(business.name)]
        for employer in same_name:
            if (domain and employer in self.by_domain[domain]) or self._shares_a_contact(employer, reach):
                return employer, None
        unsure = [*same_name, *(self.by_domain[domain] if domain else [])]
        return None, unsure[0] if unsure else None

    def employer(self, business: Business, reach: Reach) -> Employer:
        """The one it surely is, or a new one, which says whom it may be."""
        sure, unsure = self.find(business, reach)
        if sure is not None:
            return sure
        made = Employer(
            name=business.name,
            name_key=name_key(business.name),
            domain=own_domain(reach.email),
            sector=business.sector,
            size=business.size,
            charity_or_public=business.charity_or_public,
            maybe_same_as=unsure,
        )
        self._remember(made, name=made.name_key, domain=made.domain)
        self.new_employers.append(made)
        return made

    def contact(self, employer: Employer, reach: Reach) -> EmployerContact:
        """The person of this employer with this address or number, or a new one. New ones are inert until checked."""
        reach = reach.with_a_way()
        for contact in self.contacts[employer.public_id]:
            if _same_person(contact, reach) and (contact.way, contact.best_time) == (reach.way, reach.best_time):
                return contact
        made = EmployerContact(
            employer=employer,
            name=reach.name,
            job=reach.job,
            email=reach.email,
            phone=reach.phone,
            way=reach.way,
            best_time=reach.best_time,
        )
        self.contacts[employer.public_id].append(made)
        self.new_contacts.append(made)
        return made

    def save(self) -> None:
        """Write what is new: employers first, then whom they may be (perhaps also new), then the people."""
        unsure = [(made, made.maybe_same_as) for made in self.new_employers if made.maybe_same_as]
        for made, _other in unsure:
            made.maybe_same_as = None
        Employer.objects.bulk_create(self.new_employers)
        for made, other in unsure:
            made.maybe_same_as = other
        if unsure:
            Employer.objects.bulk_update([made for made, _other in unsure], ["maybe_same_as"])
        EmployerContact.objects.bulk_create(self.new_contacts)


def _same_person(contact: EmployerContact, reach: Reach) -> bool:
    """Whether both can be reached at the same address, or at the same number where one of them has no
    address.
    """
    if contact.email and reach.email:
        return contact.email.lower() == reach.email.lower()
    return bool(contact.phone and reach.phone) and figures_of(contact.phone) == figures_of(reach.phone)
