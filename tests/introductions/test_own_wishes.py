"""What somebody would like: pictures for the kinds of work, and what only their worker should know."""

import re

import pytest

from core import look
from matching.models import Interests
from matching.services import record_interests
from pledges.models import Category
from tests import factories
from tests.introductions.test_me import as_oneself, own_account, text
from tests.look.sheet import ROOT
from tests.pledges.reading_age import prose, reading_age, words_of

pytestmark = pytest.mark.django_db
WISHES = "/me/interests/"
SAID = {"needs": "Mondays off for the dentist", "may_know": "That I like cars", "interpreter": "Tigrinya"}


@pytest.fixture
def dana(db):
    return factories.membership("adviser", of=factories.user("Dana Whitlock")).user


@pytest.fixture
def kai(dana):
    return own_account(worker=dana)


def told(kai) -> dict | None:
    with factories.as_worker():
        return Interests.objects.get(pk=kai.pk).told


def test_every_category_has_its_own_picture():
    looks = look.work_looks()
    assert set(looks) == set(Category.objects.values_list("code", flat=True)) and len(looks) == 25
    drawn = {look.icon(code) for code in looks}
    assert len(drawn) == 25 and all('aria-hidden="true"' in svg and "<title" not in svg for svg in drawn)
    assert (ROOT / "static/symbols/work.svg").stat().st_size <= 12_000
    assert not any((ROOT / f"static/icons/{code}.svg").exists() for code in looks)


def test_the_page_shows_them_and_keeps_what_is_ticked(sign_in, kai):
    client = as_oneself(sign_in, kai)
    assert text(client, WISHES).count('class="tile"') >= 25
    client.post(WISHES, {"travel": "walk", "categories": ["animal-care", "transport"]})
    found = re.findall(r'value="([\w-]+)"[^>]* checked', text(client, WISHES))
    assert {"animal-care", "transport", "walk"} == set(found)


def test_what_is_told_reaches_the_worker_and_is_theirs_to_change(sign_in, kai, dana):
    client = as_oneself(sign_in, kai)
    client.post(WISHES, {"travel": "walk", **SAID})
    assert told(kai) == SAID and all(words in text(client, WISHES) for words in SAID.values())
    worker = sign_in(user=dana)
    page = text(worker, f"/adviser/people/{kai.public_id}/")
    assert all(words in page for words in SAID.values()) and "Would like an interpreter" in page
    worker.post(f"/adviser/people/{kai.public_id}/interests/", {"travel": "bus", "words": "cars"})
    assert told(kai) == SAID  # the worker's form has not got it, and leaves it
    assert "Tigrinya" in text(client, "/me/data/copy/")
    client.post(WISHES, {"travel": "walk"})
    assert told(kai) == {"needs": "", "may_know": "", "interpreter": ""}
    assert "Would like an interpreter" not in text(worker, f"/adviser/people/{kai.public_id}/")


def test_it_is_kept_encrypted(kai):
    from django.db import connection

    with factories.as_worker():
        record_interests(person=kai, by=None, told=SAID)
        with connection.cursor() as cursor:
            cursor.execute("SELECT interests::text FROM interests WHERE person_id = %s", [kai.pk])
            assert "Tigrinya" not in cursor.fetchone()[0]


@pytest.mark.parametrize("field", ["needs", "may_know", "interpreter"])
def test_what_is_too_long_is_said(sign_in, kai, field):
    page = as_oneself(sign_in, kai).post(WISHES, {"travel": "walk", field: "x" * 400}).content.decode()
    assert ("Error:" in page and "letters or fewer" in page) or "characters or fewer" in page


def test_it_is_easy_to_read(sign_in, kai):
    client = as_oneself(sign_in, kai)
    pages = [text(client, WISHES), client.post(WISHES, {"miles": "x"}).content.decode()]
    assert [page for page in pages if reading_age(prose(words_of(page))) > 11] == []
