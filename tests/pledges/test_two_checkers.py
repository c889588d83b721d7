"""Publication without two checkers is impossible, even by SQL as the web role: each way round is tried and refused."""

import pytest
from django.db import IntegrityError, connection, transaction

from core.scope import NOBODY, scope
from pledges.models import Employer, EmployerCheck
from tests import factories
from tests.opportunities import factories as offers
from tests.pledges import made

pytestmark = pytest.mark.django_db
TODAY = "(fr_now() AT TIME ZONE 'Europe/London')::date"


@pytest.fixture(autouse=True)
def a_scope(db):
    with scope(NOBODY):
        yield


def sql(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("fr_web",)
        cursor.execute(statement, values)


def refused(constraint, statement, *values):
    with pytest.raises(IntegrityError) as error:
        sql(statement, *values)
    assert error.value.__cause__.diag.constraint_name == constraint


def unchecked():
    return made.pledge().employer


CHECK = (
    f"UPDATE employer SET state = 'checked', checked_weight = 'standard', checked_until = {TODAY} + 300 WHERE id = %s"
)
INSERT = (
    "INSERT INTO employer_check (employer_id, weight, called_by_id, called_on, spoke_to, found_by, insurance_until,"
    " first_by_id, first_on, first_because, second_by_id, second_on, second_because, passed_on)"
    f" VALUES (%s, 'standard', %s, {TODAY}, 'x', 'met', {TODAY} + 9, %s, {TODAY}, 'x', %s, {TODAY}, 'x', {TODAY})"
)


def test_a_business_is_not_checked_by_hand():
    refused("employer_checked_by_a_passed_check", CHECK, unchecked().pk)


def test_one_person_is_not_two():
    one = factories.user()
    refused("employer_check_two_people", INSERT, unchecked().pk, one.pk, one.pk, one.pk)


@pytest.mark.parametrize("missing", ["second_by_id", "first_by_id", "insurance_until"])
def test_an_incomplete_check_does_not_pass(missing):
    one, two = factories.user(), factories.user()
    check = made.called_back(unchecked(), one)
    values = {"first_by_id": one.pk, "first_on": TODAY, "second_by_id": two.pk, "second_on": TODAY}
    values |= {"insurance_until": TODAY, "passed_on": TODAY, missing: "NULL"}
    written = ", ".join(f"{name} = {value}" for name, value in values.items())
    refused("employer_check_complete", f"UPDATE employer_check SET {written} WHERE id = %s", check.pk)


def test_a_check_of_another_business_does_not_count():
    other = made.pledge(business="Sycamore", reach=made.reach("a@sycamore.example")).employer
    made.checked(other)
    refused("employer_checked_by_a_passed_check", CHECK, unchecked().pk)


IDENTITY = [
    "name = 'Somebody else'",
    "domain = 'else.example'",
    "company_number = '01234567'",
    "charity_number = '1234567'",
]


@pytest.mark.parametrize("change", IDENTITY)
def test_a_check_does_not_survive_a_change_of_who_it_is(change):
    row = unchecked()
    made.checked(row)
    refused("employer_checked_by_a_passed_check", f"UPDATE employer SET {change} WHERE id = %s", row.pk)
    sql(f"UPDATE employer SET state = 'unchecked', {change} WHERE id = %s", row.pk)
    refused("employer_checked_by_a_passed_check", CHECK, row.pk)
    refused("employer_checked_by_a_passed_check", f"{CHECK.replace('SET', 'SET checks_after = 0,')}", row.pk)


@pytest.mark.parametrize("change", ["size = '10-49'", "sector_id = NULL", "charity_or_public = true"])
def test_what_only_describes_ends_no_check(change):
    row = unchecked()
    made.checked(row)
    sql(f"UPDATE employer SET {change} WHERE id = %s", row.pk)
    assert Employer.objects.get(pk=row.pk).state == "checked"


def test_a_number_added_while_the_check_is_under_way_is_part_of_it():
    row = unchecked()
    made.called_back(row, factories.user())
    sql("UPDATE employer SET company_number = '01234567' WHERE id = %s", row.pk)
    assert Employer.objects.get(pk=row.pk).checks_after == 0
    sql("UPDATE employer SET company_number = '01234568' WHERE id = %s", row.pk)
    assert Employer.objects.get(pk=row.pk).checks_after == EmployerCheck.objects.get().pk


def test_a_stop_is_not_taken_back_into_checked():
    row = unchecked()
    made.checked(row)
    sql("UPDATE employer SET state = 'stopped' WHERE id = %s", row.pk)
    refused("employer_checked_by_a_passed_check", CHECK, row.pk)
    sql("UPDATE employer SET state = 'unchecked' WHERE id = %s", row.pk)
    refused("employer_checked_by_a_passed_check", CHECK, row.pk)


def test_a_joined_business_does_not_come_back():
    row, other = unchecked(), offers.employer()
    sql("UPDATE employer SET state = 'merged', merged_into_id = %s WHERE id = %s", other.pk, row.pk)
    back = "UPDATE employer SET state = 'unchecked', merged_into_id = NULL WHERE id = %s"
    refused("employer_merged_stays", back, row.pk)


# --- opportunities

PUBLISH = (
    f"UPDATE opportunity SET state = 'published', opened_on = {TODAY}, approved_on = {TODAY},"
    " submitted_by_id = %s, approved_by_id = %s{live} WHERE id = %s"
)


@pytest.mark.parametrize("live", ["", ", live = true"])
@pytest.mark.parametrize("state", ["unchecked", "called_back", "stopped"])
def test_nothing_of_a_business_that_is_not_checked_is_published(state, live):
    row = offers.draft(offers.employer(state=state, weight=None))
    one, two = factories.user(), factories.user()
    refused("opportunity_employer_checked", PUBLISH.format(live=live), one.pk, two.pk, row.pk)


def test_nothing_is_published_by_one_person():
    row, one = offers.draft(), factories.user()
    refused("opportunity_published_by_two", PUBLISH.format(live=""), one.pk, one.pk, row.pk)


def test_nothing_is_live_that_is_not_published():
    refused("opportunity_live_is_published", "UPDATE opportunity SET live = true WHERE id = %s", offers.draft().pk)


@pytest.mark.parametrize("state", ["unchecked", "stopped"])
def test_what_was_published_is_not_live_again_without_a_check(state):
    row = offers.published()
    sql("UPDATE opportunity SET live = false WHERE id = %s", row.pk)
    sql("UPDATE employer SET state = %s WHERE id = %s", state, row.employer_id)
    refused("opportunity_employer_checked", "UPDATE opportunity SET live = true WHERE id = %s", row.pk)


def test_a_light_check_does_not_show_what_needs_a_full_one():
    business = offers.employer(weight="full")
    row = offers.published(business)
    sql("UPDATE opportunity SET live = false WHERE id = %s", row.pk)
    sql("UPDATE employer SET state = 'unchecked' WHERE id = %s", business.pk)
    offers.passed_check(business, "light")
    sql("UPDATE employer SET state = 'checked', checked_weight = 'light' WHERE id = %s", business.pk)
    refused("opportunity_employer_checked", "UPDATE opportunity SET live = true WHERE id = %s", row.pk)


def test_the_product_does_not_show_it_either():
    from opportunities.live import refresh_live

    business = offers.employer(weight="full")
    row = offers.published(business)
    Employer.objects.filter(pk=business.pk).update(state="unchecked")
    refresh_live([row.pk])
    offers.passed_check(business, "light")
    Employer.objects.filter(pk=business.pk).update(state="checked", checked_weight="light")
    assert refresh_live([row.pk]) == {}
    row.refresh_from_db()
    assert not row.live


def test_an_opportunity_does_not_move_to_a_business_that_is_not_checked():
    row = offers.published()
    refused(
        "opportunity_employer_checked",
        "UPDATE opportunity SET employer_id = %s, version = version + 1 WHERE id = %s",
        unchecked().pk,
        row.pk,
    )
