"""A phone, number or mailbox that is somebody else's by now: their worker ends the sign-in, and nothing of it opens
their page any more."""

import re

import pytest

from accounts import joining
from accounts.adapter import Adapter
from accounts.models import SignedLink
from introductions.me import confirming
from notifications.models import Outbox
from tests import factories
from tests.introductions.test_me import own_account, text
from tests.introductions.test_own_number import NUMBER, OTHER, ask_for, code_by_text, join, own_number, prove, user_of

pytestmark = pytest.mark.django_db


def end_it(sign_in, worker, person) -> str:
    """The worker ends the sign-in: the page that answers."""
    path = f"/adviser/people/{person.public_id}/invite/"
    return sign_in(user=worker).post(path, {"end": "1"}).content.decode()


def test_their_worker_ends_it_at_once_and_gives_a_new_link(sign_in):
    worker = factories.adviser()
    jo = own_number(worker)
    lost, pending = sign_in(user=jo.user), sign_in()
    pending.post("/sign-in/", {"address": NUMBER})
    assert "End it and make a new link" in text(sign_in(user=worker), f"/adviser/people/{jo.public_id}/invite/")
    page = end_it(sign_in, worker, jo)
    address = re.search(r"<b>http://testserver(/k/[\w-]+/join/)</b>", page)[1]
    assert lost.get("/me/").headers["Location"].startswith("/sign-in/")
    pending.post("/sign-in/code/", {"code": code_by_text("sign_in_text", NUMBER)})
    assert "_auth_user_id" not in pending.session
    phone = sign_in()
    assert join(phone, address, OTHER, OTHER).headers["Location"] == "/me/"
    user = user_of(jo)
    assert (user.pk, user.phone) == (jo.user_id, OTHER) and text(phone, "/me/")
    assert SignedLink.objects.filter(purpose="join", revoked_at=None).count() == 0


def test_the_same_with_an_email_address(sign_in):
    worker = factories.adviser()
    kai = own_account(worker=worker)
    lost = sign_in(user=kai.user)
    end_it(sign_in, worker, kai)
    assert lost.get("/me/").headers["Location"].startswith("/sign-in/") and user_of(kai).email is None
    lost.post("/sign-in/", {"address": "kai@mail.example"})
    with factories.as_worker():
        assert not Outbox.objects.filter(purpose="sign_in_code").exists()


def pending_by_email(sign_in, worker):
    """Somebody with the old mailbox open has asked for a code; then the worker ends the sign-in."""
    kai, intruder = own_account(worker=worker), sign_in()
    intruder.post("/sign-in/", {"address": "Kai@Mail.example"})
    with factories.as_worker():
        code = Outbox.objects.get(purpose="sign_in_code").secret["code"]
    page = end_it(sign_in, worker, kai)
    return kai, intruder, code, re.search(r"<b>http://testserver(/k/[\w-]+/join/)</b>", page)[1]


def test_a_code_by_email_that_was_sent_already_opens_nothing_more(sign_in):
    _kai, intruder, code, _address = pending_by_email(sign_in, factories.adviser())
    answer = intruder.post("/sign-in/code/", {"code": code})
    assert answer.headers["Location"] == "/sign-in/" and "_auth_user_id" not in intruder.session


def test_planted_missing_question_lets_the_old_mailbox_in_until_they_join_again(sign_in, monkeypatch):
    """The control of the test before; and even such a session sets no number, and ends when its owner joins."""
    monkeypatch.delattr(Adapter, "pre_login")
    kai, intruder, code, address = pending_by_email(sign_in, factories.adviser())
    intruder.post("/sign-in/code/", {"code": code})
    assert intruder.get("/me/").status_code == 200
    ask_for(intruder)
    page = intruder.post("/me/sign-in/code/", {"code": code_by_text("new_number", OTHER)}, follow=True)
    assert "Your sign-in has ended" in page.content.decode() and user_of(kai).phone == ""
    assert join(sign_in(), address).headers["Location"] == "/me/" and user_of(kai).phone == NUMBER
    assert intruder.get("/me/").headers["Location"].startswith("/sign-in/")


def test_a_new_number_that_comes_back_while_the_worker_ends_the_sign_in_is_not_kept(sign_in, monkeypatch):
    worker = factories.adviser()
    jo = own_number(worker)
    client = sign_in(user=jo.user)
    ask_for(client)

    def ended_meanwhile(*_args) -> bool:
        joining.end_sign_in(person=jo, by=worker.pk, role="adviser")
        return True

    monkeypatch.setattr(confirming, "is_right", ended_meanwhile)
    prove(client)
    assert user_of(jo).phone == "" and client.get("/me/").headers["Location"].startswith("/sign-in/")


def test_a_link_alone_ends_nothing(sign_in):
    """Without the button the sign-in stays, and no link is made beside it."""
    worker = factories.adviser()
    jo = own_number(worker)
    page = sign_in(user=worker).post(f"/adviser/people/{jo.public_id}/invite/").content.decode()
    assert "/join/" not in page and user_of(jo).phone == NUMBER


def test_a_colleague_ends_nothing(sign_in):
    jo = own_number()
    answer = sign_in("adviser").post(f"/adviser/people/{jo.public_id}/invite/", {"end": "1"})
    assert answer.status_code == 404 and user_of(jo).phone == NUMBER


def test_who_works_here_as_well_keeps_their_sign_in(sign_in):
    worker = factories.adviser()
    kai = own_account(worker=worker)
    factories.membership("board_member", of=kai.user)
    page = end_it(sign_in, worker, kai)
    assert "for their work here" in page and "/join/" not in page and user_of(kai).email == "kai@mail.example"
