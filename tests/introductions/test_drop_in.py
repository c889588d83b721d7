"""Ticks on a shared tablet: no name, a code for a day, taken over once, and nothing left for the next person."""

import re

import pytest
from django.core.cache import cache
from django.db import connection

from introductions.me import drop_in as pages
from matching import drop_in
from matching.models import DropIn, Interests
from tests import factories
from tests.introductions.test_me import text
from tests.pledges.reading_age import prose, reading_age, words_of

pytestmark = pytest.mark.django_db
HERE = "/drop-in/"
TICKS = {"categories": ["animal-care", "transport"], "travel": "walk", "hours": ["2"], "open_to_anything": "on"}


@pytest.fixture(autouse=True)
def nobody_was_here():
    cache.clear()


def coded(tablet, **sent) -> str:
    assert tablet.post(HERE, {**TICKS, **sent}).headers["Location"] == f"{HERE}code/"
    return re.search(r"<b>([A-Z]{6})</b>", text(tablet, f"{HERE}code/"))[1]


def worker_and_person():
    worker = factories.adviser()
    return worker, factories.young_person(worker=worker)


def ticked(page: str) -> set[str]:
    return set(re.findall(r'<input type="(?:checkbox|radio)"[^>]* value="([\w-]+)"[^>]* checked', page))


def taken(client, address: str, code: str, **typed) -> str:
    return client.post(address, {"drop_in": code, "take": "1", **typed}).content.decode()


def test_the_ticks_reach_a_new_persons_page_and_are_wiped(sign_in):
    code = coded(sign_in())
    worker = sign_in(user=factories.adviser())
    page = taken(worker, "/adviser/people/new/", f" {code[:3].lower()}-{code[3:]}", label="J.K.", travel="bus")
    assert "Taken over." in page and 'value="J.K."' in page and "Error:" not in page
    assert {"animal-care", "transport", "walk", "2"} <= ticked(page) and "bus" not in ticked(page)
    assert DropIn.objects.count() == 0
    again = taken(worker, "/adviser/people/new/", code)
    assert "Nothing waits under that code" in again and "animal-care" not in ticked(again)


def test_the_ticks_reach_a_known_persons_page_and_are_saved_by_the_worker(sign_in):
    worker, person = worker_and_person()
    client, address = sign_in(user=worker), f"/adviser/people/{person.public_id}/interests/"
    page = taken(client, address, coded(sign_in()), words="cars")
    assert "cars" in page and "animal-care" in ticked(page)
    with factories.as_worker():
        assert not Interests.objects.filter(pk=person.pk).exists()
    client.post(address, {**TICKS, "words": "cars"})
    with factories.as_worker():
        kept = Interests.objects.get(pk=person.pk)
    assert (kept.words, kept.travel, kept.hours, kept.open_to_anything) == ("cars", "walk", 2, True)


def test_a_code_lives_for_a_day(sign_in):
    code = coded(sign_in())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE drop_in SET made_at = made_at - interval '25 hours'")
    assert drop_in.take(code) is None
    assert drop_in.forget_old() == 1 and DropIn.objects.count() == 0


@pytest.mark.parametrize("typed", ["", "BCD", "BCDFGH", "AEIOUA", "BCDFG\0", "x" * 500])
def test_no_such_code(sign_in, typed):
    assert "Nothing waits under that code" in taken(sign_in("adviser"), "/adviser/people/new/", typed)


def test_no_words_and_no_names_are_kept(sign_in):
    coded(sign_in(), words="I am Kai Example", label="Kai", needs="x", interpreter="Tigrinya", has=["dbs"])
    kept = DropIn.objects.get().answers
    assert set(kept) == {"categories", "open_to_anything", "kinds", "travel", "hours"} and "Kai" not in str(kept)


def test_nothing_is_left_on_the_tablet(sign_in):
    tablet = sign_in()
    code = coded(tablet)
    for path in (HERE, f"{HERE}code/"):
        assert "no-store" in tablet.get(path).headers["Cache-Control"]
    page = text(tablet, HERE)
    assert code not in page and ticked(page) == {"bus"} and "Exit this page" in page  # what the form begins with
    answer = tablet.post(f"{HERE}clear/")
    assert answer.headers["Location"] == HERE and "cache" in answer.headers["Clear-Site-Data"]
    assert tablet.get(f"{HERE}code/").headers["Location"] == HERE and DropIn.objects.count() == 1


def test_whoever_is_signed_in_is_told_to_sign_out_first(sign_in):
    client = sign_in("adviser")
    page = text(client, HERE)
    assert "Sign out before you hand this" in page and 'name="categories"' not in page
    client.post(f"{HERE}clear/")
    assert client.get("/adviser/").status_code == 200  # it clears the code, not the worker's own session


def test_however_many_are_sent_a_code_that_waits_is_not_pushed_out(sign_in, monkeypatch):
    monkeypatch.setattr(drop_in, "MOST", 3)
    honest = coded(sign_in())
    answers = [sign_in().post(HERE, TICKS) for _each in range(5)]  # a script keeps no cookies
    assert [answer.status_code for answer in answers] == [302, 302, 200, 200, 200]
    assert "Very many codes are waiting just now" in answers[-1].content.decode() and DropIn.objects.count() == 3
    assert drop_in.take(honest)["travel"] == "walk"
    coded(sign_in())  # there is room again


def test_one_network_sends_no_more_than_a_full_drop_in_centre(sign_in, monkeypatch):
    monkeypatch.setattr(pages, "NEARBY", 3)
    for _each in range(3):
        coded(sign_in())
    assert "many times from here" in sign_in().post(HERE, TICKS).content.decode() and DropIn.objects.count() == 3
    assert sign_in().post(HERE, TICKS, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_one_line_of_ipv6_is_one_network(sign_in, monkeypatch):
    monkeypatch.setattr(pages, "NEARBY", 2)
    said = [sign_in().post(HERE, TICKS, REMOTE_ADDR=f"2001:db8:0:1::{each}").status_code for each in range(1, 4)]
    assert said == [302, 302, 200]
    assert sign_in().post(HERE, TICKS, REMOTE_ADDR="2001:db8:0:2::1").status_code == 302


def test_a_cache_that_is_away_sends_nobody_home(sign_in, monkeypatch):
    monkeypatch.setattr("core.cache.cache.incr", lambda *_all: 1 / 0)
    monkeypatch.setattr(pages, "NEARBY", 0)
    coded(sign_in())


def test_one_session_does_not_fill_it(sign_in, monkeypatch):
    monkeypatch.setattr(pages, "MOST", 2)
    tablet = sign_in()
    for _each in range(2):
        coded(tablet)
    assert "many times from here" in tablet.post(HERE, TICKS).content.decode() and DropIn.objects.count() == 2
    tablet.post(f"{HERE}clear/")
    coded(tablet)


@pytest.mark.parametrize("role", ["team_manager", "coordinator", "safeguarding_lead"])
def test_only_workers_take_them_over(sign_in, role):
    code = coded(sign_in())
    answer = sign_in(role).post("/adviser/people/new/", {"drop_in": code, "take": "1"})
    assert answer.status_code in (403, 404) and DropIn.objects.count() == 1


def test_it_is_easy_to_read(sign_in):
    tablet = sign_in()
    pages = [text(tablet, HERE), tablet.post(HERE, {"travel": "x"}).content.decode()]
    coded(tablet)
    pages.append(text(tablet, f"{HERE}code/"))
    assert [page for page in pages if reading_age(prose(words_of(page))) > 11] == []
