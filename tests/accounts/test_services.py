"""The verbs of people: who may be added, by which facts, and who works with them."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction

from accounts import services
from accounts.models import AdviserLink, Membership, User, YoungPerson, YoungPersonContact
from core import clock
from core.models import LifecycleLog
from core.scope import Scope, scope
from tests import factories
from tests.core.locks import until_somebody_waits

pytestmark = pytest.mark.django_db


def born(years: int, months: int = 0) -> dt.date:
    """The first of the month `years` and `months` ago."""
    today = clock.today()
    month = today.year * 12 + today.month - 1 - years * 12 - months
    return dt.date(month // 12, month % 12 + 1, 1)


def facts(**more):
    council = factories.council()
    return {"by": None, "council": council, "label": "J.B.", "birth_month": born(19), "sector": "NG18 1", **more}


def as_council(*councils):
    return scope(Scope(councils=frozenset(council.pk for council in councils)))


def test_four_facts_are_enough():
    by = factories.adviser()
    with as_council(factories.council()):
        person = services.add_young_person(**facts(by=by, birth_month=born(19) + dt.timedelta(days=14)))
        person.refresh_from_db()
        assert person.birth_month == born(19)
        assert person.living_authority == factories.council() and person.right_to_work == "unchecked"
        assert not YoungPersonContact.objects.exists() and not AdviserLink.objects.exists()
    log = LifecycleLog.objects.get(model="accounts.YoungPerson")
    assert (log.move, log.actor, log.object_id) == ("add", by.pk, person.pk)


def test_the_living_authority_is_the_one_with_childrens_services_and_may_be_another():
    with as_council(factories.council()):
        person = services.add_young_person(**facts(sector="DE1 2"))
    assert person.responsible_authority.short_name == "Nottinghamshire"
    assert person.living_authority.short_name == "Derby"


def test_where_a_sector_spans_two_authorities_the_worker_says_which():
    city = factories.council("Nottingham")
    with as_council(factories.council()):
        assert services.add_young_person(**facts(living_authority=city)).living_authority == city


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("label", "  "),
        ("label", "x" * 41),
        ("sector", "NG18"),
        ("sector", "NG18 1HJ"),
        ("sector", "ZZ9 9"),
        ("sector", ""),
        ("birth_month", dt.date(1980, 1, 1)),
        ("birth_month", dt.date(2024, 1, 1)),
    ],
)
def test_a_wrong_fact_is_told_by_field_and_nothing_is_added(field, value):
    with as_council(factories.council()):
        with pytest.raises(ValidationError) as error:
            services.add_young_person(**facts(**{field: value}))
        assert set(error.value.message_dict) == {field}
        assert not YoungPerson.objects.exists()


def test_a_district_owes_no_support():
    with as_council(factories.council("Mansfield")), pytest.raises(ValidationError, match="county or city"):
        services.add_young_person(**facts(council=factories.council("Mansfield")))


def test_nobody_is_added_for_a_council_one_does_not_act_for():
    with pytest.raises(Exception, match="row-level security"), as_council(factories.council("Derbyshire")):
        services.add_young_person(**facts())


def test_a_label_is_once_among_those_a_worker_supports():
    worker, other = factories.adviser(), factories.adviser()
    with as_council(factories.council()):
        person = services.add_young_person(**facts(worker=worker))
        with pytest.raises(ValidationError) as error:
            services.add_young_person(**facts(worker=worker, label=" j.b. "))
        assert "Add a letter" in str(error.value.message_dict["label"])
        services.add_young_person(**facts(worker=worker, label="J.B.2"))
        services.add_young_person(**facts(worker=other))
        services.add_young_person(**facts())  # whom nobody supports yet
        assert YoungPerson.objects.count() == 4
        services.end_link(person=person, by=None)
        services.add_young_person(**facts(worker=worker))  # the word is free again


def test_a_hand_over_may_bring_two_of_one_label_together():
    worker = factories.adviser()
    people = [factories.young_person(label="J.B.", worker=factories.adviser()) for _ in range(2)]
    with as_council(factories.council()):
        for person in people:
            services.assign_worker(person=person, worker=worker, by=None)
    assert [found for found, _start, end in links() if end is None] == [worker.pk] * 2


@pytest.mark.django_db(transaction=True)
def test_two_with_one_label_added_at_once_are_one():
    """The second waits for the first's lock on the worker, then finds the label taken."""
    worker, council = factories.adviser(), factories.council()
    holds, refused = threading.Event(), []

    def add():
        holds.wait(10)
        try:
            with as_council(council):
                services.add_young_person(**facts(worker=worker))
        except ValidationError as error:
            refused.append(set(error.message_dict))
        finally:
            connections.close_all()

    thread = threading.Thread(target=add)
    thread.start()
    with as_council(council):
        services.add_young_person(**facts(worker=worker))
        holds.set()
        until_somebody_waits()
    thread.join(10)
    assert refused == [{"label"}]
    with factories.as_worker():
        assert YoungPerson.objects.count() == 1


def test_ages_at_the_edges():
    with as_council(factories.council()):
        for month in (born(16), born(25), born(25, 11), born(26)):  # somebody born late in the month is 25 still
            services.add_young_person(**facts(birth_month=month))
        for month in (born(15, 11), born(27)):
            with pytest.raises(ValidationError):
                services.add_young_person(**facts(birth_month=month))


def test_names_are_unreadable_in_the_column_and_read_back():
    with as_council(factories.council()):
        person = services.add_young_person(**facts(name="Jordan Example", phone="07700 900123"))
        with connection.cursor() as cursor:
            cursor.execute("SELECT details FROM young_person_contact WHERE person_id = %s", [person.pk])
            raw = bytes(cursor.fetchone()[0])
        assert b"Jordan" not in raw and b"900123" not in raw
        assert person.contact.details == {"name": "Jordan Example", "phone": "07700 900123"}


def test_the_key_list_may_grow_and_a_lost_key_is_loud(settings):
    from cryptography.fernet import Fernet, InvalidToken

    with as_council(factories.council()):
        person = services.add_young_person(**facts(name="Jordan Example"))
        newer = Fernet.generate_key().decode()
        settings.FIELD_KEYS = [newer, *settings.FIELD_KEYS]
        assert YoungPersonContact.objects.get().details == {"name": "Jordan Example"}
        settings.FIELD_KEYS = [newer]
        with pytest.raises(InvalidToken):
            YoungPersonContact.objects.get(pk=person.pk)


def test_a_person_says_nothing_of_themselves_in_a_log():
    person = factories.young_person(label="Secret")
    assert "Secret" not in str(person) and "Secret" not in repr(person)
    user = factories.user("Robin Example")
    assert "Robin" not in repr(user) and user.email not in repr(user) and str(user.public_id) == str(user)


# --- workers ----------------------------------------------------------------------------------------------------------


def links():
    with factories.as_worker():
        return list(AdviserLink.objects.order_by("pk").values_list("worker_id", "started_on", "ended_on"))


def test_handing_over_ends_the_link_before_it():
    first, second = factories.adviser(), factories.adviser()
    person, today = factories.young_person(), clock.today()
    with as_council(factories.council()):
        services.assign_worker(person=person, worker=first, by=first, on=dt.date(2025, 1, 1))
        services.assign_worker(person=person, worker=second, by=first)
        services.assign_worker(person=person, worker=second, by=first)  # again: no change
    assert links() == [(first.pk, dt.date(2025, 1, 1), today), (second.pk, today, None)]
    with as_council(factories.council()):
        assert services.end_link(person=person, by=first)
        assert not services.end_link(person=person, by=first)
    assert links()[-1] == (second.pk, today, today)


@pytest.mark.parametrize(
    ("role", "place"),
    [("coordinator", "Nottinghamshire"), ("team_manager", "Nottinghamshire"), ("adviser", "Nottingham")],
)
def test_only_a_worker_of_the_responsible_authority(role, place):
    person = factories.young_person()
    stranger = factories.membership(role, council=factories.council(place)).user
    with as_council(factories.council()), pytest.raises(ValidationError) as error:
        services.assign_worker(person=person, worker=stranger, by=None)
    assert "worker" in error.value.message_dict
    assert links() == []


def test_the_database_keeps_to_one_current_worker():
    person = factories.young_person(worker=factories.adviser())
    with pytest.raises(Exception, match="adviser_link_one_current"), factories.as_worker():
        AdviserLink.objects.create(person=person, worker=factories.adviser(), started_on=clock.today())


@pytest.mark.django_db(transaction=True)
def test_two_hand_overs_at_once_leave_one_current_worker():
    """The second waits for the first's lock on the person, then ends the link it finds."""
    first, second, council = factories.adviser(), factories.adviser(), factories.council()
    person = factories.young_person(worker=factories.adviser())
    holds, failures = threading.Event(), []

    def hand_over():
        holds.wait(10)
        try:
            with as_council(council):
                services.assign_worker(person=person, worker=second, by=None)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=hand_over)
    thread.start()
    with as_council(council):
        services.assign_worker(person=person, worker=first, by=None)
        holds.set()
        until_somebody_waits()
    thread.join(10)
    assert failures == []
    current = [worker for worker, _start, end in links() if end is None]
    assert current == [second.pk] and len(links()) == 3


# --- members ----------------------------------------------------------------------------------------------------------


def test_inviting_twice_makes_one_person_with_one_hat():
    asked = {"by": None, "name": "Sam Example", "role": "adviser", "council": factories.council()}
    first = services.make_member(email="Sam@council.example", **asked)
    again = services.make_member(email="sam@COUNCIL.example", **asked)
    other = services.make_member(email="sam@council.example", **{**asked, "role": "team_manager"})
    assert first.pk == again.pk != other.pk and first.user_id == other.user_id
    assert not first.user.has_usable_password()
    assert first.user.email == "sam@council.example"


@pytest.mark.parametrize(
    ("role", "where"),
    [("operator", "council"), ("adviser", None), ("employer_member", "council"), ("adviser", "both")],
)
def test_a_role_that_does_not_fit_its_place_is_refused(role, where):
    place = {}
    if where in ("council", "both"):
        place["council"] = factories.council()
    if where == "both":
        place["partnership"] = factories.partnership()
    with pytest.raises(ValidationError), transaction.atomic():
        services.make_member(by=None, name="Sam", email="sam@council.example", role=role, **place)
    assert not Membership.objects.exists()


def test_a_hat_taken_away_is_worn_to_the_end_of_the_day():
    member = services.make_member(
        by=None, name="Sam", email="sam@council.example", role="adviser", council=factories.council()
    )
    services.end_membership(membership=member, by=None)
    member.refresh_from_db()
    assert member.valid_to == clock.today()
    assert User.objects.get().is_active
