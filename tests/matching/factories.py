"""Young people with interests, and opportunities, written straight into the tables, without the rooms below."""

import datetime as dt
import itertools

from django.db import connection

from accounts.models import AdviserLink, Council, YoungPerson
from core.models import PostcodeSector
from matching.models import Interests
from opportunities.models import Opportunity, SearchRow
from pledges.models import Category, Employer, EmployerContact, Pledge, PledgeKind
from tests import factories

_numbers = itertools.count(1)
# Places of our own, in metres: the first four lie at exact distances from each other (3-4-5 triangles).
PLACES = {
    "XA1 1": (450_000, 350_000),
    "XA1 2": (453_000, 354_000),  # 5,000 m from the first
    "XA1 3": (458_000, 356_000),  # 10,000 m
    "XA1 4": (451_000, 350_000),
    "XB1 1": (520_000, 180_000),
    "XB1 2": (530_000, 180_001),
}


def places() -> None:
    """Make our postcode sectors."""
    with factories.as_worker():
        rows = [
            PostcodeSector(code=code, easting=e, northing=n, district_gss="E07000174")
            for code, (e, n) in PLACES.items()
        ]
        PostcodeSector.objects.bulk_create(rows, ignore_conflicts=True)


def person(*, worker=None, of: Council | None = None, label="A.B.", sector="XA1 1", **interests) -> YoungPerson:
    """Somebody who lives in the first place, goes 10 km, and has no preference unless told."""
    about = {k: interests.pop(k) for k in ("living_authority", "birth_month", "right_to_work") if k in interests}
    made = factories.young_person(of, label=label, worker=worker, living_sector=sector, **about)
    wishes(made, **interests)
    return made


def wishes(of: YoungPerson, **interests) -> None:
    with factories.as_worker():
        Interests.objects.bulk_create([Interests(person=of, **{"radius_m": 10_000, **interests})])


def pledge() -> Pledge:
    number = next(_numbers)
    employer = Employer.objects.create(name=f"Firm {number}", name_key=f"firm {number}")
    contact = EmployerContact.objects.create(employer=employer, email="firm@example.org")
    kind = PledgeKind.objects.get(code="ringfenced-job")
    return Pledge.objects.create(
        identity=f"matching-{number}", employer=employer, contact=contact, kind=kind, places=2, source="form"
    )


def opportunity(*, place: str | None = "XA1 1", of: Pledge | None = None, places: int = 2, **row) -> SearchRow:
    """A live one in the first place, for the partnership of Nottinghamshire, unless told."""
    with factories.as_worker():
        of = of or pledge()
        kind = row.pop("kind", None) or PledgeKind.objects.get(code="ringfenced-job")
        category = row.pop("category", None) or Category.objects.get(code="construction-and-trades")
        title = row.get("title", "Trainee carpenter")
        made = Opportunity.objects.create(
            pledge=of, employer=of.employer, kind=kind, category=category, title=title, summary="Words", places=places
        )
        easting, northing = PLACES[place] if place else (None, None)
        values = {
            "live": True, "kind": kind, "category": category, "kind_bit": kind.bit, "categories": 1 << category.bit,
            "hours": 1, "needs": 0, "remote": False, "easting": easting, "northing": northing, "min_age": 16,
            "audience": "either", "partnership_id": factories.partnership().pk, "ringfenced": True,
            "pays_living_wage": False, "version": 1, "title": title, "employer_name": of.employer.name,
            "town": "Mansfield",
            **row,
        }  # fmt: skip
        return SearchRow.objects.create(opportunity=made, **values)


def adviser(**place):
    return factories.adviser(**place)


def link(of: YoungPerson, worker) -> None:
    """Hand a young person over to `worker`."""
    with factories.as_worker():
        AdviserLink.objects.current().filter(person=of).update(ended_on=dt.date(2026, 1, 2))
        AdviserLink.objects.create(person=of, worker=worker, started_on=dt.date(2026, 1, 2))


def update(row: SearchRow, **values) -> None:
    with factories.as_worker():
        SearchRow.objects.filter(pk=row.pk).update(**values)


def close(row: SearchRow) -> None:
    update(row, live=False)


def stored() -> dict[tuple[int, int], tuple[int, int, int]]:
    """The table `match`: (person, opportunity) -> (score, reasons, distance)."""
    with factories.as_worker(), connection.cursor() as cursor:
        cursor.execute("SELECT person_id, opportunity_id, score, reasons, distance_hm FROM match")
        return {
            (person, opportunity): rest
            for person, opportunity, *rest in map(tuple, cursor.fetchall())
            for rest in [tuple(rest)]
        }


def told() -> list[tuple[int, int, int, int]]:
    """What advisers were told: (adviser, person, opportunity, version), sorted."""
    with factories.as_worker(), connection.cursor() as cursor:
        cursor.execute("SELECT adviser_id, person_id, opportunity_id, version FROM match_told ORDER BY 1, 2, 3, 4")
        return cursor.fetchall()


def oracle() -> dict[tuple[int, int], tuple[int, int, int]]:
    """What the table should hold, by the definition."""
    from core import clock
    from matching import definition, rows

    with factories.as_worker():
        day = clock.today().toordinal()
        everything = rows.opportunities()
        return {
            (person.id, opportunity): result
            for person in rows.people()
            for opportunity, result in definition.best(person, everything, day).items()
        }


def run():
    """A run of the matcher, as the worker."""
    from matching import passes

    with factories.as_worker():
        return passes.run()


def run_everything(**options):
    from matching import passes

    with factories.as_worker():
        return passes.go_over_everybody(**options)
