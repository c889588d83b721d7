"""The engine equals the definition, pair by pair, whatever the population."""

import datetime as dt

import numpy as np
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import YoungPerson
from core import clock
from matching import by_sql, columns, definition, engine, rows
from matching.models import Interests, MatchAction
from opportunities.models import Opportunity, SearchRow
from tests import factories as everybody
from tests.matching import factories

pytestmark = pytest.mark.django_db

DAYS = [dt.date(2028, 2, 28), dt.date(2028, 2, 29), dt.date(2028, 3, 1), dt.date(2027, 2, 28), dt.date(2027, 3, 1)]
MONTHS = [dt.date(2008, 2, 1), dt.date(2009, 2, 1), dt.date(2010, 2, 1), dt.date(2011, 1, 1), dt.date(2012, 2, 1)]
COUNCILS = ["Nottinghamshire", "Mansfield", "Nottingham", "Derby", "Leicestershire"]

people_drawn = st.fixed_dictionaries(
    {
        "person": st.fixed_dictionaries(
            {
                "living_sector": st.sampled_from([*factories.PLACES, "ZZ9 9"]),
                "birth_month": st.sampled_from(MONTHS),
                "right_to_work": st.sampled_from(["unchecked", "volunteering"]),
            }
        ),
        "responsible": st.sampled_from(["Nottinghamshire", "Nottingham", "Derby", "Leicestershire"]),
        "living": st.sampled_from([None, *COUNCILS]),
        "interests": st.fixed_dictionaries(
            {
                "kinds": st.sampled_from([0, 0, 0, 8191, 8191, 1, 128, 2049]),
                "first_kind": st.sampled_from([None, 0, 7, 11]),
                "categories": st.sampled_from([0, 0, (1 << 25) - 1, (1 << 25) - 1, 1, 6, 1 << 24]),
                "occupations": st.sampled_from([None, [], [1], [212], [2, 3, 1], [5, 4, 3, 2, 212]]),
                "open_to_anything": st.booleans(),
                "hours": st.sampled_from([0, 0, 15, 1, 2]),
                "has": st.sampled_from([32767, 32767, 32767, 0, 1, 3]),
                "radius_m": st.sampled_from([*[20_000, 160_000] * 4, 10_000, 500, 999, 1000, 1001, 4999, 5000, 5001]),
                "remote_ok": st.booleans(),
                "earliest_start": st.sampled_from([None, None, None, *DAYS]),
            }
        ),
    }
)
opportunities_drawn = st.fixed_dictionaries(
    {
        "place": st.sampled_from(list(factories.PLACES)),
        "kind_bit": st.sampled_from([0, 7, 11, 12]),
        "live": st.sampled_from([True, True, True, False]),
        "categories": st.sampled_from([0, 1, 2, 4, 1 << 24]),
        "occupation": st.sampled_from([None, 1, 2, 7, 212]),
        "hours": st.sampled_from([0, 0, 15, 1, 2, 8]),
        "needs": st.sampled_from([0, 0, 0, 0, 1, 2, 16384]),
        "remote": st.sampled_from([False, False, True]),
        "min_age": st.sampled_from([16, 16, 16, 16, 18, 25]),
        "audience": st.sampled_from(["england", "england", "england", "either", "responsible", "living"]),
        "partnership": st.sampled_from(["nottinghamshire", "nottinghamshire", "derbyshire", "nobody"]),
        "ringfenced": st.booleans(),
        "pays_living_wage": st.booleans(),
        "starts_on": st.sampled_from([None, *DAYS]),
        "closes_on": st.sampled_from([None, None, None, -1, 0, 1]),
        "version": st.integers(1, 3),
    }
)
populations = st.tuples(
    st.lists(people_drawn, min_size=4, max_size=12),
    st.lists(opportunities_drawn, min_size=4, max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11), st.integers(1, 3)), min_size=4, max_size=16),
)
example_settings = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def build(population) -> None:
    """Write a drawn population into the tables."""
    people, opportunities, dismissed = population
    councils = {name: everybody.council(name) for name in COUNCILS}
    made = [
        YoungPerson(
            label="x", responsible_authority=councils[one["responsible"]], living_authority=councils.get(one["living"]),
            **one["person"],
        )
        for one in people
    ]  # fmt: skip
    YoungPerson.objects.bulk_create(made)
    Interests.objects.bulk_create(
        [Interests(person=person, **one["interests"]) for person, one in zip(made, people, strict=True)]
    )
    pledge, today = factories.pledge(), clock.today()
    partnerships = {code: everybody.partnership(code).pk for code in ("nottinghamshire", "derbyshire")}
    found = []
    for one in opportunities:
        row = {k: v for k, v in one.items() if k not in ("place", "partnership", "closes_on")}
        shell = Opportunity.objects.create(
            pledge=pledge, employer=pledge.employer, kind=pledge.kind, title="x", summary="x", places=1
        )
        e, n = factories.PLACES[one["place"]]
        found.append(
            SearchRow.objects.create(
                opportunity=shell, kind=pledge.kind, easting=e, northing=n, title="x", employer_name="x", town="x",
                closes_on=None if one["closes_on"] is None else today + dt.timedelta(one["closes_on"]),
                partnership_id=partnerships.get(one["partnership"], 0), **row,
            )
        )  # fmt: skip
    by = everybody.user()
    pairs = {(p % len(made), o % len(found)): version for p, o, version in dismissed}
    for (p, o), version in pairs.items():
        MatchAction.objects.create(
            person=made[p], opportunity=found[o].opportunity, state="not_now", reason="x", version=version, by=by
        )


def load(day: int) -> columns.Columns:
    with connection.cursor() as cursor:
        return columns.load(cursor, day=day, database=0, watermark=0, runs=0)


def as_dict(c, found) -> dict:
    people, opportunities = c.people["id"][found.people].tolist(), c.opportunities["id"][found.opportunities].tolist()
    results = zip(found.score.tolist(), found.reasons.tolist(), found.distance_hm.tolist(), strict=True)
    return dict(zip(zip(people, opportunities, strict=True), results, strict=True))


def differences(day: int) -> tuple[dict, dict]:
    """By opportunity and by person: what the engine says, and what the definition says."""
    c = load(day)
    people, opportunities = rows.people(), rows.opportunities()
    expected = {
        (p.id, o.id): result
        for p in people
        for o in opportunities
        if (result := definition.match(p, o, day)) is not None
    }
    by_opportunity = {}
    for position in range(len(c.opportunities)):
        by_opportunity |= as_dict(c, engine.people_for(c, position))
    best = {(p.id, o): result for p in people for o, result in definition.best(p, opportunities, day).items()}
    assert as_dict(c, engine.best_for(c, np.arange(len(c.people)))) == best
    assert in_sql(day) == expected
    return by_opportunity, expected


def in_sql(day: int) -> dict:
    """By the one statement."""
    today = dt.date.fromordinal(day)
    with connection.cursor() as cursor:
        cursor.execute(by_sql.pairs(), {"today": today, "freely_given": rows.freely_given()})
        return {(person, opportunity): tuple(result) for person, opportunity, *result in cursor.fetchall()}


@given(populations)
@example_settings
def test_every_pair_equals_the_definition(population):
    with everybody.as_worker(), transaction.atomic():
        factories.places()
        build(population)
        found, expected = differences(clock.today().toordinal())
        transaction.set_rollback(True)
    assert found == expected


def test_the_drawn_populations_hold_matches_at_all(monkeypatch):
    """A comparison of two empty sets would prove nothing."""
    total = []

    @given(populations)
    @settings(example_settings, max_examples=20, derandomize=True)
    def count(population):
        with everybody.as_worker(), transaction.atomic():
            factories.places()
            build(population)
            total.append(len(differences(clock.today().toordinal())[1]))
            transaction.set_rollback(True)

    count()
    assert sum(total) > 40


def small_world() -> None:
    """A few people and opportunities, made to meet."""
    factories.places()
    factories.person(categories=1 << 5, kinds=1, remote_ok=True)
    factories.person(sector="XA1 2", radius_m=5000, open_to_anything=True)
    factories.opportunity()
    factories.opportunity(place="XA1 2", categories=1 << 5)
    factories.opportunity(remote=True, audience="england")


DEFECTS = {
    "the edge of the radius is left out": lambda p: p.setattr(
        columns.Columns, "people_of", shorter_radius(columns.Columns.people_of)
    ),
    "open to anything is forgotten": lambda p: p.setattr(columns, "ANYTHING", 0),
    "a weight is another": lambda p: p.setattr(engine.w, "NEAR_POINTS", 199),
    "the audience is not asked": lambda p: p.setattr(
        columns.Audience, "rows_of", lambda self, partnerships, audience: np.zeros(len(partnerships), np.int32)
    ),
}


def shorter_radius(people_of):
    def changed(self, rows):
        found = people_of(self, rows)
        return {**found, "radius": found["radius"] - 1}

    return changed


@pytest.mark.parametrize("defect", DEFECTS)
def test_planted_defect_in_the_engine_is_seen(defect, monkeypatch):
    small_world()
    with everybody.as_worker():
        found, expected = differences(clock.today().toordinal())
        assert found == expected and len(expected) >= 4
        if defect == "a weight is another":
            expected = dict(expected)  # the oracle reads the same table: keep what it said
            monkeypatch.setattr(engine.w, "NEAR_POINTS", 199)
            assert engine_alone() != expected
            return
        DEFECTS[defect](monkeypatch)
        assert engine_alone() != expected


def engine_alone() -> dict:
    c = load(clock.today().toordinal())
    found = {}
    for position in range(len(c.opportunities)):
        found |= as_dict(c, engine.people_for(c, position))
    return found


def test_tiles_equal_testing_everything_directly(monkeypatch):
    """Many people go through a grid of neighbours, few are tested against everything: the same lists."""
    small_world()
    with everybody.as_worker():
        c = load(clock.today().toordinal())
        everyone = np.arange(len(c.people))
        direct = as_dict(c, engine.best_for(c, everyone))
        monkeypatch.setattr(engine, "DIRECT", 0)
        monkeypatch.setattr(engine, "CHUNK", 2)
        assert as_dict(c, engine.best_for(c, everyone)) == direct and len(direct) >= 4


def test_a_list_keeps_the_best_fifty_and_among_equals_the_older():
    factories.places()
    person = factories.person()
    pledge = factories.pledge()
    made = [factories.opportunity(of=pledge, place="XA1 4") for _ in range(54)]
    better = factories.opportunity(of=pledge, place="XA1 1")
    factories.run()
    assert {o for _, o in factories.stored()} == {better.pk, *(o.pk for o in made[:49])}
    assert factories.stored() == factories.oracle() and {p for p, _ in factories.stored()} == {person.pk}


def test_columns_grow_and_change_in_place():
    """Patching a table equals loading it anew, for known and unknown ids in any order."""
    old = columns.Table({"id": np.array([2, 5]), "v": np.array([1, 1])})
    old.patch({"id": np.array([9, 5, 1]), "v": np.array([3, 2, 4])})
    assert old["id"].tolist() == [1, 2, 5, 9] and old["v"].tolist() == [4, 1, 2, 3]


@pytest.mark.parametrize("rule", ["AND o.needs & ~i.has = 0", "AND a.version >= o.version", " <= reach, false)"])
def test_planted_sql_without_a_rule_is_found(rule, monkeypatch):
    """The comparison has teeth."""
    assert rule in by_sql.PAIRS
    monkeypatch.setattr(by_sql, "PAIRS", by_sql.PAIRS.replace(rule, " <= 10 * reach, true)" if "reach" in rule else ""))

    @given(populations)
    @settings(example_settings, max_examples=60, derandomize=True, phases=(Phase.generate,))
    def compare(population):
        with everybody.as_worker(), transaction.atomic():
            factories.places()
            build(population)
            try:
                differences(clock.today().toordinal())
            finally:
                transaction.set_rollback(True)

    with pytest.raises(AssertionError):
        compare()
