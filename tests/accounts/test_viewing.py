"""Who looked: one row per viewer, page and day, walled, and never changed; and no page forgets to write it."""

import pytest
from django.db import ProgrammingError, connection, transaction
from django.urls import NoReverseMatch, reverse

import matching.views
from accounts import hats, viewing
from accounts.models import View
from accounts.viewing import log_view
from config.policy import POLICY
from core.scope import Scope, scope
from tests import factories
from tests.accounts import days

pytestmark = pytest.mark.django_db


def rows() -> list[tuple[int | None, int, str, str]]:
    with factories.as_worker():
        return list(View.objects.order_by("pk").values_list("person_id", "viewer_id", "role", "page"))


@pytest.fixture
def two(sign_in):
    """A worker with two young people, and a colleague with one."""
    worker, colleague = factories.adviser(), factories.adviser()
    return {
        "worker": worker,
        "people": [factories.young_person(label=f"L-{name}", worker=worker) for name in "ab"],
        "theirs": factories.young_person(label="L-theirs", worker=colleague),
    }


def hat(user):
    return hats.hat_of(hats.memberships(user.pk)[0])


def test_one_row_for_each_viewer_page_and_day(two):
    found = hat(two["worker"])
    ids = [person.pk for person in two["people"]]
    for day in ("2026-11-25", "2026-11-26"):
        with days.on(day), scope(found.scope()):
            log_view(found, [*ids, ids[0]], View.Page.LIST)
            log_view(found, ids, View.Page.LIST)
            log_view(found, ids[:1], View.Page.PERSON)
    with factories.as_worker():
        kept = list(View.objects.order_by("on", "page", "person_id").values_list("on", "page", "person_id"))
    assert [(str(on), page, person) for on, page, person in kept] == [
        (day, page, person)
        for day in ("2026-11-25", "2026-11-26")
        for page, person in (("list", ids[0]), ("list", ids[1]), ("person", ids[0]))
    ]


def test_the_day_is_london_s(two):
    found = hat(two["worker"])
    with days.at("2026-06-30 23:30"), scope(found.scope()):  # in UTC: half past midnight in London
        log_view(found, [two["people"][0].pk], View.Page.LIST)
    with factories.as_worker():
        assert str(View.objects.get().on) == "2026-07-01"


def test_any_number_of_people_is_one_query(two, django_assert_num_queries):
    found = hat(two["worker"])
    for people in (two["people"], []):
        with scope(found.scope()), django_assert_num_queries(1):
            log_view(found, [person.pk for person in people], View.Page.LIST)
    assert len(rows()) == 2


def test_nobody_writes_about_a_person_of_another_council(two):
    found = hat(factories.adviser(council=factories.council("Derbyshire")))
    with pytest.raises(ProgrammingError, match="row-level security"), scope(found.scope()):
        log_view(found, [two["people"][0].pk], View.Page.LIST)
    assert rows() == []


def test_both_walls_keep_the_log_to_whoever_sees_the_person(two):
    found = hat(two["worker"])
    with scope(found.scope()):
        log_view(found, [two["people"][0].pk], View.Page.PERSON)
    for seen, sees in (
        (found.scope(), 1),
        (Scope(person=two["people"][0].pk), 1),
        (Scope(person=two["people"][1].pk), 0),
        (Scope(councils=frozenset([factories.council("Derbyshire").pk])), 0),
        (Scope(), 0),
    ):
        with scope(seen), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM view_log")
            assert cursor.fetchone()[0] == View.objects.count() == sees, seen


@pytest.mark.parametrize("statement", ["UPDATE view_log SET page = 'list'", "DELETE FROM view_log"])
def test_the_web_role_may_neither_change_nor_delete(statement, two):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


# --- no page forgets --------------------------------------------------------------------------------------------------

READERS = ("adviser", "social_worker", "team_manager")


def addresses(role: str, person) -> list[str]:
    """Every page the role may read whose address needs nothing, or a young person."""
    found = []
    for name, route in POLICY.items():
        if role not in route.read:
            continue
        for arguments in ({}, {"public_id": person.public_id}):
            try:
                found.append(reverse(name, kwargs=arguments))
            except NoReverseMatch:
                continue
    return found


def silent(role: str, user, person, client) -> list[str]:
    """Pages that showed the person to the user and wrote nothing down."""
    found = []
    for address in addresses(role, person):
        with transaction.atomic():
            answer = client.get(address)
            shown = answer.status_code == 200 and person.label in answer.content.decode()
            if shown and (person.pk, user.pk) not in [(row[0], row[1]) for row in rows()]:
                found.append(address)
            transaction.set_rollback(True)  # each page for itself
    return found


@pytest.mark.parametrize("role", READERS)
def test_no_page_shows_anybody_without_writing_down_who_looked(role, two, sign_in):
    user = two["worker"] if role == "adviser" else factories.membership(role).user
    person = two["people"][0] if role == "adviser" else factories.young_person(label="L-c", worker=user)
    client = sign_in(user=user)
    assert len(addresses(role, person)) >= 2
    assert silent(role, user, person, client) == []
    assert person.label in client.get(reverse("matching:list-people")).content.decode()
    assert (person.pk, user.pk, role, "list") in rows()


def test_planted_page_that_forgets_is_found(two, sign_in, monkeypatch):
    monkeypatch.setattr(matching.views, "log_view", lambda *_: None)
    found = silent("adviser", two["worker"], two["people"][0], sign_in(user=two["worker"]))
    assert reverse("matching:list-people") in found
    assert reverse("matching:show-person", args=[two["people"][0].public_id]) in found


def test_planted_log_without_the_day_s_limit_writes_twice(two, monkeypatch):
    """What ON CONFLICT is for: without it the second look would be an error for the reader."""
    monkeypatch.setattr(viewing, "LOG_SQL", viewing.LOG_SQL.replace("ON CONFLICT DO NOTHING", ""))
    found = hat(two["worker"])
    with scope(found.scope()):
        log_view(found, [two["people"][0].pk], View.Page.LIST)
        with pytest.raises(Exception, match="view_log_once_a_day"), transaction.atomic():
            log_view(found, [two["people"][0].pk], View.Page.LIST)
