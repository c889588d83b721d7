"""No public trace of a person (domain, section 5): every address that is open to visitors says the same, byte for byte,
before and after one person is introduced, begins, or leaves."""

from functools import partial

import pytest
from django.db import transaction
from django.test import Client

from config.policy import POLICY
from core import clock
from introductions import starting, sweeping
from opportunities import following, live, places, services, shown, views
from opportunities.api import reading
from pledges import asks, discreet, honest, wall
from pledges.views import honest as honest_page
from tests import factories
from tests.introductions import chain
from tests.opportunities import factories as make
from tests.pledges.public_walk import ELSEWHERE, World, differences, named

pytestmark = pytest.mark.django_db


def test_every_address_open_to_visitors_is_walked():
    public = {route.name for route in POLICY.values() if "*" in route.read}
    assert public - ELSEWHERE == set(World().addresses)


def test_the_walk_sees_pages_and_nothing_differs_by_itself():
    world = World()
    first, second = world.walk(), world.walk()
    assert not differences(first, second), named(differences(first, second))
    for address, (status, _headers, body) in first.items():
        assert status in (200, 302, 404) and (status != 200 or len(body) > 60), address
    assert b"Kitchen porter" in first["/opportunities/"][2]
    assert b"Kitchen porter" in first["/api/v1/opportunities/"][2]
    assert b"open or filled" in first[f"/pledge/{world.event.code}/promises/"][2]
    assert b"Keep it for later?" in first[world.mailed][2]
    assert b"Firm 0" in first[f"/pledge/{world.event.code}/wall/"][2]


def test_one_person_leaves_no_trace_in_public():
    world = World()
    before = world.walk()
    for step in (
        lambda: world.take(places.hold_place),
        lambda: world.take(places.give_back_place),
        lambda: world.take(places.hold_place),
        lambda: world.take(places.start_place),
        lambda: world.take(places.give_back_place, started=True),
    ):
        step()
        found = differences(before, world.walk())
        assert not found, named(found)


def test_an_introduction_and_a_start_driven_through_leave_no_trace_in_public():
    """By the verbs themselves, at a firm of six: on the way, a first day, there, and over; and one that never began."""
    world = World()
    before = world.walk()
    for ending in ("left", "never"):
        for step in driven(world, ending):
            with factories.as_worker():
                step()
            found = differences(before, world.walk())
            assert not found, named(found)
    world.row.refresh_from_db()
    assert (world.row.places_held, world.row.places_started) == (0, 1)


def driven(world, ending):
    """The steps of one person, in turn."""
    world.row.refresh_from_db()
    with factories.as_worker():
        row = chain.interested(chain.person(factories.adviser()), world.row)
    yield from (
        partial(chain.step, row, to, factories.user()) for to in ("asked", "permitted", "introduced", "offered")
    )
    yield partial(chain.start, row, 5)
    yield lambda: starting.put_right(start=row.start, role="adviser", facts=chain.start_facts(0))
    yield lambda: starting.end(start=row.start, role="adviser", ending=ending, on=clock.today())
    yield sweeping.sweep


def test_one_thing_asked_for_leaves_no_trace_in_public():
    """The giver's own page names the thing, and never for whom: all the others say the same."""
    world = World()
    own = world.addresses["introductions:show-home-link"][1]
    before = world.walk()
    ask = world.ask()
    found = differences(before, world.walk())
    assert set(found) == {own} and ask.number.encode() in found[own][1][2], named(found)
    with make.acting(world.officer):
        asks.hand_over(ask=ask, by=world.officer, role="support_officer")
    found = differences(before, world.walk())
    assert not found, named(found)


def closed_by_hand(world) -> dict[str, tuple]:
    """What visitors would see if the opportunity had been closed with nobody in it. Nothing of it stays."""
    with transaction.atomic():
        with make.acting(world.officer):
            services.close(opportunity=world.row, by=world.officer, role="coordinator", why="Over")
        seen = world.walk()
        transaction.set_rollback(True)
    world.row.refresh_from_db()
    return seen


@pytest.mark.parametrize("code", ["ringfenced-job", "guaranteed-interview"])
def test_the_last_place_leaves_no_trace_either(code):
    """A firm of six with one place: held, begun, the promise kept. Only an officer's own act changes what is public."""
    world = World(places_open=1, code=code)
    before, closed = world.walk(), closed_by_hand(world)
    for step in (places.hold_place, places.start_place):
        world.take(step)
        found = differences(before, world.walk())
        assert not found, named(found)
    world.pledges[0].refresh_from_db()
    assert world.pledges[0].state == "kept"
    assert (str(world.row.public_id).encode() in before["/sitemap.xml"][2]) == (code == "guaranteed-interview")
    nightly()
    found = differences(before, world.walk())
    assert not found, named(found)
    with make.acting(world.officer):
        services.close(opportunity=world.row, by=world.officer, role="coordinator", why="Over")
    after = world.walk()
    assert after[f"/opportunities/{world.row.public_id}/"][0] == 410
    pages = [address for name, group in world.addresses.items() if name.startswith("opportun") for address in group]
    assert {name: after[name] for name in pages} == {name: closed[name] for name in pages}


def nightly() -> None:
    with factories.as_worker():
        live.refresh_all()


# --- the same walk with a planted defect


def left(row):
    return row.places - row.places_held - row.places_started


def a_page_that_says_how_many_are_left(monkeypatch):
    plain = shown.facts
    more = lambda row: {"icon": "door", "text": f"{left(row)} places left"}  # noqa: E731
    monkeypatch.setattr(shown, "facts", lambda row, *rest: [*plain(row, *rest), more(row)])


def an_api_that_does(monkeypatch):
    plain = reading.OpportunitySerializer.to_representation
    monkeypatch.setattr(
        reading.OpportunitySerializer, "to_representation", lambda self, row: {**plain(self, row), "left": left(row)}
    )


def a_wall_that_counts_what_is_free(monkeypatch):
    monkeypatch.setattr(wall, "COUNTS", wall.COUNTS.replace("sum(p.places)", "sum(p.places - p.places_held)"))


def links_that_say_kept(monkeypatch):
    monkeypatch.setattr(discreet, "ENOUGH", 0)


def an_honest_page_that_says_kept_each_day(monkeypatch):
    monkeypatch.setattr(honest_page, "score_of", lambda event, today: honest.score_of(event, today=today, public=False))


def a_flag_that_the_last_place_turns(monkeypatch):
    full = "o.places_held + o.places_started < o.places AND b.state = 'checked'"
    monkeypatch.setattr(live, "REFRESH", live.REFRESH.replace("b.state = 'checked'", full))


def a_page_that_is_over_when_full(monkeypatch):
    monkeypatch.setattr(views, "is_open", lambda row, today: row.live and left(row) > 0)


def a_kept_pledge_that_takes_it_down(monkeypatch):
    monkeypatch.setattr(following, "stays_public", lambda row, new: False)


@pytest.mark.parametrize(
    ("defect", "seats", "where"),
    [
        (a_flag_that_the_last_place_turns, 1, "opportunities:list-opportunities"),
        (a_flag_that_the_last_place_turns, 1, "opportunities:show-json"),
        (a_page_that_is_over_when_full, 1, "opportunities:show-opportunity"),
        (a_kept_pledge_that_takes_it_down, 1, "opportunities:show-rss"),
        (a_page_that_says_how_many_are_left, 2, "opportunities:show-opportunity"),
        (an_api_that_does, 2, "opportunities:api-list-opportunities"),
        (a_wall_that_counts_what_is_free, 2, "pledges:show-wall"),
        (links_that_say_kept, 1, "pledges:show-link"),
        (links_that_say_kept, 1, "introductions:answer-home-link"),
        (an_honest_page_that_says_kept_each_day, 1, "pledges:show-promises"),
    ],
)
def test_a_planted_trace_is_found(monkeypatch, defect, seats, where):
    defect(monkeypatch)
    world = World(places_open=seats)
    before = world.walk()
    world.take(places.hold_place)
    if seats == 1:
        world.take(places.start_place)
    assert set(differences(before, world.walk())) & set(world.addresses[where])


def test_from_five_people_on_a_link_says_that_it_is_kept():
    world = World(places_open=5)
    for _person in range(5):
        world.take(places.hold_place)
        world.take(places.start_place)
    link = world.addresses["pledges:show-link"][0]
    assert "Kept" in Client().get(link).content.decode()
    assert (
        "Thank you for what you gave"
        in Client().get(world.addresses["introductions:show-home-link"][0]).content.decode()
    )


def test_who_signs_in_for_the_business_sees_that_it_is_kept(sign_in):
    world = World(places_open=1)
    world.take(places.hold_place)
    world.take(places.start_place)
    client = sign_in("employer_member", employer_id=world.pledges[0].employer_id)
    assert "Kept" in client.get("/employer/").content.decode()


def test_what_cannot_be_done_any_more_through_a_link_is_said():
    world = World(places_open=1)
    world.take(places.hold_place)
    world.take(places.start_place)
    tap = world.addresses["pledges:answer-link"][0]
    assert "Nothing has changed" in Client().post(tap, follow=True).content.decode()
    world.pledges[0].refresh_from_db()
    assert world.pledges[0].state == "kept"
