"""The worker's pages: from interest to an offer by forms, only for one's own, and the second of two is told."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from introductions import services, worker
from introductions.models import Introduction, Permission
from introductions.worker_forms import no_contact
from matching.services import record_interests
from tests import factories
from tests.introductions import chain

pytestmark = pytest.mark.django_db
SEEN = re.compile(r'name="seen" value="([^"]+)"')
WORDS = {
    "name": "Robin", "way": "me", "reach": "0115 496 0000", "more": "I like early mornings.",
    "who_knows": "the kitchen manager",
}  # fmt: skip


class Desk:
    """A worker at an introduction in `state`."""

    def __init__(self, state="interested", *, to=None, **person):
        self.worker = factories.adviser()
        with factories.as_worker():
            self.person = chain.person(self.worker, **person)
            self.row = chain.walked(state, self.person, to)
        self.client = Client()
        factories.sign_in(self.client, user=self.worker)

    @property
    def page(self):
        return reverse("introductions:show-introduction", args=[self.row.public_id])

    def read(self, end=""):
        answer = self.client.get(self.page + end)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    def send(self, step, **said):
        seen = SEEN.search(self.read(f"{step}/")).group(1)
        return self.client.post(f"{self.page}{step}/", {"seen": seen, **said}, follow=True).content.decode()

    def now(self):
        with factories.as_worker():
            return Introduction.objects.get(pk=self.row.pk)


def day(days=3):
    when = clock.today() + dt.timedelta(days=days)
    return {"day_0": str(when.day), "day_1": str(when.month), "day_2": str(when.year)}


def test_from_interest_to_an_offer():
    desk = Desk()
    preview = desk.send("ask", **WORDS)
    exact = "Robin would like to go for “Kitchen team member”. I like early mornings. Get in touch through "
    exact += desk.worker.name
    assert exact in preview and desk.now().state == "interested"
    desk.send("ask", **WORDS, send="1")
    assert desk.now().state == "asked"
    with factories.as_worker():
        assert Permission.objects.get(introduction=desk.row).words["text"].startswith(exact)
    desk.send("answer", answer="yes")
    assert desk.now().state == "permitted"
    desk.send("introduce")
    assert desk.now().state == "introduced"
    desk.send("meet", **day(), time="14:30", meets_where="Reception", in_staffed_place="on")
    assert (desk.now().state, desk.now().meets_where) == ("meeting", "Reception")
    desk.send("offer")
    page = desk.read()
    assert desk.now().state == "offered" and desk.row.reference in page and "asks you for money" in page
    assert desk.worker.name in page


@pytest.mark.parametrize("way", ["me", "phone", "email"])
def test_contact_details_stand_in_one_place_only(way):
    desk = Desk()
    for field in ("name", "more", "who_knows"):
        for words in ("ring 0115 496 0000", "robin@home.example", "www.robin.example"):
            assert "Leave phone numbers" in desk.send("ask", **{**WORDS, "way": way, field: words}, send="1")
    assert desk.now().state == "interested"


def test_planted_words_without_contact_details_pass():
    no_contact("I am free from 9 to 5, and I am 19.")


def test_a_no_ends_it():
    desk = Desk("asked")
    desk.send("answer", answer="no")
    assert (desk.now().state, desk.now().ending) == ("ended", "young_person")


def test_at_17_who_agreed_is_written_down():
    born = dt.date(clock.today().year - 17, 1, 1)
    desk = Desk("asked", birth_month=born)
    assert "Choose who agreed, and in which role" in desk.send("answer", answer="yes")
    assert desk.now().state == "asked"
    desk.send("answer", answer="yes", agreed_role="carer")
    assert desk.now().state == "permitted"


def test_at_17_their_own_yes_is_confirmed():
    desk = Desk("asked", birth_month=dt.date(clock.today().year - 17, 1, 1))
    with factories.as_worker():
        services.answer(permission=Permission.objects.get(introduction=desk.row), yes=True, role="young_person")
    assert "Confirm their yes" in desk.read() and "Write down their answer" not in desk.read()
    desk.send("confirm", agreed_role="parent")
    assert desk.now().state == "permitted"


def test_one_to_one_names_the_adult():
    with factories.as_worker():
        to = chain.opportunity(kind_code="mentoring")
    desk = Desk("permitted", to=to)
    assert "Name the adult they will be with" in desk.send("introduce")
    desk.send("introduce", adult_name="Sam Hale")
    assert desk.now().adult_name == "Sam Hale"


def giver_of(row, **more):
    """Whoever gave the pledge, approved and with a number; without a mailbox, unless `more` says one."""
    with factories.as_worker():
        giver = row.opportunity.pledge.contact
        values = {"name": "Petra Lind", "phone": "01632 960123", "email": "", **more}
        type(giver).objects.filter(pk=giver.pk).update(
            approved_by=factories.user(), approved_on=clock.today(), **values
        )


TOLD = ("Petra Lind", "01632 960123", "We do not send this for you", "Tell them now")


def test_whom_to_tell_is_shown_when_a_place_is_held_and_not_before():
    desk = Desk("permitted")
    giver_of(desk.row)
    for page in (desk.read(), desk.read("introduce/")):
        assert not [words for words in TOLD if words in page]
    page = desk.send("introduce")
    assert [words for words in TOLD if words in page] == list(TOLD)
    assert desk.now().agreed["text"] in page and desk.now().holds_place
    desk.send("interview", **day(), time="10:00", meets_where="Reception", in_staffed_place="on")
    assert "Petra Lind" not in desk.read()


def test_nobody_who_is_not_approved_is_shown():
    desk = Desk("introduced")
    assert "Ask the coordinator whom to ring" in desk.read()


REFUSED = [
    ("employer", {"checked_until": dt.date(2020, 1, 1)}, "not checked"),
    ("opportunity", {"state": "paused", "live": False}, "not open"),
    ("opportunity", {"closes_on": dt.date(2020, 1, 1), "live": False}, "not open"),
    ("opportunity", {"places_held": 2}, "no place left"),
]


@pytest.mark.parametrize(("of", "values", "sentence"), REFUSED)
def test_what_stands_in_the_way_is_said_and_nobody_to_ring(of, values, sentence):
    desk = Desk("permitted")
    giver_of(desk.row)
    with factories.as_worker():
        other = getattr(desk.row, of)
        type(other).objects.filter(pk=other.pk).update(**values)
    page = desk.send("introduce")
    assert sentence in page and "Petra Lind" not in page and "01632" not in page
    assert desk.now().state == "permitted"


def test_while_the_business_is_not_checked_nobody_to_ring_is_shown():
    desk = Desk("introduced")
    giver_of(desk.row)
    assert "Petra Lind" in desk.read()
    with factories.as_worker():
        type(desk.row.employer).objects.filter(pk=desk.row.employer_id).update(checked_until=dt.date(2020, 1, 1))
    assert "Petra Lind" not in desk.read()


def test_a_meeting_is_to_come_and_where_other_people_are():
    desk = Desk("introduced")
    facts = {"time": "14:30", "meets_where": "Reception"}
    assert "where other staff are" in desk.send("meet", **day(), **facts)
    assert "That time has passed" in desk.send("meet", **day(-1), **facts, in_staffed_place="on")
    assert desk.now().state == "introduced"


def test_taken_back_it_is_over():
    desk = Desk("introduced")
    desk.send("withdraw")
    assert desk.now().ending == "withdrawn" and "took their yes back" in desk.read()


def test_the_second_of_two_workers_is_told():
    desk = Desk("introduced")
    seen = SEEN.search(desk.read("offer/")).group(1)
    desk.send("interview", **day(), time="10:00", meets_where="Reception", in_staffed_place="on")
    answer = desk.client.post(f"{desk.page}offer/", {"seen": seen}, follow=True)
    assert "has moved on since you opened it" in answer.content.decode()
    assert desk.now().state == "interview"


def test_planted_without_the_guard_the_second_would_overwrite(monkeypatch):
    monkeypatch.setattr(worker, "_somebody_else_was_here", lambda request, turn: False)
    desk = Desk("introduced")
    desk.client.post(f"{desk.page}offer/", {"seen": "long ago"})
    assert desk.now().state == "offered"


def test_a_step_that_is_not_due_is_not_shown():
    desk = Desk("interested")
    assert "Hold a place" not in desk.read()
    answer = desk.client.get(f"{desk.page}introduce/", follow=True)
    assert "has moved on since you opened it" in answer.content.decode()
    assert desk.client.get(f"{desk.page}nothing/").status_code == 404


@pytest.mark.parametrize("role", ["adviser", "social_worker", "team_manager", "coordinator", "employer_member"])
def test_anybody_elses_are_unknown(role):
    desk = Desk("introduced")
    client = Client()
    place = {"employer_id": desk.row.employer_id} if role == "employer_member" else {}
    factories.sign_in(client, role, **place)
    for path in (
        desk.page,
        f"{desk.page}withdraw/",
        reverse("introductions:list-introductions", args=[desk.person.public_id]),
    ):
        assert client.get(path).status_code in (403, 404)
        assert client.post(path).status_code in (403, 404, 405)
    assert desk.now().state == "introduced"


def test_the_list_costs_the_same_for_one_and_for_many():
    desk = Desk("introduced")
    address = reverse("introductions:list-introductions", args=[desk.person.public_id])

    def queries():
        with CaptureQueriesContext(connection) as found:
            assert desk.client.get(address).status_code == 200
        return len(found)

    queries()
    before = queries()
    with factories.as_worker():
        for _each in range(5):
            chain.interested(desk.person, chain.opportunity())
    assert queries() == before


def test_they_told_their_worker_that_they_would_like_it():
    desk = Desk()
    with factories.as_worker():
        to = chain.opportunity()
    address = reverse("introductions:note-interest", args=[desk.person.public_id, to.public_id])
    assert "Nobody at the business is told" in desk.client.get(address).content.decode()
    for _twice in range(2):
        assert "Ask them" in desk.client.post(address, follow=True).content.decode()
    with factories.as_worker():
        row = Introduction.objects.get(opportunity=to)
    assert (row.state, row.said_by) == ("interested", "worker")
    client = Client()
    factories.sign_in(client, "adviser")
    assert client.post(address).status_code == 404


def test_what_has_closed_is_said_in_a_sentence():
    desk = Desk()
    with factories.as_worker():
        to = chain.opportunity()
        type(to).objects.filter(pk=to.pk).update(state="closed", live=False)
    address = reverse("introductions:note-interest", args=[desk.person.public_id, to.public_id])
    assert "just closed" in desk.client.post(address).content.decode()


def test_a_language_they_want_explained_is_said_where_they_are_asked_and_nowhere_else():
    desk = Desk()
    wish = "They would like an interpreter for:"
    assert wish not in desk.read("ask/")
    with factories.as_worker():
        record_interests(person=desk.person, by=desk.worker, told={"interpreter": "Tigrinya & <b>"})
    assert f"{wish} <b>Tigrinya &amp; &lt;b&gt;</b>" in desk.read("ask/")
    assert wish in desk.send("ask", **WORDS)
    assert wish not in desk.read("decline/")
