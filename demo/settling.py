"""Writes the demonstration's people, in one transaction: a run that was killed leaves nothing, a second adds nothing.

Memberships and interests go through the verbs. The 240 people, their contacts, links and log rows are written with
`bulk_create`: one statement each in place of 2,000. That is equal to `add_young_person` and `assign_worker`: the same
constraints and triggers of the database hold, the values are those the verbs would write (a test adds one person both
ways and compares), and the checks the verbs make first are made on the drawn data by a test.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from django.db import connection, transaction

from accounts.joining import join
from accounts.models import (
    AdviserLink,
    Council,
    Membership,
    Partnership,
    Team,
    User,
    YoungPerson,
    YoungPersonContact,
)
from accounts.roles import Role
from accounts.safety import record_numbers
from accounts.services import make_member
from core import clock, postcodes, reference
from core.lifecycle import SYSTEM
from core.models import LifecycleLog, PostcodeSector, ReferenceLoad
from core.scope import EVERYTHING, scope
from demo import world
from demo.past import Past, live_before
from matching.services import record_interests
from opportunities.needs import mask_of

NAME, VERSION = "demonstration", "1"
LOCK = 7_150_002
HATS_SINCE = dt.date(2020, 1, 1)  # so that they are worn on whatever day the demonstration is set to


def settle() -> dict[str, int] | None:
    """Write the world unless it is there; counts of what was written, None when nothing was. As fr_worker."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if ReferenceLoad.objects.filter(pk=NAME).exists():
            return None
        with scope(EVERYTHING):
            counts = {"sectors": load_sectors(), **_people()}
        ReferenceLoad.objects.create(name=NAME, version=VERSION, source="demo/world.py", rows=counts["young people"])
        return counts


def load_sectors() -> int:
    """Put the sectors of the three counties into the table, unless all of England is there. Returns their number."""
    if postcodes.england_is_loaded():
        return 0
    fields = ["easting", "northing", "district_gss", "spans", "postcodes"]
    rows = [
        PostcodeSector(
            code=row["code"],
            easting=int(row["easting"]),
            northing=int(row["northing"]),
            district_gss=row["district"],
            spans=int(row["spans"]),
            postcodes=int(row["postcodes"]),
        )
        for row in reference.read_csv(world.SECTORS)
    ]
    PostcodeSector.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=fields)
    return len(rows)


def _people() -> dict[str, int]:
    councils = {council.short_name: council for council in Council.objects.order_by("pk")}
    workers = _workers(councils)
    _officers(Partnership.objects.get(code="nottinghamshire"))
    today = clock.today()
    drawn = world.draw(today, {name: council.gss_code for name, council in councils.items()})
    people = _young_people(drawn, councils, workers)
    for one, person in zip(drawn, people, strict=True):
        record_interests(
            person=person,
            by=workers[one.adviser],
            kinds=one.wish.kinds,
            first_kind=next(iter(one.wish.kinds), None),
            categories=one.wish.categories,
            open_to_anything=one.wish.open_to_anything,
            hours=one.hours,
            has=mask_of(one.needs),
            travel=one.travel,
            remote_ok=one.remote_ok,
            earliest_start=one.earliest_start,
            words=one.wish.words,
        )
    _accounts(drawn, people)
    _past(drawn, people, today)
    return {"members": Membership.objects.count(), "young people": len(people)}


def _accounts(drawn: list[world.Person], people: list[YoungPerson]) -> None:
    """A sign-in for those who have taken up the invitation, under their first name."""
    for adviser, place in world.SIGN_IN:
        at = [number for number, one in enumerate(drawn) if one.adviser == adviser][place]
        name = drawn[at].name.split(" ")[0]
        join(person=people[at], name=name, email=world.address(drawn[at].name, "mail"))


def _past(drawn: list[world.Person], people: list[YoungPerson], today: dt.date) -> None:
    """Those who have been on the way for a while: each person beside their adviser and their place there."""
    by_id = YoungPerson.objects.select_related("user").in_bulk([person.pk for person in people])
    places: Counter[str] = Counter()
    found = {}
    for one, person in zip(drawn, people, strict=True):
        found[one.adviser, places[one.adviser]] = by_id[person.pk]
        places[one.adviser] += 1
    named = {user.name: user for user in User.objects.filter(memberships__isnull=False).distinct()}
    live_before(Past(today, found, named))


def _workers(councils: dict[str, Council]) -> dict[str, User]:
    """Teams, advisers and managers; the advisers by name. One manager wears a second hat."""
    found: dict[str, User] = {}
    for authority, names in world.ADVISERS.items():
        council = councils[authority]
        team = Team.objects.create(council=council, name="Leaving care team")
        for name in names:
            found[name] = _member(Role.ADVISER, name, authority, council=council, team=team)
        manager = world.MANAGERS[authority]
        _member(Role.TEAM_MANAGER, manager, authority, council=council, team=team)
        if authority == "Nottinghamshire":
            _member(Role.SAFEGUARDING_LEAD, manager, authority, council=council)
        _safety(authority, council)
    return found


def _safety(authority: str, council: Council) -> None:
    """Who is told that something is wrong, and whom people ring."""
    _member(Role.SAFEGUARDING_LEAD, world.LEADS[authority], authority, council=council)
    day, night = world.NUMBERS[authority]
    record_numbers(council=council, by=None, day_phone=day, day_hours=world.DAY_HOURS, night_phone=night)


def _officers(partnership: Partnership) -> None:
    for role, name in world.OFFICERS:
        if role == Role.OPERATOR:
            _member(Role.OPERATOR, name, "first-rung")
        else:
            _member(Role(role), name, "nottinghamshire-partnership", partnership=partnership)


def _member(
    role: Role,
    name: str,
    where: str,
    *,
    council: Council | None = None,
    partnership: Partnership | None = None,
    team: Team | None = None,
) -> User:
    email = world.address(name, where)
    place = {"council": council, "partnership": partnership, "team": team}
    return make_member(by=None, name=name, email=email, role=role, valid_from=HATS_SINCE, **place).user  # type: ignore[arg-type]


def _young_people(
    drawn: Iterable[world.Person], councils: dict[str, Council], workers: dict[str, User]
) -> list[YoungPerson]:
    """People, contacts, links to their advisers and the log rows of the verbs, in their order."""
    lives = _authorities(councils)
    people = YoungPerson.objects.bulk_create(
        YoungPerson(
            label=one.label,
            responsible_authority=councils[one.authority],
            birth_month=one.birth_month,
            living_sector=one.sector,
            living_authority=lives[one.sector],
            right_to_work=one.right_to_work,
            right_to_work_until=one.right_to_work_until,
            made_at=dt.datetime.combine(one.since, dt.time(9), clock.LONDON),
        )
        for one in drawn
    )
    pairs = list(zip(drawn, people, strict=True))
    YoungPersonContact.objects.bulk_create(
        YoungPersonContact(person=person, details={"name": one.name, "phone": one.phone}) for one, person in pairs
    )
    links = AdviserLink.objects.bulk_create(
        AdviserLink(person=person, worker=workers[one.adviser], started_on=one.since) for one, person in pairs
    )
    LifecycleLog.objects.bulk_create(
        [_log("accounts.YoungPerson", person.pk, "add", "added") for person in people]
        + [_log("accounts.AdviserLink", link.pk, "assign", "current") for link in links]
    )
    return people


def _log(model: str, row: int, move: str, new: str) -> LifecycleLog:
    return LifecycleLog(model=model, object_id=row, move=move, old="", new=new, role=SYSTEM)


def _authorities(councils: dict[str, Council]) -> dict[str, Council]:
    """Sector -> the council with children's services where it lies, as accounts.places tells it one by one."""
    by_id = {council.pk: council for council in councils.values()}
    by_code = {
        council.gss_code: by_id[council.county_id] if council.county_id else council for council in by_id.values()
    }
    rows = PostcodeSector.objects.order_by("code").values_list("code", "district_gss")
    return {code: by_code[district] for code, district in rows if district in by_code}
