"""The verbs of matching: say what a young person would like, say what became of a match, bring matches up to date."""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.cover import links_of
from accounts.models import User, YoungPerson
from core.bells import ring_on_commit
from core.clock import FrNow
from matching import events, passes, store, tasks
from matching.models import MOST_KEPT, Interests, MatchAction
from occupations import offered as counting
from occupations import table as occupation_table
from occupations.models import Occupation
from opportunities.models import SearchRow
from pledges.models import Category, PledgeKind

MILE = 1609.344  # metres
# How far somebody goes, in metres, until they say otherwise: 3 miles on foot or by bike, 10 by bus, 20 by car.
RADIUS_M = {Interests.Travel.WALK: 4_828, Interests.Travel.BUS: 16_093, Interests.Travel.CAR: 32_187}


class NotYours(Exception):
    """Only the young person's worker of the moment may do this."""


@transaction.atomic
def record_interests(
    *,
    person: YoungPerson,
    by: User | None,
    kinds: Iterable[str | PledgeKind] = (),
    first_kind: str | PledgeKind | None = None,
    categories: Iterable[str | Category] = (),
    open_to_anything: bool = False,
    hours: int = 0,
    has: int = 0,
    travel: str = Interests.Travel.BUS,
    radius_m: int | None = None,
    remote_ok: bool = False,
    earliest_start: dt.date | None = None,
    words: str = "",
    occupations: Iterable[str] | None = None,
    offered: Iterable[str] = (),
    told: dict[str, str] | None = None,
) -> Interests:
    """Write down what a young person would like, in place of what was there. Announces interests_changed.

    kinds: codes or rows in any order; none: no preference. first_kind: which of them is wanted most, where somebody
    said so; one kind alone is. While the kinds stay as they were, so does the first. categories as kinds. hours: mask
    of parts of the day (1 daytime, 2 evening, 4 weekend, 8 night; 0: no preference). has: mask of needs held. travel:
    how they get about; radius_m: how far, in metres (by travel unless given, 500 to 160,000). words: as typed, at most
    500 characters. occupations: codes of what was kept of what the words may mean; None: nobody was asked, and what
    was kept of the same words stays. offered: codes of what stood beside these words, counted with what was kept of it
    the first time (occupations/offered.py). told: what their worker should know (needs, may_know, interpreter); None
    leaves it as it was. Raises LookupError for an unknown code. Call it in a scope that sees the person.
    """
    rows = PledgeKind.objects.filter(bit__isnull=False)
    kind_bits = sorted(set(_bits(rows, kinds)))
    kinds_mask = sum(1 << bit for bit in kind_bits)
    ticked = sum({1 << bit for bit in _bits(Category.objects.all(), categories)})
    kept = _kept_of(person, _kept(words), occupations)
    if not Interests.objects.filter(pk=person.pk, words=_kept(words), occupations__isnull=False).exists():
        counting.count(offered, occupations or ())
    values: dict[str, Any] = {
        "kinds": kinds_mask,
        "first_kind": _bits(rows, [first_kind])[0] if first_kind else _first_kind(person, kind_bits, kinds_mask),
        "ticked": ticked,
        "categories": ticked | _categories_of(kept),
        "occupations": kept,
        "open_to_anything": open_to_anything,
        "hours": hours,
        "has": has,
        "travel": travel,
        "radius_m": radius_m or RADIUS_M[Interests.Travel(travel)],
        "remote_ok": remote_ok,
        "earliest_start": earliest_start,
        "words": _kept(words),
        "changed_by": by,
        "changed_at": FrNow(),
    }
    if told is not None:
        values["told"] = told
    interests: Interests
    interests, made = Interests.objects.update_or_create(person_id=person.pk, defaults=values)
    events.interests_changed.send(sender=Interests, id=person.pk, old="" if made else "known", new="known")
    return interests


@transaction.atomic
def record_words(said: Mapping[int, str], *, by: User | None) -> None:
    """What people who were added just now would like, in words alone: person -> words. Announces interests_changed.

    One statement. Raises IntegrityError where somebody has said something already. Call it in a scope that sees them.
    """
    Interests.objects.bulk_create(
        Interests(
            person_id=person, words=_kept(words), radius_m=RADIUS_M[Interests.Travel.BUS], changed_by=by,
            changed_at=FrNow(),
        )
        for person, words in said.items()
    )  # fmt: skip
    for person in said:
        events.interests_changed.send(sender=Interests, id=person, old="", new="known")


def _kept(words: str) -> str:
    return words.replace("\0", "").strip()[:500]


@transaction.atomic
def tell_worker(*, person: YoungPerson, **told: str) -> None:
    """Change some of what the worker should know (needs, may_know, interpreter); the rest stays. Raises
    Interests.DoesNotExist for somebody who has not said what they would like."""
    row = Interests.objects.select_for_update(of=("self",)).get(pk=person.pk)
    row.told = {**(row.told or {}), **told}
    row.save(update_fields=["told"])


def _kept_of(person: YoungPerson, words: str, codes: Iterable[str] | None) -> list[int] | None:
    """The numbers to store. Raises LookupError for an unknown code, ValueError for too many."""
    if codes is None:
        same = Interests.objects.filter(pk=person.pk, words=words)
        return same.values_list("occupations", flat=True).first() if words else None
    chosen, known = list(dict.fromkeys(codes)), occupation_table.occupations()
    if unknown := [code for code in chosen if code not in known]:
        raise LookupError(f"unknown: {', '.join(unknown)}")
    if len(chosen) > MOST_KEPT:
        raise ValueError(f"more than {MOST_KEPT} occupations")
    return [known[code].number for code in chosen]


def _categories_of(kept: Iterable[int] | None) -> int:
    numbers = list(kept or ())
    if not numbers:
        return 0
    masks = Occupation.objects.filter(pk__in=numbers).values_list("categories", flat=True)
    return reduce(or_, masks, 0)


def _first_kind(person: YoungPerson, bits: list[int], mask: int) -> int | None:
    """The kind wanted most where nobody says which: the only one, or the one known before of the same kinds."""
    if len(bits) < 2:
        return bits[0] if bits else None
    return Interests.objects.filter(pk=person.pk, kinds=mask).values_list("first_kind", flat=True).first()


def _bits(rows: Any, wanted: Iterable[Any]) -> list[int]:
    """The bits of codes or rows, in their order."""
    by_code: dict[str, int] = dict(rows.values_list("code", "bit"))
    codes = [str(getattr(one, "code", one)) for one in wanted]
    if unknown := [code for code in codes if code not in by_code]:
        raise LookupError(f"unknown: {', '.join(unknown)}")
    return [by_code[code] for code in codes]


@transaction.atomic
def act_on_match(
    *, person: YoungPerson, opportunity_id: int, by: User, state: str, reason: str = "", only_new: bool = False
) -> MatchAction:
    """Say what became of a match: shared, later, or not now with a reason, which the young person may read.

    The same again changes nothing but the date. Another answer replaces the first; with `only_new` it does not, and
    what was said before is returned. `Not now` holds until the opportunity changes materially. Raises NotYours unless
    `by` is the young person or their worker now, ValidationError without a reason.
    """
    if person.user_id != by.pk and not links_of(by.pk).filter(person_id=person.pk).exists():
        raise NotYours(_("This young person has another adviser now."))
    version = SearchRow.objects.values_list("version", flat=True).get(pk=opportunity_id)
    values = {"state": state, "reason": reason.strip()[:200], "version": version, "by": by, "at": FrNow()}
    checked = MatchAction(person=person, opportunity_id=opportunity_id, **{**values, "at": None})
    checked.full_clean(exclude=["at", "person", "opportunity", "by"], validate_unique=False)
    action: MatchAction
    pair: dict[str, Any] = {"person_id": person.pk, "opportunity_id": opportunity_id}
    if only_new:
        action = _unless_said(pair, values)
    else:
        action, _made = MatchAction.objects.update_or_create(**pair, defaults=values)
    ring_matcher()
    return action


def said_of(person: int, opportunity_id: int, version: int) -> MatchAction | None:
    """What holds of a match: a "not now" of an earlier version of the opportunity does not any more. One query."""
    old = Q(state=MatchAction.State.NOT_NOW, version__lt=version)
    found: MatchAction | None = MatchAction.objects.filter(~old, person=person, opportunity=opportunity_id).first()
    return found


def _unless_said(pair: dict[str, Any], values: dict[str, Any]) -> MatchAction:
    """Written where nothing holds. Of two at once the first stays, whichever page they come from."""
    old = MatchAction.objects.filter(state=MatchAction.State.NOT_NOW, version__lt=values["version"], **pair)
    if not old.update(**values):
        MatchAction.objects.bulk_create([MatchAction(**pair, **values)], ignore_conflicts=True)
    action: MatchAction = MatchAction.objects.get(**pair)
    return action


@transaction.atomic
def act_on_several(*, pairs: Iterable[tuple[int, int]], by: User, state: str, reason: str = "") -> int:
    """The same of several matches at once, (person, opportunity) each: one statement. Returns how many.

    Raises NotYours when one is somebody's whom `by` does not support, ValidationError without a reason; then nothing
    is kept.
    """
    wanted = sorted(set(pairs))
    people = {person for person, _opportunity in wanted}
    if links_of(by.pk).filter(person_id__in=people).count() != len(people):
        raise NotYours(_("This young person has another adviser now."))
    versions = SearchRow.objects.filter(pk__in={pk for _person, pk in wanted}).values_list("pk", "version")
    version_of = dict(versions)
    values = {"state": state, "reason": reason.strip()[:200], "by": by}
    rows = [
        MatchAction(person_id=person, opportunity_id=pk, version=version_of[pk], at=FrNow(), **values)
        for person, pk in wanted
    ]
    for row in rows[:1]:  # they are all alike
        row.clean_fields(exclude=["at", "person", "opportunity", "by"])
        row.validate_constraints(exclude=["person", "opportunity"])
    MatchAction.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["person", "opportunity"],
        update_fields=["state", "reason", "version", "by", "at"],
    )  # fmt: skip
    ring_matcher()
    return len(rows)


def take_back(*, person: YoungPerson, opportunity_id: int, by: User) -> None:
    """Undo what was said of a match: it stands in the inbox again. Raises NotYours."""
    if not links_of(by.pk).filter(person_id=person.pk).exists():
        raise NotYours(_("This young person has another adviser now."))
    MatchAction.objects.filter(person_id=person.pk, opportunity_id=opportunity_id).delete()
    ring_matcher()


def run_pending() -> dict[str, int]:
    """Bring the matches up to date (passes.run) and return counts. Background work: the worker's role only."""
    return passes.run().as_dict()


def full_pass(*, shard: int = passes.SHARD) -> dict[str, int]:
    """Go over everybody, and keep the number of rows that had to be put right as a figure of health. Returns counts."""
    return passes.nightly(shard=shard).as_dict()


def pending() -> bool:
    """Whether a run would find work: for the relay. One statement, over all councils."""
    with connection.cursor() as cursor:
        return store.anything_pending(cursor)


def ring_matcher(sender: Any = None, **_fact: Any) -> None:
    """Reaction to facts that may change matches: ring the matcher after the commit. What is new, the tables say."""
    ring_on_commit(tasks.run)
