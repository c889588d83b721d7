"""Making a pledge, its identity, its moves, and who hears of it."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from core import clock
from core.lifecycle import MoveRefused
from core.scope import NOBODY, scope
from notifications.models import Outbox
from pledges import events, services
from pledges.lifecycle import EMPLOYER, EVENT, GIVER, PLEDGE
from pledges.models import Event, Pledge, PledgeKind
from tests import factories
from tests.pledges import made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_scope(db):
    with scope(NOBODY):
        yield


@pytest.fixture
def heard():
    """Ids of pledges announced as made."""
    heard_of = []

    def listen(sender, ids, **more):
        heard_of.extend(ids)

    events.pledges_made.connect(listen)
    yield heard_of
    events.pledges_made.disconnect(listen)


def test_a_pledge_is_kept_owned_announced_and_thanked(heard):
    event = made.event()
    pledge = made.pledge(event=event, words="Cook with us", by_month=dt.date(2030, 3, 1), postcode="NG18 1AA")
    assert heard == [pledge.pk]
    assert (pledge.owner, pledge.partnership) == (event.owner, event.partnership)
    assert (pledge.state, pledge.after_closing) == ("noted", False)
    thanks = Outbox.objects.get(purpose="pledge_thanks")
    assert (thanks.cause_id, thanks.recipient_id) == (pledge.pk, None)


def test_no_address_no_mail():
    made.pledge(reach=made.reach(email="", phone="01632 960001"))
    assert not Outbox.objects.exists()


def test_the_same_promise_is_not_made_again(heard):
    event = made.event()
    one = made.pledge(event=event, words="Cook with us")
    two = made.pledge(event=event, words="  COOK with us!", places=5)
    assert one.pk == two.pk and len(heard) == 1 and Pledge.objects.get().places == 2


@pytest.mark.parametrize(
    "other", [{"words": "bake"}, {"code": "mentoring"}, {"business": "Sycamore"}, {"occurrence": 2}, {"event": "other"}]
)
def test_another_promise_is_another(other):
    event = made.event()
    made.pledge(event=event, words="cook")
    values = {"event": event, "words": "cook", **other}
    made.pledge(**{**values, "event": made.event() if values["event"] == "other" else event})
    assert Pledge.objects.count() == 2


def test_the_next_free_occurrence():
    for _time in range(3):
        made.pledge(occurrence=None)
    assert Pledge.objects.count() == 3


def test_the_database_refuses_a_second_of_one_identity():
    pledge = made.pledge()
    pledge.pk, pledge.public_id = None, "0" * 32
    with pytest.raises(IntegrityError, match="identity"), transaction.atomic():
        pledge.save(force_insert=True)


def test_a_closed_event_keeps_and_flags():
    event = made.event()
    services.move_event(event=event, name="close", role="coordinator")
    assert made.pledge(event=event).after_closing


def test_a_pledge_without_an_event_goes_to_its_places_partnership(heard):
    assert made.pledge(postcode="NG18 1AA").partnership == factories.partnership("nottinghamshire")
    unknown = made.pledge(code="mentoring", postcode="ZE1 0AA")
    assert unknown.partnership is None and unknown.pk not in heard
    by = factories.user()
    assert services.take_on(pledge=unknown, partnership=factories.partnership(), by=by)
    assert not services.take_on(pledge=unknown, partnership=factories.partnership(), by=factories.user())
    unknown.refresh_from_db()
    assert unknown.owner == by and heard.count(unknown.pk) == 1


@pytest.mark.parametrize("places", [0, -1, 501])
def test_the_database_knows_the_bounds_of_places(places):
    bounds = "pledge_places_1_to_500|pledge_ledger_within_the_promise"  # below 0 both are broken
    with pytest.raises(IntegrityError, match=bounds), transaction.atomic():
        made.pledge(places=places)


def test_marks_are_one_way():
    pledge = made.pledge()
    services.mark_shaped(pledge_id=pledge.pk)
    services.mark_live(pledge_id=pledge.pk)
    services.mark_live(pledge_id=pledge.pk)
    services.mark_shaped(pledge_id=pledge.pk)
    pledge.refresh_from_db()
    assert pledge.state == "live"


def test_a_withdrawn_pledge_is_not_revived_by_a_mark():
    pledge = made.pledge()
    services.move_pledge(pledge=pledge, name="withdraw", role=GIVER)
    services.mark_live(pledge_id=pledge.pk)
    pledge.refresh_from_db()
    assert pledge.state == "withdrawn"


ROLES = [GIVER, "coordinator", "support_officer", "economic_development", "adviser", "system"]


@pytest.mark.parametrize("lifecycle", [PLEDGE, EVENT, EMPLOYER], ids=lambda each: each.model)
@pytest.mark.parametrize("role", ROLES)
def test_every_state_and_move_for_every_role(lifecycle, role):
    """The engine follows the table: nothing else moves, and nobody else may."""
    for state in lifecycle.states:
        for move in lifecycle.moves:
            may = state in move.old and role in move.roles
            assert (move in lifecycle.may(state, role)) == may


@pytest.mark.parametrize(
    ("role", "name"), [("adviser", "withdraw"), ("support_officer", "withdraw"), (GIVER, "go_live")]
)
def test_the_engine_refuses_a_role(role, name):
    with pytest.raises(MoveRefused):
        services.move_pledge(pledge=made.pledge(), name=name, role=role)


def test_a_correction_keeps_the_identity_and_stops_when_it_is_open(heard):
    pledge = made.pledge()
    heard.clear()
    to = services.Correction(
        places=7, words="More", by_month=None, postcode="NG18 1AA", category=None, publish_if_silent=True
    )
    services.correct_pledge(pledge=pledge, to=to)
    after = Pledge.objects.get()
    assert (after.places, after.words, after.identity) == (7, "More", pledge.identity)
    assert after.partnership == factories.partnership() and heard == [pledge.pk]
    services.mark_live(pledge_id=pledge.pk)
    with pytest.raises(services.AlreadyOpen):
        services.correct_pledge(pledge=pledge, to=to)


def test_event_codes_are_readable_and_one_is_tried_again(monkeypatch):
    owner = factories.user()
    letters = iter("BBBBBB" + "BBBBBB" + "CCCCCC")
    monkeypatch.setattr(services.secrets, "choice", lambda _letters: next(letters))
    assert [made.event(owner=owner).code, made.event(owner=owner).code] == ["BBBBBB", "CCCCCC"]
    with pytest.raises(IntegrityError, match="event_code_readable"), transaction.atomic():
        Event.objects.update(code="B0B0B0")


def test_the_kinds_are_as_the_domain_says():
    kinds = {kind.code: kind for kind in PledgeKind.objects.order_by("position")}
    assert len(kinds) == 18 and next(iter(kinds)) == "undecided"
    places = [kind for kind in kinds.values() if kind.becomes == "places"]
    assert sorted(kind.bit for kind in places) == list(range(13))
    assert {kind.code for kind in kinds.values() if kind.becomes == "ask"} == {"kit", "donation"}
    words = [word for kind in kinds.values() for word in kind.aliases]
    assert len(words) == len(set(words)), "one word for two kinds"


def test_made_today_by_the_clock_of_the_database():
    assert made.pledge().made_at.astimezone(clock.LONDON).date() == clock.today()
