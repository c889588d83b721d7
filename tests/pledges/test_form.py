"""The pledge form itself: small, first kind first, the opt-in, and readable."""

import re

import pytest
from django.test import Client

from core.postcodes import WrongShape, look_up
from core.scope import NOBODY, scope
from pledges.models import Pledge
from pledges.reading import Unclear, read_postcode
from tests.pledges import made
from tests.pledges.reading_age import hard_sentences, prose, reading_age, words_of

pytestmark = pytest.mark.django_db
HTML_LIMIT = 10_000
OLDEST = 11


@pytest.fixture
def event():
    with scope(NOBODY):
        return made.event(name="A breakfast with a rather long name of its own at the ground of Northmoor")


def body(**more):
    return {"kind": "ringfenced-job", "places": "1", "business": "Old Bank", "reach": "jo@oldbank.example", **more}


def page_of(path):
    return Client().get(path).content.decode()


def fields(page):
    """What somebody has to fill or may tap: names of the controls, hidden ones left out."""
    return re.findall(r'<(?:input type="(?!hidden)\w+"|select|textarea) name="(\w+)"', page)


def test_three_taps_and_two_fields_and_the_page_is_small(event):
    page = page_of(f"/pledge/{event.code}/")
    assert len(page.encode()) < HTML_LIMIT, len(page.encode())
    names = list(dict.fromkeys(fields(page)))
    assert names == ["kind", "places", "business", "reach", "way", "best_time", "show_business"]
    assert re.search(r'name="places" value="1"', page)  # nothing to type there
    shortest = {"kind": "undecided", "business": "Old Bank", "reach": "01632 960001"}
    assert Client().post(f"/pledge/{event.code}/", shortest).status_code == 302


def test_planted_a_longer_form_is_seen():
    page = page_of("/pledge/")
    assert "turnover" in fields(page.replace("</form>", '<input type="text" name="turnover"></form>'))


def test_ring_me_is_the_first_kind_on_the_page(event):
    kinds = re.findall(r'name="kind" value="([a-z-]+)"', page_of(f"/pledge/{event.code}/"))
    assert kinds[0] == "undecided" and len(kinds) == len(set(kinds)) >= 18


def test_a_business_is_shown_only_when_it_says_so(event):
    Client().post(f"/pledge/{event.code}/", body())
    Client().post(f"/pledge/{event.code}/", body(business="New Bank", show_business="on"))
    assert dict(Pledge.objects.values_list("employer__name", "show_business")) == {"Old Bank": False, "New Bank": True}
    assert not re.search(r'name="show_business"[^>]*checked', page_of(f"/pledge/{event.code}/"))


@pytest.mark.parametrize("typed", ["ZZ99 9ZZ", "zz993vz"])
def test_a_pseudo_postcode_is_no_place(typed):
    with pytest.raises(Unclear, match="whole postcode"):
        read_postcode(typed)
    assert isinstance(look_up(typed), WrongShape)


# --- reading age


def test_the_form_can_be_read_at_eleven(event):
    for path in ("/pledge/", f"/pledge/{event.code}/"):
        words = words_of(page_of(path)).replace(event.name, "")
        for text in (words, prose(words)):
            assert reading_age(text) <= OLDEST, (path, reading_age(text), hard_sentences(text))


def test_planted_a_difficult_sentence_is_found():
    page = page_of("/pledge/").replace(
        "We speak to every business before anything goes live.",
        "Notwithstanding organisational considerations, appropriately authorised representatives will subsequently"
        " undertake comprehensive verification of participating establishments preceding publication.",
    )
    words = words_of(page)
    assert reading_age(prose(words)) > OLDEST
    assert hard_sentences(prose(words))[0].startswith("Notwithstanding")
