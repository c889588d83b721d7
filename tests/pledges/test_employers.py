"""When two givers are one business, and when a person has to decide."""

import itertools

import pytest
from django.db import connection

from pledges import employers
from pledges.employers import business_key, name_key, own_domain
from pledges.models import Employer, EmployerContact
from pledges.reading import Reach
from tests.core import locks
from tests.pledges import made

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("The Old Bank Kitchen Ltd.", "old bank kitchen"),
        ("Brindley & Cole LLP", "Brindley and Cole"),
        ("Smith & Co", "SMITH"),
        ("Smith and Co. Limited", "Smith"),
        ("St Ann’s Sewing P.L.C.", "St Anns Sewing"),
        ("Ｃafé\u200b Nero", "Cafe\u0301 Nero"),
    ],
)
def test_names_that_are_one(one, two):
    assert name_key(one) == name_key(two)


@pytest.mark.parametrize(("one", "two"), [("Old Bank", "Old Bank Kitchen"), ("Smith", "Smyth"), ("Ltd", "PLC")])
def test_names_that_are_not(one, two):
    assert name_key(one) != name_key(two)


def test_shared_hosts_say_nothing():
    assert own_domain("jo@Gmail.com") == "" and own_domain("") == ""
    assert own_domain("jo@Old-Bank.example") == "old-bank.example"
    assert business_key("Old Bank Ltd", Reach(email="Jo@gmail.com")) == "old bank|jo@gmail.com"
    assert business_key("Old Bank", Reach(phone="+44 1632 960001")) == "old bank|01632960001"


def employers_of(*givers):
    """Pledge for each (name, email, phone) in turn; the employers they were joined to."""
    return [
        made.pledge(business=name, reach=Reach(email=email, phone=phone), occurrence=None).employer
        for name, email, phone in givers
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("Old Bank Ltd", "jo@oldbank.example", ""), ("The Old Bank", "sam@oldbank.example", "")),
        (("Old Bank", "jo@gmail.com", ""), ("Old Bank", "JO@gmail.com", "")),
        (("Old Bank", "", "01632 960001"), ("Old Bank", "", "+441632960001")),
        (("Old Bank", "jo@gmail.com", "01632 960001"), ("Old Bank", "", "01632 960001")),
    ],
)
def test_joined_when_sure(first, second):
    one, two = employers_of(first, second)
    assert one == two and Employer.objects.count() == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("Old Bank", "jo@oldbank.example", ""), ("Old Bank", "jo@other.example", "")),
        (("Old Bank", "jo@oldbank.example", ""), ("New Kitchen", "sam@oldbank.example", "")),
        (("Old Bank", "jo@oldbank.example", ""), ("Old Bank", "jo@gmail.com", "")),
        (("Old Bank", "jo@oldbank.example", ""), ("Old Bank", "", "01632 960001")),
        (("Old Bank", "jo@gmail.com", "01632 960001"), ("Old Bank", "sam@gmail.com", "01632 960001")),
    ],
)
def test_never_joined_when_unsure_but_pointed_at(first, second):
    one, two = employers_of(first, second)
    assert one != two and two.maybe_same_as == one and one.maybe_same_as is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("Old Bank", "jo@gmail.com", ""), ("Sycamore", "sam@gmail.com", "")),
        (("Old Bank", "", "01632 960001"), ("Sycamore", "", "01632 960001")),
    ],
)
def test_strangers_do_not_point_at_each_other(first, second):
    one, two = employers_of(first, second)
    assert one != two and two.maybe_same_as is None


def test_the_same_person_is_one_contact_and_a_colleague_another():
    made.pledge()
    made.pledge(code="mentoring")
    made.pledge(code="site-visit", reach=made.reach("sam@oldbank.example"))
    assert sorted(EmployerContact.objects.values_list("email", flat=True)) == [
        "jo@oldbank.example",
        "sam@oldbank.example",
    ]


def test_two_at_once_make_one_business():
    """Both lock the name first: planted without the lock, two rows would be made by two connections (battery)."""
    made.pledge()
    assert 7301 in [group for group, _ in locks.own()]


def who_wait(phones: int = 100) -> float:
    """The part of all pairs of phones of which one waits for the other though they pledge for different businesses."""
    held = [
        employers.stripes_of([f"business {n}", f"b{n}.example", f"jo@b{n}.example", f"01632 96{n:04}"])
        for n in range(phones)
    ]
    pairs = list(itertools.combinations(held, 2))
    return sum(bool(one & other) for one, other in pairs) / len(pairs)


def locks_of_a_long_sheet() -> int:
    employers.hold_names(f"business {n}" for n in range(3 * 1024))
    return len(locks.own())


def test_phones_of_other_businesses_seldom_wait():
    assert who_wait() < 0.02


def test_planted_coarse_locks_keep_phones_waiting(monkeypatch):
    monkeypatch.setattr(employers, "STRIPES", 64)
    assert who_wait() > 0.1


def test_a_long_sheet_leaves_locks_for_others():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('max_locks_per_transaction')::int * current_setting('max_connections')::int"
        )
        (room,) = cursor.fetchone()
    assert locks_of_a_long_sheet() <= employers.STRIPES <= room / 3


def test_planted_a_lock_for_each_name_leaves_fewer(monkeypatch):
    monkeypatch.setattr(employers, "STRIPES", 2**31 - 1)
    assert locks_of_a_long_sheet() > 2048
