"""The scope, and one wall at a time."""

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import AdviserLink, YoungPerson
from core import catalogue
from core.querysets import ScopedManager
from core.scope import EVERYTHING, NOBODY, NoScope, NotTheWorker, Scope, current, scope
from tests import database, factories
from tests.walls.conftest import link_for


def of(council) -> Scope:
    return Scope(councils=frozenset([council.pk]))


def labels() -> set[str]:
    return set(YoungPerson.objects.values_list("label", flat=True))


def test_an_unscoped_query_raises(db):
    for ask in (AdviserLink.objects.all, AdviserLink.objects.count, lambda: YoungPerson.objects.get(pk=1)):
        with pytest.raises(NoScope):
            ask()


def test_a_queryset_that_outlives_its_scope_raises(two_councils):
    with scope(of(two_councils["Nottingham"])):
        late = YoungPerson.objects.all()
    with pytest.raises(NoScope):
        list(late)


def test_related_rows_and_base_manager_keep_to_the_scope(two_councils):
    link_b = link_for(two_councils["b"], factories.adviser(council=two_councils["Derby"]))
    with scope(of(two_councils["Nottingham"])):
        assert two_councils["b"].adviser_links.count() == 0
        assert two_councils["a"].adviser_links.count() == 1
        with pytest.raises(AdviserLink.DoesNotExist):
            link_b.refresh_from_db()


def test_a_row_cannot_be_written_into_another_council(two_councils):
    worker = factories.adviser()
    with pytest.raises(Exception, match="row-level security"), scope(of(two_councils["Nottingham"])):
        AdviserLink.objects.create(
            person_id=two_councils["b"].pk, worker=worker, started_on="2026-01-01", ended_on="2026-01-02"
        )


def test_everything_is_for_the_worker_only(db):
    with pytest.raises(NotTheWorker), scope(EVERYTHING):
        pass


def in_database() -> list[str]:
    names = ("councils", "person", "employer", "actor")
    asked = ", ".join(f"coalesce(current_setting('app.{name}', true), '')" for name in names)
    with connection.cursor() as cursor:
        return list(cursor.execute(f"SELECT {asked}").fetchone())


class Planted(Exception):
    pass


numbers = st.none() | st.integers(1, 9)
scopes = st.builds(
    Scope,
    councils=st.frozensets(st.integers(1, 9), max_size=3),
    person=numbers,
    employer=numbers,
    actor=numbers,
)
endings = st.sampled_from(["well", "raises", "breaks the transaction", "marked for rollback"])
trees = st.recursive(
    st.just([]),
    lambda below: st.lists(st.tuples(scopes, endings, st.booleans(), below), max_size=3),
    max_leaves=8,
)


def walk(tree, expected: Scope) -> None:
    """Enter and leave scopes as the tree says; both halves of the scope must agree at every step."""
    for new, ending, savepoint, below in tree:
        try:
            with transaction.atomic() if savepoint else scope(expected):
                with scope(new):
                    assert in_database() == new.settings() and current() == new
                    walk(below, new)
                    assert in_database() == new.settings() and current() == new
                    if ending == "raises":
                        raise Planted
                    if ending == "breaks the transaction":
                        connection.cursor().execute("SELECT 1/0")
                    if ending == "marked for rollback":
                        transaction.set_rollback(True)
                assert in_database() == expected.settings()
        except Exception as error:
            if ending not in ("raises", "breaks the transaction") or isinstance(error, AssertionError):
                raise
        assert in_database() == expected.settings()


@hypothesis_settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trees)
def test_both_halves_of_the_scope_always_agree(transactional_db, tree):
    with scope(NOBODY):
        walk(tree, NOBODY)
    assert in_database() == NOBODY.settings()


def open_first_wall(monkeypatch) -> None:
    from django.db.models import Manager, QuerySet

    from core.querysets import ScopedQuerySet

    monkeypatch.setattr(ScopedManager, "get_queryset", Manager.get_queryset)
    monkeypatch.setattr(ScopedQuerySet, "_fetch_all", QuerySet._fetch_all)


def open_second_wall() -> None:
    """In this test's own clone, which the next test replaces."""
    with database.owner(connection.settings_dict["NAME"]) as owner:
        for table in catalogue.tables_of_people():
            owner.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')


def test_first_wall_open_the_second_shows_no_foreign_row(two_councils, monkeypatch):
    open_first_wall(monkeypatch)
    with scope(of(two_councils["Nottingham"])):
        assert labels() == {"person of Nottingham"}
        assert AdviserLink.objects.count() == 1
    assert labels() == set()


def test_second_wall_open_the_first_shows_no_foreign_row(two_councils_committed):
    open_second_wall()
    with scope(of(two_councils_committed["Nottingham"])):
        assert labels() == {"person of Nottingham"}
        assert not AdviserLink.objects.filter(person=two_councils_committed["b"]).exists()


def test_both_walls_open_the_foreign_row_shows(two_councils_committed, monkeypatch):
    """The control: without it the two tests above could pass over an empty table."""
    open_first_wall(monkeypatch)
    open_second_wall()
    assert labels() == {"person of Nottingham", "person of Derby"}
