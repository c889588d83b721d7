"""The stop switch: all of a business is hidden in the same transaction, its messages held, its neighbours named."""

import pytest
from django.db import transaction

from core.scope import NOBODY, scope
from matching import shown
from matching.models import Match
from notifications.models import Outbox
from opportunities import services as opportunities
from pledges import checks, contacts, events, messages, sites, stops
from pledges.models import Employer
from tests import factories
from tests.opportunities import factories as offers
from tests.pledges import made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_scope(db):
    with scope(NOBODY):
        yield


def stop(business):
    checks.stop_employer(employer=business, by=factories.user(), why="A false address")


def seen(client, row):
    """Where the public finds it: list, page and API."""
    found = [row.title in client.get("/opportunities/").content.decode()]
    found.append(client.get(f"/opportunities/{row.public_id}/").status_code == 200)
    return [*found, row.title in client.get("/api/v1/opportunities/").content.decode()]


def test_all_of_it_is_hidden_before_the_transaction_ends(client):
    row, other = offers.published(title="Stone mason"), offers.published(title="Glass blower")
    assert seen(client, row) == [True] * 3
    with transaction.atomic():
        stop(row.employer)
        row.refresh_from_db()
        assert not row.live and not row.row.live  # not committed yet, and hidden
    assert seen(client, row) == [False] * 3 and seen(client, other) == [True] * 3


def test_planted_without_the_reaction_it_stays_in_sight(client):
    row = offers.published(title="Stone mason")
    place = f"{opportunities.react_to_employer.__module__}.{opportunities.react_to_employer.__qualname__}"
    events.employer_stopped.disconnect(dispatch_uid=place)
    try:
        stop(row.employer)
    finally:
        events.employer_stopped.connect(opportunities.react_to_employer, dispatch_uid=place)
    assert seen(client, row)[0]


def test_a_failed_stop_stops_nothing():
    row = offers.published()

    def breaks(**_fact):
        raise RuntimeError("planted")

    events.employer_stopped.connect(breaks, dispatch_uid="planted")
    try:
        with pytest.raises(RuntimeError):
            stop(row.employer)
    finally:
        events.employer_stopped.disconnect(dispatch_uid="planted")
    row.refresh_from_db()
    assert row.live and Employer.objects.get(pk=row.employer_id).state == "checked"


# --- messages


def test_no_message_to_it_goes_out():
    pledge = made.pledge(event=made.event())
    row = Outbox.objects.get(purpose="pledge_thanks", cause_id=pledge.pk)
    assert messages.may_receive([row]) == {row.pk} and stops.may_hear(pledge.employer)
    stop(pledge.employer)
    assert messages.may_receive([row]) == set()
    pledge.employer.refresh_from_db()
    assert not stops.may_hear(pledge.employer) and pledge.employer not in stops.hearing()


# --- neighbours


def business(name, email="", phone="", **more):
    return made.pledge(business=name, reach=made.reach(email, phone), **more).employer


def shared(with_):
    return {each.employer.name: each.reasons for each in stops.shared_with(with_)}


def test_who_shares_a_person_a_number_a_domain_or_a_place():
    one = business("Old Bank", "jo@oldbank.example", "01632 960001", postcode="NG18 1AA")
    contacts.add_contact(employer=one, reach=made.reach("jo@gmail.com"))
    sites.add_site(employer=one, postcode="NG1 4AB")
    business("Same domain", "sam@oldbank.example")
    business("Same number", "", "+44 1632 960001")
    business("Same person", "JO@gmail.com")
    business("Same place", "x@place.example", postcode="NG1 4AB")
    sites.add_site(employer=business("Same site", "x@site.example"), postcode="NG18 1AA")
    both = business("Both", "b@oldbank.example", "01632 960001")
    business("Stranger", "x@stranger.example", "01632 960002", postcode="NG2 1AA")
    domain = "the email domain oldbank.example"
    assert shared(one) == {
        "Both": ["a phone number", domain],
        "Same domain": [domain],
        "Same number": ["a phone number"],
        "Same person": ["a person's email address"],
        "Same place": ["the postcode of a workplace"],
        "Same site": ["the postcode of a workplace"],
    }
    assert next(iter(shared(one))) == "Both" and "Old Bank" in shared(both)


def test_nothing_in_common_is_nothing():
    assert shared(business("Old Bank", "jo@gmail.com")) == {}
    business("Sycamore", "sam@gmail.com")
    assert shared(Employer.objects.get(name="Old Bank")) == {}


def test_the_number_of_queries_does_not_grow(django_assert_max_num_queries):
    one = business("Old Bank", "jo@oldbank.example", "01632 960001", postcode="NG18 1AA")
    for number in range(10):
        business(f"Shop {number}", f"x{number}@oldbank.example", "01632 960001", postcode="NG18 1AA")
    with django_assert_max_num_queries(9):
        assert len(stops.shared_with(one)) == 10


def test_it_is_gone_from_the_matches_of_an_adviser():
    row, person = offers.published(), factories.young_person(worker=factories.adviser())
    with factories.as_worker():
        Match.objects.create(person=person, opportunity_id=row.pk, score=1, reasons=0, distance_hm=1)
        assert len(shown.matches_of([person.pk])[person.pk]) == 1
    with scope(NOBODY):
        stop(row.employer)
    with factories.as_worker():
        assert not shown.matches_of([person.pk]).get(person.pk)
