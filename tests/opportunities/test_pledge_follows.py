"""An opportunity and its pledge: neither stays behind when the other moves."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from core import clock
from core.lifecycle import MoveRefused
from core.scope import NOBODY, scope
from opportunities import desk, following, next_steps, places, services
from opportunities.law import Law
from opportunities.models import Opportunity, SearchRow
from pledges import ledger
from pledges import services as pledges
from pledges.lifecycle import GIVER
from pledges.models import CallTask, Category, Employer
from pledges.services import Correction
from tests import factories
from tests.core.locks import until_somebody_waits
from tests.opportunities import factories as make
from tests.pledges import made

pytestmark = pytest.mark.django_db


def count(verb, row):
    with scope(NOBODY):
        verb(opportunity_id=row.pk)


def open_of(pledge):
    return list(Opportunity.objects.filter(pledge=pledge, state__in=services.OPEN).order_by("pk"))


def change(row, name, **more):
    with make.acting(factories.user()) as officer:
        getattr(services, name)(opportunity=row, by=officer, role="coordinator", **more)


def stands(row):
    row.refresh_from_db()
    row.pledge.refresh_from_db()
    return row.state, row.live, row.pledge.state


def take_back(pledge, role=GIVER):
    with scope(NOBODY):
        pledges.move_pledge(pledge=pledge, name="withdraw", role=role)


# --- taken back -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [GIVER, "coordinator"])
def test_a_pledge_taken_back_is_hidden_at_once(role):
    row = make.published()
    take_back(row.pledge, role)
    assert stands(row) == ("closed", False, "withdrawn")
    assert not SearchRow.objects.get(pk=row.pk).live


def test_what_is_paused_closes_and_a_draft_is_given_up():
    paused, draft = make.published(), make.draft()
    change(paused, "pause", why="Holidays")
    for row in (paused, draft):
        take_back(row.pledge)
    assert (stands(paused)[0], stands(draft)[0]) == ("closed", "withdrawn")


def test_planted_missing_reaction_leaves_it_open():
    from pledges.events import pledge_ended

    name = f"{following.__name__}.end_with_pledge"
    row = make.published()
    assert pledge_ended.disconnect(dispatch_uid=name)
    try:
        take_back(row.pledge)
        assert stands(row) == ("published", True, "withdrawn")
    finally:
        pledge_ended.connect(following.end_with_pledge, dispatch_uid=name)


def test_the_desk_reads_who_ended_it(sign_in):
    row = make.published()
    take_back(row.pledge)
    page = sign_in("coordinator").get("/desk/opportunities/?part=ended").content.decode()
    assert "Closed: the business took it back" in page


# --- corrected --------------------------------------------------------------------------------------------------------


def correct(pledge, **values):
    pledge.refresh_from_db()
    now = {name: getattr(pledge, name) for name in pledges.CORRECTED}
    with scope(NOBODY):
        pledges.correct_pledge(pledge=pledge, to=Correction(**{**now, **values}))


def test_what_the_giver_adds_later_reaches_the_draft():
    from core.models import Postcode

    code = Postcode.objects.order_by("code").first().code
    pledge = make.pledge(category=None, words="", town="")
    draft = services.draft_from_pledge(pledge_id=pledge.pk)
    trades = Category.objects.get(code="construction-and-trades")
    correct(pledge, category=trades, words="On the roofs", postcode=code, places=4)
    draft.refresh_from_db()
    assert draft.category == trades and "On the roofs" in draft.summary and "trades" in draft.title
    assert draft.sector == code[:-2] and draft.easting and draft.places == 4


def test_what_an_officer_wrote_stays():
    draft = services.draft_from_pledge(pledge_id=make.pledge(words="").pk)
    services.complete(opportunity=draft, by=factories.user(), title="Roofer", places=1)
    correct(draft.pledge, words="On the roofs", category=Category.objects.get(code="animal-care"), places=4)
    draft.refresh_from_db()
    assert (draft.title, draft.places) == ("Roofer", 1) and "On the roofs" in draft.summary


def test_what_waits_for_a_second_person_comes_back_to_be_read_again():
    row = make.submitted(summary=services.first_values(make.pledge())["summary"])
    correct(row.pledge, words="Something else")
    row.refresh_from_db()
    assert row.state == "draft" and "Something else" in row.summary


def test_what_an_officer_wrote_comes_back_too_when_the_giver_corrects_what_it_was_about():
    row = make.submitted(summary="An officer's own words.", questions_done=2**6 - 1)
    correct(row.pledge, words="Something else")
    row.refresh_from_db()
    assert row.state == "draft" and row.summary == "An officer's own words." and row.questions_to_check


def test_a_promise_lowered_below_what_was_shared_out_is_not_sent_in():
    row = make.draft(pledge=make.pledge(places=5))
    services.add_another(opportunity=row, places=3, by=factories.user())
    correct(row.pledge, places=3)
    row.refresh_from_db()
    assert row.places == 2
    with make.acting(factories.user()) as officer, pytest.raises(services.Refused) as caught:
        services.submit(opportunity=row, by=officer, role="coordinator")
    assert [refusal.code for refusal in caught.value.refusals] == ["too_many_places"]


# --- taken up again ---------------------------------------------------------------------------------------------------


def test_a_pledge_taken_up_again_gets_a_new_draft():
    row = make.published()
    take_back(row.pledge)
    with scope(NOBODY):
        pledges.move_pledge(pledge=row.pledge, name="reopen", role=GIVER)
    (draft,) = open_of(row.pledge)
    assert draft.pk != row.pk and draft.state == "draft" and draft.places == row.places


# --- closed -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("started", "state"), [(0, "confirmed"), (1, "partly_kept"), (2, "kept")])
def test_what_becomes_of_the_pledge_when_its_only_opportunity_closes(started, state):
    row = make.published(places=2)
    for _place in range(started):
        count(places.hold_place, row)
        count(places.start_place, row)
    if started == 2:
        assert stands(row) == ("published", True, "kept")  # nothing in public tells of it
        to_do = next_steps.next_step(row, clock.today())
        assert to_do is not None and "Close it" in to_do.what and to_do.what == desk.standing(row, Law.load())
    change(row, "close", why="Over")
    assert stands(row) == ("closed", False, state)
    calls = CallTask.objects.filter(pledge=row.pledge, why="offer-again", state="open")
    assert calls.count() == (1 if started == 0 else 0)
    assert len(open_of(row.pledge)) == (1 if started == 0 else 0)


def test_the_draft_offered_again_says_what_the_last_one_said():
    row = make.published(title="Kitchen team", starts_on=None)
    change(row, "close", why="Over")
    (draft,) = open_of(row.pledge)
    assert (draft.title, draft.pay_pence, draft.places, draft.closes_on) == ("Kitchen team", 1400, 2, None)


def test_a_pledge_stays_live_while_another_opportunity_is_open_or_somebody_is_on_the_way():
    row = make.draft(pledge=make.pledge(places=2))
    services.add_another(opportunity=row, places=1, by=factories.user())
    change(row, "submit")
    change(row, "approve")
    change(row, "close", why="Over")
    assert stands(row)[2] == "live"
    other = make.published()
    count(places.hold_place, other)
    change(other, "close", why="Over")
    assert stands(other)[2] == "live"
    count(places.give_back_place, other)
    assert stands(other)[2] == "confirmed"


# --- resting ----------------------------------------------------------------------------------------------------------


def test_the_giver_reads_that_a_paused_pledge_rests_and_never_that_places_are_taken(client):
    from pledges.messages import link_to

    row = make.published(places=1)
    with factories.as_worker():
        link = link_to(row.pledge)

    def rests():
        return "not open just now" in client.get(link).content.decode()

    assert not rests()
    count(places.hold_place, row)  # full: no reason to say so
    assert not rests()
    change(row, "pause", why="Holidays")
    assert rests()
    count(places.give_back_place, row)
    change(row, "resume")
    assert not rests()
    Employer.objects.filter(pk=row.employer_id).update(state="stopped")
    services.react_to_employer(Employer, id=row.employer_id)
    assert rests()


# --- the same pledge at once ------------------------------------------------------------------------------------------


def grow_two_at_once(*, locked):
    """Two drafts of one place of a pledge of three; both want to have two. Gives what they ended with."""
    with factories.as_worker():
        row = make.draft(pledge=make.pledge(places=3), places=2)
        other = services.add_another(opportunity=row, places=1, by=factories.user())
        services.complete(opportunity=row, by=factories.user(), places=1)
    officer = factories.user()
    written, may_commit, refused = threading.Event(), threading.Event(), []

    def grow(which, wait):
        try:
            with scope(NOBODY), transaction.atomic():
                services.complete(opportunity=which, by=officer, places=2)
                if wait:
                    written.set()
                    assert may_commit.wait(20)
        except ValidationError as error:
            refused.append(error)
        finally:
            connection.close()

    one = threading.Thread(target=grow, args=[row, True])
    two = threading.Thread(target=grow, args=[other, False])
    one.start()
    assert written.wait(20)
    two.start()
    if locked:
        until_somebody_waits()
    else:
        two.join(20)  # nothing holds it up
    may_commit.set()
    one.join(20)
    two.join(20)
    return sum(Opportunity.objects.values_list("places", flat=True)), len(refused)


@pytest.mark.battery
@pytest.mark.django_db(transaction=True)
def test_two_who_grow_parts_of_one_pledge_do_not_promise_more_than_was_promised():
    assert grow_two_at_once(locked=True) == (3, 1)


@pytest.mark.battery
@pytest.mark.django_db(transaction=True)
def test_planted_without_the_lock_they_do(monkeypatch):
    monkeypatch.setattr(ledger, "lock", lambda pledge_ids: None)
    assert grow_two_at_once(locked=False) == (4, 0)


def test_places_never_go_below_nothing():
    row = make.published(places=1)
    for verb in (places.start_place, places.give_back_place):
        with pytest.raises(MoveRefused):
            verb(opportunity_id=row.pk)
    assert made.kind().becomes == "places"
