"""From words to values, and the sentence when that cannot be."""

import datetime as dt

import pytest

from core.telephones import figures_of
from pledges.reading import (
    Reach,
    Unclear,
    add_months,
    read_month,
    read_phone,
    read_places,
    read_postcode,
    read_reach,
    refuse_impossible,
    refuse_past,
)

TODAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "places"), [("2", 2), ("two", 2), ("Twenty", 20), ("2.0", 2), ("+3", 3), ("５", 5), ("500", 500)]
)
def test_places_that_can_be_read(typed, places):
    assert read_places(typed) == places


@pytest.mark.parametrize("typed", ["0", "-1", "501", "1e9", "1000000000", "99999999999999", "1.5", "1,000"])
def test_places_out_of_bounds_say_the_bounds(typed):
    with pytest.raises(Unclear, match="from 1 to 500"):
        read_places(typed)


@pytest.mark.parametrize("typed", ["two or so", "=1+1", "a few", "2-3", "NaN", "inf", "0x2"])
def test_places_that_are_no_number_say_what_was_typed(typed):
    with pytest.raises(Unclear, match="must be a number, like 2"):
        read_places(typed)


def test_no_places_at_all():
    with pytest.raises(Unclear, match="Enter how many"):
        read_places("")


@pytest.mark.parametrize(
    ("typed", "month"),
    [
        ("2027-03", (2027, 3)),
        ("2027-03-15", (2027, 3)),
        ("2027-03-15 00:00:00", (2027, 3)),
        ("03/2027", (2027, 3)),
        ("15/03/2027", (2027, 3)),
        ("3/27", (2027, 3)),
        ("March 2027", (2027, 3)),
        ("Sept 27", (2027, 9)),
        ("Mar-27", (2027, 3)),
        ("by end of march 2027", (2027, 3)),
        ("15 March 2027", (2027, 3)),
        ("March", (2027, 3)),
        ("December", (2026, 12)),
        ("Nov", (2026, 11)),
    ],
)
def test_months_that_can_be_read(typed, month):
    assert read_month(typed, today=TODAY) == dt.date(*month, 1)


@pytest.mark.parametrize("typed", ["soon", "2027-13", "13/2027", "20227-01", "spring 2027", "Q1 2027", "1", "=NOW()"])
def test_months_that_cannot(typed):
    with pytest.raises(Unclear, match="like March 2027"):
        read_month(typed, today=TODAY)


def test_a_month_that_is_over_says_from_when():
    with pytest.raises(Unclear, match=r"October 2026 is over\. Choose November 2026 or later"):
        refuse_past(dt.date(2026, 10, 1), earliest=dt.date(2026, 11, 1))
    refuse_past(dt.date(2026, 11, 1), earliest=dt.date(2026, 11, 1))


@pytest.mark.parametrize(("start", "by", "end"), [((2026, 12), 1, (2027, 1)), ((2026, 1), -13, (2024, 12))])
def test_months_are_added(start, by, end):
    assert add_months(dt.date(*start, 1), by) == dt.date(*end, 1)


@pytest.mark.parametrize("typed", ["０１６３２ ９６０３７５", "01632\u00a0960375", "01632 96０375"])
def test_wide_figures_and_blanks_become_those_of_a_telephone(typed):
    assert read_phone(typed) == "01632 960375"
    assert read_reach(typed) == Reach(phone="01632 960375")


def test_figures_of_another_script_are_no_phone_number():
    with pytest.raises(Unclear, match="Enter a phone number with its area code"):
        read_phone("٠١٦٣٢٩٦٠٣٧٥")


def test_a_phone_number_whose_first_nought_was_eaten_gets_it_back():
    assert read_phone("1632960375") == "01632960375"
    assert read_phone("1632960375.0") == "01632960375"
    assert figures_of("+44 1632 960375") == figures_of("01632 960375") == "01632960375"


@pytest.mark.parametrize("typed", ["12", "ring me", "01632 96", "0" * 40])
def test_what_is_no_phone_number(typed):
    with pytest.raises(Unclear, match="area code"):
        read_phone(typed)


def test_one_box_for_both_ways():
    assert read_reach("Jo@Old-Bank.EXAMPLE") == Reach(email="Jo@old-bank.example")
    assert read_reach("01632 960001") == Reach(phone="01632 960001")
    for typed in ("", "jo", "jo@", "@@"):
        with pytest.raises(Unclear):
            read_reach(typed)


def test_a_way_that_is_not_possible_is_refused():
    with pytest.raises(Unclear, match="email address, or choose call or text"):
        refuse_impossible(Reach(phone="01632 960001", way="email"))
    with pytest.raises(Unclear, match="phone number, or choose email"):
        refuse_impossible(Reach(email="jo@a.example", way="text"))


@pytest.mark.parametrize(("typed", "code"), [("ng181aa", "NG18 1AA"), (" NG1  1aa.", "NG1 1AA")])
def test_postcodes(typed, code):
    assert read_postcode(typed) == code


@pytest.mark.parametrize("typed", ["NG18", "Mansfield", "18NG 1AA", ""])
def test_what_has_not_the_shape_of_a_postcode(typed):
    with pytest.raises(Unclear, match="whole postcode"):
        read_postcode(typed)
