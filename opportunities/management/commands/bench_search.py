"""manage.py bench_search: how long search takes over many opportunities, beside the naive form of the same question.

All rows are invented, written in one transaction and rolled back: no vacuum has seen them, so the counts cannot be
read from their index alone, and cost more than they cost in an installation that runs. On a database that is thrown
away, `FR_DB_ROLE=fr_owner python3 dev.py bench search --commit` keeps and vacuums them first, as such an installation
does every night. Candidates take turns in one run, so that the ratios hold whatever else the machine does; milliseconds
are worth something only with the load average printed beside them.
"""

import json
import os
import random
import statistics
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.db.models import Field
from django.http import QueryDict
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.models import Partnership
from core.models import PostcodeSector
from core.postcodes import Point
from opportunities.badges import BADGES, held_in
from opportunities.models import Opportunity, SearchRow
from opportunities.search import Filters, radius, search
from opportunities.views import find, list_opportunities
from pledges.models import Employer, EmployerContact, Pledge, PledgeKind

WORDS = ["kitchen", "warehouse", "driver", "care", "office", "garden", "baker", "cleaner", "welder", "teaching"]
WORDS += ["garage", "reception", "nursery", "farm"]
WEST, SOUTH, SIDE = 300_000, 150_000, 300_000  # metres: most of England

# Drafts with a flat row that says live: enough for search, which reads nothing else, and no rule needs to be off.
FILL = """
WITH made AS (
    INSERT INTO opportunity (public_id, pledge_id, employer_id, kind_id, category_id, title, summary, places,
        places_held, places_started, remote, sector, town, easting, northing, hours_a_week, hours_mask, pay_pence,
        min_age, needs_mask, travel_paid, no_experience, no_qualifications, training_beside, audience,
        partnership_id, version, state, live, opened_on, starts_on{others})
    SELECT gen_random_uuid(), %(pledge)s, %(employer)s,
        (SELECT array_agg(id ORDER BY id) FROM pledge_kind WHERE becomes = 'places')[1 + n %% 13],
        (SELECT array_agg(id ORDER BY id) FROM category)[1 + n * 7 %% 25],
        initcap((%(words)s::text[])[1 + n %% 14]) || ' team member',
        'Work in a ' || (%(words)s::text[])[1 + n * 5 %% 14]
        || ' with a small, friendly team. You get a hot meal every shift, and they pay for boots and tools.',
        2, 0, 0, n %% 8 = 0, '', 'Town', %(west)s + floor(random() * %(side)s), %(south)s + floor(random() * %(side)s),
        30, 1, 1271, (ARRAY[16, 16, 18, 18, 21])[1 + n * 3 %% 5], 0, true, true, true, '', 'either', %(partnership)s, 1,
        'draft', false, current_date - (n %% 60), CASE WHEN n %% 3 > 0 THEN current_date + n %% 200 END{defaults}
    FROM generate_series(1, %(number)s) n RETURNING *)
INSERT INTO opportunity_search (opportunity_id, live, kind_id, category_id, kind_bit, categories, hours, needs, remote,
    easting, northing, opened_on, starts_on, min_age, audience, partnership_id, ringfenced, pays_living_wage, badges,
    version, title, employer_name, town, words)
SELECT m.id, true, m.kind_id, m.category_id, k.bit, 0, 1, 0, m.remote, m.easting, m.northing, m.opened_on, m.starts_on,
    m.min_age, 'either', m.partnership_id, true, true, {badges}, 1, m.title, 'Bench', 'Town',
    setweight(to_tsvector('english', m.title), 'A') || setweight(to_tsvector('english', m.summary), 'C')
FROM made m JOIN pledge_kind k ON k.id = m.kind_id
"""
# Each badge on its own share of the opportunities, so that there are hundreds of mixtures.
SHARES = (0.8, 0.7, 0.7, 0.4, 0.1, 0.1, 0.2, 0.2, 0.6, 0.1)
MIXED = " + ".join(
    f"CASE WHEN random() < {share} THEN {badge.mask} ELSE 0 END" for badge, share in zip(BADGES, SHARES, strict=True)
)
# The least that any answer costs: the twenty nearest by the index, without totals or counts.
INDEX_SCAN = """
SELECT opportunity_id FROM opportunity_search WHERE live AND NOT remote ORDER BY point <-> point(%s, %s) LIMIT 20
"""


class Command(BaseCommand):
    """Page, page with its rows, whole page with HTML, the naive form, and the bare index scan."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--opportunities", type=int, default=30_000)
        parser.add_argument("--rounds", type=int, default=60)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--commit", action="store_true", help="keep and vacuum the rows; for the table's owner")
        parser.add_argument("--json", default="", help="write the figures to this file")

    def handle(self, *, opportunities: int, rounds: int, seed: int, **options: Any) -> None:
        """Correctness first: both forms must find the same before either is timed."""
        if options["commit"]:
            fill(opportunities, seed)
            vacuum()
        with transaction.atomic():
            if not options["commit"]:
                fill(opportunities, seed)
            figures = measure(asked(rounds, seed))
            transaction.set_rollback(True)
        figures["vacuumed"] = options["commit"]
        figures.update({"opportunities": opportunities, "rounds": rounds, "load average": os.getloadavg()[0]})
        for name, value in figures.items():
            self.stdout.write(f"{name}: {value:,.2f}" if isinstance(value, float) else f"{name}: {value}")
        if options["json"]:
            with open(options["json"], "w", encoding="utf-8") as file:
                json.dump(figures, file, indent=1)


@transaction.atomic
def fill(number: int, seed: int) -> None:
    """Invent `number` opportunities over England."""
    partnership = Partnership.objects.order_by("pk").first()
    assert partnership is not None
    employer = Employer.objects.create(name="Bench", name_key="bench")
    contact = EmployerContact.objects.create(employer=employer, email="bench@bench.example")
    pledge = Pledge.objects.create(
        identity="bench", employer=employer, contact=contact, kind=PledgeKind.objects.filter(becomes="places")[0],
        places=1, source="desk", partnership=partnership,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("UPDATE opportunity_search SET live = false WHERE live")  # what is here already is not compared
        cursor.execute("SELECT setseed(%s)", [seed % 1000 / 1000])
        values: dict[str, Any] = {"number": number, "west": WEST, "south": SOUTH, "side": SIDE, "words": WORDS}
        values.update(pledge=pledge.pk, employer=employer.pk, partnership=partnership.pk)
        others = {f"default_{field.column}": field for field in _others()}
        values |= {name: field.get_db_prep_save(field.get_default(), connection) for name, field in others.items()}
        sql = FILL.replace("{badges}", MIXED).replace("{others}", "".join(f", {f.column}" for f in others.values()))
        cursor.execute(sql.replace("{defaults}", "".join(f", %({name})s" for name in others)), values)
        cursor.execute("ANALYZE opportunity, opportunity_search")


def vacuum() -> None:
    """As every night. PostgreSQL only warns, and does nothing, for anybody but the owner of a table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user = tableowner FROM pg_tables WHERE tablename = 'opportunity_search'")
        if cursor.fetchone() != (True,):
            raise CommandError("Only the owner of the tables vacuums them: FR_DB_ROLE=fr_owner")
        cursor.execute("VACUUM (ANALYZE) opportunity, opportunity_search")


def _others() -> list["Field[Any, Any]"]:
    """The columns that FILL does not name and that may not be empty: they get what the model says."""
    named = FILL.partition("RETURNING")[0].replace(",", " ").replace("(", " ").replace(")", " ").split()
    return [
        field
        for field in Opportunity._meta.concrete_fields
        if not field.null and field.has_default() and field.column not in named
    ]


@dataclass(frozen=True)
class Asked:
    """A search, and the place that stands for its point in an address."""

    filters: Filters
    place: str


def asked(rounds: int, seed: int) -> list[Asked]:
    """Searches of every sort, near a postcode sector in most."""
    dice = random.Random(seed)
    kinds = list(PledgeKind.objects.filter(becomes="places").order_by("pk").values_list("code", flat=True))
    sectors = list(PostcodeSector.objects.filter(code__contains=" ").order_by("code")[:2000])
    found = []
    for number in range(rounds):
        sector = dice.choice(sectors) if number % 4 else None
        point = Point(sector.easting, sector.northing) if sector else None
        filters = Filters(
            words=dice.choice(WORDS) if number % 2 else "",
            kinds=tuple(dice.sample(kinds, 2)) if number % 3 == 0 else (),
            point=point,
            miles=dice.choice((None, 5, 10, 20, 40)) if point else None,
            badges=dice.choice(BADGES[:4]).mask if number % 5 == 0 else 0,
            age=dice.choice((16, 18, 21)) if number % 7 == 0 else None,
        )
        found.append(Asked(filters, sector.code if sector else ""))
    return found


def naive(filters: Filters) -> tuple[int, Counter[str], Counter[str]]:
    """Filter with icontains, sort and count in Python: total, and the counts beside kinds, badges and categories."""
    rows = SearchRow.objects.filter(live=True, remote=False).select_related("kind", "category", "opportunity")
    if filters.words:
        rows = rows.filter(title__icontains=filters.words) | rows.filter(opportunity__summary__icontains=filters.words)
    if filters.age:
        rows = rows.filter(min_age__lte=filters.age)
    kept: list[SearchRow] = []
    for row in rows.order_by("pk"):
        if filters.point and filters.miles and row.easting is not None and row.northing is not None:
            east, north = row.easting - filters.point.easting, row.northing - filters.point.northing
            if east * east + north * north > radius(filters.miles) ** 2:
                continue
        if row.badges & filters.badges == filters.badges:
            kept.append(row)
    chosen = [row for row in kept if not filters.kinds or row.kind.code in filters.kinds]
    chosen.sort(key=lambda row: row.pk)
    categories = Counter(row.category.code for row in chosen if row.category)
    beside = Counter(row.kind.code for row in kept)
    beside.update(badge.code for row in chosen for badge in held_in(row.badges))
    return len(chosen), beside, categories


def measure(searches: list[Asked]) -> dict[str, Any]:
    """Medians in milliseconds, ratios, queries and bytes."""
    for filters in (search_.filters for search_ in searches[:6]):
        found = search(filters)
        same = naive(filters)
        counted = Counter({choice.code: choice.count for choice in found.kinds if choice.count})
        counted.update({badge.code: found.badges[badge.mask] for badge in BADGES if found.badges[badge.mask]})
        assert (found.total, counted) == same[:2], "the two forms disagree: nothing else here means anything"
    took: dict[str, list[float]] = {}
    html: list[int] = []
    queries: list[int] = []
    for number, one in enumerate(searches):
        filters = one.filters
        took.setdefault("page and facets, SQL", []).append(clocked(lambda f=filters: search(f)))  # type: ignore[misc]
        took.setdefault("with its rows", []).append(clocked(lambda f=filters: find(f)))  # type: ignore[misc]
        took.setdefault("whole page", []).append(clocked(lambda o=one: html.append(page(o))))  # type: ignore[misc]
        point = filters.point or Point(WEST, SOUTH)
        took.setdefault("index scan", []).append(clocked(lambda p=point: nearest(p)))  # type: ignore[misc]
        if number % 5 == 0:  # sampled: it would take most of the run
            took.setdefault("naive", []).append(clocked(lambda f=filters: naive(f)))  # type: ignore[misc]
        with CaptureQueriesContext(connection) as caught:
            page(one)
        queries.append(len(caught))
    figures: dict[str, Any] = {f"{name}, ms median": statistics.median(times) for name, times in took.items()}
    for name in ("page and facets, SQL", "whole page"):
        figures[f"{name}, ms p95"] = sorted(took[name])[int(len(searches) * 0.95)]
    slowest = sorted(zip(took["page and facets, SQL"], range(len(searches)), strict=True), reverse=True)[:5]
    figures["slowest"] = [f"{ms:.1f} ms: {described(searches[number].filters)}" for ms, number in slowest]
    ours = statistics.median(took["page and facets, SQL"][::5])
    figures["naive / page and facets (same searches)"] = statistics.median(took["naive"]) / ours
    figures["most queries of a page"] = max(queries)
    figures["largest page, bytes"] = max(html)
    return figures


def described(filters: Filters) -> str:
    """What was asked for, without what was left out."""
    said = {name: value for name, value in vars(filters).items() if value and name not in ("page", "size", "sort")}
    return ", ".join(f"{name} {value}" for name, value in said.items() if name != "point") or "everything"


def clocked(run: Callable[[], Any]) -> float:
    """Milliseconds."""
    start = time.monotonic()
    run()
    return (time.monotonic() - start) * 1000


def nearest(point: Point) -> list[Any]:
    """The bare index scan."""
    with connection.cursor() as cursor:
        cursor.execute(INDEX_SCAN, [point.easting, point.northing])
        return list(cursor.fetchall())


def page(one: Asked) -> int:
    """The page as a visitor gets it; its size in bytes."""
    filters = one.filters
    address = QueryDict(mutable=True)
    address["q"], address["place"], address["miles"] = filters.words, one.place, str(filters.miles or "")
    address.setlist("kind", list(filters.kinds))
    address.setlist("badge", [badge.code for badge in held_in(filters.badges)])
    address["age"] = str(filters.age or "")
    request = RequestFactory().get(f"/opportunities/?{address.urlencode()}")
    return len(list_opportunities(request).content)
