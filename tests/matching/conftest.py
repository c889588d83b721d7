import pytest

from matching import passes
from tests import database


@pytest.fixture(autouse=True)
def a_matcher_that_has_just_started(monkeypatch):
    """No columns are kept from one test to the next."""
    monkeypatch.setattr(passes, "_kept", None)


@pytest.fixture
def as_fr_worker(transactional_db):
    """Django connected as fr_worker, with real commits: runs that have their transaction to themselves."""
    with database.point_django_at(USER="fr_worker"):
        yield
