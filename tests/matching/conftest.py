import pytest

from matching import passes
from tests import database
from tests import factories as everybody
from tests.matching import factories


@pytest.fixture(autouse=True)
def a_matcher_that_has_just_started(monkeypatch):
    """No columns are kept from one test to the next."""
    monkeypatch.setattr(passes, "_kept", None)


@pytest.fixture
def as_fr_worker(transactional_db):
    """Django connected as fr_worker, with real commits: runs that have their transaction to themselves."""
    with database.point_django_at(USER="fr_worker"):
        yield


@pytest.fixture
def world(db):
    """Two advisers of one council and one of another, each with a young person for whom something fits."""
    factories.places()
    found = {}
    for name, council in (("mine", "Nottinghamshire"), ("colleague", "Nottinghamshire"), ("other", "Derbyshire")):
        council = everybody.council(council)
        adviser = factories.adviser(council=council)
        person = factories.person(of=council, worker=adviser, label=f"L-{name}", categories=1 << 5)
        found[name] = {"adviser": adviser, "person": person}
    found["row"] = factories.opportunity(audience="england", categories=1 << 5)
    factories.run()
    return found
