"""The end of support: nobody is matched or supported any more, from that moment on."""

import pytest

from accounts import hats
from accounts.ending import end_support
from accounts.models import AdviserLink, YoungPerson
from accounts.roles import Role
from core.lifecycle import SYSTEM, MoveRefused
from core.models import LifecycleLog
from core.scope import EVERYTHING, scope
from matching import leaving, passes, store
from matching.models import Interests
from tests import database, factories
from tests.core import locks
from tests.matching import factories as matching


def end(person, why="age", role=SYSTEM, by=None) -> bool:
    with factories.as_worker():
        return end_support(person=person, why=why, by=by, role=role)


def test_it_ends_the_link_and_is_written_down_once(db):
    person = factories.young_person(worker=factories.adviser())
    manager = factories.membership("team_manager").user
    assert (end(person, "asked", Role.TEAM_MANAGER, manager), end(person, "age")) == (True, False)
    with factories.as_worker():
        row = YoungPerson.objects.get(pk=person.pk)
        assert row.ended_why == "asked" and row.ended_on is not None
        assert not AdviserLink.objects.current().filter(person=person).exists()
    logs = LifecycleLog.objects.filter(model="accounts.YoungPerson", object_id=person.pk, move="end_support")
    assert list(logs.values_list("actor", "why")) == [(manager.pk, "")]  # the log does not say why


@pytest.mark.parametrize("role", [Role.ADVISER, Role.SOCIAL_WORKER, "young_person", SYSTEM])
def test_only_a_team_manager_records_a_death(role, db):
    person = factories.young_person()
    with pytest.raises(MoveRefused, match="team manager"):
        end(person, "died", role)
    assert end(person, "died", Role.TEAM_MANAGER)


def test_a_manager_ends_it_under_the_web_role_and_another_council_s_cannot(db):
    person = matching.person(worker=factories.adviser())
    for council, found in (("Derbyshire", False), ("Nottinghamshire", True)):
        hat = hats.hat_of(factories.membership("team_manager", council=factories.council(council)))
        with scope(hat.scope()):
            if found:
                assert end_support(person=person, why="died", by=None, role=hat.role)
                continue
            with pytest.raises(YoungPerson.DoesNotExist):
                end_support(person=person, why="died", by=None, role=hat.role)


def test_nobody_is_oneself_after_it(db):
    person = factories.young_person(user=factories.user())
    assert hats.oneself(person.user_id) == person.pk
    end(person)
    assert hats.oneself(person.user_id) is None


# --- nobody is matched any more ---------------------------------------------------------------------------------------


def test_interests_and_matches_go_in_the_same_transaction(db):
    matching.places()
    person = matching.person(worker=factories.adviser())
    matching.opportunity(audience="england")
    matching.run()
    assert [one for one, _ in matching.stored()] == [person.pk]
    end(person)
    with factories.as_worker():
        assert matching.stored() == {} and not Interests.objects.exists()
        assert leaving.leave(person.pk) == 0


@pytest.fixture
def as_fr_worker(transactional_db, monkeypatch):
    monkeypatch.setattr(passes, "_kept", None)
    with database.point_django_at(USER="fr_worker"):
        yield


@pytest.mark.parametrize("planted", [False, True])
def test_a_matcher_that_remembers_them_reads_anew(planted, as_fr_worker, monkeypatch):
    """It keeps columns in memory between its runs, and a row that has gone is no change. Planted: it is not told."""
    monkeypatch.setattr(leaving, "READ_ANEW_SQL", "SELECT 1" if planted else leaving.READ_ANEW_SQL)
    with scope(EVERYTHING):
        matching.places()
        leaver, stays = (matching.person(worker=factories.adviser(), label=label) for label in ("L.V.", "S.T."))
        matching.opportunity(audience="england")
    for number in range(2):  # the first goes over everybody and keeps nothing
        passes.run()
        with scope(EVERYTHING):
            matching.opportunity(audience="england", title=f"Baker {number}")
    passes.run()
    assert passes._kept is not None and {one for one, _ in matching.stored()} == {leaver.pk, stays.pk}
    with scope(EVERYTHING):
        leaving.leave(leaver.pk)
        matching.opportunity(audience="england", title="Gardener")
    passes.run()
    assert {one for one, _ in matching.stored()} == ({leaver.pk, stays.pk} if planted else {stays.pk})


def test_the_matcher_waits_while_somebody_leaves(db):
    """Under the matcher's own lock: it cannot finish in between with columns that still hold them."""
    person = matching.person()
    with factories.as_worker():
        leaving.leave(person.pk)
        assert [number for _, number in locks.own()] == [store.LOCK]
