"""A message is made once, in the transaction of its cause, and holds no text."""

import datetime as dt
import uuid

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext

from core.scope import EVERYTHING, NOBODY, Scope, scope
from notifications import registry, services
from notifications.models import Outbox
from notifications.registry import Mail, Purpose
from tests import factories
from tests.notifications.conftest import held, states, told


def test_the_same_hold_twice_adds_nothing(worker, purposes):
    adviser = factories.user()
    assert (held(adviser, 1, 2, 3), held(adviser, 1, 2, 3), held(adviser, 3, 4)) == (3, 0, 1)


def test_planted_a_key_that_is_never_the_same(worker, purposes, monkeypatch):
    monkeypatch.setattr(services, "dedupe_key", lambda *_: uuid.uuid4().hex)
    with pytest.raises(AssertionError):
        test_the_same_hold_twice_adds_nothing(worker, purposes)


def test_one_statement_may_name_a_thing_twice(worker, purposes):
    assert held(factories.user(), 7, 7, 7) == 1


@pytest.mark.parametrize("part", range(4))
def test_another_recipient_person_cause_or_version_is_another_message(part, worker, purposes):
    user, other, person = factories.user(), factories.user(), factories.young_person()
    item = [user.pk, None, 5, 1]
    changed = [*item[:part], [other.pk, person.pk, 6, 2][part], *item[part + 1 :]]
    with scope(EVERYTHING):
        assert services.hold(purpose="find", items=[tuple(item), tuple(changed)]) == 2


def test_any_number_is_held_in_one_statement(worker, purposes):
    user = factories.user()
    for causes in ([1], range(2, 600)):
        with (
            scope(EVERYTHING),
            CaptureQueriesContext(
                connection,
            ) as queries,
        ):
            services.hold(purpose="find", items=[(user.pk, None, cause, 1) for cause in causes])
        assert len(queries) == 1
    with scope(EVERYTHING), CaptureQueriesContext(connection) as queries:
        assert services.hold(purpose="find", items=[]) == 0
    assert len(queries) == 0


def test_a_cause_that_is_rolled_back_tells_nobody(worker, purposes):
    with transaction.atomic():
        told()
        transaction.set_rollback(True)
    assert states() == []


def test_telling_twice_is_telling_once(worker, purposes):
    user = factories.user()
    with scope(EVERYTHING):
        assert services.tell(purpose="note", recipient=user, cause_id=4, version=1)
        assert not services.tell(purpose="note", recipient=user.pk, cause_id=4, version=1)
        assert services.tell(purpose="note", recipient=user, cause_id=4, version=2)


def test_the_reference_follows_from_the_key_and_a_secret(settings):
    first = services.reference("note:1:2:-:1")
    assert first == services.reference("note:1:2:-:1") != services.reference("note:1:2:-:2")
    settings.SECRET_KEY = "another"
    assert first != services.reference("note:1:2:-:1")


@pytest.mark.parametrize(("verb", "purpose"), [("tell", "find"), ("hold", "note")])
def test_a_purpose_goes_by_its_own_channel(verb, purpose, worker, purposes):
    call = {"tell": {"version": 1, "cause_id": 1}, "hold": {"items": [(1, None, 1, 1)]}}[verb]
    with scope(EVERYTHING), pytest.raises(ValueError, match=purpose):
        getattr(services, verb)(purpose=purpose, **call)


def test_nobody_registered_it(worker):
    with scope(EVERYTHING), pytest.raises(LookupError, match="gossip"):
        services.hold(purpose="gossip", items=[(1, None, 1, 1)])


def test_a_purpose_is_registered_once(purposes):
    with pytest.raises(ValueError, match="already"):
        registry.register(registry.find("note"))
    with pytest.raises(ValueError, match="30"):
        registry.register(Purpose("x" * 31, "email", set, lambda row, items: Mail("a", "b")))


@pytest.mark.parametrize("subject", ["", "two\nlines", "\0", "x" * 201])
def test_a_subject_is_one_short_line(subject):
    with pytest.raises(ValueError, match="one line"):
        Mail(subject, "text")


def test_a_visitor_s_request_may_send_a_message_about_nobody(db, purposes):
    with scope(NOBODY):
        assert services.tell(purpose="note", cause_id=1, version=1, secret={"a": 1}, expires_in=dt.timedelta(minutes=1))
        assert Outbox.objects.get().secret == {"a": 1}


def test_the_web_role_holds_only_for_people_it_sees(db, purposes):
    mine, foreign = factories.young_person(), factories.young_person(factories.council("Derbyshire"))
    user = factories.user()
    with scope(Scope(councils=frozenset([mine.responsible_authority_id]))):
        assert services.hold(purpose="find", items=[(user.pk, mine.pk, 1, 1)]) == 1
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            services.hold(purpose="find", items=[(user.pk, foreign.pk, 1, 1)])
