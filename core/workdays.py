"""Working days in England and Wales, from the copy of GOV.UK's list that comes with `govuk-bank-holidays`.

Never asked over the network: the list must be the same in every process, and there on a machine without one.
"""

import datetime as dt
from functools import cache

from govuk_bank_holidays.bank_holidays import BankHolidays

DAY = dt.timedelta(days=1)


@cache
def bank_holidays() -> frozenset[dt.date]:
    """The days that England and Wales have off. Weekends are not in it."""
    known = BankHolidays(use_cached_holidays=True)
    return frozenset(holiday["date"] for holiday in known.get_holidays(division=BankHolidays.ENGLAND_AND_WALES))


def is_working_day(day: dt.date) -> bool:
    """Monday to Friday, and no bank holiday."""
    return day.weekday() < 5 and day not in bank_holidays()


def next_working_day(day: dt.date) -> dt.date:
    """`day` itself when it is one, else the next that is."""
    while not is_working_day(day):
        day += DAY
    return day


def last_working_day(day: dt.date) -> dt.date:
    """`day` itself when it is one, else the last before it that is."""
    while not is_working_day(day):
        day -= DAY
    return day


def add_working_days(day: dt.date, n: int) -> dt.date:
    """The nth working day after `day` (before it where n is negative); for 0 see `next_working_day`."""
    if n == 0:
        return next_working_day(day)
    step = DAY if n > 0 else -DAY
    for _number in range(abs(n)):
        day += step
        while not is_working_day(day):
            day += step
    return day
