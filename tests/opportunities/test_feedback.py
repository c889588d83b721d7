"""One tap on a public page, the words after it, and who reads them."""

import re

import pytest
from django.core import signing
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from opportunities import feedback
from opportunities.models import Feedback
from tests import factories
from tests.opportunities import factories as make
from tests.pledges import made

pytestmark = pytest.mark.django_db
LIST = "/opportunities/"


@pytest.fixture(autouse=True)
def _counted_afresh():
    cache.clear()


@pytest.fixture
def visitor(sign_in):
    return sign_in()


@pytest.fixture
def ambassador(sign_in):
    return sign_in("ambassador", partnership=factories.partnership())


def tap(client, page: str = LIST, useful: str = "yes"):
    return client.post("/useful/", {"page": page, "useful": useful})


def test_every_public_page_asks_and_pages_behind_a_sign_in_do_not(visitor, ambassador):
    row = make.published()
    for address in (LIST, f"{LIST}{row.public_id}/", "/", "/help/", "/privacy/", "/pledge/", "/sign-in/"):
        html = visitor.get(address).content.decode()
        assert f'name="page" value="{address}"' in html, address
        assert html.count('action="/useful/"') == 1
    assert "/useful/" not in ambassador.get(LIST).content.decode()
    assert "/useful/" not in ambassador.get("/ambassador/").content.decode()


def test_the_address_that_is_sent_has_no_query(visitor):
    html = visitor.get(LIST, {"place": "NG18 1AB"}).content.decode()
    assert f'name="page" value="{LIST}"' in html


def test_a_tap_is_kept_with_its_page_and_sets_no_cookie(visitor):
    row = make.published()
    answer = tap(visitor, f"{LIST}{row.public_id}/", "no")
    kept = Feedback.objects.get()
    assert (kept.path, kept.opportunity_id, kept.useful) == (f"{LIST}{row.public_id}/", row.pk, False)
    assert (kept.on, kept.words, kept.seen_on) == (clock.today(), "", None)
    assert answer.status_code == 302 and not answer.cookies
    thanks = visitor.get(answer["Location"])
    assert thanks.status_code == 200 and not thanks.cookies and b"Thank you" in thanks.content


@pytest.mark.parametrize(
    "page",
    [
        "", "/nowhere/", "https://elsewhere.example/", "//elsewhere.example/", "/desk/", "/k/abc/", "\x00",
        "/opportunities/\x00/",
        "/opportunities/0b0b0b0b-0000-4000-8000-000000000000/", "/useful/", "/opportunities/?q=" + "a" * 300, "é",
        "/api/v1/opportunities/", "/robots.txt",
    ],
)  # fmt: skip
def test_what_is_no_public_page_is_thanked_and_not_kept(visitor, page):
    answer = tap(visitor, page)
    assert answer.status_code == 302 and answer["Location"] == "/useful/thanks/"
    assert visitor.get("/useful/thanks/").status_code == 200
    assert not Feedback.objects.exists()


def test_of_the_pages_of_events_only_those_of_our_own_are_kept(visitor):
    event = made.event()
    for path in ("/pledge/07700900123/", "/pledge/robin@home.example/", f"/pledge/{event.code}x/wall/"):
        assert tap(visitor, path)["Location"] == "/useful/thanks/"
    assert not Feedback.objects.exists()
    tap(visitor, f"/pledge/{event.code}/")
    assert Feedback.objects.get().path == f"/pledge/{event.code}/"


def test_no_link_with_a_token_is_ever_a_page():
    for path in ("/k/sometoken/", "/k/sometoken/still/open/", "/useful/thanks/"):
        assert feedback.note(path, useful=True) is None


def test_neither_yes_nor_no_is_not_kept(visitor):
    tap(visitor, LIST, "maybe")
    visitor.post("/useful/", {"page": LIST})
    assert not Feedback.objects.exists()


def test_only_a_post_writes(visitor):
    assert visitor.get("/useful/", {"page": LIST, "useful": "yes"}).status_code in (404, 405)
    assert not Feedback.objects.exists()


def test_too_many_in_a_minute_are_thanked_and_not_kept(visitor):
    answers = {tap(visitor).status_code for _number in range(feedback.OF_A_PAGE + 3)}
    assert answers == {302} and Feedback.objects.count() == feedback.OF_A_PAGE
    tap(visitor, "/help/")
    assert Feedback.objects.filter(path="/help/").count() == 1


def test_words_may_follow_once(visitor):
    where = tap(visitor)["Location"]
    assert visitor.post(where, {"words": "  Too many\r\nwords. "}).status_code == 302
    assert Feedback.objects.get().words == "Too many words."
    page = visitor.get(where).content.decode()
    assert "<textarea" not in page
    visitor.post(where, {"words": "Others"})
    assert Feedback.objects.get().words == "Too many words."


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Ring me on 07700 900123", "07700 900123"),
        ("I am sam@example.org", "sam@example.org"),
        ("see www.me.example", "www."),
        ("x" * 501, "Use 500 letters or fewer"),
        (" ", "Write some words, or go back to the page"),
    ],
)
def test_words_that_cannot_be_kept_are_refused_kindly(visitor, words, said):
    where = tap(visitor)["Location"]
    answer = visitor.post(where, {"words": words})
    assert answer.status_code == 200 and said in answer.content.decode()
    assert Feedback.objects.get().words == ""


@pytest.mark.parametrize(
    "said",
    ["nonsense", signing.dumps(1, salt="another"), signing.dumps(10**9, salt=feedback.SALT)],
    ids=["no signature", "another's signature", "no such tap"],
)
def test_words_need_the_address_of_a_tap(visitor, said):
    assert visitor.get(f"/useful/{said}/").status_code == 404
    assert visitor.post(f"/useful/{said}/", {"words": "hello"}).status_code == 404


# --- the ambassador ---------------------------------------------------------------------------------------------------


def said(number: int, **more) -> Feedback:
    values = {"path": f"/help/{number}", "useful": False, "words": f"Words {number}", "on": clock.today(), **more}
    return Feedback.objects.create(**values)


def test_the_ambassador_reads_and_ticks_off(ambassador):
    first, second = said(1), said(2)
    page = ambassador.get("/ambassador/").content.decode()
    assert page.index("Words 2") < page.index("Words 1") and "Not useful" in page
    assert ambassador.post("/ambassador/seen/", {"row": [str(first.pk), "x", "9" * 30]}).status_code == 302
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.seen_on == clock.today() and first.seen_by is not None and second.seen_on is None
    new, seen = (ambassador.get("/ambassador/", query).content.decode() for query in ({}, {"show": "seen"}))
    assert "Words 2" in new and "Words 1" not in new and "Words 1" in seen and "Words 2" not in seen


def test_what_was_written_is_escaped(ambassador):
    said(1, words="<script>alert(1)</script>")
    assert b"<script>alert" not in ambassador.get("/ambassador/").content


def test_a_coordinator_reads_only_and_nobody_else_does(sign_in):
    row = said(1)
    coordinator = sign_in("coordinator")
    page = coordinator.get("/ambassador/").content.decode()
    assert "Words 1" in page and "I have seen" not in page
    assert coordinator.post("/ambassador/seen/", {"row": row.pk}).status_code == 404
    for role in ("adviser", "team_manager", "support_officer", "board_member"):
        assert sign_in(role).get("/ambassador/").status_code == 404
    assert sign_in().get("/ambassador/").status_code == 302


def test_an_ambassador_sees_no_young_people(ambassador):
    for address in ("/adviser/", "/adviser/matches/", "/desk/", "/desk/opportunities/"):
        assert ambassador.get(address).status_code == 404
    menu = re.findall(r'href="(/[a-z/]*)"', ambassador.get("/ambassador/").content.decode())
    assert "/ambassador/" in menu and not [url for url in menu if url.startswith(("/adviser", "/desk"))]


def test_the_page_costs_the_same_however_much_was_said(ambassador):
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            ambassador.get("/ambassador/")
        return len(caught)

    said(1)
    few = cost()
    for number in range(30):
        said(number)
    assert cost() <= few + 1
