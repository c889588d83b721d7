"""Rows of the tables as the definition reads them, one by one. Written apart from the engine's columns on purpose:
`check_matches` and the tests compare the two."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping

from accounts.models import Council, Partnership
from matching.definition import ANY_KIND, Opportunity, Person
from matching.models import Interests, MatchAction
from opportunities.models import Opportunity as OpportunityRow
from opportunities.models import SearchRow
from pledges.models import PledgeKind

BY_RESPONSIBLE = (OpportunityRow.Audience.RESPONSIBLE, OpportunityRow.Audience.EITHER)
BY_LIVING = (OpportunityRow.Audience.LIVING, OpportunityRow.Audience.EITHER)
# "Volunteering only" matches the giving of time, visits and mock interviews, nothing that could count as work
# (domain, section 4). Volunteering for a business is refused before it is published.
FREELY_GIVEN = ("volunteering", "site-visit", "mock-interview")


def freely_given() -> int:
    """The mask of kinds open to somebody who may only volunteer."""
    return sum(
        1 << bit
        for bit in PledgeKind.objects.filter(code__in=FREELY_GIVEN).values_list("bit", flat=True)
        if bit is not None
    )


def _day(date: dt.date | None) -> int | None:
    return None if date is None else date.toordinal()


def people(ids: Iterable[int] | None = None) -> list[Person]:
    """Everybody who has said what they would like, or those in `ids`. Needs a scope."""
    limited = freely_given()
    rows = Interests.objects.order_by("pk")
    dismissals = MatchAction.objects.filter(state=MatchAction.State.NOT_NOW)
    if ids is not None:
        wanted = list(ids)
        rows, dismissals = rows.filter(pk__in=wanted), dismissals.filter(person_id__in=wanted)
    dismissed: dict[int, dict[int, int]] = defaultdict(dict)
    for person, opportunity, version in dismissals.values_list("person_id", "opportunity_id", "version"):
        dismissed[person][opportunity] = version
    return [as_person(row, limited, dismissed[row.pk]) for row in rows]


def as_person(row: Interests, limited: int, dismissed: Mapping[int, int]) -> Person:
    """One row. limited: the mask of what is freely given; dismissed: opportunity -> its version at the time."""
    return Person(
        id=row.pk, kinds=row.kinds, first_kind=row.first_kind, categories=row.categories, hours=row.hours,
        allowed_kinds=limited if row.volunteering_only else ANY_KIND, open_to_anything=row.open_to_anything,
        has=row.has, occupations=frozenset(row.occupations or ()),
        radius_m=row.radius_m, remote_ok=row.remote_ok, earliest=_day(row.earliest_start),
        easting=row.easting, northing=row.northing, born_on=row.born_on.toordinal(),
        responsible=row.responsible_id, living=row.living_id, dismissed=dismissed,
    )  # fmt: skip


def audiences() -> dict[int, tuple[frozenset[int], frozenset[int]]]:
    """Partnership -> (its councils, where its people may live: its councils and the districts of its counties)."""
    districts: dict[int, set[int]] = defaultdict(set)
    for council, county in Council.objects.filter(county__isnull=False).values_list("pk", "county_id"):
        districts[county or 0].add(council)
    members: dict[int, set[int]] = defaultdict(set)
    for partnership, council in Partnership.councils.through.objects.values_list("partnership_id", "council_id"):
        members[partnership].add(council)
    return {
        partnership: (frozenset(councils), frozenset(councils).union(*(districts[council] for council in councils)))
        for partnership, councils in members.items()
    }


def opportunities(ids: Iterable[int] | None = None) -> list[Opportunity]:
    """Every opportunity that has a search row, live or not, or those in `ids`."""
    rows = (
        SearchRow.objects.order_by("pk") if ids is None else SearchRow.objects.filter(pk__in=list(ids)).order_by("pk")
    )
    audience = audiences()
    nobody: tuple[frozenset[int], frozenset[int]] = (frozenset(), frozenset())
    return [as_opportunity(row, *audience.get(row.partnership_id, nobody)) for row in rows]


def as_opportunity(row: SearchRow, councils: frozenset[int], living: frozenset[int]) -> Opportunity:
    """One row. councils, living: those of its partnership, as `audiences` has them."""
    return Opportunity(
        id=row.pk, kind=row.kind_bit, live=row.live and row.free, categories=row.categories, hours=row.hours,
        occupation=row.occupation, needs=row.needs, remote=row.remote, easting=row.easting, northing=row.northing,
        starts=_day(row.starts_on), closes=_day(row.closes_on), min_age=row.min_age,
        everyone=row.audience == OpportunityRow.Audience.ENGLAND,
        responsible=councils if row.audience in BY_RESPONSIBLE else frozenset(),
        living=living if row.audience in BY_LIVING else frozenset(),
        ringfenced=row.ringfenced, living_wage=row.pays_living_wage, version=row.version,
    )  # fmt: skip
