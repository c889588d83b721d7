"""The desk's pages about businesses: who may do what, what they say, and how many queries they take."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from core.scope import NOBODY, scope
from notifications import addresses, preparing
from notifications.models import Outbox
from pledges import checks, home_links
from pledges.models import Employer, EmployerContact, EmployerSite, Pledge
from tests import factories
from tests.look.pages import faults
from tests.opportunities import factories as offers
from tests.pledges import made
from tests.pledges.following import go_to

pytestmark = pytest.mark.django_db
LIST, CHECKS, MERGE = "/desk/employers/", "/desk/checks/", "/desk/merge/"


@pytest.fixture
def coordinator(sign_in):
    return sign_in("coordinator")


@pytest.fixture
def event():
    return made.event()


def text_of(answer):
    assert answer.status_code == 200, answer.status_code
    page = answer.content.decode()
    assert faults(page) == []
    return page


def business(event, name="Old Bank", email="jo@oldbank.example", **more):
    with scope(NOBODY):
        return made.pledge(event=event, business=name, reach=made.reach(email), **more).employer


def page_of(row, part=""):
    return f"/desk/employers/{row.public_id}/{part}"


# --- who


@pytest.mark.parametrize("role", ["coordinator", "support_officer", "economic_development"])
def test_who_sees_and_who_acts(sign_in, event, role):
    client, row, other = sign_in(role), business(event), business(event, "Sycamore", "a@sycamore.example")
    may = 200 if role == "coordinator" else 404
    assert client.get(LIST).status_code == client.get(page_of(row)).status_code == 200
    assert client.get(page_of(row, "people/")).status_code == client.get(page_of(row, "sites/")).status_code == 200
    for path in (CHECKS, MERGE, page_of(row, "edit/"), f"{MERGE}{row.public_id}/{other.public_id}/"):
        assert client.get(path).status_code == may, path
    person = row.contacts.get()
    acts = [
        page_of(row, "lead/"), f"/desk/people/{person.public_id}/approve/", page_of(row, "edit/"),
        f"/desk/people/{person.public_id}/send-link/", f"/desk/pledges/{row.pledges.get().public_id}/words/",
    ]  # fmt: skip
    for path in acts:
        assert (client.post(path).status_code == 404) == (role != "coordinator"), path


@pytest.mark.parametrize("role", ["adviser", "team_manager", "operator", "board_member"])
def test_others_see_nothing(sign_in, event, role):
    client, row = sign_in(role), business(event)
    for path in (LIST, CHECKS, MERGE, page_of(row), page_of(row, "edit/"), page_of(row, "people/")):
        assert client.get(path).status_code == 404


def test_another_partnership_sees_and_does_nothing(sign_in, event):
    client = sign_in("coordinator", partnership=factories.partnership("derbyshire"))
    row, other = business(event), business(event, "Old Bank Ltd", "jo@other.example")
    person = row.contacts.get()
    assert "Old Bank" not in text_of(client.get(LIST)) + text_of(client.get(MERGE)) + text_of(client.get(CHECKS))
    for path in (
        page_of(row, "edit/"), page_of(row, "lead/"), page_of(row, "people/"), page_of(row, "sites/"),
        f"/desk/people/{person.public_id}/approve/", f"/desk/pledges/{row.pledges.get().public_id}/words/",
        f"/desk/people/{person.public_id}/send-link/", f"{MERGE}{row.public_id}/{other.public_id}/",
    ):  # fmt: skip
        assert client.post(path, {"why": "mine", "do": "two"}).status_code == 404, path
    assert Employer.objects.filter(state="merged").count() == 0


# --- the list


def test_the_list_finds_by_name_state_and_need(coordinator, event):
    business(event, "Old Bank", words="cash in hand")
    other = business(event, "Sycamore Joinery", "a@sycamore.example")
    with scope(NOBODY):
        made.checked(other)
    page = text_of(coordinator.get(LIST))
    assert "Old Bank" in page and "Sycamore" in page and "A call" in page

    def found(**query):
        page = text_of(coordinator.get(LIST, query))
        return ["Old Bank" in page, "Sycamore" in page]

    assert found(q="BANK ltd") == found(state="unchecked") == found(need="call") == found(need="words") == [True, False]
    assert found(q="sycamore.example") == found(state="checked") == found(need="approval") == [False, True]
    assert found(q="nobody") == [False, False] and found(state="nonsense", page="9" * 9) == [True, True]


def queries(client, path):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        text_of(client.get(path))
    return len(seen)


@pytest.mark.parametrize("path", [LIST, CHECKS, MERGE, "page"])
def test_queries_do_not_grow_with_the_rows(coordinator, event, path):
    def row(number):
        found = business(event, f"Old Bank {number}", f"a{number}@bank.example", words="cash in hand")
        with scope(NOBODY):
            by = factories.user()
            check = made.called_back(found, by)
            year = checks.passed_until(clock.today())
            checks.agree_first(check=check, by=by, on=clock.today(), because="I met them", insurance_until=year)
        return found

    first = row(0)
    row(1)
    address = page_of(first) if path == "page" else path
    before = queries(coordinator, address)
    for number in range(2, 8):
        row(number)
    assert queries(coordinator, address) == before <= 40


# --- the record


def form_of(row, **more):
    values = {name: getattr(row, name) for name in ("name", "company_number", "charity_number", "domain", "size")}
    return {**values, "sector": "", **more}


def test_a_change_that_ends_the_check_is_said_first(coordinator):
    with scope(NOBODY):
        row = offers.published()
    found = row.employer
    page = text_of(coordinator.post(page_of(found, "edit/"), form_of(found, domain="else.example")))
    found.refresh_from_db()
    assert "This ends the check" in page and 'name="confirmed"' in page and found.state == "checked"
    yes = form_of(found, domain="else.example", confirmed="on")
    assert coordinator.post(page_of(found, "edit/"), yes).status_code == 302
    found.refresh_from_db()
    row.refresh_from_db()
    assert (found.state, row.live, found.domain) == ("unchecked", False, "else.example")


def test_size_and_sector_are_saved_without_a_word(coordinator):
    with scope(NOBODY):
        row = offers.published()
    found = row.employer
    answer = coordinator.post(page_of(found, "edit/"), form_of(found, size="10-49", sector=offers.category().pk))
    found.refresh_from_db()
    assert answer.status_code == 302 and (found.state, found.size) == ("checked", "10-49")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("company_number", "12", "8 figures"), ("charity_number", "x", "6 or 7 figures"),
        ("domain", "not a domain", "after the @"), ("name", " \x00", "Enter the name"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_number_or_a_name(coordinator, event, field, value, sentence):
    row = business(event)
    assert sentence in text_of(coordinator.post(page_of(row, "edit/"), form_of(row, **{field: value})))


def test_numbers_are_read_kindly(coordinator, event):
    row = business(event)
    values = form_of(row, company_number=" 12 34567", charity_number="1234567", domain="www.Old-Bank.example")
    assert coordinator.post(page_of(row, "edit/"), values).status_code == 302
    row.refresh_from_db()
    assert (row.company_number, row.charity_number, row.domain) == ("01234567", "1234567", "old-bank.example")


def test_taking_and_giving_the_lead(coordinator, sign_in, event):
    row = business(event)
    colleague = factories.membership("coordinator").user
    stranger = factories.membership("coordinator", partnership=factories.partnership("derbyshire")).user
    assert coordinator.post(page_of(row, "lead/"), {"lead": stranger.pk}).status_code == 302
    row.refresh_from_db()
    assert row.lead is None
    coordinator.post(page_of(row, "lead/"), {"lead": colleague.pk})
    for client in (coordinator, sign_in("economic_development")):
        assert colleague.name in text_of(client.get(LIST)) and colleague.name in text_of(client.get(page_of(row)))


def test_people_and_sites(coordinator, event):
    row = business(event)
    assert "Enter an email address" in text_of(coordinator.post(page_of(row, "people/"), {"way": "call"}))
    assert coordinator.post(page_of(row, "people/"), {"way": "call", "phone": "01632 960001"}).status_code == 302
    assert "full UK postcode" in text_of(coordinator.post(page_of(row, "sites/"), {"postcode": ""}))
    assert coordinator.post(page_of(row, "sites/"), {"postcode": "ng181aa"}).status_code == 302
    assert "already" in text_of(coordinator.post(page_of(row, "sites/"), {"postcode": "NG18 1AA"}))
    person, site = EmployerContact.objects.order_by("-pk").first(), EmployerSite.objects.get()
    approve = [f"/desk/people/{person.public_id}/approve/", f"/desk/sites/{site.public_id}/approve/"]
    for path in approve:
        assert "Call the business back first" in text_of(coordinator.post(path, follow=True))
    with scope(NOBODY):
        made.called_back(row, factories.user())
    for path in approve:
        coordinator.post(path)
    person.refresh_from_db()
    site.refresh_from_db()
    assert person.approved_by and site.approved_by == person.approved_by
    coordinator.post(approve[0], {"do": "end"})
    person.refresh_from_db()
    assert person.approved_by is None


def test_an_address_that_does_not_work_is_said_and_tried_again(coordinator, sign_in, event):
    row, other = business(event), business(event, "New Bank", "al@newbank.example")
    words = "jo@oldbank.example does not work any more: ask them."
    addresses.failed(addresses.mark_of("jo@oldbank.example"), gone=True)
    assert words in text_of(coordinator.get(page_of(row))) and words in text_of(
        sign_in("economic_development").get(page_of(row))
    )
    assert "does not work any more" not in text_of(coordinator.get(page_of(other)))
    coordinator.post(f"/desk/people/{row.contacts.get().public_id}/approve/", {"do": "again"})
    assert words not in text_of(coordinator.get(page_of(row))) and not addresses.stopped(["jo@oldbank.example"])


def test_a_lost_link_is_sent_again_to_their_own_mailbox_three_times_a_day(coordinator, event):
    go_to(clock.today(), 8)
    row = business(event)
    person = row.contacts.get()
    path = f"/desk/people/{person.public_id}/send-link/"
    assert path in text_of(coordinator.get(page_of(row)))
    said = []
    for hour in (9, 10, 11, 12):
        go_to(clock.today(), hour)
        said.append(text_of(coordinator.post(path, follow=True)))
    assert ["We send them the link now" in each for each in said] == [True] * 3 + [False]
    assert "It was sent three times today" in said[-1] and "We sent the link to the page of the business" in said[-1]
    with factories.as_worker():
        letters = [preparing.prepare(each) for each in Outbox.objects.filter(purpose=home_links.HOME)]
    assert len(letters) == 3 and {letter.to for letter in letters} == {person.email}
    path = re.search(r"https?://[^/]+(/k/\S+)", letters[0].mail.text)[1]
    assert row.name in text_of(Client().get(path))  # the first goes on working


def to_a_dead_address(coordinator, event) -> tuple[bool, int]:
    """Whether the page offers to send the link there, and how many are sent when it is asked for all the same."""
    row = business(event)
    person = row.contacts.get()
    path = f"/desk/people/{person.public_id}/send-link/"
    with factories.as_worker():
        addresses.failed(addresses.mark_of(person.email), gone=True)
    offered = path in text_of(coordinator.get(page_of(row)))
    said = text_of(coordinator.post(path, follow=True))
    with factories.as_worker():
        sent = Outbox.objects.filter(purpose=home_links.HOME).count()
    assert ("That address does not work any more" in said) is not bool(sent)
    return offered, sent


def test_no_link_is_sent_to_an_address_that_does_not_work(coordinator, event):
    assert to_a_dead_address(coordinator, event) == (False, 0)


def test_planted_a_dead_address_looks_alive(coordinator, event, monkeypatch):
    monkeypatch.setattr(addresses, "stopped", lambda _addresses: set())
    assert to_a_dead_address(coordinator, event) == (True, 1)


def test_no_link_is_sent_without_a_mailbox_or_to_a_business_that_is_stopped(coordinator, event):
    row = business(event)
    path = f"/desk/people/{row.contacts.get().public_id}/send-link/"
    for change in ({"email": "", "phone": "01632 960001"}, {"email": "a@x.example"}):
        row.contacts.update(**change)
        assert path not in text_of(coordinator.get(page_of(row)))
        assert coordinator.post(path).status_code == 404
        Employer.objects.filter(pk=row.pk).update(state="stopped")
    with factories.as_worker():
        assert not Outbox.objects.filter(purpose=home_links.HOME).exists()


def test_risky_words_are_looked_at_on_the_page(coordinator, event):
    row = business(event, words="A good job, cash in hand")
    page = text_of(coordinator.get(page_of(row)))
    assert "Words to look at" in page and "leaves no rights" in page
    coordinator.post(f"/desk/pledges/{row.pledges.get().public_id}/words/")
    assert Pledge.objects.get().phrases_seen_by
    assert "Words to look at" not in text_of(coordinator.get(page_of(row)))


def test_after_a_check_the_call_is_folded_away(coordinator, event):
    row = business(event)
    page = text_of(coordinator.get(page_of(row)))
    assert "Ring them" in page and "Check again" not in page
    with scope(NOBODY):
        made.checked(row)
    page = text_of(coordinator.get(page_of(row)))
    assert page.index("Check again") < page.index("Ring them")
    assert "Everything they were sent" in page


def test_the_page_names_what_it_shares_before_a_stop_and_after(coordinator, event):
    row = business(event)
    business(event, "Sycamore", "sam@oldbank.example")
    assert "the email domain oldbank.example" in text_of(coordinator.get(page_of(row)))
    coordinator.post(page_of(row, "stop/"), {"stop-because": "A false address"})
    page = text_of(coordinator.get(page_of(row)))
    assert "Stopped" in page and "the email domain oldbank.example" in page and "Change the record" not in page


# --- checks in batches


def test_ticked_checks_are_agreed_and_the_rest_wait(coordinator, event):
    rows = [business(event, f"Shop {n}", f"a@shop{n}.example") for n in range(3)]
    full = business(event, "Mentor", "a@mentor.example", code="mentoring")
    pks = {}
    with scope(NOBODY):
        for row in (*rows, full):
            by, year = factories.user(), checks.passed_until(clock.today())
            check = made.called_back(row, by)
            pks[row.name] = check.pk
            checks.agree_first(
                check=check, by=by, on=clock.today(), because="I met them", insurance_until=year,
                visited_on=clock.today(),
            )  # fmt: skip
    page = text_of(coordinator.get(CHECKS))
    assert page.count('name="check"') == 3 and "Mentor" in page
    assert "Tick at least one" in text_of(coordinator.post(CHECKS, {"because": "I read each"}))
    page = text_of(coordinator.post(CHECKS, {"check": [pks["Shop 0"]], "because": ""}))
    assert "Say why" in page and "checked" in page
    chosen = [pks["Shop 0"], pks["Shop 1"], pks["Mentor"], "x"]
    page = text_of(coordinator.post(CHECKS, {"check": chosen, "because": "I read each"}))
    assert page.count("Checked.") == 2 and page.count('name="check"') == 1
    assert sorted(Employer.objects.filter(state="checked").values_list("name", flat=True)) == ["Shop 0", "Shop 1"]


def test_checks_that_end_soon_are_listed(coordinator, event):
    row = business(event)
    with scope(NOBODY):
        made.checked(row)
        Employer.objects.filter(pk=row.pk).update(checked_until=clock.today())
    assert "Old Bank" in text_of(coordinator.get(CHECKS)).split("Checks that end soon")[1]


# --- one or two


def test_a_pair_is_shown_side_by_side_and_joined(coordinator, event):
    keep, gone = business(event), business(event, "Old Bank Ltd", "jo@other.example")
    pair = f"{MERGE}{keep.public_id}/{gone.public_id}/"
    assert pair in text_of(coordinator.get(MERGE))
    page = text_of(coordinator.get(pair))
    assert "other.example" in page and "not approved yet" in page and "cannot be taken back" in page
    assert "Say why" in text_of(coordinator.post(pair, {"why": ""}))
    assert coordinator.post(pair, {"why": "They said so"}).url == page_of(keep)
    assert coordinator.get(page_of(gone)).url == page_of(keep)
    page = text_of(coordinator.get(page_of(keep)))
    assert "Joined to this record" in page and "Old Bank Ltd" in page
    assert coordinator.get(pair).status_code == 404
    assert coordinator.get(f"{MERGE}{keep.public_id}/{keep.public_id}/").status_code == 404


def test_a_pair_that_is_two_is_not_asked_about_again(coordinator, event):
    keep, gone = business(event), business(event, "Old Bank Ltd", "jo@other.example")
    coordinator.post(f"{MERGE}{keep.public_id}/{gone.public_id}/", {"do": "two"})
    assert "Nothing to ask" in text_of(coordinator.get(MERGE))


def test_a_stopped_one_is_not_joined(coordinator, event):
    keep, gone = business(event), business(event, "Old Bank Ltd", "jo@other.example")
    Employer.objects.filter(pk=gone.pk).update(state="stopped")
    pair = f"{MERGE}{keep.public_id}/{gone.public_id}/"
    page = text_of(coordinator.get(pair))
    assert "is stopped" in page and "Join them" not in page
    assert "is stopped" in text_of(coordinator.post(pair, {"why": "They said so"}))
