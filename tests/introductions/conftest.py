"""Somebody with a page of their own; a worker, and somebody of hers four weeks after their first day."""

import pytest

from tests import factories
from tests.introductions import chain
from tests.introductions.staying_made import person, started
from tests.introductions.test_me import own_account
from tests.introductions.test_staying import go


@pytest.fixture
def kai():
    return own_account()


@pytest.fixture
def dana(db):
    return factories.membership("adviser", of=factories.user("Dana Whitlock")).user


@pytest.fixture
def start(dana):
    to = chain.opportunity(title="Kitchen porter", town="Ravenshead")
    somebody = person(worker=dana, account=True, name="Zebedee Quill", label="Zebedee Q.", living_sector="NG19 7")
    found = started(somebody, to)
    go("week4")
    return found
