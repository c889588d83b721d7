"""Keys of other systems: made once, shown once, kept as a hash; found again by their prefix."""

import base64
import datetime as dt
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Council, Partnership, User
from core import clock
from opportunities.models import ApiKey
from pledges.models import Employer

READ, WRITE, PEOPLE = "opportunities:read", "opportunities:write", "people"
SCOPES = {READ: _("Read what is open"), WRITE: _("Read, and write drafts of its own")}
HOLDS = {READ: [READ], WRITE: [READ, WRITE], PEOPLE: [PEOPLE]}  # made for one, a key has these
LONGEST = 365  # days that a key may be in force
SHAPE = re.compile(r"Bearer +(frk_([a-z2-7]{8})[a-z2-7]{32})", re.IGNORECASE | re.ASCII)


def role(scope: str) -> str:
    """What a policy calls a key that has the scope."""
    return f"key:{scope}"


@dataclass(frozen=True)
class Key:
    """A key in force, as a request carries it. `stopped`: its business has been stopped or joined to another."""

    pk: int
    name: str
    employer: int | None
    council: int | None
    partnership: int | None
    scopes: frozenset[str]
    stopped: bool

    @property
    def roles(self) -> frozenset[str]:
        """For the policy. A business that was stopped writes nothing; a council never does, nor a key of no area."""
        writes = self.employer is not None and self.partnership is not None and not self.stopped
        return frozenset(role(scope) for scope in self.scopes if scope != WRITE or writes)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def make(
    *,
    employer: Employer | None = None,
    council: Council | None = None,
    partnership: Partnership | None = None,
    name: str,
    scope: str,
    until: dt.date,
    by: User,
) -> tuple[ApiKey, str]:
    """A new key and its text, which nobody can see again. partnership: where the business's drafts go.

    ValueError: too long in force, it writes without a business and its partnership, or sends young people for nobody
    who supports them."""
    if not clock.today() < until <= clock.today() + dt.timedelta(days=LONGEST):
        raise ValueError("a key is in force for a day to a year")
    if scope not in HOLDS or (scope == WRITE and (employer is None or partnership is None)):
        raise ValueError("only a business writes, in a partnership")
    if scope == PEOPLE and (council is None or not council.childrens_services):
        raise ValueError("only a council that supports young people sends them")
    letters = base64.b32encode(secrets.token_bytes(25)).decode().lower()
    text = f"frk_{letters}"  # 8 letters to find it by, 32 with 160 random bits
    row = ApiKey.objects.create(
        employer=employer,
        council=council,
        partnership=partnership,
        name=name,
        prefix=letters[:8],
        hash=_hash(text),
        scopes=HOLDS[scope],
        made_by=by,
        expires_on=until,
    )
    return row, text


def end(*, key: ApiKey, by: User) -> bool:
    """Take it out of force at once. False when it was already."""
    rows = ApiKey.objects.filter(pk=key.pk, ended_on__isnull=True)
    return bool(rows.update(ended_on=clock.today(), ended_by=by))


def find(header: str) -> Key | None:
    """The key of an Authorization header; None unless it is in force today. Notes the day of its last use."""
    match = SHAPE.fullmatch(header.strip())
    if match is None:
        return None
    today = clock.today()
    in_force = Q(ended_on__isnull=True, expires_on__gte=today)
    row = ApiKey.objects.filter(in_force, prefix=match[2].lower()).select_related("employer").first()
    if not hmac.compare_digest(_hash(match[1]), row.hash if row else "0" * 64) or row is None:
        return None
    if row.last_used_on != today:
        ApiKey.objects.filter(pk=row.pk).update(last_used_on=today)
    ended = (Employer.Check.STOPPED, Employer.Check.MERGED)
    return Key(
        pk=row.pk,
        name=row.name,
        employer=row.employer_id,
        council=row.council_id,
        partnership=row.partnership_id,
        scopes=frozenset(row.scopes),
        stopped=row.employer is not None and row.employer.state in ended,
    )


def listed(
    *, employers: QuerySet[Employer], partnerships: QuerySet[Partnership], councils: QuerySet[Council]
) -> QuerySet[ApiKey]:
    """The keys of businesses in these partnerships, of these businesses without one, and of these councils, those in
    force first. A key that sends young people is its team manager's alone."""
    of_business = Q(partnership__in=partnerships) | Q(partnership__isnull=True, employer__in=employers)
    rows = ApiKey.objects.filter(of_business | Q(council__in=councils)).exclude(scopes__contains=[PEOPLE])
    return rows.select_related("employer", "council", "made_by").order_by("-ended_on", "-pk")


def of_people(council: int) -> QuerySet[ApiKey]:
    """The keys that send a council's young people, those in force first."""
    return ApiKey.objects.filter(council=council, scopes__contains=[PEOPLE]).order_by("-ended_on", "-pk")
