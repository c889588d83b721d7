"""References under which a council has nobody any more: another council took over, or what was held was erased. A
system that sends one again adds nobody anew. Kept is a keyed hash alone, which says of nobody who it was.
"""

from collections.abc import Iterable

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy

from accounts.models import GoneReference

SENTENCE = gettext_lazy(
    "Nobody is under this reference any more: another council supports them, or what was held about them was erased."
    " Take it off your list. If your council supports them again, give them a new reference."
)


def _digest(council: int, reference: str) -> str:
    return salted_hmac("accounts.gone", f"{council}:{reference}", algorithm="sha256").hexdigest()


def mark_gone(council: int, reference: str) -> None:
    """Remember it; nothing where they had no reference. Call it in the transaction in which they go."""
    if reference:
        row = GoneReference(council_id=council, digest=_digest(council, reference))
        GoneReference.objects.bulk_create([row], ignore_conflicts=True)


def gone_of(council: int, references: Iterable[str]) -> set[str]:
    """Those of a council's references under which nobody is any more. One query."""
    by_digest = {_digest(council, reference): reference for reference in references if reference}
    found = GoneReference.objects.filter(council=council, digest__in=by_digest).values_list("digest", flat=True)
    return {by_digest[digest] for digest in found}
