"""How a young person likes to read: theirs to choose, kept with them, and every page of theirs follows it."""

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext

from accounts.models import YoungPerson
from core import look
from matching.models import Interests, Match
from matching.services import record_interests
from tests import factories
from tests.introductions import factories as chain
from tests.introductions.test_me import as_oneself, own_account, text
from tests.introductions.test_me_pages import PAGES
from tests.matching import factories as matching

pytestmark = pytest.mark.django_db
READING = "/me/reading/"


@pytest.fixture
def kai(db):
    return own_account()


def is_plain(kai) -> bool:
    with factories.as_worker():
        return YoungPerson.objects.get(pk=kai.pk).plain


def told(kai) -> dict:
    with factories.as_worker():
        return Interests.objects.get(pk=kai.pk).told


def drawings(page: str) -> int:
    """Pictures on a page. The logo is the product's name."""
    return page.count("<svg") - page.count(look.logo())


def test_it_is_chosen_and_taken_back(sign_in, kai):
    client = as_oneself(sign_in, kai)
    assert not is_plain(kai)
    client.post(READING, {"plain": "on"})
    assert is_plain(kai) and " checked" in text(client, READING)
    client.post(READING, {})
    assert not is_plain(kai)


@pytest.mark.parametrize("path", [*PAGES, "/me/data/"])
def test_plain_pages_have_no_pictures_and_no_font(sign_in, kai, path):
    chain.asked(chain.interested(kai))
    chain.introduced(chain.interested(kai))
    client = as_oneself(sign_in, kai)
    page = text(client, path)
    assert drawings(page) > 0 and "woff2" in page
    client.post(READING, {"plain": "on"})
    client.get(READING)  # says that it was saved
    page = text(client, path)
    assert drawings(page) == 0 and "woff2" not in page and 'class="u-plain"' in page and 'class="tile' not in page
    assert "Exit this page" in page


def test_where_something_stands_is_plain_too(sign_in, kai):
    row = chain.introduced(chain.interested(kai))
    client = as_oneself(sign_in, kai)
    client.post(READING, {"plain": "on"})
    client.get(READING)
    assert drawings(text(client, f"/me/introductions/{row.public_id}/")) == 0


def test_the_choice_of_one_changes_nobody_else(sign_in, kai):
    other = own_account("ada@mail.example", worker=factories.adviser())
    as_oneself(sign_in, kai).post(READING, {"plain": "on"})
    assert not is_plain(other) and drawings(text(as_oneself(sign_in, other), "/me/")) > 0


def test_there_is_less_on_the_first_page(sign_in, kai):
    matching.places()
    pledge = matching.pledge()
    with factories.as_worker():
        record_interests(person=kai, by=None)
    rows = [matching.opportunity(of=pledge) for _number in range(6)]
    with factories.as_worker():
        Match.objects.bulk_create(
            Match(person=kai, opportunity_id=row.pk, score=9, reasons=1, distance_hm=10) for row in rows
        )
    client = as_oneself(sign_in, kai)
    assert text(client, "/me/").count("I'm interested<") == 5
    client.post(READING, {"plain": "on"})
    page = text(client, "/me/")
    assert page.count("I'm interested<") == 3 and "See all that fits" in page


def test_the_interpreter_is_asked_for_here_too(sign_in, kai):
    client = as_oneself(sign_in, kai)
    page = text(client, READING)
    assert 'name="interpreter"' not in page and "Would an interpreter help?" in page
    client.post(READING, {"interpreter": "Tigrinya"})
    with factories.as_worker():
        assert not Interests.objects.filter(pk=kai.pk).exists()  # nobody has said what they would like
        record_interests(person=kai, by=None, told={"needs": "Fares", "may_know": "", "interpreter": "Dari"})
        before = Interests.objects.get(pk=kai.pk).changed_at
    assert 'value="Dari"' in text(client, READING)
    client.post(READING, {"interpreter": "Tigrinya"})
    assert told(kai) == {"needs": "Fares", "may_know": "", "interpreter": "Tigrinya"}
    with factories.as_worker():
        assert Interests.objects.get(pk=kai.pk).changed_at == before  # what they would like is as old as it was
    assert "Error:" in client.post(READING, {"interpreter": "x" * 41}).content.decode()


def test_it_is_in_their_copy(sign_in, kai):
    client = as_oneself(sign_in, kai)
    client.post(READING, {"plain": "on"})
    about = client.get("/me/data/copy.json").json()["held"]["About you"][0]
    assert about["plain pages and messages"] is True


def test_it_costs_no_query(sign_in, kai):
    client = as_oneself(sign_in, kai)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            text(client, "/me/")
        return len(found)

    before = queries()
    client.post(READING, {"plain": "on"})
    queries()
    assert queries() == before


def test_drawings_without_a_request_are_drawn():
    drawn = Template('{% icon "pin" %}{% scene "young" %}').render(Context())
    assert drawn == look.icon("pin") + look.scene("young")
