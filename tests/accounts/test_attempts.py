"""How often a code may be asked for and typed, what sign-in does not offer, and the demonstration's people."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts import attempts, mail
from accounts.hats import SESSION_KEY
from accounts.models import SignInAttempt
from core.models import Installation
from tests import database, factories
from tests.accounts.test_sign_in import ask, signed_in, type_code, wrong

pytestmark = pytest.mark.django_db


# --- attempts ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def adviser(db):
    return factories.adviser()


def test_five_codes_an_hour_and_no_sixth(adviser, codes):
    for _time in range(5):
        assert ask(Client(), adviser.email).status_code == 302
    page = ask(Client(), adviser.email.upper())
    assert page.status_code == 200 and "Wait an hour" in page.content.decode()
    assert len(codes) == 5
    assert SignInAttempt.objects.count() == 2 * 5  # of this network and of all; the refused one prolongs no wait


def test_a_stranger_on_another_network_keeps_nobody_out(adviser, codes):
    for _time in range(6):
        ask(Client(), adviser.email, REMOTE_ADDR="192.0.2.7")
    assert ask(Client(), adviser.email).status_code == 302 and len(codes) == 6


def test_all_networks_together_have_a_limit(adviser, codes):
    for number in range(15):
        ask(Client(), adviser.email, REMOTE_ADDR=f"192.0.2.{number % 5}")
    assert len(codes) == attempts.FROM_ALL * attempts.LIMITS["asked"] == 10


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
    assert SignInAttempt.objects.count() == 2


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


def signs_in_after_a_stranger_elsewhere_has_typed_all_day(adviser, codes, monkeypatch) -> bool:
    """The stranger has used up what one network may type for the address."""
    monkeypatch.setitem(attempts.LIMITS, "typed", 2)
    stranger, client = Client(REMOTE_ADDR="192.0.2.7"), Client()
    ask(stranger, adviser.email)
    for _time in range(2):
        type_code(stranger, wrong(codes[-1][1]))
    ask(client, adviser.email)
    type_code(client, codes[-1][1])
    return signed_in(client) is not None


def test_who_types_on_another_network_keeps_nobody_out(adviser, codes, monkeypatch):
    assert signs_in_after_a_stranger_elsewhere_has_typed_all_day(adviser, codes, monkeypatch)


def test_twin_without_a_share_of_their_own_who_types_elsewhere_does(adviser, codes, monkeypatch):
    monkeypatch.setattr(attempts, "network_of", lambda request: "the same")
    assert not signs_in_after_a_stranger_elsewhere_has_typed_all_day(adviser, codes, monkeypatch)


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
    row = SignInAttempt.objects.earliest("pk")
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
