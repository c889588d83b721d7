"""What has changed between a manager's page and the lock is said in words: nobody finds a broken page."""

import pytest
from django.urls import reverse

from accounts import guests, services, transfers
from accounts.models import AdviserLink, Membership, Transfer, YoungPerson
from core import clock
from tests import factories
from tests.matching.test_guests import said as guest_said

pytestmark = pytest.mark.django_db
ENDED = {"ended_on": "2026-11-20", "ended_why": "age"}


def meanwhile(monkeypatch, module, do):
    """`do` happens just before the verb holds the young person."""
    lock = module.locked_person

    def late(pk):
        do(pk)
        return lock(pk)

    monkeypatch.setattr(module, "locked_person", late)


def change(**facts):
    return lambda pk: YoungPerson.objects.filter(pk=pk).update(**facts)


@pytest.fixture
def place(sign_in):
    manager, worker = factories.membership("team_manager").user, factories.adviser()
    person = factories.young_person(label="L-mine", worker=worker)
    return {"client": sign_in(user=manager), "manager": manager, "worker": worker, "person": person}


def posted(place, name, said) -> str:
    answer = place["client"].post(reverse(f"matching:{name}", args=[place["person"].public_id]), said)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [(ENDED, "Support has ended, so nobody is let in"), ({"kept_apart": True}, "They are kept apart")],
)
def test_nobody_is_let_in(facts, sentence, place, monkeypatch):
    meanwhile(monkeypatch, guests, change(**facts))
    assert sentence in posted(place, "let-guest-in", guest_said(clock.today()))
    with factories.as_worker():
        assert not AdviserLink.objects.of_guests().exists()


def test_no_council_is_asked(place, monkeypatch):
    derbyshire = factories.membership("team_manager", council=factories.council("Derbyshire")).council
    meanwhile(monkeypatch, transfers, change(**ENDED))
    text = posted(place, "ask-transfer", {"to_council": derbyshire.gss_code, "words": "Ring Dana"})
    assert "Support has ended. Nobody takes it over." in text
    with factories.as_worker():
        assert not Transfer.objects.exists()


def test_no_adviser_is_chosen(place, monkeypatch):
    meanwhile(monkeypatch, services, change(**ENDED))
    text = posted(place, "hand-over", {"worker": factories.adviser().public_id})
    assert "Support has ended, so nobody is given a worker" in text


def test_nothing_is_accepted_for_a_worker_who_has_left(place, monkeypatch, sign_in):
    derbyshire = factories.council("Derbyshire")
    theirs, worker = factories.membership("team_manager", council=derbyshire), factories.adviser(council=derbyshire)
    with factories.as_worker():
        row = transfers.ask(person=place["person"], to_council=derbyshire, words="Ring Dana", by=place["manager"])
    left = Membership.objects.filter(user=worker)
    meanwhile(monkeypatch, transfers, lambda _pk: left.update(valid_to="2026-11-01"))
    address = reverse("matching:answer-transfer", args=[row.public_id])
    answer = sign_in(user=theirs.user).post(address, {"answer": "yes", "worker": worker.public_id})
    assert answer.status_code == 200 and "Choose a worker of the council" in answer.content.decode()
    with factories.as_worker():
        assert Transfer.objects.get().state == "asked"
