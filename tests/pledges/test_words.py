"""What people type is made safe once, and nothing of theirs is lost that can be seen."""

import pytest

from pledges.words import as_text_in_a_sheet, clean, key, too_long


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Old\x00 Bank \t Kitchen ", "Old Bank Kitchen"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("a\u200bb\ufeffc\u2066d\u200f", "abcd"),
        ("caf\u0065\u0301", "caf\u00e9"),
        ("مخبز ومقهى", "مخبز ومقهى"),
        ("kit 👩🏽\u200d🍳 and 🏴󠁧󠁢󠁥󠁮󠁧󠁿!", "kit 👩🏽\u200d🍳 and 🏴󠁧󠁢󠁥󠁮󠁧󠁿!"),
        ("a\u200db", "ab"),
        ("one\r\n\r\n\r\ntwo", "one two"),
        (None, ""),
    ],
)
def test_only_what_cannot_be_seen_is_taken_out(typed, kept):
    assert clean(typed) == kept


def test_lines_are_kept_where_they_are_wanted():
    assert clean("one \r\n\r\n\r\n\r\n two\x00", lines=True) == "one\n\ntwo"


def test_words_are_compared_without_case_width_or_punctuation():
    assert key("ＫＩＴ, Clothing; travel_or-data! ") == "kit clothing travel or data"


def test_too_long_says_by_how_much():
    assert too_long("x" * 5, 5) == ""
    assert "3 too long" in too_long("x" * 8, 5)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_a_formula_stays_text_in_a_sheet_we_write(sign):
    assert as_text_in_a_sheet(f"{sign}1+1") == f"'{sign}1+1"
    assert as_text_in_a_sheet("1+1") == "1+1"
