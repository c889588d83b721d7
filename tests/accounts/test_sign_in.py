"""Signing in by e-mailed code: the whole way through the test client, and every way it must not go."""

import logging

import pytest
from django.test import Client

from accounts import attempts
from accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def adviser(db):
    return factories.adviser()


def ask(client, email, **more):
    return client.post("/sign-in/", {"address": email}, **more)


def type_code(client, code):
    return client.post("/sign-in/code/", {"code": code})


def signed_in(client) -> str | None:
    return client.session.get("_auth_user_id")


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_code_signs_in_and_leads_to_the_home_of_the_hat(adviser, codes):
    client = Client()
    assert b"Send me a code" in client.get("/sign-in/").content
    assert ask(client, adviser.email).headers["Location"] == "/sign-in/code/"
    page = client.get("/sign-in/code/").content.decode()
    assert adviser.email in page
    ((user, code),) = codes
    assert user == adviser and len(code) == 6 and code.isdigit()
    answer = type_code(client, code)
    assert answer.status_code == 302 and answer.headers["Location"] == "/go/"
    assert signed_in(client) == str(adviser.pk)


def test_capitals_in_the_address_and_a_space_in_the_code_do_not_matter(adviser, codes):
    client = Client()
    ask(client, adviser.email.upper())
    code = codes[0][1]
    type_code(client, f" {code[:3]} {code[3:]} ")
    assert signed_in(client)


def test_the_session_gets_a_new_key(adviser, codes):
    client = Client()
    ask(client, adviser.email)
    before = client.session.session_key
    type_code(client, codes[0][1])
    assert client.session.session_key != before


@pytest.mark.parametrize(("who", "ticked", "days"), [("works", "on", 30), ("works", "", 14), ("young", "on", 14)])
def test_a_phone_is_remembered_for_those_who_work_here_and_ask(who, ticked, days, adviser, codes):
    """A young person's phone may be anybody's: ticked or not, it stays at two weeks."""
    email = adviser.email
    if who == "young":
        user = factories.user()
        factories.young_person(user=user)
        email = user.email
    client = Client()
    ask(client, email)
    client.post("/sign-in/code/", {"code": codes[-1][1], "remember": ticked})
    assert client.session.get_expiry_age() == pytest.approx(days * 86_400, abs=60)
    forget = "Forget this phone" in client.get("/hats/").content.decode()
    assert forget == (days == 30)
    client.post("/sign-out/")
    assert "_auth_user_id" not in client.session


def test_it_leads_to_the_page_that_was_asked_for_and_never_to_another_site(adviser, codes):
    for after, leads_to in (("/hats/", "/hats/"), ("https://elsewhere.example/", "/go/")):
        client = Client()
        client.post("/sign-in/", {"address": adviser.email, "next": after})
        location = client.post("/sign-in/code/", {"code": codes[-1][1], "next": after}).headers["Location"]
        assert location == leads_to


def test_a_wrong_code_is_told_and_three_are_the_end(adviser, codes):
    client = Client()
    ask(client, adviser.email)
    code = codes[0][1]
    assert "That is not the code we sent" in type_code(client, wrong(code)).content.decode()
    type_code(client, wrong(code))
    assert type_code(client, wrong(code)).headers["Location"] == "/sign-in/"
    type_code(client, code)  # the right one comes too late
    assert not signed_in(client)


def test_a_code_ends_after_ten_minutes(adviser, codes):
    client = Client()
    ask(client, adviser.email)
    session = client.session
    login = session["account_login"]
    login["state"]["stages"]["login_by_code"]["data"]["at"] -= 601
    session["account_login"] = login
    session.save()
    assert type_code(client, codes[0][1]).headers["Location"] == "/sign-in/"
    assert not signed_in(client)


def test_a_code_of_one_browser_is_no_good_in_another(adviser, codes):
    ask(Client(), adviser.email)
    other = Client()
    assert type_code(other, codes[0][1]).headers["Location"] == "/sign-in/"
    assert not signed_in(other)


def test_a_mistyped_address_can_be_put_right(adviser, codes):
    client = Client()
    ask(client, "tpyo@council.example")
    assert client.get("/sign-in/").status_code == 200  # not sent on to the code that will never come
    ask(client, adviser.email)
    type_code(client, codes[0][1])
    assert signed_in(client) == str(adviser.pk)


def test_a_new_code_ends_the_one_before(adviser, codes):
    client = Client()
    ask(client, adviser.email)
    ask(client, adviser.email)
    (_user, old), (_user, new) = codes
    if old != new:
        type_code(client, old)
        assert not signed_in(client)
    type_code(client, new)
    assert signed_in(client)


def test_an_unknown_address_gets_the_same_pages_and_nothing_is_sent(adviser, codes):
    known, unknown = Client(), Client()
    answers = [ask(known, adviser.email), ask(unknown, "nobody@nowhere.example")]
    assert len({(answer.status_code, answer.headers["Location"]) for answer in answers}) == 1
    pages = [
        client.get("/sign-in/code/").content.decode().replace(email, "X")
        for client, email in ((known, adviser.email), (unknown, "nobody@nowhere.example"))
    ]
    without_token = [
        page.split("csrfmiddlewaretoken")[0] + page.split("csrfmiddlewaretoken")[1][100:] for page in pages
    ]
    assert without_token[0] == without_token[1]
    assert [user for user, code in codes] == [adviser]
    for code in ("", "000000"):
        type_code(unknown, code)
    assert not signed_in(unknown)


def test_both_answers_take_the_same_least_time(adviser, codes, monkeypatch):
    monkeypatch.setattr(attempts, "FLOOR", 7)
    slept = []
    monkeypatch.setattr(attempts.time, "sleep", slept.append)
    ask(Client(), adviser.email)
    ask(Client(), "nobody@nowhere.example")
    assert len(slept) == 2 and all(6 < seconds <= 7 for seconds in slept)


def test_somebody_who_has_left_is_unknown(adviser, codes):
    User.objects.filter(pk=adviser.pk).update(is_active=False)
    client = Client()
    assert ask(client, adviser.email).headers["Location"] == "/sign-in/code/"
    assert codes == []


def test_a_closed_account_does_not_get_in_with_a_code_it_already_has(adviser, codes):
    client = Client()
    ask(client, adviser.email)
    User.objects.filter(pk=adviser.pk).update(is_active=False)
    type_code(client, codes[0][1])
    assert not signed_in(client)


def test_the_code_is_never_logged(adviser, codes, caplog):
    caplog.set_level(logging.DEBUG)
    client = Client()
    ask(client, adviser.email)
    type_code(client, codes[0][1])
    assert codes[0][1] not in caplog.text and adviser.email not in caplog.text


def test_nonsense_in_the_address_is_told(codes):
    for email in ("", "not an address", "a@b", "x" * 400 + "@example.org", "a\x00b@example.org"):
        answer = ask(Client(), email)
        assert answer.status_code == 200 and "problem" in answer.content.decode()
        (sentence,) = answer.context["form"].errors["address"]
        assert sentence.startswith("Enter a mobile number, like" if email else "Enter your mobile number")
    assert codes == []
