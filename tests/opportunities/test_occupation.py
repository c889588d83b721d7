"""What work an advert is: offered from its words, chosen by whoever writes it, read by the matcher."""

import re

import pytest

from occupations.table import occupations
from opportunities.live import refresh_live
from opportunities.models import SearchRow
from pledges.models import Category
from tests import factories
from tests.opportunities import factories as make
from tests.opportunities.test_desk import page_of, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(sign_in):
    return sign_in("coordinator", partnership=factories.partnership())


@pytest.fixture
def row():
    return make.draft(title="A job with us", summary="More soon")


def number(code: str) -> str:
    return str(occupations()[code].number)


def asked(page: str) -> dict[str, bool]:
    """Number (or nothing) -> whether it is chosen."""
    boxes = re.findall(r'<input[^>]*name="occupation"[^>]*>', page)
    return {re.search(r'value="(\d*)"', box)[1]: " checked" in box for box in boxes}


def test_whoever_writes_it_is_asked_once_their_words_say_something(client, row):
    form = f"{page_of(row)}work/"
    assert asked(client.get(form).content.decode()) == {}
    answer = save(client, row, title="Kitchen porter", summary="Wash pots and pans")
    assert answer.url == f"{form}#id_occupation_0"
    found = asked(client.get(form).content.decode())
    assert number("kitchen-assistant") in found and list(found)[-1] == "" and not any(found.values())
    said = {"title": "Kitchen porter", "summary": "Wash pots and pans"}
    assert save(client, row, **said, occupation=number("kitchen-assistant")).url == page_of(row)
    row.refresh_from_db()
    assert row.occupation_id == int(number("kitchen-assistant"))
    assert asked(client.get(form).content.decode())[number("kitchen-assistant")]


def test_nobody_is_asked_twice_about_the_same_words(client, row):
    said = {"title": "Kitchen porter", "summary": "Wash pots and pans"}
    assert save(client, row, **said).url.endswith("#id_occupation_0")
    assert save(client, row, **said).url == page_of(row)


def test_none_of_these_is_an_answer(client, row):
    said = {"title": "Kitchen porter", "summary": "Wash pots and pans"}
    save(client, row, **said)
    assert save(client, row, **said, occupation="").url == page_of(row)
    row.refresh_from_db()
    assert row.occupation_id is None


def test_what_was_chosen_holds_though_the_words_change_at_once(client, row):
    save(client, row, title="Gardener", summary="Mow lawns", occupation=number("gardener"))
    row.refresh_from_db()
    assert row.occupation_id == int(number("gardener"))
    answer = save(client, row, title="Sparky", summary="Wires", occupation=number("gardener"))
    assert answer.url == page_of(row)  # asked once: it is theirs to change


def test_a_number_that_is_none_of_ours_is_refused(client, row):
    answer = save(client, row, title="Gardener", summary="Mow lawns", occupation="9999")
    assert answer.status_code == 200 and "Select a valid choice" in answer.content.decode()


def test_the_matcher_reads_it_and_the_categories_it_lies_in():
    factories.partnership()
    row = make.published(category=make.category("retail-and-sales"), occupation_id=int(number("bike-mechanic")))
    refresh_live([row.pk])
    found = SearchRow.objects.get(pk=row.pk)
    lies_in = {"retail-and-sales", *occupations()["bike-mechanic"].categories}
    named = {one.code for one in Category.objects.all() if found.categories >> one.bit & 1}
    assert found.occupation == row.occupation_id and named == lies_in
