"""No message ever goes to or about somebody whose support has ended, whatever its purpose allows."""

import pytest

from accounts.models import YoungPerson
from core.scope import EVERYTHING, scope
from notifications import preparing
from notifications.drain import drain
from notifications.models import Outbox
from tests import factories
from tests.notifications.conftest import held, row_of, told
from tests.notifications.test_digests import make


def ended(**more) -> YoungPerson:
    return factories.young_person(ended_on="2026-11-01", ended_why="died", **more)


def outcome(row) -> tuple[str, str]:
    row = row_of(row)
    return row.state, row.reason


def test_a_mail_about_them_and_a_mail_to_them_are_ended(worker, purposes, provider):
    purposes("note")
    about = told(person=ended().pk, cause_id=1)
    to = told(recipient=ended(user=factories.user()).user, cause_id=2)
    other = told(person=factories.young_person().pk, cause_id=3)
    drain()
    assert [outcome(row) for row in (about, to, other)] == [
        ("ended", "support ended"), ("ended", "support ended"), ("accepted", "")
    ]  # fmt: skip
    assert len(provider.taken) == 1


def test_a_digest_leaves_them_out_and_carries_the_others(worker, purposes, provider):
    purposes("find", "digest")
    adviser = factories.adviser()
    gone, stays = ended(), factories.young_person(label="S.T.")
    held(adviser, 1, person=gone.pk)
    held(adviser, 2, person=stays.pk)
    make()
    drain()
    with scope(EVERYTHING):
        found = list(Outbox.objects.filter(purpose="find").order_by("cause_id").values_list("state", "reason"))
    assert found == [("ended", "support ended"), ("accepted", "")]
    [text] = provider.texts
    assert "2" in text.splitlines()  # the item of whoever stays, alone on its line


def test_a_digest_about_nobody_else_is_not_sent(worker, purposes, provider):
    purposes("find", "digest")
    held(factories.adviser(), 1, person=ended().pk)
    make()
    drain()
    assert provider.taken == []


def test_support_that_ends_between_the_telling_and_the_hand_over(worker, purposes, provider):
    purposes("note")
    person = factories.young_person()
    row = told(person=person.pk, cause_id=1)
    with scope(EVERYTHING):
        YoungPerson.objects.filter(pk=person.pk).update(ended_on="2026-11-01", ended_why="age")
    drain()
    assert outcome(row) == ("ended", "support ended")


def test_somebody_who_works_for_a_council_still_gets_what_is_sent_to_them_as_that(worker, purposes, provider):
    purposes("note")
    user = factories.membership("ambassador").user
    ended(user=user)
    drained = told(recipient=user, cause_id=1)
    drain()
    assert outcome(drained) == ("accepted", "")


def test_planted_no_check_at_hand_over(worker, purposes, provider, monkeypatch):
    monkeypatch.setattr(preparing, "support_ended", lambda rows: set())
    purposes("note")
    told(person=ended().pk, cause_id=1)
    drain()
    assert len(provider.taken) == 1


@pytest.mark.parametrize("rows", [1, 20])
def test_one_query_when_nobody_s_support_has_ended(rows, worker, django_assert_num_queries):
    people = [factories.young_person().pk for _number in range(rows)]
    with scope(EVERYTHING), django_assert_num_queries(1):
        assert preparing.support_ended([Outbox(pk=one, person_id=one, recipient_id=1) for one in people]) == set()
