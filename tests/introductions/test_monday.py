"""Monday's page for an adviser with 35 young people and 400 open matches: how many queries, how much HTML."""

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from introductions import this_week
from matching.models import Interests, Match, MatchAction, MatchTold
from pledges.models import PledgeKind
from tests import factories as everybody
from tests.introductions import factories as chain
from tests.matching import factories
from tests.matching.test_sharing import business

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
    assert page.partition('<ol class="todo">')[2].partition("</ol>")[0].count("<h3>") == 10
    assert all(f">{person.label}</a>" in page for person in mine)
    assert queries == opened(sign_in(user=other))[0]


def test_what_would_help_costs_no_query_and_stands_in_the_line(sign_in):
    """For as many as have nothing for 30 days; the rest of it under a fold."""
    adviser, other = everybody.adviser(), everybody.adviser()
    matched(other, 1, 1)
    factories.places()
    pledge = factories.pledge()
    for hours in (8, 8, 8):
        factories.opportunity(of=pledge, hours=hours)
    factories.opportunity(of=pledge, remote=True, hours=0)
    for number in range(12):
        factories.person(worker=adviser, label=f"N{number}", hours=2)
    factories.person(worker=adviser, label="Far", sector="XB1 1", hours=2)
    with everybody.as_worker():
        Interests.objects.update(changed_at=clock.now() - dt.timedelta(days=31))
    queries, page = opened(sign_in(user=adviser))
    assert queries == opened(sign_in(user=other))[0] <= MOST_QUERIES and len(page.encode()) <= MOST_BYTES
    todo = page.partition('<ol class="todo">')[2].partition("</ol>")[0]
    assert todo.count("“Evenings” only leaves out 4. “Nights” as well would add 3.") >= 9
    assert todo.count("1 is done from home. If that suits them, it would add 1.") >= 9


def test_what_the_matcher_has_not_listed_yet_is_not_called_nothing(sign_in):
    adviser = everybody.adviser()
    factories.places()
    factories.person(worker=adviser, label="Soon")
    with everybody.as_worker():
        Interests.objects.update(changed_at=clock.now() - dt.timedelta(days=31))
    client = sign_in(user=adviser)
    assert "Nothing fits just now" in opened(client)[1]
    factories.opportunity()
    assert "Nothing fits just now" not in opened(client)[1]


def test_a_match_says_how_the_business_is_and_what_to_mention(sign_in):
    adviser = everybody.adviser()
    matched(adviser, 1, 1)
    client = sign_in(user=adviser)
    plain = opened(client)[1]
    assert "We checked the business" not in plain and "To mention" not in plain
    with everybody.as_worker():
        row = Match.objects.get().opportunity
        kind = PledgeKind.objects.get(code="foundation-apprenticeship")
        type(row.row).objects.filter(pk=row.pk).update(kind=kind)
    business(row, 3)
    queries, page = opened(client)
    line = page.partition('<ol class="todo">')[2].partition("</ol>")[0]
    assert "We checked the business on 2 March 2026. It mostly answers us within 2 days." in line.partition("<form")[0]
    before, _, fold = line.partition("Before you share it")
    assert "To mention: A foundation apprenticeship is for 16 to 21 year olds." in fold
    assert "Still missing: a first day." in fold and "To mention" not in before
    assert queries <= MOST_QUERIES


def test_not_now_takes_two_taps(sign_in):
    """The fold, then the reason: its button sends everything, and the young person may read it."""
    adviser = everybody.adviser()
    matched(adviser, 1, 1)
    client = sign_in(user=adviser)
    fold = opened(client)[1].partition("<summary><span>Not now")[2].partition("</form>")[0]
    assert "The young person may read it." in fold
    assert re.findall(r'name="reason" value="([a-z-]+)"', fold) == ["other-wish", "far", "hours", "busy"]
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', fold))
    fields.pop("csrfmiddlewaretoken", None)
    answer = client.post(reverse("matching:act-on-match"), {**fields, "reason": "far"}, follow=True)
    assert "Not now. It comes back if it changes" in answer.content.decode()
    with everybody.as_worker():
        action = MatchAction.objects.get()
    assert (action.state, action.reason) == ("not_now", "Too far, or no way to get there")


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
