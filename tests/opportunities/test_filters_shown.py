"""The filters of the public list as they are drawn: taken off together, and open when something in them is wrong."""

import re

import pytest

from tests.opportunities import factories as make

pytestmark = pytest.mark.django_db
LIST = "/opportunities/"


def all_off(text: str) -> list[str]:
    """Where "Clear all" leads, once for each on the page."""
    return re.findall(r'href="([^"]*)">Clear all</a>', text)


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        ({}, []),
        ({"sort": "newest"}, []),
        ({"q": "kitchen"}, ["?"]),
        ({"q": "zebra"}, ["?"]),
        ({"q": "zebra", "remote": "1"}, ["?remote=1"]),
    ],
)
def test_all_filters_are_taken_off_at_once_when_there_are_any(sign_in, asked, leads):
    make.published(title="Kitchen porter")
    assert all_off(sign_in().get(LIST, asked).content.decode()) == leads


@pytest.mark.parametrize(("place", "is_open"), [("Atlantis", True), ("NG18 1AB", False), ("", False)])
def test_the_filters_stand_open_when_one_is_wrong(sign_in, place, is_open):
    text = sign_in().get(LIST, {"place": place}).content.decode()
    assert ('<details class="filters" open>' in text) is is_open
    assert ("We do not know this place" in text) is is_open
