"""A start on pages: planned, put right and ended by the worker; read by the young person; support in two taps."""

import datetime as dt
import html
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import joining
from core import clock
from introductions import closing, readiness, start_facts, starting
from introductions.models import Start
from notifications import preparing
from notifications.models import Outbox
from pledges.models import Ask, Pledge
from tests import factories
from tests.introductions import chain
from tests.introductions.test_worker_pages import Desk
from tests.pledges import made as given
from tests.pledges.test_asks import stock

pytestmark = pytest.mark.django_db


def on(days: int, field: str = "starts_on") -> dict[str, str]:
    day = clock.today() + dt.timedelta(days=days)
    return {f"{field}_0": str(day.day), f"{field}_1": str(day.month), f"{field}_2": str(day.year)}


FACTS = {
    "hours_a_week": "30", "pay": "14.00", "named_contact": "Ada Moss", "buddy": "Ola", "fares_by": "employer",
    "kit_by": "council", "time_for_appointments": "on",
}  # fmt: skip


def start_of(desk) -> Start:
    with factories.as_worker():
        return Start.objects.get(introduction=desk.row)


# --- the worker


def test_from_an_offer_to_an_end():
    desk = Desk("offered")
    assert "They have a first day" in desk.read()
    desk.send("start", **on(5), **FACTS)
    mine = start_of(desk)
    assert (mine.state, mine.pay_pence, mine.hours_a_week, mine.made_by) == ("planned", 1400, 30, desk.worker)
    page = desk.read()
    for words in ("Ada Moss", "Ola", "£14.00", "The council", "Planned: F5", "check it", "Before day one"):
        assert words in page, words
    assert "They are there" not in page and "3E+1" not in page  # the day is still to come
    desk.send("put-right", **on(0), **{**FACTS, "named_contact": "Jo Lind"})
    assert (start_of(desk).state, start_of(desk).named_contact) == ("begun", "Jo Lind")
    assert "Before day one" not in desk.read()
    page = desk.send("end-start", ending="better", **on(0, "on"))
    assert (start_of(desk).ending, desk.now().state, desk.now().ending) == ("better", "ended", "left")
    assert "what they would like next" in page and f"/adviser/people/{desk.person.public_id}/" in page
    assert "Planned: F5" not in page and "All that can be asked for" not in page


def test_the_form_knows_what_the_opportunity_says():
    with factories.as_worker():
        to = chain.opportunity(pay_pence=1325, hours_a_week=25, travel_paid=True)
    page = Desk("offered", to=to).read("start/")
    assert 'value="13.25"' in page and 'value="25"' in page
    assert re.search(r'value="employer" selected', page)


@pytest.mark.parametrize(
    ("right", "until", "line"),
    [
        ("confirmed", None, ""),
        ("unchecked", None, "to be checked before the first day"),
        ("limited", None, "with limits. Check"),
        ("limited", "2027-03-01", "with limits, until 1 March 2027. Check"),
    ],
)
def test_the_right_to_work_is_looked_at_before_a_start_by_their_worker_alone(right, until, line):
    desk = Desk("offered", right_to_work=right, right_to_work_until=until)
    page = desk.read("start/")
    assert ("Right to work" in page) == bool(line) and line in page
    assert "Right to work" not in desk.read() + desk.read("check/")
    desk.send("start", **on(0), **FACTS)
    assert line in desk.read("put-right/")
    assert "Right to work" not in own_page(desk, as_oneself(desk))


def test_what_the_law_refuses_is_said_and_nothing_has_happened():
    desk = Desk("offered")
    assert "below the legal minimum" in desk.send("start", **on(5), **{**FACTS, "pay": "5.00"})
    assert "Name the person who looks out" in desk.send("start", **on(5), **{**FACTS, "named_contact": " "})
    assert "Enter the pay for one hour" in desk.send("start", **on(5), **{**FACTS, "pay": ""})
    assert desk.now().state == "offered"


@pytest.mark.parametrize(
    ("kind", "asked", "not_asked"),
    [
        ("site-visit", {"starts_on", "named_contact", "fares_by"}, {"pay", "hours_a_week", "buddy", "kit_by"}),
        ("skills-course", {"hours_a_week", "buddy"}, {"pay"}),
        ("guaranteed-interview", {"pay", "hours_a_week"}, set()),
    ],
)
def test_a_visit_has_fewer_questions(kind, asked, not_asked):
    with factories.as_worker():
        to = chain.opportunity(kind_code=kind, pay_pence=None)
    desk = Desk("offered", to=to)
    page = desk.read("start/")
    names = set(re.findall(r'name="(\w+?)(?:_\d)?"', page))
    assert asked <= names and not not_asked & names
    desk.send("start", **on(2), named_contact="Ada Moss", fares_by="nobody", kit_by="nobody", hours_a_week="16")
    assert start_of(desk).pay_pence is None


def test_a_form_opened_before_somebody_put_it_right_is_refused():
    desk = Desk("offered")
    desk.send("start", **on(5), **FACTS)
    seen = re.search(r'name="seen" value="([^"]+)"', desk.read("end-start/")).group(1)
    desk.send("put-right", **on(6), **FACTS)
    said = {"seen": seen, "ending": "never", **on(0, "on")}
    assert "has moved on since" in desk.client.post(f"{desk.page}end-start/", said, follow=True).content.decode()
    assert start_of(desk).state == "planned"


@pytest.mark.parametrize("step", ["put-right", "end-start", "begin"])
def test_without_a_start_there_is_no_such_step(step):
    desk = Desk("offered")
    assert "has moved on" in desk.client.get(f"{desk.page}{step}/", follow=True).content.decode()


def test_their_list_before_day_one_is_read_by_their_worker_and_nobody_else():
    desk = Desk("offered")
    with factories.as_worker():
        readiness.record_ready(person=desk.person, has={"phone"})
    page = desk.read()
    assert page.count("Still to get:") == len(readiness.THINGS) - 1 and page.count("There:") == 1
    other = Client()
    factories.sign_in(other, "adviser")
    assert other.get(desk.page).status_code == 404


# --- support in two taps


def test_what_was_pledged_at_the_same_event_is_asked_for_in_two_taps():
    event, other = given.event(), given.event()
    with factories.as_worker():
        to = chain.opportunity()
    Pledge.objects.filter(pk=to.pledge_id).update(event=event)
    bus, far = stock(words="Bus passes", event=event), stock(words="Far away", event=other)
    desk = Desk("offered", to=to)
    desk.send("start", **on(5), **FACTS)
    page = desk.read()
    assert "Bus passes" in page and "Far away" not in page and str(far.public_id) not in page
    address = html.unescape(re.search(rf'href="([^"]*{bus.public_id}[^"]*)"', page).group(1))
    day = clock.today() + dt.timedelta(days=4)
    assert address.endswith(f"?quantity=1&needed_for=start&needed_by={day.isoformat()}")
    form = desk.client.get(address).content.decode()
    said = dict(re.findall(r'name="(\w+)"[^>]*?value="([^"]*)"', form))
    assert (said["quantity"], said["needed_by_0"]) == ("1", str(day.day))
    desk.client.post(address, {**said, "needed_for": "start", "hand_over_at": "County Hall reception"})
    ask = Ask.objects.get(pledge=bus)
    assert (ask.needed_by, ask.needed_for, ask.asked_by) == (day, "start", desk.worker)
    for canary in (desk.person.label, desk.row.reference, str(desk.row.public_id), desk.row.opportunity.title):
        assert canary not in " ".join(map(str, Ask.objects.filter(pk=ask.pk).values_list()[0]))
    again = desk.client.get(address).content.decode()
    assert "County Hall reception" in again  # where it was handed over last


def test_an_address_that_says_nonsense_asks_as_if_it_had_said_nothing():
    bus = stock()
    desk = Desk("started")
    answer = desk.client.get(f"/adviser/support/{bus.public_id}/?needed_by=soon&quantity=x")
    assert answer.status_code == 200


# --- the young person


def as_oneself(desk) -> Client:
    with factories.as_worker():
        joining.join(person=desk.person, name="Kai", email="kai@mail.example")
        desk.person.refresh_from_db()
    client = Client()
    factories.sign_in(client, user=desk.person.user)
    return client


def own_page(desk, client) -> str:
    answer = client.get(f"/me/introductions/{desk.row.public_id}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_a_young_person_reads_of_their_start():
    with factories.as_worker():
        to = chain.opportunity(bring="Flat shoes")
    desk = Desk("offered", to=to)
    client = as_oneself(desk)
    assert "Flat shoes" not in own_page(desk, client)
    desk.send("start", **on(5), **FACTS)
    page = own_page(desk, client)
    for words in ("You start at", "Ada Moss", "Ola", "£14.00", "Flat shoes", "first wage", "/me/ready/", "The council"):
        assert words in page, words
    assert "Planned: F5" not in page  # the worker's affair
    assert "You have a first day" in client.get("/me/introductions/").content.decode()


def test_before_the_day_they_may_say_no_and_afterwards_their_worker_ends_it():
    desk = Desk("offered")
    client = as_oneself(desk)
    desk.send("start", **on(5), **FACTS)
    stop = f"/me/introductions/{desk.row.public_id}/stop/"
    assert stop in own_page(desk, client) and "Then we tell" in client.get(stop).content.decode()
    assert "You said no. That is fine." in client.post(stop, follow=True).content.decode()
    assert (desk.now().state, desk.now().ending, start_of(desk).ending) == ("ended", "young_person", "never")
    there = Desk("started")
    client = as_oneself_again(there)
    stop = f"/me/introductions/{there.row.public_id}/stop/"
    assert stop not in own_page(there, client)
    assert "has moved on" in client.post(stop, follow=True).content.decode()
    assert there.now().state == "started"


def as_oneself_again(desk) -> Client:
    with factories.as_worker():
        joining.join(person=desk.person, name="Rae", email="rae@mail.example")
        desk.person.refresh_from_db()
    client = Client()
    factories.sign_in(client, user=desk.person.user)
    return client


def test_an_end_is_told_without_why():
    desk = Desk("started")
    client = as_oneself(desk)
    with factories.as_worker():
        starting.end(start=start_of(desk), role="adviser", ending="let_go", on=clock.today())
    page = own_page(desk, client)
    assert "has come to an end" in page and "what you would like next" in page and "ended it" not in page


# --- facts for all sides


@pytest.mark.parametrize("who", ["employer", "council", "pledged", "nobody"])
def test_a_business_reads_what_it_pays_and_not_who_else_does(who):
    mine = Start(starts_on=dt.date(2026, 12, 3), named_contact="Ada Moss", fares_by=who, kit_by=who)
    for_business = {row["label"] for row in start_facts.rows(mine, business=True)}
    assert ("Fares paid by" in for_business) == (who == "employer")
    assert ("Fares paid by" in {row["label"] for row in start_facts.rows(mine)}) == (who != "nobody")


# --- the closing message


def letters(row, ending):
    with factories.as_worker():
        giver = row.opportunity.pledge.contact
        type(giver).objects.filter(pk=giver.pk).update(approved_by=factories.user(), approved_on=clock.today())
        starting.end(start=row.start, role="adviser", ending=ending, on=clock.today())
        found = Outbox.objects.filter(cause_id=row.pk, purpose__startswith="ended_")
        prepared = {message.purpose: preparing.prepare(message) for message in found}
        return {name: each.mail for name, each in prepared.items() if isinstance(each, preparing.Letter)}


@pytest.mark.parametrize(("ending", "begun"), [("left", True), ("let_go", True), ("never", False)])
def test_everybody_hears_of_the_end_in_words_that_suit(ending, begun):
    with factories.as_worker():
        row = chain.walked("started", chain.person(factories.adviser(), label="Zebedee Quill"))
    found = letters(row, ending)
    assert set(found) == {closing.WORKER, closing.BUSINESS}
    for mail in found.values():
        words = f"{mail.subject} {mail.text}"
        assert ("has come to an end" in words) == begun and ("goes no further" in words) != begun
        for canary in ("Zebedee", "Robin", row.opportunity.title, row.employer.name, "let go", "ended it", "Sam Hale"):
            assert canary not in words, canary


# --- queries


def test_the_page_costs_the_same_with_more_of_everything():
    desk = Desk("offered")
    desk.send("start", **on(5), **FACTS)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            desk.read()
        return len(found)

    queries()
    before = queries()
    for days in (6, 7, 8):
        desk.send("put-right", **on(days), **FACTS)
    with factories.as_worker():
        for _each in range(3):
            chain.walked("started", desk.person)
    assert queries() == before
