"""Two councils with one young person each, and test addresses in place of the product's."""

import datetime as dt

import pytest

from accounts.models import AdviserLink
from tests import factories


@pytest.fixture(autouse=True)
def test_addresses(settings, monkeypatch):
    settings.ROOT_URLCONF = "tests.walls.urls"
    monkeypatch.setattr("accounts.menus._entries", [])  # the product's menus lead to addresses that are not here
    settings.POLICY = "tests.walls.urls.POLICY"


@pytest.fixture
def two_councils(db):
    return make_two_councils()


@pytest.fixture
def two_councils_committed(transactional_db):
    """The same, committed: for tests that need several connections, or to see a real COMMIT."""
    return make_two_councils()


def make_two_councils() -> dict:
    found = {}
    for key, name in (("a", "Nottingham"), ("b", "Derby")):
        council = factories.council(name)
        worker = factories.adviser(council=council)
        found[name] = council
        found[key] = factories.young_person(council, f"person of {name}", worker=worker)
    return found


def link_for(person, worker) -> AdviserLink:
    with factories.as_worker():
        AdviserLink.objects.filter(person=person).update(ended_on=dt.date(2026, 1, 1))
        return AdviserLink.objects.create(person=person, worker=worker, started_on=dt.date(2026, 1, 2))
