"""How old somebody is known to be: only the month of birth is kept, so nobody counts older than they certainly are."""

import datetime as dt

from accounts.models import YoungPerson


def surely(person: YoungPerson, day: dt.date) -> int:
    """Whole years somebody has certainly lived on `day`, wherever in the month of birth the birthday lies."""
    born = person.birth_month
    return day.year - born.year - (day.month <= born.month)


def is_child(person: YoungPerson, day: dt.date) -> bool:
    """16 or 17, or perhaps still 17: then a worker confirms a yes, and says who agreed in which role."""
    return surely(person, day) < 18
