"""Matches as pages and mails show them: one query for any number of people, and a few for what goes with them."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from accounts.apart import links_in_use
from accounts.cover import links_of
from accounts.models import AdviserLink, User, YoungPerson
from core.clock import FrToday
from matching import reasons
from matching.marked import Marked, place
from matching.models import Interests, Match, MatchAction
from opportunities.models import SearchRow
from pledges.models import Category

FEW = 3  # reasons on a card before the rest is folded away


@dataclass
class Shown:
    """One match in words. `action`: what was done about it, if anything. `marked`: what was done a moment ago."""

    person_id: int
    opportunity_id: int
    opportunity: str  # public id
    title: str
    employer: str
    town: str
    kind: str
    kind_name: str
    distance: str
    reasons: list[str]
    score: int
    version: int
    action: MatchAction | None = None
    marked: Marked | None = None
    notes: list[str] = field(default_factory=list)  # for their worker: matching.worth_knowing

    @property
    def line(self) -> str:
        return reasons.SEPARATOR.join(self.reasons)

    @property
    def few(self) -> str:
        """The first reasons in one line, the bare distance left out: it stands on a chip of its own."""
        return reasons.SEPARATOR.join(self._split[0])

    @property
    def rest(self) -> list[str]:
        """The reasons after the first few."""
        return self._split[1]

    @property
    def _split(self) -> tuple[list[str], list[str]]:
        found = [words for words in self.reasons if words != self.distance]
        shown = FEW if len(found) > FEW + 1 else FEW + 1  # nobody is made to open a fold for a single line
        return found[:shown], found[shown:]

    @property
    def is_later(self) -> bool:
        return self.action is not None and self.action.state == MatchAction.State.LATER

    @property
    def is_new(self) -> bool:
        """Nothing was done about it yet, or it has changed since somebody said "not now"."""
        return self.action is None or (
            self.action.state == MatchAction.State.NOT_NOW and self.action.version < self.version
        )


@dataclass
class Group:
    """A young person and what is shown for them. `more`: how many are not."""

    person: YoungPerson
    matches: list[Any] = field(default_factory=list)  # Shown, and Gone where one was marked a moment ago
    more: int = 0


@dataclass
class Shelved:
    """What was done about a match, on its shelf. `is_open`: it can still be gone for."""

    action: MatchAction
    person_id: int
    opportunity: str  # public id
    title: str
    is_open: bool
    marked: Marked | None = None

    @property
    def is_later(self) -> bool:
        return self.action.state == MatchAction.State.LATER


def people_of(worker: int) -> QuerySet[YoungPerson]:
    """The young people whom a user supports today, or stands in for a colleague to support, by their labels. Their
    council's others, and those whose support has ended, are not among them."""
    rows = YoungPerson.objects.filter(pk__in=links_of(worker).values("person_id"), ended_on=None)
    return rows.order_by("label", "pk")


def managed() -> QuerySet[YoungPerson]:
    """Everybody in the scope (a council) whose support goes on and whom a manager's pages show: who is kept apart is
    seen by their own worker, as long as there is one."""
    supported = Q(pk__in=links_in_use().values("person_id"))
    return YoungPerson.objects.filter(~Q(supported, kept_apart=True), ended_on=None).order_by("label", "pk")


def hidden_from_managers() -> int:
    """How many are kept apart from a manager's pages."""
    rows = YoungPerson.objects.filter(kept_apart=True, ended_on=None)
    return rows.filter(pk__in=links_in_use().values("person_id")).count()


def of_team(hat_membership_team: int | None) -> QuerySet[YoungPerson]:
    """Everybody whom a manager's pages show, or those of them whose worker is in the given team."""
    rows = managed()
    if hat_membership_team is None:
        return rows
    workers = User.objects.filter(memberships__team_id=hat_membership_team).values("pk")
    return rows.filter(pk__in=AdviserLink.objects.current().filter(worker__in=workers).values("person_id"))


def matches_of(
    people: Iterable[int], *, best: int | None = None, you: bool = False, only: Collection[int] | None = None
) -> dict[int, list[Shown]]:
    """The live matches of `people`, each person's best first; only the `best` of each when given, or those with the
    opportunities `only`.

    you: the reasons speak to them. Five queries.
    """
    wanted = list(people)
    rows = live(Match.objects.filter(person_id__in=wanted)).select_related(
        "opportunity__row__kind", "opportunity__employer"
    )
    if only is not None:
        rows = rows.filter(opportunity_id__in=only)
    if best is not None:
        order = [F("score").desc(), F("opportunity_id").asc()]
        rows = rows.annotate(place=Window(RowNumber(), partition_by="person_id", order_by=order)).filter(
            place__lte=best
        )
    actions = {
        (a.person_id, a.opportunity_id): a for a in MatchAction.objects.filter(person_id__in=wanted).order_by("pk")
    }
    return _grouped(rows.order_by("person_id", "-score", "opportunity_id"), wanted, actions, you=you)


def new_groups(people: Iterable[YoungPerson], *, best: int) -> list[Group]:
    """What nobody has acted on, per person, the people with something to see first in order of label."""
    rows = list(people)
    found = matches_of([person.pk for person in rows])
    groups = []
    for person in rows:
        new = [shown for shown in found.get(person.pk, []) if shown.is_new]
        if new:
            groups.append(Group(person, new[:best], max(0, len(new) - best)))
    return groups


def new_of_each() -> QuerySet[Match]:
    """The live matches that nobody has acted on of one young person of an outer query, the best first."""
    row = "opportunity__row__version"
    acted = MatchAction.objects.filter(person_id=OuterRef("person_id"), opportunity_id=OuterRef("opportunity_id"))
    done = acted.filter(Q(version__gte=OuterRef(row)) | ~Q(state=MatchAction.State.NOT_NOW))
    rows = live(Match.objects.filter(person_id=OuterRef("pk"))).exclude(Exists(done))
    return rows.order_by("-score", "opportunity_id")


def acted_on(people: Iterable[int], states: Iterable[str], *, most: int = 50) -> list[Shelved]:
    """What was done about matches of `people`, the newest first."""
    rows = MatchAction.objects.filter(person_id__in=list(people), state__in=list(states))
    rows = rows.select_related("opportunity__kind", "opportunity__employer", "opportunity__row", "person")
    rows = rows.annotate(today=FrToday())
    return [
        Shelved(
            action=action, person_id=action.person_id, opportunity=str(action.opportunity.public_id),
            title=action.opportunity.title, is_open=_is_open(action.opportunity.row, action.today),
        )
        for action in rows.order_by("-at", "-pk")[:most]
    ]  # fmt: skip


def _is_open(row: SearchRow, today: dt.date) -> bool:
    return row.live and row.free and (row.closes_on is None or row.closes_on >= today)


def with_marked(groups: list[Group], people: list[YoungPerson], marked: Marked | None) -> list[Group]:
    """The groups with what was done a moment ago said in its place, even when that person has nothing new any more."""
    person = next((one for one in people if marked and one.pk == marked.person_id), None)
    if person is None or marked is None:
        return groups
    group = next((one for one in groups if one.person.pk == person.pk), None)
    if group is None:
        group = Group(person)
        order = {one.pk: number for number, one in enumerate(people)}
        groups = sorted([*groups, group], key=lambda one: order[one.person.pk])
    group.matches = place(group.matches, marked)
    return groups


def live(rows: QuerySet[Match]) -> QuerySet[Match]:
    """Something may have closed or filled a second ago, before the matcher took it off the lists."""
    row = "opportunity__row__"
    open_still = Q(**{f"{row}closes_on__isnull": True}) | Q(**{f"{row}closes_on__gte": FrToday()})
    return rows.filter(open_still, **{f"{row}live": True, f"{row}free": True})


def _grouped(
    rows: Iterable[Match], people: list[int], actions: dict[tuple[int, int], MatchAction], *, you: bool
) -> dict[int, list[Shown]]:
    wishes = dict(Interests.objects.filter(pk__in=people).values_list("pk", "categories"))
    names = dict(Category.objects.order_by("bit").values_list("bit", "name"))
    found: dict[int, list[Shown]] = {}
    for match in rows:
        row = match.opportunity.row
        shared = wishes.get(match.person_id, 0) & row.categories
        liked = [name for bit, name in names.items() if shared >> bit & 1]
        found.setdefault(match.person_id, []).append(
            Shown(
                person_id=match.person_id, opportunity_id=match.opportunity_id,
                opportunity=str(match.opportunity.public_id), title=row.title, employer=row.employer_name,
                town=row.town, kind=row.kind.code, kind_name=row.kind.name,
                distance=reasons.distance(match.distance_hm),
                reasons=reasons.sentences(
                    match.reasons, match.distance_hm, liked, occupation=row.occupation, you=you
                ),
                score=match.score, version=row.version,
                action=actions.get((match.person_id, match.opportunity_id)),
            )
        )  # fmt: skip
    return found
