"""From "I'm interested" to an offer: each step by its verb, and a place that is held and given back."""

import pytest

from core.lifecycle import MoveRefused
from introductions import services
from opportunities.models import Opportunity
from tests import factories
from tests.introductions import factories as chain

pytestmark = pytest.mark.django_db


def places_held(row) -> int:
    return Opportunity.objects.values_list("places_held", flat=True).get(pk=row.opportunity_id)


def test_the_chain_holds_a_place_and_its_end_gives_it_back():
    row = chain.interested()
    assert (row.state, places_held(row)) == ("interested", 0)
    row = chain.permitted(row)
    assert (row.state, places_held(row)) == ("permitted", 0)
    row = chain.offered(row)
    assert (row.state, row.holds_place, places_held(row)) == ("offered", True, 1)
    with factories.as_worker():
        services.end(introduction=row, move="decline", role="adviser", ending="young_person")
        row = chain.fresh(row)
    assert (row.state, row.agreed, row.holds_place, places_held(row)) == ("ended", None, False, 0)


def test_the_last_place_is_held_once():
    first = chain.introduced(chain.permitted())
    with factories.as_worker():
        Opportunity.objects.filter(pk=first.opportunity_id).update(places=2)
    second, third = (
        chain.permitted(chain.interested(opportunity=first.opportunity, label=label)) for label in ("C.", "D.")
    )
    chain.introduced(second)
    with factories.as_worker(), pytest.raises(MoveRefused, match="no place left"):
        services.introduce(introduction=third, role="adviser", adult_name="Sam")
    assert places_held(first) == 2


def test_a_yes_at_seventeen_waits_for_the_worker():
    from core import clock

    today = clock.today()
    row = chain.permitted(agreed_role="", birth_month=today.replace(year=today.year - 17, day=1))
    assert row.state == "asked"
