"""Finding a young person by label or name: only one's own, written down, and never by an address."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import View, YoungPersonContact
from matching import finding
from tests import factories as everybody

pytestmark = pytest.mark.django_db

FIND = reverse("matching:find-person")
NOBODY = "Nobody you support goes by that."


def somebody(name: str, worker=None, of: str = "Nottinghamshire", **more):
    person = everybody.young_person(everybody.council(of), worker=worker, **more)
    with everybody.as_worker():
        YoungPersonContact.objects.create(person=person, details={"name": name})
    return person


@pytest.fixture
def mine(sign_in):
    adviser = everybody.adviser()
    person = somebody("Robin Ashby-Lane", adviser, label="RAL")
    return sign_in(user=adviser), person, adviser


def said(client, words: str) -> str:
    answer = client.post(FIND, {"words": words})
    assert answer.status_code == 200
    return answer.content.decode()


def looked() -> list[tuple[int, str]]:
    with everybody.as_worker():
        return list(View.objects.order_by("pk").values_list("person_id", "page"))


@pytest.mark.parametrize("words", ["robin", "ASHBY", "lane rob", "ral", " Robin  Ashby "])
def test_found_by_label_or_name_and_written_down(words, mine):
    client, person, _ = mine
    page = said(client, words)
    assert reverse("matching:show-person", args=[person.public_id]) in page and "Robin Ashby-Lane" in page
    assert looked() == [(person.pk, "search")]


@pytest.mark.parametrize("whose", ["colleague", "other council", "ended", "nobody"])
def test_who_may_not_be_seen_is_answered_like_nobody(whose, mine):
    client, _, adviser = mine
    if whose == "colleague":
        somebody("Zebedee Quill", everybody.adviser(), label="Z.Q.")
    if whose == "other council":
        somebody(
            "Zebedee Quill", everybody.adviser(council=everybody.council("Derbyshire")), "Derbyshire", label="Z.Q."
        )
    if whose == "ended":
        somebody("Zebedee Quill", adviser, label="Z.Q.", ended_on=dt.date(2026, 1, 1), ended_why="asked")
    pages = {said(client, words).replace(words, "") for words in ("Zebedee", "Xanthippe")}
    pages = {page.partition("<main")[2].partition("csrfmiddlewaretoken")[0] for page in pages}
    assert (
        len(pages) == 1 and NOBODY in said(client, "Zebedee") and "Z.Q." not in said(client, "z.q.").split("<main")[1]
    )
    assert looked() == []


def test_planted_search_over_the_council_finds_a_colleagues(mine, monkeypatch):
    client, _, _ = mine
    somebody("Zebedee Quill", everybody.adviser(), label="ZQ")
    monkeypatch.setattr(finding.shown, "people_of", lambda worker: finding.shown.of_team(None))
    assert "Zebedee Quill" in said(client, "zebedee")


def test_a_manager_finds_the_teams_and_is_led_to_what_they_may_do(sign_in, mine):
    _, person, _ = mine
    page = said(sign_in("team_manager"), "robin")
    assert reverse("matching:hand-over", args=[person.public_id]) in page
    assert f'href="{reverse("matching:show-person", args=[person.public_id])}"' not in page
    assert NOBODY in said(sign_in("team_manager", council=everybody.council("Derbyshire")), "robin")


@pytest.mark.parametrize(("role", "status"), [("coordinator", 404), ("safeguarding_lead", 404), ("operator", 404)])
def test_nobody_else_finds_anybody(role, status, sign_in):
    assert sign_in(role).get(FIND).status_code == sign_in(role).post(FIND, {"words": "robin"}).status_code == status


def test_a_name_in_the_address_finds_nobody(mine):
    client, _, _ = mine
    page = client.get(FIND, {"words": "robin"}).content.decode()
    assert "Ashby" not in page and looked() == [] and '<form class="panel" method="post"' in page


def test_two_letters_at_least(mine):
    client, _, _ = mine
    assert "at least two letters" in said(client, "r") and looked() == []


def test_at_most_so_many_are_read_and_shown_and_the_queries_stay_the_same(mine, monkeypatch):
    client, _, adviser = mine
    with CaptureQueriesContext(connection) as few:
        said(client, "robin")
    for number in range(25):
        somebody(f"Robin {number}", adviser, label=f"R{number}")
    with CaptureQueriesContext(connection) as many:
        page = said(client, "robin")
    assert len(few) == len(many) and page.count('<th scope="row">') == finding.MOST_SHOWN
    monkeypatch.setattr(finding, "MOST_READ", 3)
    assert said(client, "robin").count('<th scope="row">') == 3
