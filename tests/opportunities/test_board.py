"""Where a board member starts, and the pages that say what the service is."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from pledges.models import Event
from tests import factories

pytestmark = pytest.mark.django_db
CODES = ["BCDFGH", "CDFGHJ", "DFGHJK", "FGHJKM"]


def event(code: str, partnership: str = "nottinghamshire", **values) -> Event:
    return Event.objects.create(
        code=code, name=f"Breakfast {code}", held_on=clock.today(), owner=factories.user(),
        partnership=factories.partnership(partnership), **values,
    )  # fmt: skip


def links(html: str) -> set[str]:
    return set(re.findall(r'href="(/[^"#?]*)', html)) - set(re.findall(r'href="(/static/[^"]*)', html))


def test_signing_in_leads_a_board_member_to_their_events(sign_in):
    event(CODES[0])
    event(CODES[1], "leicestershire")
    client = sign_in("board_member")
    assert client.get("/go/").headers["Location"] == "/board/"
    html = client.get("/board/").content.decode()
    assert f"/pledge/{CODES[0]}/promises/" in html and f"/pledge/{CODES[0]}/wall/" in html
    assert CODES[1] not in html
    assert 'href="/opportunities/"' in html.split("<main")[0] and 'aria-current="page">Events' in html


@pytest.mark.parametrize("made", [0, 2])
def test_no_link_of_a_board_member_is_dead(sign_in, made):
    for code in CODES[:made]:
        event(code)
    client = sign_in("board_member")
    seen, left = set(), {"/board/"}
    while left - seen:
        path = (left - seen).pop()
        seen.add(path)
        answer = client.get(path, follow=True)
        assert answer.status_code == 200, path
        if path == "/board/" or path in ("/opportunities/", "/hats/"):
            left |= links(answer.content.decode())
    assert {"/help/", "/privacy/", "/accessibility/", "/hats/", "/sign-out/"} <= seen


def test_nobody_else_has_this_page(sign_in):
    assert sign_in().get("/board/").status_code == 302
    for role in ("adviser", "coordinator", "operator"):
        assert sign_in(role).get("/board/").status_code == 404


def test_more_events_cost_no_more_queries(sign_in):
    client = sign_in("board_member")

    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/board/").status_code == 200
        return len(caught)

    event(CODES[0])
    few = count()
    for code in CODES[1:]:
        event(code)
    assert count() == few


@pytest.mark.parametrize("path", ["/help/", "/privacy/", "/accessibility/"])
def test_pages_about_the_service_are_public_and_say_that_it_is_a_demonstration(client, settings, path):
    settings.INSTALLATION_MODE = "demo"
    html = client.get(path).content.decode()
    assert "This is a demonstration, and nobody real stands behind it." in html
    settings.INSTALLATION_MODE = "live"
    assert "demonstration" not in client.get(path).content.decode()
