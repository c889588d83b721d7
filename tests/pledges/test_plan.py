"""A week's plan: in order of worth, until the hours are full, and what does not fit is counted."""

import datetime as dt

import pytest

from core.scope import NOBODY, scope
from pledges import calls, plan
from pledges.plan import Item, Worth, fill, score
from tests import factories
from tests.pledges import made
from tests.pledges.following import go_to

DAY = dt.date(2026, 11, 2)


def item(sort, worth, floor=False):
    return Item(sort, sort, "", "/", Worth(floor, worth, DAY))


def test_it_fills_the_hours_in_order_of_worth():
    week = fill([item("call", n) for n in range(10)], hours=1)
    assert [each.worth.score for each in week.items] == [9, 8, 7, 6, 5, 4]
    assert (week.minutes, week.left_out) == (60, {"call": 4})


def test_the_human_word_comes_before_any_worth():
    week = fill([item("call", 100), item("call", 1, floor=True)], hours=1)
    assert week.items[0].worth.floor


def test_what_is_short_fits_where_what_is_long_does_not():
    week = fill(
        [
            item("call-back", 9),
            item("call-back", 8),
            item("call-back", 7),
            item("call", 6),
            item("call-back", 5),
            item("clear-up", 1),
        ],
        hours=1,
    )
    assert [each.sort for each in week.items] == ["call-back", "call-back", "call-back", "call", "clear-up"]
    assert week.minutes == 60 and week.left_out == {"call-back": 1}


def test_places_count_by_nearness():
    soon, far = DAY + dt.timedelta(days=10), DAY + dt.timedelta(days=200)
    assert score(1, soon, DAY) > score(5, far, DAY) > score(1, far, DAY)
    assert score(1, DAY - dt.timedelta(days=40), DAY) == score(1, DAY, DAY)  # past is as near as it gets


@pytest.fixture
def breakfast(db):
    go_to(DAY)
    with scope(NOBODY):
        yield made.event()


def test_the_page_holds_every_sort(sign_in, breakfast):
    pledge = made.pledge(event=breakfast)
    calls.make_call(pledge=pledge, why="help")
    other = made.pledge(event=breakfast, business="Checked once", reach=made.reach("a@once.example"))
    check = made.called_back(other.employer, factories.user(), weight="standard")
    first = factories.user()
    made.checks.agree_first(
        check=check,
        by=first,
        on=DAY,
        because="I met them",
        insurance_until=DAY + dt.timedelta(days=300),
        visited_on=DAY,
    )
    page = sign_in("coordinator").get("/desk/week/").content.decode()
    assert "They asked for help" in page and "Find the number yourself" in page and "second person" in page
    assert "This takes 35 minutes." in page


def test_what_does_not_fit_is_told(sign_in, breakfast):
    for n in range(8):
        calls.make_call(
            pledge=made.pledge(event=breakfast, business=f"Firm {n}", reach=made.reach(f"a@firm{n}.example")),
            why="help",
        )
    page = sign_in("coordinator").get("/desk/week/?hours=1").content.decode()
    assert "This does not fit: 8 calls, 4 calls back." in page


@pytest.mark.parametrize("hours", ["0", "38", "many", ""])
def test_impossible_hours_get_a_sentence(sign_in, breakfast, hours):
    page = sign_in("coordinator").get(f"/desk/week/?hours={hours}")
    assert page.status_code == 200 and "Enter hours, from 1 to 37" in page.content.decode()


def test_planted_without_order_the_plan_is_another(monkeypatch):
    items = [item("call", n) for n in range(10)]
    monkeypatch.setattr(plan.Worth, "key", lambda self: (True, 0, self.day))
    assert [each.worth.score for each in fill(items, hours=1).items] != [9, 8, 7, 6, 5, 4]
