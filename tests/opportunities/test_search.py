"""Search against a naive filter in Python, on random rows."""

import datetime as dt
import random
from calendar import monthrange
from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Council
from core import clock
from core.postcodes import Point
from opportunities import search as searching
from opportunities.badges import BADGES
from opportunities.models import Opportunity, SearchRow
from opportunities.search import CLOSING, NEAREST, NEWEST, VISITS, Filters, further, radius, search
from tests.opportunities import factories as make

pytestmark = pytest.mark.django_db

KINDS = ["ringfenced-job", "site-visit", "mentoring"]
CATEGORIES = ["hospitality-and-food", "transport", None]
WORDS = ["Kitchen porter", "Cook and serve", "Van driver", "The office"]
CENTRE = Point(450_000, 360_000)


@pytest.fixture
def rows():
    """120 flat rows of every sort, some not live, some closed, some from home."""
    dice = random.Random(7)
    today = clock.today()
    councils = list(Council.objects.order_by("pk")[:3])
    given = make.pledge()
    made = []
    for _number in range(120):
        category = dice.choice(CATEGORIES)
        offer = Opportunity.objects.create(
            pledge=given,
            employer=given.employer,
            kind=make.kind(dice.choice(KINDS)),
            category=make.category(category) if category else None,
            title=dice.choice(WORDS),
            summary="Words",
            places=1,
            partnership=given.partnership,
        )
        day = dt.timedelta(days=dice.randint(-2, 4))
        values = {
            "live": dice.random() < 0.85,
            "kind": offer.kind,
            "category": offer.category,
            "kind_bit": offer.kind.bit,
            "categories": 0,
            "hours": 1,
            "needs": 0,
            "remote": dice.random() < 0.2,
            "easting": CENTRE.easting + dice.randint(-40_000, 40_000),
            "northing": CENTRE.northing + dice.randint(-40_000, 40_000),
            "authority": dice.choice(councils),
            "closes_on": dice.choice([None, today + day]),
            "opened_on": today - dt.timedelta(days=dice.randint(0, 5)),
            "starts_on": dice.choice(
                [None, today + dt.timedelta(days=dice.choice([1, 27, 30, 31, 32, 89, 92, 93, 200]))]
            ),
            "min_age": dice.choice([16, 16, 17, 18, 19, 21, 22]),
            "badges": dice.randrange(1 << len(BADGES)),
            "audience": "either",
            "partnership_id": given.partnership_id,
            "ringfenced": True,
            "pays_living_wage": False,
            "version": 1,
            "title": offer.title,
            "employer_name": "Business",
            "town": "Town",
            "words": "",
        }
        row = SearchRow.objects.create(opportunity=offer, **values)
        row.today = today
        made.append(row)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE opportunity_search SET words = to_tsvector('english', title)")
    return made


def square(row: SearchRow, filters: Filters) -> int | None:
    if filters.point is None or row.remote:
        return None
    return (row.easting - filters.point.easting) ** 2 + (row.northing - filters.point.northing) ** 2


def passes(row: SearchRow, filters: Filters, *, without: str = "") -> bool:
    """One row and one filter after the other."""
    checks = {
        "live": row.live,
        "closing": row.closes_on is None or row.closes_on >= row.today,
        "tab": row.remote == filters.remote,
        "kinds": not filters.kinds or row.kind.code in filters.kinds,
        "categories": not filters.categories or (row.category and row.category.code in filters.categories),
        "words": not filters.words or filters.words.lower() in row.title.lower(),
        "councils": row.remote or not filters.councils or row.authority_id in filters.councils,
        "badges": row.badges & filters.badges == filters.badges,
        "starts": not filters.starts_by
        or row.starts_on is None
        or row.starts_on <= later(row.today, filters.starts_by),
        "age": not filters.age or row.min_age <= filters.age,
        "near": row.remote
        or not (filters.point and filters.miles)
        or square(row, filters) <= radius(filters.miles) ** 2,
    }
    return all(found for name, found in checks.items() if name != without)


def later(day: dt.date, months: int) -> dt.date:
    """The same day so many months on, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def birthday(row: SearchRow) -> int:
    return next(age for age in (18, 21, 25) if row.min_age <= age)


def naive(rows: list[SearchRow], filters: Filters) -> dict:
    found = [row for row in rows if passes(row, filters)]
    infinite = dt.date.max
    keys = {
        NEAREST: lambda row: (square(row, filters) or 0, -row.opened_on.toordinal(), row.pk),
        CLOSING: lambda row: (row.closes_on or infinite, square(row, filters) or 0, row.pk),
        NEWEST: lambda row: (-row.opened_on.toordinal(), -row.pk),
    }
    found.sort(key=keys[filters.order()])
    last = max(1, -(-len(found) // filters.size))
    start = (min(filters.page, last) - 1) * filters.size
    return {
        "ids": [row.pk for row in found[start : start + filters.size]],
        "total": len(found),
        "kinds": count(row.kind.code for row in rows if passes(row, filters, without="kinds")),
        "categories": count(
            row.category.code for row in rows if row.category and passes(row, filters, without="categories")
        ),
        "badges": count(one.code for row in found for one in BADGES if row.badges & one.mask),
        "older": count(
            birthday(row) for row in rows if passes(row, filters, without="age") and not passes(row, filters)
        ),
    }


def count(codes) -> dict:
    counts: dict = {}
    for code in codes:
        counts[code] = counts.get(code, 0) + 1
    return counts


def answered(filters: Filters) -> dict:
    found = search(filters)
    return {
        "ids": found.ids,
        "total": found.total,
        "kinds": {choice.code: choice.count for choice in found.kinds if choice.count},
        "categories": {choice.code: choice.count for choice in found.categories if choice.count},
        "badges": {one.code: found.badges[one.mask] for one in BADGES if found.badges[one.mask]},
        "older": found.older,
    }


def random_filters(dice: random.Random, councils: list[int]) -> Filters:
    point = Point(CENTRE.easting + dice.randint(-20_000, 20_000), CENTRE.northing) if dice.random() < 0.6 else None
    return Filters(
        kinds=tuple(dice.sample(KINDS, dice.randint(0, 2))),
        categories=tuple(dice.sample(["hospitality-and-food", "transport"], dice.randint(0, 1))),
        words=dice.choice(["", "", "kitchen", "cook", "driver"]),
        point=point,
        miles=dice.choice([None, 2, 5, 10, 20, 40]) if point else None,
        councils=tuple(dice.sample(councils, 2)) if point is None and dice.random() < 0.4 else (),
        remote=dice.random() < 0.25,
        badges=sum(one.mask for one in dice.sample(BADGES, dice.choice([0, 0, 1, 2]))),
        starts_by=dice.choice([None, None, 1, 3]),
        age=dice.choice([None, None, 16, 18, 21]),
        sort=dice.choice([NEAREST, CLOSING, NEWEST]),
        page=dice.randint(1, 3),
        size=dice.choice([5, 20]),
    )


def test_two_hundred_random_searches_find_what_a_naive_filter_finds(rows):
    dice = random.Random(11)
    councils = sorted({row.authority_id for row in rows})
    found = 0
    for _number in range(200):
        filters = random_filters(dice, councils)
        assert answered(filters) == naive(rows, filters), filters
        found += len(answered(filters)["ids"])
    assert found > 300  # the searches are not mostly empty


@pytest.mark.parametrize(
    ("planted", "by"),
    [("s.live AND ", ""), (" >= (SELECT", " > (SELECT")],
)
def test_planted_errors_in_the_statement_are_seen(rows, monkeypatch, planted, by):
    assert planted in searching.OPEN
    monkeypatch.setattr(searching, "OPEN", searching.OPEN.replace(planted, by))
    assert any(
        answered(Filters(size=200, remote=tab)) != naive(rows, Filters(size=200, remote=tab)) for tab in (True, False)
    )


@pytest.mark.parametrize(
    ("name", "planted", "by"),
    [("REACH", "max(square)", "min(square)"), ("REACH", "start + %(size)s", "%(size)s"), ("REACHED", "<=", "<")],
)
def test_planted_errors_in_how_far_the_nearest_reach_are_seen(rows, monkeypatch, name, planted, by):
    assert planted in getattr(searching, name)
    monkeypatch.setattr(searching, name, getattr(searching, name).replace(planted, by))
    asked = [Filters(point=CENTRE, page=page, size=7) for page in (1, 2, 3)]
    assert any(answered(filters) != naive(rows, filters) for filters in asked)


def test_rows_at_the_same_distance_stand_in_one_order_on_every_page(rows):
    """Squares that are equal although east and north differ: an index of floats could part them."""
    corners = [
        (x * east, y * north)
        for east, north in ((7, 24), (15, 20), (24, 7), (20, 15))
        for x in (1, -1)
        for y in (1, -1)
    ]
    for number, row in enumerate(rows):
        east, north = corners[number % len(corners)]
        row.easting, row.northing = CENTRE.easting + east * 1000, CENTRE.northing + north * 1000
        row.save(update_fields=["easting", "northing"])
    for page in range(1, 20):
        filters = Filters(point=CENTRE, page=page, size=7)
        assert answered(filters) == naive(rows, filters)


def test_all_pages_together_are_every_row_once(rows):
    for sort in (NEAREST, CLOSING, NEWEST):
        filters = Filters(point=CENTRE, sort=sort, size=7)
        total = search(filters).total
        ids = [pk for page in range(1, total // 7 + 2) for pk in search(replace(filters, page=page)).ids]
        assert len(ids) == len(set(ids)) == total


def place(row: SearchRow, metres: int) -> None:
    SearchRow.objects.filter(pk=row.pk).update(easting=CENTRE.easting + metres, northing=CENTRE.northing)


def test_a_radius_holds_to_the_metre():
    row = SearchRow.objects.get(pk=make.published().pk)
    filters = Filters(point=CENTRE, miles=5)
    for metres, expected in ((radius(5), 1), (radius(5) + 1, 0), (-radius(5), 1)):
        place(row, metres)
        assert search(filters).total == expected
    place(row, radius(5))
    assert search(filters).metres == {row.pk: radius(5)}


@pytest.mark.parametrize(
    "words",
    ["'", '"', "a & | ! b", "kitchen -porter", "'; DROP TABLE opportunity; --", "<script>", "%s %(x)s", "\\", "🙂",
     "‮abc",
     "the", "-", "or or or", '"unclosed', ":*", "x" * 100],
)  # fmt: skip
def test_hostile_words_are_only_words(words):
    make.published()
    found = search(Filters(words=words))
    assert found.total in (0, 1)


def test_little_words_filter_nothing_and_a_title_counts():
    row = make.published(title="Baker wanted", town="Worksop")
    assert search(Filters(words="the")).ids == [row.pk]
    for words in ("bakers", "worksop", "friendly", row.employer.name, "hospitality"):
        assert search(Filters(words=words)).ids == [row.pk], words
    assert search(Filters(words="plumber")).ids == []


def test_further_says_how_many_more():
    for metres in (3_000, 12_000, 30_000, 90_000):
        place(SearchRow.objects.get(pk=make.published().pk), metres)
    assert further(Filters(point=CENTRE, miles=2)).wider == [(5, 1), (10, 2), (20, 3), (None, 4)]
    assert further(Filters(point=CENTRE, miles=10)).wider == [(20, 3), (None, 4)]
    assert further(Filters(point=CENTRE, miles=5, words="nothing")).wider == []


def test_the_visits_to_start_with_are_those_that_their_address_finds(rows):
    dice = random.Random(3)
    seen = 0
    for _number in range(40):
        asked = replace(random_filters(dice, sorted({row.authority_id for row in rows})), remote=False)
        near = Filters(point=asked.point, miles=asked.miles, councils=asked.councils, age=asked.age, kinds=VISITS)
        assert further(asked).visits == search(near).total, asked
        seen += further(asked).visits
    assert seen > 100


@pytest.mark.parametrize(
    ("name", "planted", "by"),
    [
        ("STARTS", "<=", "<"),
        ("STARTS", "s.starts_on IS NULL OR ", ""),
        ("OF_AGE", "<=", "<"),
        ("OLDER", "<= %(age)s", "< %(age)s"),
        ("OLDER", "<= 18", "< 18"),
        ("BADGES", "= %(badges)s", "<> 0"),
    ],
)
def test_planted_errors_in_what_narrows_are_seen(rows, monkeypatch, name, planted, by):
    month = later(rows[0].today, 1)
    SearchRow.objects.filter(pk__in=[row.pk for row in rows[:30]]).update(starts_on=month)
    for row in rows[:30]:
        row.starts_on = month
    mask = BADGES[1].mask | BADGES[3].mask
    asked = [Filters(size=200, starts_by=1), Filters(size=200, age=16), Filters(size=200, age=18, badges=mask)]
    assert all(answered(filters) == naive(rows, filters) for filters in asked)
    assert planted in getattr(searching, name)
    monkeypatch.setattr(searching, name, getattr(searching, name).replace(planted, by, 1))
    assert any(answered(filters) != naive(rows, filters) for filters in asked)


def test_search_is_one_statement():
    with CaptureQueriesContext(connection) as caught:
        search(Filters(kinds=("ringfenced-job",), point=CENTRE, miles=10, words="cook"))
    assert len(caught) == 1


def test_the_near_index_is_used(rows):
    filters = Filters(point=CENTRE, miles=2)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + searching._sql(filters), searching._values(filters))
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "opportunity_search_point" in plan


def test_a_page_of_the_newest_is_ended_early_by_its_index(rows):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_incremental_sort = off")
        cursor.execute("EXPLAIN " + searching._sql(Filters()), searching._values(Filters()))
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "opportunity_search_newest" in plan


def test_the_counts_are_read_from_their_index(rows):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_hashagg = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_incremental_sort = off")
        cursor.execute("EXPLAIN " + searching._sql(Filters()), searching._values(Filters()))
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Only Scan using opportunity_search_facets" in plan
