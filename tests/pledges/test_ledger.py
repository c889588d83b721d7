"""Whatever is done, the ledger of a pledge is what its opportunities add up to, and never below nothing."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.lifecycle import MoveRefused
from opportunities import ledger as counting
from opportunities import places, services
from opportunities.models import Opportunity
from opportunities.refusals import Refused
from pledges import ledger
from pledges.ledger import Places
from pledges.lifecycle import PLEDGE
from pledges.models import Pledge
from tests import factories
from tests.opportunities import factories as make

pytestmark = pytest.mark.django_db
VERBS = ("hold", "start", "give back", "leave", "pause", "resume", "close", "withdraw", "reopen", "publish", "split")


def kept(pledge):
    return Places(
        *Pledge.objects.values_list("places_live", "places_held", "places_started", "resting").get(pk=pledge.pk)
    )


def officer_does(row, name, **more):
    with make.acting(factories.user()) as officer:
        getattr(services, name)(opportunity=row, by=officer, role="coordinator", **more)


def publish(row):
    # A draft made from the pledge lacks what only an officer knows.
    Opportunity.objects.filter(pk=row.pk).update(
        easting=453_850, northing=361_230, pay_pence=1400, hours_a_week=30, min_age=18, category=make.category()
    )
    row.refresh_from_db()
    officer_does(row, "submit")
    officer_does(row, "approve")


def pledge_moves(row, name):
    with make.acting(factories.user()):
        PLEDGE.move(row.pledge, name, role="coordinator")


def count(verb, row, **more):
    with make.acting(factories.user()):
        verb(opportunity_id=row.pk, **more)


DO = {
    "hold": lambda row: count(places.hold_place, row),
    "start": lambda row: count(places.start_place, row),
    "give back": lambda row: count(places.give_back_place, row),
    "leave": lambda row: count(places.give_back_place, row, started=True),
    "pause": lambda row: officer_does(row, "pause", why="Holidays"),
    "resume": lambda row: officer_does(row, "resume"),
    "close": lambda row: officer_does(row, "close", why="Over"),
    "withdraw": lambda row: pledge_moves(row, "withdraw"),
    "reopen": lambda row: pledge_moves(row, "reopen"),
    "publish": publish,
    "split": lambda row: services.add_another(opportunity=row, places=1, by=factories.user()),
}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(script=st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 4)), max_size=25))
def test_any_script_of_verbs_balances(script):
    with transaction.atomic():
        pledge = make.published(places=3).pledge
        for verb, which in script:
            rows = list(Opportunity.objects.filter(pledge=pledge).order_by("pk"))
            row = rows[which % len(rows)]
            try:
                with transaction.atomic():
                    DO[verb](row)
            except (MoveRefused, Refused, ValueError):
                pass
            now = kept(pledge)
            assert now == counting.count([pledge.pk])[pledge.pk], (verb, script)
            assert min(now.live, now.held, now.started) >= 0 and now.live + now.held + now.started <= 3
            assert services.used_places(pledge) <= 3
        transaction.set_rollback(True)


def test_planted_verb_that_forgets_the_ledger_is_found():
    pledge = make.published(places=2).pledge
    Opportunity.objects.filter(pledge=pledge).update(places_held=1)
    assert kept(pledge) != counting.count([pledge.pk])[pledge.pk]


def test_the_nightly_job_puts_a_ledger_right():
    from opportunities.live import refresh_all

    pledge = make.published(places=2).pledge
    Pledge.objects.filter(pk=pledge.pk).update(places_live=0)
    refresh_all()
    assert kept(pledge) == Places(live=2)


@pytest.mark.parametrize("wrong", [Places(live=-1), Places(held=-1), Places(started=-1), Places(1, 1, 1)])
def test_the_database_refuses_a_ledger_that_cannot_be(wrong):
    pledge = make.pledge(places=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        ledger.write({pledge.pk: wrong})


@pytest.mark.parametrize(("held", "started"), [(-1, 0), (0, -1), (2, 1)])
def test_and_one_of_an_opportunity(held, started):
    row = make.draft(places=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Opportunity.objects.filter(pk=row.pk).update(places_held=held, places_started=started)


@pytest.mark.parametrize("role", ["coordinator", "support_officer", "economic_development"])
def test_the_ledger_is_on_the_desk_for_coordinators_alone(role, sign_in):
    from tests.pledges import made

    row = make.published(places=3)
    with make.acting(factories.user()):
        places.hold_place(opportunity_id=row.pk)
    event = made.event()
    Pledge.objects.filter(pk=row.pledge_id).update(event=event)
    client = sign_in(role)
    for path in (f"/desk/employers/{row.employer.public_id}/", f"/desk/events/{event.code}/"):
        text = client.get(path).content.decode()
        assert ("2 open, 1 held, 0 begun" in text) == (role == "coordinator"), path
