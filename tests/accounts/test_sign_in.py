"""Signing in by e-mailed code: the whole way through the test client, and every way it must not go."""

import logging

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts import attempts, mail
from accounts.hats import SESSION_KEY
from accounts.models import SignInAttempt, User
from core.models import Installation
from tests import database, factories

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


# --- attempts ---------------------------------------------------------------------------------------------------------


def test_five_codes_an_hour_and_no_sixth(adviser, codes):
    for _time in range(5):
        assert ask(Client(), adviser.email).status_code == 302
    page = ask(Client(), adviser.email.upper())
    assert page.status_code == 200 and "Wait an hour" in page.content.decode()
    assert len(codes) == 5
    assert SignInAttempt.objects.count() == 5  # the refused one does not prolong the wait


def test_other_addresses_are_not_held_up(adviser, codes):
    for _time in range(6):
        ask(Client(), adviser.email)
    other = factories.adviser()
    ask(Client(), other.email)
    assert codes[-1][0] == other


def test_an_unknown_address_is_counted_alike(codes):
    for _time in range(5):
        ask(Client(), "nobody@nowhere.example")
    assert "Wait an hour" in ask(Client(), "nobody@nowhere.example").content.decode()


def test_after_an_hour_it_goes_on(adviser, codes):
    for _time in range(6):
        ask(Client(), adviser.email)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sign_in_attempt SET at = at - interval '61 minutes'")
    assert ask(Client(), adviser.email).status_code == 302


def test_old_attempts_are_forgotten(adviser, codes):
    ask(Client(), adviser.email)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sign_in_attempt SET at = at - interval '25 hours'")
    ask(Client(), "nobody@nowhere.example")
    assert SignInAttempt.objects.count() == 1


def test_typing_is_bounded_over_all_browsers(adviser, codes, monkeypatch):
    """Each new code gives three tries; the hour's bound holds over all of them, also for the right code."""
    monkeypatch.setitem(attempts.LIMITS, "typed", 4)
    for _time in range(2):
        client = Client()
        ask(client, adviser.email)
        for _try in range(2):
            type_code(client, wrong(codes[-1][1]))
    page = type_code(client, codes[-1][1])
    assert "too often" in page.content.decode() or page.status_code == 302
    assert not signed_in(client)


def fails(*, user, code, expires_in, phone):
    raise RuntimeError("planted")


@pytest.mark.django_db(transaction=True)
def test_a_page_that_is_rolled_back_does_not_forget_the_attempt(monkeypatch):
    user = factories.adviser()
    monkeypatch.setattr(mail, "_senders", [fails])
    client = Client(raise_request_exception=False)
    assert ask(client, user.email).status_code == 500
    assert SignInAttempt.objects.filter(address_hash=attempts.address_hash(user.email)).count() == 1


@pytest.mark.django_db(transaction=True)
def test_planted_counting_inside_the_transaction_forgets(monkeypatch, settings):
    """The control: with the middleware inside the request's transaction the attempt is gone with the page."""
    order = [name for name in settings.MIDDLEWARE if name != "accounts.attempts.AttemptsMiddleware"]
    order.insert(
        order.index("core.middleware.RequestTransactionMiddleware") + 1, "accounts.attempts.AttemptsMiddleware"
    )
    settings.MIDDLEWARE = order
    user = factories.adviser()
    monkeypatch.setattr(mail, "_senders", [fails])
    ask(Client(raise_request_exception=False), user.email)
    assert SignInAttempt.objects.count() == 0


def test_the_middleware_watches_the_addresses_that_are_mounted():
    assert attempts.ASKING == reverse("account_login") == reverse("account_request_login_code")
    assert reverse("account_confirm_login_code") == attempts.TYPING


def test_the_table_does_not_hold_the_address(adviser, codes):
    ask(Client(), adviser.email)
    row = SignInAttempt.objects.get()
    assert adviser.email not in row.address_hash and len(row.address_hash) == 64


# --- what we do not offer ---------------------------------------------------------------------------------------------


def test_nobody_signs_up_and_other_pages_of_allauth_are_not_there():
    client = Client()
    assert client.get("/sign-in/sign-up/").status_code in (302, 404)
    assert client.post("/sign-in/sign-up/", {"email": "a@example.org"}).status_code == 404
    for path in ("/accounts/login/", "/accounts/password/reset/", "/login/", "/sign-in/email/"):
        assert client.get(path).status_code == 404


def test_signing_out_takes_a_post(sign_in):
    client = sign_in("adviser")
    assert client.get("/sign-out/").status_code == 200 and signed_in(client)
    assert client.post("/sign-out/").headers["Location"] == "/"
    assert not signed_in(client)


# --- personas ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def real(settings):
    """A real installation. The row never changes in life: the test writes it."""
    settings.INSTALLATION_MODE = "real"


def as_path(user) -> str:
    return reverse("accounts:sign-in-as", args=[user.public_id])


def test_a_persona_is_listed_and_one_button_signs_in(adviser):
    client = Client()
    page = client.get("/sign-in/").content.decode()
    assert adviser.name in page and as_path(adviser) in page and "Personal adviser" in page
    assert client.post(as_path(adviser)).headers["Location"] == "/go/"
    assert signed_in(client) == str(adviser.pk)


def test_looking_does_not_sign_in(adviser):
    client = Client()
    assert client.get(as_path(adviser)).status_code in (302, 404)
    assert not signed_in(client)


def test_the_next_persona_does_not_inherit_the_hat(adviser):
    client = Client()
    client.post(as_path(adviser))
    session = client.session
    session[SESSION_KEY] = adviser.memberships.get().pk
    session.save()
    other = factories.adviser()
    client.post(as_path(other))
    assert signed_in(client) == str(other.pk) and SESSION_KEY not in client.session


def test_personas_of_nobody_and_of_somebody_without_a_hat():
    leaver = factories.user("Left Long Ago")
    assert leaver.name not in Client().get("/sign-in/").content.decode()
    missing = f"/sign-in/as/{'0' * 8}-0000-4000-8000-{'0' * 12}/"
    assert Client().post(missing).status_code == 404


def test_no_personas_in_a_real_installation(adviser, real):
    client = Client()
    page = client.get("/sign-in/").content.decode()
    assert adviser.name not in page and "/sign-in/as/" not in page
    assert client.post(as_path(adviser)).status_code == 404
    assert not signed_in(client)


@pytest.mark.django_db(transaction=True)
def test_no_personas_when_only_the_settings_say_demo():
    """Planted: a real database under settings left at demo."""
    with database.owner(connection.settings_dict["NAME"]) as owner:
        owner.execute("ALTER TABLE installation DISABLE TRIGGER USER")
        owner.execute("UPDATE installation SET mode = 'real'")
    assert Installation.objects.get().mode == "real"
    user = factories.adviser()
    client = Client()
    assert user.name not in client.get("/sign-in/").content.decode()
    assert client.post(as_path(user)).status_code == 404 and not signed_in(client)


def test_the_sign_in_page_of_a_demonstration_takes_few_queries(django_assert_max_num_queries):
    for _time in range(3):
        factories.adviser()
    client = Client()
    with django_assert_max_num_queries(8):  # savepoints and the scope among them
        client.get("/sign-in/")


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/adviser/matches/", "/adviser/matches/"),
        ("/opportunities/?q=work", "/opportunities/?q=work"),
        ("/desk/", "/go/"),  # not for this person: their own first page rather than a 404
        ("https://bad.example/adviser/", "/go/"),
        ("//bad.example/", "/go/"),
        ("/no/such/page/", "/go/"),
        ("", "/go/"),
    ],
)
def test_a_persona_goes_on_to_the_page_that_was_wanted(wanted, leads_to, adviser):
    client = Client()
    assert client.get("/adviser/matches/").headers["Location"] == "/sign-in/?next=%2Fadviser%2Fmatches%2F"
    page = client.get("/sign-in/", {"next": wanted}).content.decode()
    page = page[: page.index("</main>")]
    personas = page[page.rindex("<form") :]
    assert leads_to != wanted or f'name="next" value="{wanted}"' in personas
    assert client.post(as_path(adviser), {"next": wanted}).headers["Location"] == leads_to
