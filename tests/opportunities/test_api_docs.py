"""`/api/`, for people, and the examples of the description: what they say is so."""

import re

import pytest

from opportunities.api import describing, schema
from opportunities.needs import NEEDS
from opportunities.support import SUPPORT
from tests.look.pages import faults
from tests.opportunities.test_api_drafts import System

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(sign_in):
    return sign_in()


def page_of(visitor):
    return visitor.get("/api/").content.decode()


def field(page, table, name):
    """What the page says of one field."""
    rows = page.partition(f'<h2 id="{table}">')[2].partition("</table>")[0]
    return re.search(rf"<code>{name}</code></th><td>(.*?)</td>", rows)[1]


def test_each_field_of_codes_names_them(visitor):
    page = page_of(visitor)
    for table in ("Opportunity", "NewDraftRequest"):
        assert field(page, table, "support").endswith(f"Codes: {', '.join(offer.code for offer in SUPPORT)}")
    assert field(page, "NewDraftRequest", "needs").endswith(f"Codes: {', '.join(need.code for need in NEEDS)}")
    assert field(page, "Opportunity", "go_by") == "string. Codes: us, own"
    assert field(page, "Opportunity", "title") == "string"
    assert "One of: 2, 5, 10, 20, 40</li>" in page and "One of: closing, nearest, newest</li>" in page


def test_it_is_sound_and_says_what_each_value_is(visitor):
    page = page_of(visitor)
    assert not faults(page)
    assert "`" not in page and not re.search(r":\s*</li>", page)


def test_planted_a_value_without_words_leaves_no_empty_place(visitor, monkeypatch):
    told = describing.description()
    path = told["paths"]["/api/v1/drafts/{public_id}/"]["get"]["parameters"]
    (parameter,) = [each for each in path if each["name"] == "public_id"]
    monkeypatch.delitem(parameter, "description")
    assert "<li><code>public_id</code> (needed)</li>" in page_of(visitor)


def test_the_examples_do_what_they_say(sign_in):
    system = System(sign_in())
    made = system.post(schema.NEW_DRAFT.value)
    assert made.status_code == 201 and made.json()["support"] == ["quiet-place"]
    assert system.patch(made, schema.CHANGE.value).json()["title"] == schema.CHANGE.value["title"]
    path = f"/api/v1/drafts/{made.json()['id']}/close/"
    assert system.post(schema.CLOSE.value, path=path, name="close").json()["state"] == "withdrawn"
