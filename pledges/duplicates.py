"""Which businesses may be one: pairs with the reason, for a person to decide. Never joined by a machine."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from pledges.models import Employer, NotTheSame

ALIKE = 0.85  # of 1, SequenceMatcher's ratio of two name keys
COMMON = 40  # a word that more businesses have ("services") says nothing
MOST = 200  # pairs

Pair = tuple[int, int]


@dataclass(frozen=True)
class Proposal:
    """Two businesses, the older first, and why they may be one."""

    one: Employer
    other: Employer
    reasons: tuple[str, ...]


def proposals(among: QuerySet[Employer]) -> list[Proposal]:
    """Pairs among these businesses, those with the most reasons first, at most 200. Stopped and joined ones are left
    out, and pairs that somebody found to be two. Three queries, whatever the number of rows.
    """
    rows = {row.pk: row for row in among.filter(_OPEN).order_by("pk")}
    found: dict[Pair, list[str]] = defaultdict(list)
    for reason, pairs in _reasons(list(rows.values())):
        for pair in pairs:
            found[pair].append(reason)
    refused = set(NotTheSame.objects.values_list("one", "other"))
    kept = [
        Proposal(rows[one], rows[other], tuple(reasons))
        for (one, other), reasons in sorted(found.items())
        if (one, other) not in refused
    ]
    return sorted(kept, key=lambda each: -len(each.reasons))[:MOST]


_OPEN = ~Q(state__in=[Employer.Check.STOPPED, Employer.Check.MERGED])


def _reasons(rows: list[Employer]) -> Iterator[tuple[str, set[Pair]]]:
    yield _("the same company number"), _equal((row.company_number, row.pk) for row in rows)
    yield _("the same charity number"), _equal((row.charity_number, row.pk) for row in rows)
    yield _("the same email domain of its own"), _equal((row.domain, row.pk) for row in rows)
    same_name = _equal((row.name_key, row.pk) for row in rows)
    yield _("the same name"), same_name
    yield _("a similar name"), _similar(rows) - same_name
    here = {row.pk for row in rows}
    pointed = ((row.pk, row.maybe_same_as_id) for row in rows)
    yield (
        _("noted when it pledged"),
        {(min(one, other), max(one, other)) for one, other in pointed if other is not None and other in here},
    )


def _equal(keys: Iterable[tuple[str, int]]) -> set[Pair]:
    """All pairs with an equal key that is not empty."""
    groups: dict[str, list[int]] = defaultdict(list)
    for key, pk in keys:
        if key:
            groups[key].append(pk)
    return {pair for group in groups.values() for pair in combinations(sorted(group)[:COMMON], 2)}


def _similar(rows: list[Employer]) -> set[Pair]:
    """Pairs whose names share a rare word, or their first four letters, and are nearly spelt the same."""
    by_word: dict[str, list[Employer]] = defaultdict(list)
    for row in rows:
        for word in {*row.name_key.split(), f"{row.name_key[:4]}-"}:
            by_word[word].append(row)
    near: dict[Pair, tuple[str, str]] = {}
    for group in by_word.values():
        if len(group) <= COMMON:
            for one, other in combinations(group, 2):
                near[one.pk, other.pk] = (one.name_key, other.name_key)
    return {pair for pair, (one, other) in near.items() if alike(one, other)}


def alike(one: str, other: str) -> bool:
    """Whether two name keys are nearly the same, or one says all words of the other and one or two more."""
    words, more = sorted((set(one.split()), set(other.split())), key=len)
    if len(words) >= 2 and words <= more and len(more) - len(words) <= 2:
        return True
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def say_not_the_same(*, one: Employer, other: Employer, by: User) -> None:
    """These are two, for good. They stop pointing at each other, and are not proposed again. Twice is once."""
    first, second = sorted((one, other), key=lambda row: row.pk)
    with transaction.atomic():
        NotTheSame.objects.get_or_create(one=first, other=second, defaults={"said_by": by, "said_on": clock.today()})
        Employer.objects.filter(pk=one.pk, maybe_same_as=other).update(maybe_same_as=None)
        Employer.objects.filter(pk=other.pk, maybe_same_as=one).update(maybe_same_as=None)
