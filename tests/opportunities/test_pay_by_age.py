"""What is lawful for the youngest may be too little for somebody older: every place that shows the pay says so."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from opportunities import shown, views
from opportunities.models import Opportunity
from opportunities.pay import Floors
from opportunities.refusals import Law, advice
from tests.opportunities import factories as make

pytestmark = pytest.mark.django_db
LIST, API, DESK = "/opportunities/", "/api/v1/opportunities/", "/desk/opportunities/"
# The rates in force from 1 April 2026; the rates before were lower, and 9.00 was lawful at 16 then too.
START, BEFORE = dt.date(2027, 1, 11), dt.date(2026, 3, 30)
WRITTEN = "From £9.00 an hour. From 18 it is at least £10.85 an hour, from 21 at least £12.71 (the law)."
YOUNG = {"pay_pence": 900, "min_age": 16, "starts_on": START, "training_beside": "West Notts College"}


@pytest.fixture
def visitor(sign_in):
    return sign_in()


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def published(**values) -> Opportunity:
    return make.published(hours_a_week=Decimal(30), **{**YOUNG, **values})


def test_its_page_says_what_the_law_asks_for_at_a_higher_age(visitor):
    row = published()
    text = words(visitor.get(f"{LIST}{row.public_id}/"))
    assert "From £270 a week" in text and WRITTEN in text


def test_a_card_says_where_the_pay_starts(visitor):
    published(title="Kitchen porter")
    assert "From £9.00 an hour, 30 hours a week" in words(visitor.get(LIST))


@pytest.mark.parametrize("pence", [1271, 1400])
def test_pay_that_is_lawful_at_every_age_stays_as_it_was(visitor, pence):
    row = published(pay_pence=pence)
    text = words(visitor.get(LIST)) + words(visitor.get(f"{LIST}{row.public_id}/"))
    assert "(the law)" not in text and "From £" not in text


@pytest.mark.parametrize(
    ("age", "pence", "day", "expected"),
    [
        (16, 900, START, [(18, 1085), (21, 1271)]),
        (16, 900, BEFORE, [(18, 1000), (21, 1221)]),
        (17, 1084, START, [(18, 1085), (21, 1271)]),
        (17, 1085, START, [(21, 1271)]),
        (18, 1085, START, [(21, 1271)]),
        (20, 1270, START, [(21, 1271)]),
        (16, 1271, START, []),
        (21, 1271, START, []),
    ],
)
def test_the_ages_at_which_more_is_due(age, pence, day, expected):
    steps = Floors.load().steps(kind="ringfenced-job", min_age=age, pence=pence, day=day)
    assert [(at, floor.pence) for at, floor in steps] == expected


def test_an_apprentice_is_owed_the_apprentice_rate_in_the_first_year_at_any_age(visitor):
    row = make.published(kind_code="apprenticeship", pay_pence=800, min_age=16, starts_on=START)
    assert "(the law)" not in words(visitor.get(f"{LIST}{row.public_id}/"))
    assert "From £" not in words(visitor.get(LIST))


@pytest.mark.parametrize("kind", ["ringfenced-job", "work-trial", "apprenticeship"])
def test_a_card_and_the_floors_never_disagree(kind):
    """The card asks the flat row, which PostgreSQL keeps; the page asks the table of floors."""
    floors, today, business = Floors.load(), clock.today(), make.employer()
    for age in (16, 18, 20, 21):
        for pence in (1085, 1270, 1271, 1345):
            if age == 21 and pence < 1271 and kind != "apprenticeship":
                continue
            made = make.published(
                business, kind_code=kind, pay_pence=pence, min_age=age, starts_on=START, training_beside="A course"
            )
            row = views.public_rows().get(pk=made.pk)
            (pay,) = [fact for fact in shown.card(row, None, today, {})["facts"] if fact["icon"] == "pound"]
            assert pay["text"].startswith("From") == bool(floors.steps_of(row, today)), (age, pence)


def test_the_preview_and_whoever_approves_read_it_too(sign_in):
    row = make.submitted(hours_a_week=Decimal(30), **YOUNG)
    officer = sign_in("coordinator")
    text = words(officer.get(f"{DESK}{row.public_id}/"))
    assert "The pay is £9.00 an hour for the youngest. From 18 it is at least £10.85 an hour" in text
    assert WRITTEN in words(officer.get(f"{DESK}{row.public_id}/preview/"))


def test_whoever_approves_is_told_nothing_when_the_pay_is_lawful_at_every_age():
    law = Law.load()
    assert advice(make.draft(pay_pence=1271, min_age=16), law) == []
    assert len(advice(make.draft(pay_pence=1270, min_age=16), law)) == 1
    assert advice(make.draft(pay_pence=None, min_age=16), law) == []


def test_the_api_gives_the_ages_with_the_pay(visitor):
    row = published()
    one = visitor.get(f"{API}{row.public_id}/").json()
    assert one["pay_pence_an_hour"] == 900 and one["pay_a_week"] == "£270"
    assert one["pay_rises"] == [
        {"from_age": 18, "pence_an_hour_at_least": 1085},
        {"from_age": 21, "pence_an_hour_at_least": 1271},
    ]
    assert visitor.get(API).json()["results"] == [one]


@pytest.mark.parametrize("address", [LIST, API])
def test_more_rows_with_a_closing_day_cost_no_more_queries(visitor, address):
    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert visitor.get(address).status_code == 200
        return len(caught)

    published(closes_on=START)
    few = count()
    for _number in range(5):
        published(closes_on=START)
    assert count() == few


def test_a_closing_day_of_another_year_has_its_year(visitor):
    today = clock.today()
    published(closes_on=dt.date(today.year + 1, 1, 4))
    assert f"Closes 4 January {today.year + 1}" in words(visitor.get(LIST))
    assert shown.day(dt.date(today.year, 12, 31), today) == "31 December"


@pytest.mark.parametrize(
    ("most", "expected"),
    [(30, "Learn to cook with a small…"), (33, "Learn to cook with a small, happy…"), (99, None)],
)
def test_a_long_sentence_is_cut_after_a_whole_word(most, expected):
    text = "Learn to cook with a small, happy team."
    assert shown.shortened(text, most) == (expected or text)


def test_a_word_without_an_end_is_cut_all_the_same():
    assert shown.shortened("a" * 200) == "a" * 99 + "…"
