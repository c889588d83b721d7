"""Words that a person looks at before they go anywhere: "cash in hand", a room with the job, "contact me on".

Never a refusal to the giver, who does not even see it: the pledge is kept as it is written. Its words stay out of
drafts, and nothing of it is published, until a coordinator has looked at them (domain, section 5). The phrases are
dated reference data: pledges/data/phrases.csv.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from core import clock
from pledges.models import Pledge, RiskyPhrase
from pledges.words import clean

ENDED = (Pledge.State.WITHDRAWN, Pledge.State.LAPSED, Pledge.State.KEPT, Pledge.State.PARTLY_KEPT)


@dataclass(frozen=True)
class Phrases:
    """The phrases in force, ready to look for."""

    patterns: tuple[tuple[str, re.Pattern[str]], ...]

    @classmethod
    def load(cls) -> "Phrases":
        """One query."""
        rows = in_force().order_by("pk").values_list("code", "pattern")
        return cls(tuple((code, re.compile(pattern)) for code, pattern in rows))

    def find(self, words: str) -> list[str]:
        """The codes of what stands in the words, whatever their capitals, spaces and apostrophes."""
        plain = clean(words).casefold().replace("’", "'").replace("‑", "-").replace("–", "-")
        return [code for code, pattern in self.patterns if pattern.search(plain)]


def in_force() -> QuerySet[RiskyPhrase]:
    """The phrases that are looked for today."""
    today = clock.today()
    return RiskyPhrase.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today), valid_from__lte=today)


def find(words: str) -> list[str]:
    """The codes of the risky phrases in some words. No query for no words."""
    return Phrases.load().find(words) if words.strip() else []


def mark(pledges: Iterable[Pledge]) -> None:
    """Write the codes into pledges that are about to be saved. One query, or none where nobody wrote anything."""
    with_words = [pledge for pledge in pledges if pledge.words.strip()]
    if with_words:
        phrases = Phrases.load()
        for pledge in with_words:
            pledge.phrases = phrases.find(pledge.words)


def waiting(pledge: Pledge) -> bool:
    """Whether a coordinator has still to look at the words."""
    return bool(pledge.phrases) and pledge.phrases_seen_by_id is None


def to_look_at() -> QuerySet[Pledge]:
    """Pledges that have not ended, whose words a coordinator has to look at."""
    rows = Pledge.objects.exclude(phrases=[]).filter(phrases_seen_by__isnull=True)
    return rows.exclude(state__in=ENDED)


def reasons(codes: Iterable[str]) -> list[str]:
    """Why each phrase is looked at, in plain words."""
    rows = RiskyPhrase.objects.filter(code__in=list(codes)).order_by("pk")
    return list(rows.values_list("why", flat=True))


def usable_words(pledge: Pledge) -> str:
    """The giver's words where they may be shown, else ""."""
    return "" if waiting(pledge) else pledge.words
