"""Where somebody may be in danger nobody waits for a broker or a worker: the relay does it itself."""

import pytest
from django.db import connection

from config.management.commands import relay
from core import bells
from introductions.models import Introduction
from pledges.checks import stop_employer
from tests import factories
from tests.introductions import chain
from tests.introductions.test_concerns import late_mails, lead, overdue, say

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[False, True], ids=["no broker", "nobody hears"])
def no_worker(request, monkeypatch):
    """No bell is answered, whether or not the broker takes it."""
    monkeypatch.setattr(bells, "ring", lambda *_, **__: request.param)
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)


def go_round():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE fr_worker")
        said = relay.round_of(1)
        cursor.execute("RESET ROLE")
    assert all(said.values()), said


def test_managers_hear_of_a_late_concern(no_worker):
    lead(), lead(role="team_manager")
    overdue(say(council=factories.council()))
    go_round()
    assert late_mails() == 1
    go_round()
    assert late_mails() == 1


def test_introductions_to_a_stopped_business_are_held(no_worker):
    with factories.as_worker():
        row = chain.walked("asked")
        stop_employer(employer=row.employer, by=factories.user(), why="Asked for documents")
    go_round()
    with factories.as_worker():
        assert Introduction.objects.get(pk=row.pk).state == "frozen"


@pytest.mark.parametrize(
    "test", [test_managers_hear_of_a_late_concern, test_introductions_to_a_stopped_business_are_held]
)
def test_planted_the_relay_only_rings(test, no_worker, monkeypatch):
    only_rung = {each.name: bells.Watch(each.name, each.is_waiting, each.task) for each in bells.watches()}
    monkeypatch.setattr(bells, "_watches", only_rung)
    with pytest.raises(AssertionError):
        test(no_worker)
