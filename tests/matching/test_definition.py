"""The definition itself, by example: edges, empty preferences, leap days, audiences."""

import datetime as dt

import pytest

from matching import definition, why_not
from matching.definition import Opportunity, Person, born_by, match

TODAY = dt.date(2026, 11, 24).toordinal()


def day(text: str) -> int:
    return dt.date.fromisoformat(text).toordinal()


def person(**more) -> Person:
    values = {
        "born_on": day("2006-06-30"),
        "responsible": 1,
        "living": 2,
        "radius_m": 5000,
        "easting": 0,
        "northing": 0,
    }
    return Person(id=1, **{**values, **more})


def opportunity(**more) -> Opportunity:
    return Opportunity(id=1, **{"kind": 0, "categories": 1, "easting": 3000, "northing": 4000, **more})


def test_the_edge_of_the_radius_is_inside_and_a_metre_more_is_not():
    assert match(person(), opportunity(), TODAY) == (0, 0, 50)
    assert match(person(radius_m=4999), opportunity(), TODAY) is None
    assert match(person(), opportunity(easting=0, northing=0), TODAY)[0] == 200


def test_an_empty_preference_is_no_preference():
    assert match(person(kinds=0, categories=0, hours=0), opportunity(hours=8), TODAY)
    assert match(person(kinds=2), opportunity(), TODAY) is None
    assert match(person(categories=2), opportunity(), TODAY) is None
    assert match(person(categories=2, open_to_anything=True), opportunity(), TODAY)
    assert match(person(hours=1), opportunity(hours=8), TODAY) is None


@pytest.mark.parametrize(
    ("on", "age", "born"),
    [
        ("2028-02-29", 18, "2010-02-28"),  # 2010 has no 29th: born on 1 March, they are 17 still
        ("2028-02-29", 20, "2008-02-29"),
        ("2026-02-28", 18, "2008-02-28"),  # born on 29 February 2008, they are 18 on 1 March
        ("2026-03-01", 18, "2008-03-01"),
        ("2027-12-31", 16, "2011-12-31"),
    ],
)
def test_who_is_old_enough(on, age, born):
    assert born_by(day(on), age) == day(born)


def test_age_counts_on_the_first_day_or_today_when_that_is_open():
    young = person(born_on=day("2009-01-31"))
    assert match(young, opportunity(min_age=18, starts=day("2027-01-31")), TODAY)
    assert match(young, opportunity(min_age=18, starts=day("2027-01-30")), TODAY) is None
    assert match(young, opportunity(min_age=18), TODAY) is None
    assert match(young, opportunity(min_age=18), day("2027-01-31"))


def test_audience_by_either_authority():
    ours = {"everyone": False, "responsible": frozenset({1}), "living": frozenset()}
    there = {"everyone": False, "responsible": frozenset(), "living": frozenset({2})}
    for fits in (ours, there, {**ours, "living": frozenset({9})}):
        assert match(person(), opportunity(**fits), TODAY)
    assert match(person(responsible=3), opportunity(**ours), TODAY) is None
    assert match(person(living=None), opportunity(**there), TODAY) is None


def test_dismissed_comes_back_with_a_new_version():
    said_no = person(dismissed={1: 2})
    assert match(said_no, opportunity(version=2), TODAY) is None
    assert match(said_no, opportunity(version=3), TODAY)


FAILURES = {
    "live": ({}, {"live": False}, "not open"),
    "audience": ({}, {"everyone": False}, "other councils"),
    "age": ({}, {"min_age": 21}, "21 and over"),
    "allowed": ({"allowed_kinds": 2}, {}, "not open to them at the moment"),
    "kind": ({"kinds": 2}, {}, "did not ask for this kind"),
    "interest": ({"categories": 2}, {}, "did not ask for this work"),
    "needs": ({}, {"needs": 1}, "asks for something"),
    "hours": ({"hours": 1}, {"hours": 2}, "other times"),
    "start": ({"earliest": TODAY + 9}, {"starts": TODAY + 8}, "2 December 2026"),
    "remote": ({}, {"remote": True}, "from home"),
    "distance": ({"radius_m": 1000}, {}, "3 miles further"),
    "dismissed": ({"dismissed": {1: 1}}, {}, "not now"),
}


@pytest.mark.parametrize("code", FAILURES)
def test_why_not_names_the_first_rule_that_fails(code):
    of_person, of_opportunity, words = FAILURES[code]
    found = why_not.first_failing_rule(person(**of_person), opportunity(**of_opportunity), TODAY)
    assert found.code == code and words in found.sentence


def test_every_rule_has_an_example_and_words():
    assert set(FAILURES) == set(definition.RULES) == set(why_not.FIXED) | set(why_not.MADE)
    assert why_not.first_failing_rule(person(), opportunity(), TODAY) is None


def test_somebody_without_a_known_place_is_told_apart():
    found = why_not.first_failing_rule(person(easting=None), opportunity(), TODAY)
    assert found.code == "distance" and "where they live" in found.sentence
    assert match(person(easting=None, remote_ok=True), opportunity(remote=True), TODAY) == (100, 16, -1)
