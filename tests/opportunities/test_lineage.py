"""Which draft came of which: both say so in their history."""

import re

import pytest

from core.lifecycle import MoveRefused
from core.models import LifecycleLog
from opportunities import renewing
from opportunities.models import Opportunity
from pledges.models import Pledge
from tests import factories
from tests.opportunities import factories as make
from tests.opportunities.test_desk import page_of
from tests.opportunities.test_desk_steps import move

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(sign_in):
    return sign_in(user=factories.membership("coordinator", of=factories.user("Amina Sender")).user)


def lines(client, row: Opportunity) -> str:
    """The history, newest first, each other draft as its address."""
    html = client.get(page_of(row)).content.decode()
    return re.sub(r'<a href="([^"]+)">See the other one</a>', r"\1", html[html.index("What was done") :])


def other_of(row: Opportunity) -> Opportunity:
    return Opportunity.objects.filter(pledge=row.pledge_id).exclude(pk=row.pk).get()


def test_both_drafts_of_a_split_say_so_once_with_the_way_to_the_other(client):
    row = make.draft(places=3)
    move(client, row, "split", places="1")
    other = other_of(row)
    told = f"Some of its places went to a second draft: Amina Sender. {page_of(other)}"
    assert lines(client, row).count(told) == 1 and "The draft was made from the pledge" in lines(client, row)
    told = f"Made from a draft that became two: Amina Sender. {page_of(row)}"
    assert lines(client, other).count(told) == 1 and "made from the pledge" not in lines(client, other)
    assert LifecycleLog.objects.filter(move__startswith="split").count() == 2


def test_what_is_offered_again_by_an_officer_says_so_on_both_sides(client):
    row = make.published(pledge=make.pledge(places=5), places=3)
    beside = make.published(pledge=Pledge.objects.get(pk=row.pledge_id), places=1)
    move(client, row, "close", why="Over", outcome="nobody")
    move(client, row, "again")
    new = Opportunity.objects.get(pledge=row.pledge_id, state="draft")
    assert f"Offered again as another draft: Amina Sender. {page_of(new)}" in lines(client, row)
    assert f"Made from one that has ended: Amina Sender. {page_of(row)}" in lines(client, new)
    assert "See the other one" not in lines(client, beside) and page_of(new) not in lines(client, beside)


def test_what_is_offered_again_by_itself_says_so_on_both_sides(client):
    row = make.published(places=2)
    move(client, row, "close", why="Over", outcome="nobody")
    new = other_of(row)
    move(client, row, "again")  # the one that is there: not said a second time
    assert lines(client, row).count(f"Offered again as another draft: by itself. {page_of(new)}") == 1
    assert lines(client, new).count(f"Made from one that has ended: by itself. {page_of(row)}") == 1
    assert LifecycleLog.objects.filter(move__startswith="offered").count() == 2


@pytest.mark.parametrize("name", ["split", "again"])
def test_planted_without_the_lines_neither_side_knows(client, name, monkeypatch):
    monkeypatch.setattr(renewing.lineage, "log", lambda **_line: None)
    row = make.draft(places=3) if name == "split" else make.published(places=2)
    if name == "again":
        move(client, row, "close", why="Over", outcome="nobody")
    move(client, row, name, places="1")
    assert "See the other one" not in client.get(page_of(row)).content.decode()


def test_a_split_that_is_refused_leaves_no_line():
    row = make.draft(places=3)
    with make.acting(factories.user()) as officer, pytest.raises(MoveRefused):
        renewing.split(opportunity=row, by=officer, role="coordinator", places=3)
    assert not LifecycleLog.objects.filter(object_id=row.pk).exists()
