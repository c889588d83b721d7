"""The giver has lost the message: their worker sends the link once more, to where they read it now."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from introductions import business_messages as told
from notifications import addresses, preparing
from notifications.models import Outbox
from tests import factories
from tests.introductions.test_business import CANARY, Firm, unapproved, unchecked, withdrawn
from tests.pledges.following import go_to

pytestmark = pytest.mark.django_db
OFFER, DONE, ENOUGH = "They have lost our message", "We send them the link now", "It was sent three times today"


def page(firm: Firm) -> str:
    return reverse("introductions:show-introduction", args=[firm.row.public_id])


def worker(firm: Firm) -> Client:
    client = Client()
    factories.sign_in(client, user=firm.worker)
    return client


def press(firm: Firm, client: Client | None = None):
    return (client or worker(firm)).post(f"{page(firm)}send-link/", follow=True)


def links(firm: Firm) -> list[str]:
    """The path in each letter that waits, the first one first."""
    with factories.as_worker():
        rows = Outbox.objects.filter(purpose__in=told.WAYS, cause_id=firm.row.pk).order_by("pk")
        letters = [preparing.prepare(row) for row in rows]
    return [re.search(r"https?://[^/]+(/k/\S+)", letter.mail.text)[1] for letter in letters]


@pytest.mark.parametrize("state", ["introduced", "meeting", "checks"])
def test_another_link_goes_to_the_giver_and_the_first_goes_on_working(state):
    firm = Firm(state)
    before = len(links(firm))
    assert OFFER in worker(firm).get(page(firm)).content.decode()
    assert DONE in press(firm).content.decode()
    first, *_, again = found = links(firm)
    assert len(found) == before + 1 and first != again
    for path in (first, again):
        assert firm.row.reference in Client().get(path).content.decode()


def test_the_letter_says_nothing_of_the_person():
    firm = Firm("meeting")
    press(firm)
    with factories.as_worker():
        letter = preparing.prepare(Outbox.objects.filter(purpose=told.TOLD).latest("pk"))
    assert letter.to == "giver@business.example" and firm.row.reference in letter.mail.text
    for canary in (CANARY, "Robin", "care", firm.row.opportunity.title, firm.row.employer.name):
        assert canary not in letter.mail.text + letter.mail.subject


def test_who_reads_texts_gets_a_text():
    firm = Firm(giver={"way": "text", "phone": "07700 900123"})
    press(firm)
    with factories.as_worker():
        found = Outbox.objects.filter(purpose=told.TOLD_BY_TEXT, cause_id=firm.row.pk)
        assert found.count() == 2 and {preparing.prepare(row).to for row in found} == {"07700 900123"}


WAYS = pytest.mark.parametrize("giver", [{}, {"way": "text", "phone": "07700 900123"}])


def sent_where_nothing_arrives(giver) -> int:
    firm = Firm(giver=giver)
    with factories.as_worker():
        addresses.failed(addresses.mark_of(giver.get("phone", "giver@business.example")), gone=True)
        before = Outbox.objects.count()
    said = press(firm).content.decode()
    with factories.as_worker():
        sent = Outbox.objects.count() - before
    assert ("Our messages do not reach them" in said, DONE in said) == (not sent, bool(sent))
    return sent


@WAYS
def test_where_nothing_arrives_any_more_nothing_is_sent_and_the_worker_is_told(giver):
    assert sent_where_nothing_arrives(giver) == 0


@WAYS
def test_planted_a_link_goes_where_nothing_arrives(giver, monkeypatch):
    monkeypatch.setattr(addresses, "stopped", lambda _addresses: set())
    assert sent_where_nothing_arrives(giver) == 1


def test_three_times_a_day_and_again_the_next_day():
    today = clock.today()
    go_to(today, 8)
    firm = Firm()
    said = []
    for hour in (9, 10, 11, 12):
        go_to(today, hour)
        said.append(press(firm).content.decode())
    assert [DONE in each for each in said] == [True] * 3 + [False] and ENOUGH in said[-1]
    assert len(links(firm)) == 4  # the first message and three more
    go_to(today + dt.timedelta(days=1))
    assert DONE in press(firm).content.decode()


def test_a_double_tap_sends_one():
    firm = Firm()
    assert all(DONE in press(firm).content.decode() for _tap in range(5))
    assert len(links(firm)) == 2  # the first message and one more


def test_nobody_else_sends_it():
    firm = Firm()
    for role in ("adviser", "coordinator", "support_officer"):
        client = Client()
        factories.sign_in(client, role)
        assert press(firm, client).status_code == 404
    assert worker(firm).get(f"{page(firm)}send-link/").status_code == 404
    assert len(links(firm)) == 1


@pytest.mark.parametrize("ends", [unchecked, withdrawn, unapproved])
def test_where_nobody_may_be_written_to_there_is_no_button(ends):
    firm = Firm()
    ends(firm)
    client = worker(firm)
    assert OFFER not in client.get(page(firm)).content.decode() and press(firm, client).status_code == 404


@pytest.mark.parametrize("state", ["interested", "asked", "permitted"])
def test_before_the_business_knows_there_is_no_button(state):
    firm = Firm(state)
    assert OFFER not in worker(firm).get(page(firm)).content.decode() and press(firm).status_code == 404
    with factories.as_worker():
        assert not Outbox.objects.filter(purpose__in=told.WAYS).exists()
