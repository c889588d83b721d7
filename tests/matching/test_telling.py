"""Who is told of a match, once per version; and that matches and messages are written together or not at all."""

import pytest

from matching import passes, services, telling
from matching import weights as w
from matching.models import MatchAction
from tests import factories as everybody
from tests.matching import factories
from tests.matching.at_work import crash_at_the_end, other_connection, outbox


@pytest.mark.django_db
def test_told_once_per_version():
    factories.places()
    adviser = factories.adviser()
    person = factories.person(worker=adviser, categories=1 << 5)
    row = factories.opportunity(categories=1 << 5)
    assert factories.run().told == 1
    factories.update(row, pays_living_wage=True)
    assert factories.run().told == 0
    factories.update(row, version=2)
    assert factories.run().told == 1
    assert factories.told() == [(adviser.pk, person.pk, row.pk, 1), (adviser.pk, person.pk, row.pk, 2)]
    assert outbox() == [(adviser.pk, person.pk, row.pk)] * 2


@pytest.mark.django_db
def test_a_new_adviser_hears_what_the_last_one_did_not():
    factories.places()
    person = factories.person(categories=1 << 5)
    row = factories.opportunity(categories=1 << 5)
    factories.run()
    assert factories.told() == []  # nobody to tell
    first, second = factories.adviser(), factories.adviser()
    factories.link(person, first)
    factories.run()
    factories.link(person, second)
    factories.run()
    assert factories.told() == [(first.pk, person.pk, row.pk, 1)]


@pytest.mark.django_db
def test_a_weak_match_is_shown_but_not_told():
    factories.places()
    factories.person(worker=factories.adviser(), radius_m=5000)
    factories.opportunity(place="XA1 2", ringfenced=False, audience="england")
    factories.run()
    assert [score for score, *_ in factories.stored().values()] == [0] and factories.told() == []


@pytest.mark.django_db
def test_so_many_are_told_of_one_opportunity_and_first_whoever_was_told_least(monkeypatch):
    monkeypatch.setattr(w, "TOLD_AT_LEAST", 2)
    monkeypatch.setattr(w, "TOLD_PER_PLACE", 1)
    factories.places()
    adviser, pledge = factories.adviser(), factories.pledge()
    people = [factories.person(worker=adviser, categories=1 << 5) for _ in range(4)]
    rows = [factories.opportunity(of=pledge, places=1, categories=1 << 5)]
    factories.run()
    assert [person for _, person, *_ in factories.told()] == [people[0].pk, people[1].pk]
    rows.append(factories.opportunity(of=pledge, places=3, categories=1 << 5))
    factories.run()
    second = [person for _, person, opportunity, _ in factories.told() if opportunity == rows[1].pk]
    assert second == [people[0].pk, people[2].pk, people[3].pk]


@pytest.mark.django_db
def test_what_was_acted_on_is_not_told():
    factories.places()
    adviser = factories.adviser()
    person = factories.person(worker=adviser, categories=1 << 5)
    row = factories.opportunity(categories=1 << 5)
    with everybody.as_worker():
        MatchAction.objects.create(person=person, opportunity_id=row.pk, state="shared", version=1, by=adviser)
    factories.run()
    assert factories.stored() and factories.told() == []


def test_a_crash_leaves_neither_matches_nor_messages(as_fr_worker, monkeypatch):
    assert crash_at_the_end(monkeypatch) == ({}, [], [])
    services.run_pending()
    assert len(factories.stored()) == len(factories.told()) == len(outbox()) == 1


def test_twin_that_tells_outside_the_transaction_tells_of_nothing(as_fr_worker, monkeypatch):
    """The message is out, its match is not there: the test above would see it."""

    def elsewhere(*, purpose, items):
        with other_connection() as other:
            for recipient, person, cause, version in items:
                other.execute(
                    "INSERT INTO outbox (ref, dedupe_key, purpose, channel, recipient_id, cause_id, person_id,"
                    " state, reason, fence, attempts)"
                    " VALUES (gen_random_uuid(), %s, %s, 'digest', %s, %s, %s, 'held', '', 0, 0)",
                    [f"{cause}:{version}", purpose, recipient, cause, person],
                )
            other.commit()
        return len(items)

    monkeypatch.setattr(telling.notifications, "hold", elsewhere)
    matches, _, messages = crash_at_the_end(monkeypatch)
    assert matches == {} and len(messages) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("lists", [w.LIFTED, w.LIFTED + 1])
def test_what_is_on_few_lists_is_told_at_night_though_ten_fit_better(lists, monkeypatch):
    """Planted: on one list more it is told to nobody."""
    monkeypatch.setattr(w, "TELL_BEST", 2)
    factories.places()
    adviser, pledge = factories.adviser(), factories.pledge()
    people = [factories.person(worker=adviser, categories=1 << 5, kinds=1 | 1 << 7, first_kind=0) for _ in range(lists)]
    for _number in range(3):
        factories.opportunity(of=pledge, categories=1 << 5, kind_bit=0)
    passed_over = factories.opportunity(of=pledge, categories=1 << 5, kind_bit=7)
    factories.run()
    for _row in range(3):  # these are on more lists than that
        factories.person(worker=adviser, categories=1 << 5, kinds=1)
    factories.run()
    told = {person for _, person, opportunity, _ in factories.told() if opportunity == passed_over.pk}
    assert told == set()
    with everybody.as_worker():
        passes.nightly()
    told = {person for _, person, opportunity, _ in factories.told() if opportunity == passed_over.pk}
    assert told == ({one.pk for one in people} if lists == w.LIFTED else set())
    before = factories.told()
    with everybody.as_worker():
        passes.nightly()
    assert factories.told() == before
