"""Incremental equals full, whatever happens in between, and whoever else is at work."""

import random
import threading
import time

import psycopg
import pytest
from django.db import connection

from accounts.models import YoungPerson
from matching import columns, engine, passes, services, store, telling
from matching import weights as w
from matching.models import Interests, MatchAction, MatchState
from notifications.models import Outbox
from tests import database
from tests import factories as everybody
from tests.matching import factories


def other_connection(user: str = "fr_worker") -> psycopg.Connection:
    """Somebody else at work in the same database."""
    return psycopg.connect(**database.LOGIN, user=user, dbname=connection.settings_dict["NAME"])


# --- the same content, incrementally and from scratch -----------------------------------------------------------------


class World:
    """Random events, each committed, as the rooms below would write them."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        factories.places()
        self.adviser = factories.adviser()
        self.pledge = factories.pledge()
        self.people = [self.new_person() for _ in range(6)]
        self.opportunities = [self.new_opportunity() for _ in range(8)]

    def interests(self) -> dict:
        pick = self.dice.choice
        return {
            "kinds": pick([0, 0, 1, 3]), "categories": pick([0, 1, 32, 33]), "open_to_anything": pick([True, False]),
            "radius_m": pick([1000, 5000, 10_000, 20_000]), "remote_ok": pick([True, False]),
            "first_kind": pick([None, 0, 1]),
        }  # fmt: skip

    def row(self) -> dict:
        pick = self.dice.choice
        return {
            "categories": pick([1, 32]), "remote": pick([False, False, True]), "audience": pick(["either", "england"]),
            "ringfenced": pick([True, False]), "pays_living_wage": pick([True, False]),
            "live": pick([True, True, False]),
        }  # fmt: skip

    def new_person(self):
        return factories.person(
            worker=self.adviser, sector=self.dice.choice(list(factories.PLACES)), **self.interests()
        )

    def new_opportunity(self):
        return factories.opportunity(of=self.pledge, place=self.dice.choice(list(factories.PLACES)), **self.row())

    def somebody(self):
        return self.dice.choice(self.people)

    def event(self) -> None:
        self.dice.choice([self.arrive, self.publish, self.change, self.wish, self.move, self.dismiss, self.take_back])()

    def arrive(self) -> None:
        self.people.append(self.new_person())

    def publish(self) -> None:
        self.opportunities.append(self.new_opportunity())

    def change(self) -> None:
        version = self.dice.choice([1, 1, 2, 3])
        factories.update(self.dice.choice(self.opportunities), **self.row(), version=version)

    def wish(self) -> None:
        with everybody.as_worker():
            Interests.objects.filter(pk=self.somebody().pk).update(**self.interests())

    def move(self) -> None:
        with everybody.as_worker():
            sector = self.dice.choice([*factories.PLACES, "ZZ9 9"])
            right = self.dice.choice(["unchecked", "volunteering"])
            YoungPerson.objects.filter(pk=self.somebody().pk).update(living_sector=sector, right_to_work=right)

    def dismiss(self) -> None:
        with everybody.as_worker():
            MatchAction.objects.update_or_create(
                person_id=self.somebody().pk,
                opportunity_id=self.dice.choice(self.opportunities).pk,
                defaults={"state": "not_now", "reason": "x", "version": self.dice.choice([1, 2]), "by": self.adviser},
            )

    def take_back(self) -> None:
        with everybody.as_worker():
            MatchAction.objects.filter(person_id=self.somebody().pk).delete()


@pytest.mark.parametrize("keep", [2, 50])
@pytest.mark.parametrize("seed", [1, 2])
def test_after_any_events_incremental_equals_full(seed, keep, as_fr_worker, monkeypatch):
    monkeypatch.setattr(w, "KEEP", keep)
    world = World(seed)
    services.run_pending()
    for step in range(60):
        world.event()
        if step % 4 != 3:
            assert passes.run().full is False
            assert factories.stored() == factories.oracle(), f"after step {step}"
    passes.run()
    assert len(factories.stored()) > 5
    repaired = services.full_pass()
    assert (repaired["written"], repaired["gone"]) == (0, 0)
    assert MatchState.objects.get().repaired_rows == 0


XMIN = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


def forget_other_processes(monkeypatch) -> None:
    """Take the highest revision for the watermark. A transaction that the next test process has open holds the real one
    back; rows are then read again, which puts right what a planted defect did."""
    assert XMIN in store.STATE_SQL
    monkeypatch.setattr(store, "STATE_SQL", store.STATE_SQL.replace(XMIN, MAX_REV))


def test_planted_floor_that_is_too_high_is_seen(as_fr_worker, monkeypatch):
    """The cached floor of a list must only ever be too low: the comparison above catches it when it is not."""
    forget_other_processes(monkeypatch)
    monkeypatch.setattr(w, "KEEP", 2)
    world = World(1)
    services.run_pending()
    monkeypatch.setattr(store, "_remember_floors", lambda columns, found: columns.people["floor"].fill(400))
    wrong = 0
    for _ in range(60):
        world.event()
        passes.run()
        wrong += factories.stored() != factories.oracle()
    assert wrong


@pytest.mark.django_db
def test_shards_equal_one_go():
    factories.places()
    for number in range(7):
        factories.person(sector=list(factories.PLACES)[number % 4], radius_m=5000 + number)
    factories.opportunity()
    factories.run_everything(shard=2)
    assert factories.stored() == factories.oracle() and factories.stored()


@pytest.mark.django_db
def test_running_again_changes_nothing():
    factories.places()
    factories.person(worker=factories.adviser())
    factories.opportunity()
    assert factories.run().written == 1
    again = factories.run_everything()
    assert (again.written, again.gone, again.told) == (0, 0, 0)


def until_nothing_is_pending() -> None:
    """Run until the watermark has passed what is written. A transaction open anywhere on the server holds it back: that
    of a test in the next process, too."""
    deadline = time.monotonic() + 60
    while services.pending():
        assert time.monotonic() < deadline, "the watermark does not move"
        services.run_pending()
        time.sleep(0.05)


def test_a_second_run_finds_nothing_pending(as_fr_worker):
    factories.places()
    factories.person()
    factories.opportunity()
    services.run_pending()
    until_nothing_is_pending()
    assert services.run_pending() == passes.Counts().as_dict()


def test_very_many_changes_go_over_everybody(as_fr_worker, monkeypatch):
    factories.places()
    factories.person()
    services.run_pending()
    monkeypatch.setattr(passes, "MANY", 2)
    pledge = factories.pledge()
    for _ in range(3):
        factories.opportunity(of=pledge)
    assert services.run_pending()["full"] is True
    assert factories.stored() == factories.oracle() and len(factories.stored()) == 3
    until_nothing_is_pending()


# --- what the clock does ----------------------------------------------------------------------------------------------


def test_a_new_day_goes_over_everybody(as_fr_worker):
    """Ages and closing days pass without anybody writing a row."""
    factories.places()
    factories.person()
    services.run_pending()
    MatchState.objects.update(full_pass_at="2026-01-01T12:00:00Z")
    assert services.pending() is True
    assert services.run_pending()["full"] is True
    until_nothing_is_pending()


def test_a_lost_bell_only_delays(as_fr_worker):
    factories.places()
    services.run_pending()
    factories.person()
    factories.opportunity()  # written without ringing anybody
    assert services.pending() is True
    services.run_pending()
    assert factories.stored() == factories.oracle() and factories.stored()


# --- transactions that end late ---------------------------------------------------------------------------------------

MAX_REV = """(SELECT coalesce(max(rev::text::bigint), 0) + 1 FROM (SELECT rev FROM interests
              UNION ALL SELECT rev FROM opportunity_search) r)"""


def late_commit() -> bool:
    """A row is written before another one, and committed after the matcher has seen that other one. Is it found?"""
    factories.places()
    early, late = factories.person(radius_m=500), factories.person(radius_m=500)
    services.run_pending()
    factories.opportunity(place="XA1 2")
    services.run_pending()
    assert factories.stored() == {}
    with other_connection() as other:
        other.execute("UPDATE interests SET radius_m = 5000 WHERE person_id = %s", [late.pk])
        with everybody.as_worker():
            Interests.objects.filter(pk=early.pk).update(radius_m=5000)
        services.run_pending()
        assert {person for person, _ in factories.stored()} == {early.pk}
        other.commit()
    services.run_pending()
    return factories.stored() == factories.oracle()


def test_a_late_commit_is_seen(as_fr_worker):
    assert late_commit()


def test_twin_watermark_of_the_highest_revision_misses_it(as_fr_worker, monkeypatch):
    forget_other_processes(monkeypatch)
    assert not late_commit()


# --- two matchers -----------------------------------------------------------------------------------------------------

BLOCKED = """SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"""


def until_blocked_or_done(thread: threading.Thread, watch: psycopg.Connection) -> None:
    """Until PostgreSQL says that somebody waits for somebody, or the thread has ended. No guess about time."""
    give_up = time.monotonic() + 30
    while thread.is_alive() and not watch.execute(BLOCKED).fetchone()[0]:
        watch.rollback()
        assert time.monotonic() < give_up


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


def test_a_matcher_that_was_not_alone_forgets_what_it_remembers(as_fr_worker, monkeypatch):
    """Its own floors are too high once another one has taken rows off full lists."""
    monkeypatch.setattr(w, "KEEP", 1)
    factories.places()
    factories.person()
    good = factories.opportunity()
    services.run_pending()
    services.run_pending()
    kept = passes._kept
    factories.close(good)
    passes._kept = None  # another process, with its own columns
    services.run_pending()
    passes._kept = kept
    factories.opportunity(place="XA1 2")
    services.run_pending()
    assert factories.stored() == factories.oracle() and len(factories.stored()) == 1


# --- what PostgreSQL keeps --------------------------------------------------------------------------------------------


def race(as_insert: bool) -> tuple[int, int]:
    """Somebody corrects the living area while somebody else saves interests: (easting stored, easting true)."""
    factories.places()
    person = everybody.young_person(living_sector="XA1 1")
    if not as_insert:
        factories.wishes(person)
    save = (
        "INSERT INTO interests"
        " (person_id, kinds, categories, open_to_anything, hours, has, travel, radius_m, remote_ok, words)"
        f" VALUES ({person.pk}, 0, 0, false, 0, 0, 'bus', 5000, false, '')"
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


# --- telling ----------------------------------------------------------------------------------------------------------


def outbox() -> list[tuple[int, int, int]]:
    with everybody.as_worker():
        rows = Outbox.objects.filter(purpose=telling.PURPOSE).order_by("recipient_id", "person_id", "cause_id")
        return list(rows.values_list("recipient_id", "person_id", "cause_id"))


@pytest.mark.django_db
def test_told_once_per_version():
    factories.places()
    adviser = factories.adviser()
    person = factories.person(worker=adviser, categories=1 << 5)
    row = factories.opportunity(categories=1 << 5)
    assert factories.run().told == 1
    factories.update(row, pays_living_wage=True)
    assert factories.run().told == 0
    factories.update(row, version=2)
    assert factories.run().told == 1
    assert factories.told() == [(adviser.pk, person.pk, row.pk, 1), (adviser.pk, person.pk, row.pk, 2)]
    assert outbox() == [(adviser.pk, person.pk, row.pk)] * 2


@pytest.mark.django_db
def test_a_new_adviser_hears_what_the_last_one_did_not():
    factories.places()
    person = factories.person(categories=1 << 5)
    row = factories.opportunity(categories=1 << 5)
    factories.run()
    assert factories.told() == []  # nobody to tell
    first, second = factories.adviser(), factories.adviser()
    factories.link(person, first)
    factories.run()
    factories.link(person, second)
    factories.run()
    assert factories.told() == [(first.pk, person.pk, row.pk, 1)]


@pytest.mark.django_db
def test_a_weak_match_is_shown_but_not_told():
    factories.places()
    factories.person(worker=factories.adviser(), radius_m=5000)
    factories.opportunity(place="XA1 2", ringfenced=False, audience="england")
    factories.run()
    assert [score for score, *_ in factories.stored().values()] == [0] and factories.told() == []


@pytest.mark.django_db
def test_so_many_are_told_of_one_opportunity_and_first_whoever_was_told_least(monkeypatch):
    monkeypatch.setattr(w, "TOLD_AT_LEAST", 2)
    monkeypatch.setattr(w, "TOLD_PER_PLACE", 1)
    factories.places()
    adviser, pledge = factories.adviser(), factories.pledge()
    people = [factories.person(worker=adviser, categories=1 << 5) for _ in range(4)]
    rows = [factories.opportunity(of=pledge, places=1, categories=1 << 5)]
    factories.run()
    assert [person for _, person, *_ in factories.told()] == [people[0].pk, people[1].pk]
    rows.append(factories.opportunity(of=pledge, places=3, categories=1 << 5))
    factories.run()
    second = [person for _, person, opportunity, _ in factories.told() if opportunity == rows[1].pk]
    assert second == [people[0].pk, people[2].pk, people[3].pk]


@pytest.mark.django_db
def test_what_was_acted_on_is_not_told():
    factories.places()
    adviser = factories.adviser()
    person = factories.person(worker=adviser, categories=1 << 5)
    row = factories.opportunity(categories=1 << 5)
    with everybody.as_worker():
        MatchAction.objects.create(person=person, opportunity_id=row.pk, state="shared", version=1, by=adviser)
    factories.run()
    assert factories.stored() and factories.told() == []


class Crash(Exception):
    pass


def crash_at_the_end(monkeypatch) -> tuple[dict, list, list]:
    factories.places()
    services.run_pending()
    factories.person(worker=factories.adviser(), categories=1 << 5)
    factories.opportunity(categories=1 << 5)

    def crash(cursor, **_):
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(store, "finish", crash)
        with pytest.raises(Crash):
            services.run_pending()
    return factories.stored(), factories.told(), outbox()


def test_a_crash_leaves_neither_matches_nor_messages(as_fr_worker, monkeypatch):
    assert crash_at_the_end(monkeypatch) == ({}, [], [])
    services.run_pending()
    assert len(factories.stored()) == len(factories.told()) == len(outbox()) == 1


def test_twin_that_tells_outside_the_transaction_tells_of_nothing(as_fr_worker, monkeypatch):
    """The message is out, its match is not there: the test above would see it."""

    def elsewhere(*, purpose, items):
        with other_connection() as other:
            for recipient, person, cause, version in items:
                other.execute(
                    "INSERT INTO outbox (ref, dedupe_key, purpose, channel, recipient_id, cause_id, person_id,"
                    " state, reason, fence, attempts)"
                    " VALUES (gen_random_uuid(), %s, %s, 'digest', %s, %s, %s, 'held', '', 0, 0)",
                    [f"{cause}:{version}", purpose, recipient, cause, person],
                )
            other.commit()
        return len(items)

    monkeypatch.setattr(telling.notifications, "hold", elsewhere)
    matches, _, messages = crash_at_the_end(monkeypatch)
    assert matches == {} and len(messages) == 1


def test_kept_columns_are_dropped_by_a_failed_run(as_fr_worker, monkeypatch):
    crash_at_the_end(monkeypatch)
    assert passes._kept is None


def test_columns_of_another_transaction_are_not_kept(db):
    """Inside somebody else's transaction rows may yet be rolled back."""
    factories.places()
    factories.person()
    factories.run()
    factories.run()
    assert passes._kept is None


def test_columns_are_loaded_once(as_fr_worker, monkeypatch):
    factories.places()
    services.run_pending()
    loads = []
    load = columns.load
    monkeypatch.setattr(passes, "load", lambda *args, **more: loads.append(1) or load(*args, **more))
    for _ in range(3):
        factories.person()
        services.run_pending()
    assert len(loads) == 1
