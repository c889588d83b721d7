"""Signed links: they act for somebody without a sign-in. Only the hash of their 160 random bits is stored.

A GET shows, a POST acts (mail scanners open links). An unknown, expired, revoked or misdirected link is
None: one answer.
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable

from accounts.models import SignedLink
from core import clock

EMPLOYER_DAYS = 180  # renewed by use
ACTION_DAYS = 30


def make_link(
    *, purpose: str, object_id: int, verbs: Iterable[str] = (), days: int = ACTION_DAYS, renew: bool = False
) -> str:
    """Store a link and return its token, which nobody can be told again: it stands in `/k/<token>/`.

    verbs: what a POST may do with it. renew: each use lets it live `days` from then.
    """
    token = secrets.token_urlsafe(20)
    SignedLink.objects.create(
        token_hash=_hash(token),
        purpose=purpose,
        object_id=object_id,
        verbs=sorted(verbs),
        expires_at=clock.now() + dt.timedelta(days=days),
        renew_days=days if renew else 0,
    )
    return token


def find_link(token: str, purpose: str) -> SignedLink | None:
    """The link, if it is in force and for this purpose. One query."""
    return SignedLink.objects.filter(
        token_hash=_hash(token), purpose=purpose, revoked_at=None, expires_at__gt=clock.now()
    ).first()


def find_used(token: str, purpose: str) -> SignedLink | None:
    """A link that somebody has used, in force or not: to say what became of it, never to act. One query."""
    return SignedLink.objects.filter(token_hash=_hash(token), purpose=purpose, used_at__isnull=False).first()


def use(link: SignedLink, verb: str = "") -> bool:
    """Note that the link was used, now, and let it live on where it renews.

    False, and nothing written, when it may not do `verb` or has ended since it was found.
    """
    if verb and verb not in link.verbs:
        return False
    now = clock.now()
    values = {"used_at": now}
    if link.renew_days:
        values["expires_at"] = max(link.expires_at, now + dt.timedelta(days=link.renew_days))
    open_still = SignedLink.objects.filter(pk=link.pk, revoked_at=None, expires_at__gt=now)
    return open_still.update(**values) == 1


def revoke(purpose: str, object_id: int) -> int:
    """End every link of this purpose to this object; how many there were."""
    rows = SignedLink.objects.filter(purpose=purpose, object_id=object_id, revoked_at=None)
    return rows.update(revoked_at=clock.now())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
