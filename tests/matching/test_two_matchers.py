"""Two at work at once, matchers or people who save: one waits for the other, and nothing is lost."""

import threading

import pytest
from django.db import connection

from accounts.models import YoungPerson
from matching import engine, services, store
from matching.models import Interests
from tests import database
from tests import factories as everybody
from tests.matching import factories
from tests.matching.at_work import forget_other_processes, other_connection, until_blocked_or_done

# --- two matchers -----------------------------------------------------------------------------------------------------


def two_matchers(monkeypatch) -> bool:
    """A second matcher runs between the first one's reading and writing. Do the matches come out right?"""
    factories.places()
    person = factories.person()
    factories.opportunity()
    factories.opportunity(live=False)
    services.run_pending()
    with everybody.as_worker():
        Interests.objects.filter(pk=person.pk).update(radius_m=9_000)  # the first matcher writes the whole list
    calm, others = engine.best_for, []

    def second_matcher():
        try:
            services.run_pending()
        finally:
            connection.close()

    def interrupted(*args):
        found = calm(*args)
        if not others:
            others.append(threading.Thread(target=second_matcher))
            with other_connection() as other:  # something new, committed while the first one has already read
                other.execute("UPDATE opportunity_search SET live = true")
                other.commit()
                others[0].start()
                until_blocked_or_done(others[0], other)
        return found

    monkeypatch.setattr(engine, "best_for", interrupted)
    services.run_pending()
    others[0].join()
    return factories.stored() == factories.oracle() and len(factories.stored()) == 2


def test_two_matchers_wait_for_one_another(as_fr_worker, monkeypatch):
    assert two_matchers(monkeypatch)


def test_twin_without_the_lock_writes_something_else(as_fr_worker, monkeypatch):
    forget_other_processes(monkeypatch)
    monkeypatch.setattr(store, "lock", lambda cursor: None)
    assert not two_matchers(monkeypatch)


# --- two people who save ----------------------------------------------------------------------------------------------


def race(as_insert: bool) -> tuple[int, int]:
    """Somebody corrects the living area while somebody else saves interests: (easting stored, easting true)."""
    factories.places()
    person = everybody.young_person(living_sector="XA1 1")
    if not as_insert:
        factories.wishes(person)
    save = (
        "INSERT INTO interests"
        " (person_id, kinds, categories, ticked, open_to_anything, hours, has, travel, radius_m, remote_ok, words)"
        f" VALUES ({person.pk}, 0, 0, 0, false, 0, 0, 'bus', 5000, false, '')"
        if as_insert
        else f"UPDATE interests SET radius_m = 6000 WHERE person_id = {person.pk}"
    )
    with other_connection() as first, other_connection() as second, other_connection() as watch:
        first.execute("UPDATE young_person SET living_sector = 'XA1 3' WHERE id = %s", [person.pk])
        thread = threading.Thread(target=lambda: (second.execute(save), second.commit()))
        thread.start()
        until_blocked_or_done(thread, watch)
        first.commit()
        thread.join()
    with everybody.as_worker():
        return Interests.objects.get(pk=person.pk).easting, factories.PLACES["XA1 3"][0]


@pytest.mark.parametrize("as_insert", [True, False])
def test_a_correction_is_never_lost(as_insert, as_fr_worker):
    stored, true = race(as_insert)
    assert stored == true


def test_twin_without_the_shared_lock_loses_it(as_fr_worker):
    with database.owner(connection.settings_dict["NAME"]) as owner:
        (source,) = owner.execute("SELECT pg_get_functiondef('interests_derive'::regproc)").fetchone()
        owner.execute(source.replace(" FOR SHARE", ""))
    stored, true = race(as_insert=True)
    assert stored != true


@pytest.mark.django_db
def test_interests_follow_the_person():
    factories.places()
    person = factories.person(birth_month="2008-02-01")
    with everybody.as_worker():
        before = Interests.objects.get(pk=person.pk)
        assert before.born_on.isoformat() == "2008-02-29" and before.easting == 450_000
        YoungPerson.objects.filter(pk=person.pk).update(right_to_work="volunteering", living_sector="XA1 2")
        after = Interests.objects.get(pk=person.pk)
    assert after.volunteering_only and (after.easting, after.northing) == factories.PLACES["XA1 2"]
