"""Nothing of a business is shown before it was rung, and before one or two people have agreed."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from core import clock
from core.lifecycle import MoveRefused
from core.scope import NOBODY, scope
from pledges import checks, events
from pledges.checks import CheckRefused
from pledges.models import Employer, EmployerCheck
from tests import factories
from tests.pledges import made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_scope(request, db):
    if "transactional_db" in request.fixturenames:  # its owner's ALTER TABLE would wait for our transaction
        yield
        return
    with scope(NOBODY):
        yield


@pytest.fixture
def amina():
    return factories.user("Amina")


@pytest.fixture
def ben():
    return factories.user("Ben")


def employer(code="ringfenced-job", **more):
    return made.pledge(code=code, **more).employer


def agree(check, by, **more):
    values = {"on": clock.today(), "because": "I met them", **more}
    return checks.agree_first(check=check, by=by, **values)


def insured(**more):
    return {"insurance_until": clock.today() + dt.timedelta(days=100), **more}


@pytest.mark.parametrize(
    ("codes", "weight"),
    [
        (["site-visit", "mock-interview"], "light"),
        (["kit", "donation", "other", "undecided", "manager-training"], "light"),
        (["ringfenced-job"], "standard"),
        (["site-visit", "apprenticeship"], "standard"),
        (["mentoring", "ringfenced-job"], "full"),
        (["foundation-apprenticeship"], "full"),
    ],
)
def test_the_weight_is_the_heaviest_of_the_pledges(codes, weight):
    assert [checks.weight_needed(employer(code)) for code in codes][-1] == weight


@pytest.mark.parametrize(
    ("code", "age", "weight"),
    [
        ("ringfenced-job", 18, "standard"),
        ("ringfenced-job", 16, "full"),
        ("site-visit", 16, "light"),
        ("mentoring", 21, "full"),
    ],
)
def test_the_weight_of_an_opportunity(code, age, weight):
    assert checks.weight_for(made.kind(code), min_age=age) == weight


def test_a_lighter_weight_than_needed_is_raised(amina):
    assert made.called_back(employer("mentoring"), amina, weight="light").weight == "full"
    assert made.called_back(employer("site-visit", business="Sycamore"), amina, weight="standard").weight == "standard"


def test_light_passes_with_one_person(amina):
    found = employer("site-visit")
    heard = []

    def listen(sender, **payload):
        heard.append((payload["id"], payload["old"], payload["new"]))

    events.employer_checked.connect(listen)
    try:
        agree(made.called_back(found, amina), amina)
    finally:
        events.employer_checked.disconnect(listen)
    found.refresh_from_db()
    assert (found.state, found.checked_weight) == ("checked", "light")
    assert found.checked_until == checks.passed_until(clock.today())
    assert heard == [(found.pk, "called_back", "checked")]
    assert checks.good_for(found, "light") and not checks.good_for(found, "standard")


def test_standard_needs_a_second_person_and_insurance(amina, ben):
    found = employer()
    check = made.called_back(found, amina)
    with pytest.raises(CheckRefused, match="liability insurance ends"):
        agree(check, amina)
    with pytest.raises(CheckRefused, match="The insurance ended on"):
        agree(check, amina, insurance_until=clock.today() - dt.timedelta(days=1))
    check = agree(check, amina, **insured())
    found.refresh_from_db()
    assert found.state == "called_back"
    with pytest.raises(CheckRefused, match="A second person must agree"):
        checks.agree_second(check=check, by=amina, on=clock.today(), because="me again")
    checks.agree_second(check=check, by=ben, on=clock.today(), because="So did I")
    found.refresh_from_db()
    assert (found.state, found.checked_weight) == ("checked", "standard")


def test_full_needs_a_visit_too(amina, ben):
    check = made.called_back(employer("mentoring"), amina)
    with pytest.raises(CheckRefused, match="needs a visit"):
        agree(check, amina, **insured())
    check = agree(check, amina, **insured(visited_on=clock.today()))
    assert checks.agree_second(check=check, by=ben, on=clock.today(), because="Yes").passed_on == clock.today()


def test_what_cannot_be_written(amina, ben):
    found, tomorrow = employer(), clock.today() + dt.timedelta(days=1)
    with pytest.raises(CheckRefused, match="today or before"):
        made.called_back(found, amina, on=tomorrow)
    with pytest.raises(CheckRefused, match="who you spoke to"):
        checks.record_call_back(employer=found, by=amina, on=clock.today(), spoke_to=" \x00", found_by="met")
    with pytest.raises(CheckRefused, match="how you found the number"):
        checks.record_call_back(employer=found, by=amina, on=clock.today(), spoke_to="Jo", found_by="pledge")
    check = made.called_back(found, amina)
    with pytest.raises(CheckRefused, match="your own child"):
        agree(check, amina, because="  ")
    with pytest.raises(CheckRefused, match="first person has not answered"):
        checks.agree_second(check=check, by=ben, on=clock.today(), because="Yes")
    agree(check, amina, **insured())
    with pytest.raises(CheckRefused, match="has answered already"):
        agree(check, ben, **insured())


def test_the_stop_switch_and_its_end(amina):
    found = employer()
    made.checked(found)
    check = made.called_back(found, amina)
    with pytest.raises(CheckRefused, match="Say why"):
        checks.stop_employer(employer=found, by=amina, why=" ")
    checks.stop_employer(employer=found, by=amina, why="A false address")
    for refused in (
        lambda: made.called_back(found, amina),
        lambda: agree(check, amina, **insured()),
    ):
        with pytest.raises(CheckRefused, match="is stopped"):
            refused()
    with pytest.raises(MoveRefused):
        checks.stop_employer(employer=found, by=amina, why="again")
    checks.reopen_employer(employer=found, by=amina, why="It was a mistake")
    found.refresh_from_db()
    assert (found.state, found.checked_until, found.checked_weight) == ("unchecked", None, "")


def expired() -> int:
    with factories.as_worker():
        return checks.expire_checks()["expired"]


def test_a_check_ends_after_a_year():
    found = employer()
    made.checked(found)
    assert expired() == 0
    assert checks.passed_until(dt.date(2028, 2, 29)) == dt.date(2029, 2, 28)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.clock_offset', '366 days', true)")
    assert expired() == 1 and expired() == 0
    found.refresh_from_db()
    assert found.state == "unchecked"


# --- the database, whoever writes


def test_planted_the_same_person_twice_is_refused_by_the_database(amina):
    check = agree(made.called_back(employer(), amina), amina, **insured())
    with pytest.raises(IntegrityError, match="employer_check_two_people"), transaction.atomic():
        EmployerCheck.objects.filter(pk=check.pk).update(second_by=amina, second_on=clock.today())


@pytest.mark.parametrize(
    "values",
    [
        {"passed_on": "today"},
        {"passed_on": "today", "first_by": "amina", "first_on": "today"},
        {"passed_on": "today", "first_by": "amina", "first_on": "today", "second_by": "ben", "second_on": "today"},
    ],
)
def test_planted_an_incomplete_check_cannot_pass(values, amina, ben):
    check = made.called_back(employer(), amina)
    found = {"today": clock.today(), "amina": amina, "ben": ben}
    with pytest.raises(IntegrityError, match="employer_check_complete"), transaction.atomic():
        EmployerCheck.objects.filter(pk=check.pk).update(**{key: found[value] for key, value in values.items()})


def planted(found, **values):
    with pytest.raises(IntegrityError, match="checked only by a passed check"), transaction.atomic():
        Employer.objects.filter(pk=found.pk).update(**values)


def test_a_call_sent_twice_is_one_round(amina):
    found = employer()
    said = {"employer": found, "by": amina, "on": clock.today(), "spoke_to": "the owner", "found_by": "register"}
    first = checks.record_call_back(**said)
    assert checks.record_call_back(**said) == first
    assert checks.record_call_back(**{**said, "spoke_to": "the manager"}) != first


def test_a_call_of_years_ago_does_not_count(amina):
    old = clock.today() - dt.timedelta(days=366)
    with pytest.raises(CheckRefused, match="in the last year"):
        checks.record_call_back(employer=employer(), by=amina, on=old, spoke_to="the owner", found_by="register")


def test_planted_a_business_is_not_checked_by_hand(amina):
    found = employer()
    year = checks.passed_until(clock.today())
    planted(found, state="checked", checked_until=year, checked_weight="standard")
    made.called_back(found, amina)
    planted(found, state="checked", checked_until=year, checked_weight="standard")


def test_planted_a_check_is_not_stretched_or_made_heavier():
    found = employer()
    made.checked(found)
    planted(found, checked_until=checks.passed_until(clock.today()) + dt.timedelta(days=1))
    planted(found, checked_weight="full")


def test_planted_a_passed_check_is_not_rewritten(ben):
    check = made.checked(employer())
    for change in (lambda rows: rows.update(second_by=ben), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError, match="is not changed"), transaction.atomic():
            change(EmployerCheck.objects.filter(pk=check.pk))


def test_the_control_without_the_trigger_the_planted_row_stays(transactional_db):
    from tests import database

    found = employer()
    with database.owner(connection.settings_dict["NAME"]) as owner:
        owner.execute("ALTER TABLE employer DISABLE TRIGGER employer_is_checked")
    year = checks.passed_until(clock.today())
    Employer.objects.filter(pk=found.pk).update(state="checked", checked_until=year, checked_weight="standard")
    assert Employer.objects.get(pk=found.pk).state == "checked"


# --- several at once


def waiting(code="ringfenced-job", *, by=None, business="Old Bank", email="jo@oldbank.example"):
    """A business whose first person has agreed."""
    by = by or factories.user()
    found = employer(code, business=business, reach=made.reach(email))
    return agree(made.called_back(found, by), by, **insured(visited_on=clock.today()))


def batch(rows, by):
    return checks.agree_batch(checks=rows, by=by, on=clock.today(), because="I read each")


def test_standard_checks_are_agreed_several_at_once(amina, ben):
    rows = [waiting(business=f"Shop {n}", email=f"a@shop{n}.example", by=amina) for n in range(3)]
    assert list(checks.waiting_for_second(amina)) == [] and list(checks.waiting_for_second(ben)) == rows
    assert [result.sentence for result in batch(rows[:2], ben)] == ["", ""]
    assert [row.state for row in Employer.objects.order_by("pk")] == ["checked", "checked", "called_back"]
    assert list(checks.waiting_for_second(ben)) == rows[2:]


def test_each_stands_or_falls_alone(amina, ben):
    good = waiting(by=amina)
    full = waiting("mentoring", business="Sycamore", email="a@sycamore.example", by=amina)
    own = waiting(business="Elm", email="a@elm.example", by=ben)
    stopped = waiting(business="Oak", email="a@oak.example", by=amina)
    checks.stop_employer(employer=stopped.employer, by=amina, why="A false address")
    said = {result.check.pk: result.sentence for result in batch([stopped, own, full, good], ben)}
    assert said[good.pk] == ""
    assert "one by one" in said[full.pk] and "second person must agree" in said[own.pk]
    assert "is stopped" in said[stopped.pk]
    assert Employer.objects.filter(state="checked").count() == 1
    with pytest.raises(CheckRefused, match="your own child"):
        checks.agree_batch(checks=[], by=ben, on=clock.today(), because=" ")


def test_planted_failure_of_one_takes_no_other_with_it(amina, ben, monkeypatch):
    rows = [waiting(business=f"Shop {n}", email=f"a@shop{n}.example", by=amina) for n in range(2)]
    real = checks._pass_if_complete

    def breaks(check, by):
        if check.pk == rows[0].pk:
            raise CheckRefused("planted")
        return real(check, by)

    monkeypatch.setattr(checks, "_pass_if_complete", breaks)
    assert [result.sentence for result in batch(rows, ben)] == ["planted", ""]
    assert EmployerCheck.objects.get(pk=rows[0].pk).second_by is None


def test_a_business_that_has_changed_waits_for_nobody(amina, ben):
    check = waiting(by=amina)
    Employer.objects.filter(pk=check.employer_id).update(state="unchecked", domain="else.example")
    assert list(checks.waiting_for_second(ben)) == [] and list(checks.open_rounds()) == []
    assert "has changed since" in batch([check], ben)[0].sentence


def test_who_rings_first_leads_unless_somebody_does(amina, ben):
    found = employer()
    made.called_back(found, amina)
    made.called_back(found, ben)
    found.refresh_from_db()
    assert found.lead == amina


@pytest.mark.parametrize(("days", "soon"), [(304, False), (305, True), (365, True)])
def test_checks_that_end_within_60_days(days, soon):
    found = employer()
    made.checked(found)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.clock_offset', %s, true)", [f"{days} days"])
    assert (found in checks.ending_soon()) == soon
