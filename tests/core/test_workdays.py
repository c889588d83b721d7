"""Working days in England and Wales, offline."""

import datetime as dt
import socket

import pytest

from core import workdays
from core.workdays import add_working_days, is_working_day, last_working_day, next_working_day

DAY = dt.date


@pytest.mark.parametrize(
    ("day", "after"),
    [
        (DAY(2026, 12, 24), DAY(2026, 12, 24)),
        (DAY(2026, 12, 25), DAY(2026, 12, 29)),  # Christmas, a weekend, and Monday instead of Boxing Day
        (DAY(2027, 1, 1), DAY(2027, 1, 4)),
        (DAY(2027, 3, 26), DAY(2027, 3, 30)),  # Good Friday to Easter Monday, with a clock change between
        (DAY(2026, 10, 25), DAY(2026, 10, 26)),
        (DAY(2027, 5, 3), DAY(2027, 5, 4)),
    ],
)
def test_the_next_working_day(day, after):
    assert next_working_day(day) == after


def test_the_last_working_day():
    assert last_working_day(DAY(2026, 12, 28)) == DAY(2026, 12, 24)
    assert last_working_day(DAY(2026, 12, 24)) == DAY(2026, 12, 24)


def test_counting_goes_both_ways_and_starts_the_day_after():
    assert add_working_days(DAY(2026, 12, 23), 2) == DAY(2026, 12, 29)
    assert add_working_days(DAY(2026, 12, 29), -2) == DAY(2026, 12, 23)
    assert add_working_days(DAY(2026, 12, 26), 0) == DAY(2026, 12, 29)


def test_scotland_has_other_days_off():
    assert is_working_day(DAY(2026, 11, 30))  # St Andrew's Day
    assert is_working_day(DAY(2027, 1, 4))


def test_nothing_is_asked_over_the_network(monkeypatch):
    workdays.bank_holidays.cache_clear()
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: pytest.fail("asked the network"))
    assert DAY(2026, 12, 25) in workdays.bank_holidays()


def test_the_list_reaches_two_years_ahead():
    """When it no longer does, the package needs an update: nudges would go out on holidays."""
    assert max(workdays.bank_holidays()).year >= 2028
