"""The record of a business: what ends a check, who leads, and who may act for it."""

import pytest

from core.lifecycle import MoveRefused
from core.models import LifecycleLog
from core.scope import NOBODY, scope
from opportunities.models import Opportunity
from pledges import contacts, records, sites
from pledges.models import Employer, EmployerContact
from pledges.records import Record
from tests import factories
from tests.opportunities import factories as offers
from tests.pledges import made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_scope(db):
    with scope(NOBODY):
        yield


def record(row, **more):
    values = {name: getattr(row, name) for name in Record.__dataclass_fields__}
    return Record(**{**values, **more})


def write(row, **more):
    return records.write_record(employer=row, to=record(row, **more), by=factories.user())


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Somebody else"}, {"domain": "else.example"}, {"company_number": "01234567"},
        {"charity_number": "1234567"},
    ],
)  # fmt: skip
def test_another_identity_hides_what_is_open_at_once(change):
    business = offers.employer()
    row = offers.published(business)
    assert records.ends_the_check(business, record(business, **change))
    assert write(business, **change) is True
    row.refresh_from_db()
    assert (business.state, business.checked_until, row.state, row.live) == ("unchecked", None, "published", False)
    log = LifecycleLog.objects.get(model="pledges.Employer", move="change")
    assert next(iter(change)) in log.why


@pytest.mark.parametrize(
    "change", [{"size": "10-49"}, {"charity_or_public": True}, {"sector": "a"}, {"name": "BUSINESS OF CAPITALS"}]
)
def test_what_only_describes_hides_nothing(change):
    business = offers.employer("Business of capitals")
    row = offers.published(business)
    if "sector" in change:
        change = {"sector": offers.category()}
    assert write(business, **change) is False
    row.refresh_from_db()
    assert business.state == "checked" and row.live


def test_a_number_may_be_added_while_the_check_is_under_way():
    business = made.pledge().employer
    check = made.called_back(business, factories.user())
    business.refresh_from_db()
    assert write(business, company_number="01234567") is False
    assert business.state == "called_back" and business.checks_after < check.pk
    assert write(business, company_number="01234568") is True


def test_what_is_stopped_or_joined_stays_as_it_is():
    business = offers.employer(state="stopped")
    with pytest.raises(MoveRefused):
        write(business, name="Somebody else")
    assert Employer.objects.get(pk=business.pk).name == business.name


def test_planted_without_the_fact_it_would_stay_open(monkeypatch):
    from opportunities import services
    from pledges import events

    business = offers.employer()
    row = offers.published(business)
    place = f"{services.react_to_employer.__module__}.{services.react_to_employer.__qualname__}"
    events.employer_unchecked.disconnect(dispatch_uid=place)
    try:
        write(business, name="Somebody else")
    finally:
        events.employer_unchecked.connect(services.react_to_employer, dispatch_uid=place)
    assert Opportunity.objects.get(pk=row.pk).live


# --- who leads


def test_one_leads_for_everybody():
    business, one, two = made.pledge().employer, factories.user("Amina"), factories.user("Ben")
    for lead in (one, one, two, None):
        records.set_lead(employer=business, lead=lead, by=one)
    assert Employer.objects.get(pk=business.pk).lead is None
    assert list(LifecycleLog.objects.filter(move="lead").values_list("on_behalf_of", flat=True)) == [
        one.pk, two.pk, one.pk,
    ]  # fmt: skip


# --- people and sites


def test_a_new_person_is_inert_until_a_coordinator_knows_them():
    business, by = made.pledge().employer, factories.user()
    person = business.contacts.get()
    assert not contacts.may_act(person) and not contacts.acting().exists()
    with pytest.raises(contacts.ContactRefused, match="Call the business back"):
        contacts.approve_contact(contact=person, by=by)
    made.called_back(business, by)
    for _twice in range(2):
        contacts.approve_contact(contact=person, by=by)
    assert contacts.may_act(person) and list(contacts.acting()) == [person] and person.approved_by == by
    added = contacts.add_contact(employer=business, reach=made.reach("sam@oldbank.example"))
    assert not contacts.may_act(added)
    contacts.end_contact(contact=person)
    assert not contacts.may_act(person)


@pytest.mark.parametrize("state", ["stopped", "merged"])
def test_nobody_acts_for_a_business_that_is_stopped_or_joined(state):
    business, by = made.pledge().employer, factories.user()
    made.called_back(business, by)
    person = business.contacts.get()
    contacts.approve_contact(contact=person, by=by)
    other = offers.employer() if state == "merged" else None
    Employer.objects.filter(pk=business.pk).update(state=state, merged_into=other)
    person = EmployerContact.objects.get(pk=person.pk)
    assert not contacts.may_act(person) and not contacts.acting().exists()
    with pytest.raises(contacts.ContactRefused):
        contacts.add_contact(employer=business, reach=made.reach("sam@oldbank.example"))
    with pytest.raises(sites.SiteRefused):
        sites.add_site(employer=business, postcode="NG1 4AB")


@pytest.mark.parametrize("reach", [made.reach("JO@oldbank.example"), made.reach("", "+44 1632 960001")])
def test_the_same_person_twice_is_said(reach):
    business = made.pledge(reach=made.reach("jo@oldbank.example", "01632 960001")).employer
    with pytest.raises(contacts.ContactRefused, match="already"):
        contacts.add_contact(employer=business, reach=reach)
