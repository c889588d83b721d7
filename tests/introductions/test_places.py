"""Whatever is done, the places an opportunity counts as held are those its introductions hold, and never too many."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock
from core.lifecycle import SYSTEM, MoveRefused
from introductions import services, starting, sweeping
from introductions.lifecycle import INTRODUCTION
from introductions.models import Introduction, Permission, Start
from opportunities.models import Opportunity
from pledges.models import Pledge
from tests import factories
from tests.introductions import chain

pytestmark = pytest.mark.django_db
ROOM, PEOPLE = 2, 4
SAFE = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


def on(move):
    return lambda row: services.move_on(introduction=row, move=move, role="giver")


def ending(move, role, why):
    return lambda row: services.end(introduction=row, move=move, role=role, ending=why)


def answer(row):
    question = Permission.objects.filter(introduction=row, answer="").first()
    if question:
        services.answer(permission=question, yes=True, role="young_person")


def freeze(row):
    INTRODUCTION.move(row, "freeze", role=SYSTEM, changes={"frozen_from": row.state})


def thaw(row):
    if row.frozen_from:
        INTRODUCTION.move(row, f"thaw_{row.frozen_from}", role=SYSTEM, changes={"frozen_from": ""})


def with_start(row, verb, **more):
    start = Start.objects.filter(introduction=row).first()
    if start:
        verb(start=start, **more)


def over(row, why):
    with_start(row, starting.end, role="adviser", ending=why, on=clock.today())


ONWARD = {"interested": "ask", "asked": "answer", "permitted": "introduce", "introduced": "offer", "offered": "start"}


def onward(row):
    """The next step: without it a script seldom comes as far as a start."""
    if row.state in ONWARD:
        DO[ONWARD[row.state]](row)


DO = {
    "onward": onward,
    "again": lambda row: chain.interested(row.person, row.opportunity),
    "ask": chain.ask,
    "answer": answer,
    "introduce": lambda row: services.introduce(introduction=row, role="adviser", adult_name="Sam Hale"),
    "meet": on("meet"),
    "offer": on("offer"),
    "check": on("check"),
    "start": chain.start,
    "start next week": lambda row: chain.start(row, 7),
    "put right": lambda row: with_start(row, starting.put_right, role="adviser", facts=chain.start_facts(0)),
    "another day": lambda row: with_start(row, starting.put_right, role="adviser", facts=chain.start_facts(3)),
    "never": lambda row: over(row, "never"),
    "finish": lambda row: over(row, "finished"),
    "let go": lambda row: over(row, "let_go"),
    "say no to the day": lambda row: with_start(row, starting.decline),
    "not this time": ending("not_this_time", "giver", "not_this_time"),
    "decline": ending("decline", "young_person", "young_person"),
    "withdraw": ending("withdraw", "young_person", "withdrawn"),
    "fall away": ending("fall_away", SYSTEM, "closed"),
    "support": sweeping._end_support,
    "freeze": freeze,
    "thaw": thaw,
}
steps = st.tuples(st.sampled_from(sorted(DO) + ["onward"] * 2 * len(DO)), st.integers(0, PEOPLE - 1))


def balance(opportunity_id):
    """Held as counted, as the introductions hold, as the pledge keeps; and begun."""
    row = Opportunity.objects.select_related("pledge").get(pk=opportunity_id)
    mine = Introduction.objects.filter(opportunity=row)
    held = mine.filter(holds_place=True).count()
    started = Start.objects.filter(introduction__in=mine).exclude(ending="never").count()
    return (row.places_held, row.places_started), (held, started), (row.pledge.places_held, row.pledge.places_started)


def do(script, verbs):
    """The script on four people who want two places; after each step everything balances."""
    with factories.as_worker(), transaction.atomic():
        to = chain.opportunity(places=ROOM)
        people = [chain.person() for _each in range(PEOPLE)]
        for somebody in people:
            chain.interested(somebody, to)
        for verb, who in script:
            row = Introduction.objects.filter(person=people[who]).order_by("-pk").first()
            try:
                with transaction.atomic():
                    verbs[verb](row)
            except MoveRefused:
                pass
            counted, are, pledge = balance(to.pk)
            assert counted == are == pledge, (verb, script)
            assert sum(counted) <= ROOM
        transaction.set_rollback(True)


@settings(max_examples=12, deadline=None, suppress_health_check=SAFE)
@given(script=st.lists(steps, min_size=15, max_size=30))
def test_any_script_balances(script):
    do(script, DO)


@pytest.mark.deep
@settings(max_examples=400, deadline=None, suppress_health_check=SAFE)
@given(script=st.lists(steps, min_size=20, max_size=40))
def test_ten_thousand_steps_balance(script):
    do(script, DO)


@pytest.mark.parametrize("verb", ["withdraw", "decline", "not this time"])
def test_planted_an_end_that_keeps_the_place_is_found(verb, monkeypatch):
    script = [("ask", 0), ("answer", 0), ("introduce", 0), (verb, 0)]
    do(script, DO)
    monkeypatch.setattr(services, "give_back_place", lambda **more: None)
    with pytest.raises(AssertionError):
        do(script, DO)


def test_planted_a_pledge_that_was_not_told_is_found():
    with factories.as_worker():
        row = chain.walked("introduced")
        Pledge.objects.update(places_held=0)
        counted, are, pledge = balance(row.opportunity_id)
    assert counted == are != pledge


def test_planted_a_start_that_never_began_and_keeps_its_place_is_found(monkeypatch):
    script = [("ask", 0), ("answer", 0), ("introduce", 0), ("offer", 0), ("start", 0), ("never", 0)]
    do(script, DO)
    monkeypatch.setattr(starting, "give_back_place", lambda **more: None)
    with pytest.raises(AssertionError):
        do(script, DO)


def test_planted_a_start_that_takes_no_place_is_found(monkeypatch):
    script = [("ask", 0), ("answer", 0), ("introduce", 0), ("offer", 0), ("start", 0)]
    do(script, DO)
    monkeypatch.setattr(starting, "start_place", lambda **more: None)
    with pytest.raises(AssertionError):
        do(script, DO)
