"""What had happened before the demonstration begins: people in every state, on their days, and nobody told."""

import datetime as dt
from collections import Counter

import pytest
from django.db import connection

from accounts.models import AdviserLink, Cover, Membership, Objection, Transfer, YoungPerson
from core import clock
from core.models import LifecycleLog
from demo import earlier, settling
from demo.earlier import STORIES, WALK, Story
from demo.past import steps_of
from introductions.lifecycle import INTRODUCTION
from introductions.models import CheckIn, Concern, HelpAgain, Introduction, Permission, Start
from notifications.models import KeptMail, Outbox
from opportunities.models import Opportunity
from tests import factories

S = Introduction.State


def states(model) -> Counter:
    return Counter(model.objects.order_by("pk").values_list("state", flat=True))


def set_clock(day: dt.date) -> None:
    with connection.cursor() as cursor:
        offset = f"{(day - clock.today()).days} days"
        cursor.execute("SELECT set_config('app.clock_offset', %s, true)", [offset])


def test_people_are_found_in_every_state_and_nobody_is_told(db):
    with factories.as_worker():
        before = clock.now()
        settling.settle()
        assert clock.now() - before < dt.timedelta(minutes=5)  # the clock is as it was
        everybody_is_there()
        nothing_lies_ahead(before)
        no_message_goes()


def everybody_is_there():
    # Permission given, and the business not told: "permitted". Stopped with somebody about to go there: "frozen".
    assert set(states(Introduction)) == set(S.values)
    assert set(states(Start)) == {"planned", "begun", "ended"}
    assert Permission.objects.filter(answer="yes", confirmed_at=None, introduction__state="asked").exists()  # 16 or 17
    first_days = {(clock.today() - day).days for day in Start.objects.filter(state="begun").values_list(
        "starts_on", flat=True).order_by("pk")}  # fmt: skip
    assert {1, 30, 92, 210} <= first_days  # day 1, weeks 4, 13 and 30
    assert {"day1", "week1", "week4", "week13", "week26"} == set(
        CheckIn.objects.exclude(answer="").values_list("point", flat=True).order_by("pk")
    )
    assert CheckIn.objects.filter(answer="not_well", seen_at=None).exists()
    assert set(Introduction.objects.filter(state="ended").values_list("ending", flat=True).order_by("pk")) == {
        "not_this_time", "left",
    }  # fmt: skip
    assert set(states(Concern)) == {"new", "seen", "closed"}
    assert (
        Objection.objects.filter(answered_at=None).count() == Objection.objects.exclude(answered_at=None).count() == 1
    )
    assert HelpAgain.objects.filter(taken_at=None).exists()
    asks = Transfer.objects.filter(state="asked").order_by("pk")
    assert [(row.from_council.short_name, row.to_council.short_name) for row in asks] == [
        ("Derbyshire", "Nottinghamshire"), ("Nottinghamshire", "Nottingham"),
    ]  # fmt: skip
    assert Cover.objects.filter(first_day__lte=clock.today(), last_day__gte=clock.today()).exists()
    assert AdviserLink.objects.filter(until__gte=clock.today(), ended_on=None).exists()  # a guest
    assert Membership.objects.filter(role="employer_member").count() == 5
    assert YoungPerson.objects.filter(user__isnull=False).count() == 3
    open_now = set(Opportunity.objects.filter(live=True).values_list("title", flat=True).order_by("pk"))
    assert open_now == {post.title for code, post in earlier.POSTS.items() if code != earlier.TYRES}


def nothing_lies_ahead(now: dt.datetime):
    """What was done was done before now, each step after the one before it, and nobody before they were on the list."""
    moves = LifecycleLog.objects.filter(model=INTRODUCTION.model).order_by("object_id", "pk")
    assert not moves.filter(at__gt=now + dt.timedelta(minutes=5)).exists()
    assert (now - min(moves.values_list("at", flat=True))).days > 210
    for row in Introduction.objects.select_related("person").order_by("pk"):
        mine = [move.at for move in moves if move.object_id == row.pk]
        assert mine == sorted(mine) and row.person.made_at < mine[0]


def no_message_goes():
    """Not even what the day's jobs still find."""
    assert set(Outbox.objects.order_by("pk").values_list("state", "reason")) == {("ended", "before the demonstration")}
    assert not KeptMail.objects.exists()
    assert not CheckIn.objects.filter(answer="", asked_at=None, due_on__lte=clock.today(),
                                      start__introduction__state="started").exclude(
        start__introduction__employer__state="stopped").exclude(side="employer").exists()  # fmt: skip


@pytest.mark.parametrize("day", [dt.date(2026, 12, 28), dt.date(2027, 3, 31), dt.date(2028, 2, 29)])
@pytest.mark.battery
def test_on_any_day(db, day):
    with factories.as_worker():
        set_clock(day)
        settling.settle()
        assert clock.today() == day
        assert set(states(Introduction)) == set(S.values)


def test_the_steps_of_a_story_end_where_it_is_and_go_back_from_there():
    assert steps_of(Story("x", 0, "y", "told", 2)) == [("interested", 5), ("asked", 4), ("yes", 3), ("told", 2)]
    assert steps_of(Story("x", 0, "y", "said yes", 1)) == [("interested", 3), ("asked", 2), ("said yes", 1)]
    assert steps_of(Story("x", 0, "y", "start", -5))[-1] == ("start", 2)


def test_every_story_begins_when_its_post_is_open():
    for story in STORIES:
        assert steps_of(story)[0][1] < earlier.POSTS[story.post].since - 3, story
        assert story.to in WALK or story.to == "said yes"
