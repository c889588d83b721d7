"""Monday's page for an adviser with 35 young people and 400 open matches: how many queries, how much HTML."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from introductions import this_week
from matching.models import Interests, Match, MatchAction, MatchTold
from tests import factories as everybody
from tests.introductions import factories as chain
from tests.matching import factories

pytestmark = pytest.mark.django_db

MONDAY = reverse("introductions:show-monday")
PEOPLE, MATCHES = 35, 400
MOST_QUERIES, MOST_BYTES = 8, 60_000


def matched(adviser, people: int, matches: int) -> list:
    """So many young people of one adviser, with so many matches shared out among them."""
    factories.places()
    bit = 1 << 5
    mine = [factories.person(worker=adviser, label=f"P{number:02}", categories=bit) for number in range(people)]
    pledge = factories.pledge()
    rows = [factories.opportunity(of=pledge, categories=bit) for _number in range(-(-matches // people))]
    pairs = [(person, row) for row in rows for person in mine][:matches]
    with everybody.as_worker():
        Match.objects.bulk_create(
            Match(person=person, opportunity_id=row.pk, score=500, reasons=1, distance_hm=10) for person, row in pairs
        )
    return mine


def opened(client) -> tuple[int, str]:
    """How many statements one opening of the page takes, all of them, and the page."""
    with CaptureQueriesContext(connection) as found:
        page = client.get(MONDAY)
    assert page.status_code == 200
    return len(found), page.content.decode()


def test_monday_of_35_young_people_and_400_matches(sign_in):
    """Eight: the session, the user with their hats, four of the transaction and its scope, everything, who looked."""
    adviser, other = everybody.adviser(), everybody.adviser()
    mine = matched(adviser, PEOPLE, MATCHES)
    matched(other, 1, 1)
    for person in mine[:3]:
        chain.interested(person)
    everybody.young_person(label="Silent", worker=adviser)
    queries, page = opened(sign_in(user=adviser))
    assert queries <= MOST_QUERIES
    assert len(page.encode()) <= MOST_BYTES
    assert page.partition('<ol class="todo">')[2].partition("</ol>")[0].count("<li>") == 10
    assert all(f">{person.label}</a>" in page for person in mine)
    assert queries == opened(sign_in(user=other))[0]


def test_of_each_kind_at_least_one_line(sign_in):
    adviser = everybody.adviser()
    for number in range(12):
        chain.interested(everybody.young_person(label=f"I{number}", worker=adviser))
    everybody.young_person(label="Silent", worker=adviser)
    matched(adviser, 1, 1)
    nothing_fits = factories.person(worker=adviser, label="Nothing fits", sector="XB1 1")
    with everybody.as_worker():
        long_ago = clock.now() - dt.timedelta(days=31)
        Interests.objects.filter(pk=nothing_fits.pk).update(changed_at=long_ago)
    todo = opened(sign_in(user=adviser))[1].partition('<ol class="todo">')[2].partition("</ol>")[0]
    assert todo.count("Ask them<") == 7
    assert 'name="match"' not in todo  # one match alone has no tick
    for words in ("Share it", "Write it down", "See what would help"):
        assert todo.count(words) == 1, words


def test_a_long_kind_pushes_no_other_out(monkeypatch):
    """Eight of the first kind, and one each of four more: none of the four is lost to the last."""
    numbers = {"first": 8, "second": 1, "third": 1, "fourth": 1, "fifth": 1}
    kinds = [
        this_week.Kind(name, lambda: None, lambda person, row, today: {"due": row, "title": row}) for name in numbers
    ]
    monkeypatch.setattr(this_week, "KINDS", kinds)
    rows = {f"todo_{name}": [f"{name} {at}" for at in range(number)] for name, number in numbers.items()}
    found = [line["title"] for line in this_week.lines([SimpleNamespace(today=None, **rows)], most=10)]
    assert found == [*(f"first {at}" for at in range(6)), *(f"{name} 0" for name in list(numbers)[1:])]


@pytest.mark.parametrize("days", [29, 31])
def test_nothing_new_is_said_after_thirty_days(days, sign_in):
    """Counted from what they said, and from the last match that their worker was told of."""
    adviser = everybody.adviser()
    factories.places()
    person, row = factories.person(worker=adviser), factories.opportunity(live=False)
    with everybody.as_worker():
        Interests.objects.filter(pk=person.pk).update(changed_at=clock.now() - dt.timedelta(days=90))
        told_at = clock.now() - dt.timedelta(days=days)
        MatchTold.objects.create(person=person, opportunity_id=row.pk, version=1, adviser=adviser, told_at=told_at)
    assert ("Nothing fits just now" in opened(sign_in(user=adviser))[1]) == (days > 30)


def test_what_waits_for_others_is_one_line(sign_in):
    adviser = everybody.adviser()
    person = matched(adviser, 1, 2)[0]
    with everybody.as_worker():
        for match in Match.objects.filter(person=person):
            MatchAction.objects.create(
                person=person, opportunity_id=match.opportunity_id, state="shared", version=1, by=adviser
            )
    chain.introduced(worker=adviser)
    page = opened(sign_in(user=adviser))[1]
    assert "2 shared, waiting for them. 1 business thinking." in page
    assert "to do this week" not in page.lower()


def test_what_they_have_gone_for_is_not_shared_again_and_whoever_is_there_is_not_looked_for(sign_in):
    adviser = everybody.adviser()
    (gone_for,) = matched(adviser, 1, 1)
    there = factories.person(worker=adviser, label="There", sector="XB1 1")
    with everybody.as_worker():
        Interests.objects.update(changed_at=clock.now() - dt.timedelta(days=31))
        opportunity = Match.objects.get(person=gone_for).opportunity
    client = sign_in(user=adviser)
    before = opened(client)[1]
    assert "Share it" in before and "See what would help" in before
    chain.interested(gone_for, chain.make.published())
    with everybody.as_worker():
        chain.Introduction.objects.filter(person=gone_for).update(opportunity=opportunity)
    chain.interested(there, chain.make.published())
    after = opened(client)[1]
    assert "Share it" not in after and "See what would help" not in after
