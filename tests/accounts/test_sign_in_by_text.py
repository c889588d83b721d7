"""Signing in with a mobile number: a young person's alone, and every way it must not go."""

import datetime as dt
import re
from ipaddress import ip_network

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts import attempts, joining
from accounts.adapter import Adapter
from accounts.models import Membership, User
from accounts.retention import keep_no_longer
from core import clock
from core.telephones import as_read, mobile
from notifications import preparing, purposes
from notifications.models import Outbox
from tests import factories

pytestmark = pytest.mark.django_db
NUMBER, OTHER = "+447700900123", "+447700900456"


@pytest.fixture
def jo():
    """A young person who has a number and nothing else."""
    person = factories.young_person()
    with factories.as_worker():
        return joining.join(person=person, name="Jo", phone=NUMBER)


def ask(client, address=NUMBER, **more):
    return client.post("/sign-in/", {"address": address}, **more)


def texts(to=NUMBER) -> list[Outbox]:
    with factories.as_worker():
        rows = list(Outbox.objects.filter(purpose="sign_in_text").order_by("-pk"))
        return [row for row in rows if row.secret and row.secret["to"] == to]


def type_code(client, code=None):
    return client.post("/sign-in/code/", {"code": code or texts()[0].secret["code"]})


def signed_in(client) -> str | None:
    return client.session.get("_auth_user_id")


# --- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["07700 900123", "+44 (0)7700 900123", "+447700900123", "00447700900123", "447700900123", "7700 900123",
     "０7700-900.123", " 07700/900123 "],
)  # fmt: skip
def test_one_number_in_many_spellings(typed):
    assert mobile(typed) == NUMBER and as_read(mobile(typed)) == "07700 900123"


@pytest.mark.parametrize(
    "typed",
    ["", "07700 90012", "077009001234", "01632 960123", "07012 345678", "07624 123456", "+33 6 12 34 56 78",
     "jo07700900123", "07700900123@mail.example", "0770090012\0", "٠٧٧٠٠٩٠٠١٢٣", "7" * 4000],
)  # fmt: skip
def test_what_is_no_mobile_number(typed):
    assert mobile(typed) == ""


@pytest.mark.parametrize("values", [{"phone": "07700 900123"}, {"phone": NUMBER, "phone_at": None}, {"phone": ""}])
def test_postgresql_keeps_one_spelling_and_its_day(jo, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=jo.pk).update(**values)


def test_postgresql_keeps_a_number_for_one(jo):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.make(name="Somebody else", phone=NUMBER)


# --- the way in -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["07700 900123", "+44 7700 900123"])
def test_a_code_by_text_signs_in(jo, typed):
    client = Client()
    assert "Your mobile number or email address" in client.get("/sign-in/").content.decode()
    assert ask(client, typed).headers["Location"] == "/sign-in/code/"
    page = client.get("/sign-in/code/").content.decode()
    assert "Look at your phone" in page and "07700 900123" in page and "for 30 days" not in page
    assert type_code(client).headers["Location"] == "/go/"
    assert signed_in(client) == str(jo.pk)
    assert client.session.get_expiry_age() == pytest.approx(14 * 86_400, abs=60)


def test_the_text_is_neutral_and_short(jo):
    ask(Client())
    (row,) = texts()
    with factories.as_worker():
        letter = preparing.prepare(row)
    assert letter.to == NUMBER and row.recipient_id == jo.pk and row.person_id is None
    assert letter.mail.text == (
        f"{row.secret['code']} is your code for First Rung. It works for 10 minutes, once. Tell nobody."
    )
    assert re.fullmatch("[0-9]{6}", row.secret["code"]) and len(letter.mail.text) <= 160 and not letter.mail.subject


def test_a_code_works_once_and_in_its_own_browser(jo):
    client, other = Client(), Client()
    ask(client)
    code = texts()[0].secret["code"]
    assert type_code(other, code).headers["Location"] == "/sign-in/" and not signed_in(other)
    type_code(client, code)
    client.post("/sign-out/")
    assert type_code(client, code).headers["Location"] == "/sign-in/" and not signed_in(client)


def test_three_wrong_codes_are_the_end(jo):
    client = Client()
    ask(client)
    code = texts()[0].secret["code"]
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert "That is not the code we sent" in type_code(client, wrong).content.decode()
    type_code(client, wrong)
    assert type_code(client, wrong).headers["Location"] == "/sign-in/"
    type_code(client, code)
    assert not signed_in(client)


def test_a_code_ends_after_ten_minutes(jo):
    client = Client()
    ask(client)
    session = client.session
    login = session["account_login"]
    login["state"]["stages"]["login_by_code"]["data"]["at"] -= 601
    session["account_login"] = login
    session.save()
    assert type_code(client).headers["Location"] == "/sign-in/" and not signed_in(client)


# --- who gets none ----------------------------------------------------------------------------------------------------


def page_without(client, number: str) -> str:
    page = client.get("/sign-in/code/").content.decode().replace(as_read(number), "X")
    return page.split("csrfmiddlewaretoken")[0] + page.split("csrfmiddlewaretoken")[1][100:]


def test_an_unknown_number_gets_the_same_pages_and_no_text(jo):
    known, unknown = Client(), Client()
    answers = {(found.status_code, found.headers["Location"]) for found in (ask(known), ask(unknown, OTHER))}
    assert len(answers) == 1 and page_without(known, NUMBER) == page_without(unknown, OTHER)
    with factories.as_worker():
        assert Outbox.objects.filter(channel="text").count() == 1
    type_code(unknown, "000000")
    assert not signed_in(unknown)


def test_both_answers_take_the_same_least_time(jo, monkeypatch):
    monkeypatch.setattr(attempts, "FLOOR", 7)
    slept = []
    monkeypatch.setattr(attempts.time, "sleep", slept.append)
    ask(Client())
    ask(Client(), OTHER)
    assert len(slept) == 2 and all(6 < seconds <= 7 for seconds in slept)


def test_who_works_here_gets_none(jo):
    """Their email opens what they see of others; a text is for a young person's own page."""
    row = factories.membership("adviser", of=jo)
    client = Client()
    assert ask(client).headers["Location"] == "/sign-in/code/" and texts() == []
    Membership.objects.filter(pk=row.pk).update(valid_to=clock.today() - dt.timedelta(1))
    ask(client)
    assert len(texts()) == 1


def test_who_begins_to_work_here_does_not_get_in_with_a_code_they_have(jo):
    client = Client()
    ask(client)
    factories.membership("adviser", of=jo)
    assert type_code(client).headers["Location"] == "/sign-in/" and not signed_in(client)


def test_planted_missing_question_lets_them_in(jo, monkeypatch):
    """The control: were it not asked again whose number it is, the code would open a worker's pages."""
    client = Client()
    ask(client)
    factories.membership("adviser", of=jo)
    monkeypatch.setattr(Adapter, "set_phone_verified", lambda self, user, phone: None)
    type_code(client)
    assert signed_in(client) == str(jo.pk)


def test_a_closed_sign_in_gets_none(jo):
    client = Client()
    ask(client)
    User.objects.filter(pk=jo.pk).update(is_active=False)
    type_code(client)
    ask(Client())
    assert not signed_in(client) and len(texts()) == 1


def test_a_text_to_a_number_that_is_theirs_no_more_is_not_sent(jo):
    client = Client()
    ask(client)
    User.objects.filter(pk=jo.pk).update(phone=OTHER)
    (row,) = texts()
    with factories.as_worker():
        assert preparing.prepare(row).reason == "not entitled"
        assert purposes.has_code([row]) == {row.pk}  # the control: the code alone would have gone
    assert type_code(client).headers["Location"] == "/sign-in/" and not signed_in(client)


def test_where_no_text_can_be_sent_a_number_is_no_address(jo, settings):
    settings.TEXT_CHANNEL = "smtp"
    page = ask(Client()).content.decode()
    assert "Your email address" in page and "mobile" not in page and "Enter an email address, like" in page
    assert texts() == []


# --- how often --------------------------------------------------------------------------------------------------------


def later(hours: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sign_in_attempt SET at = at - make_interval(hours => %s)", [hours])


def test_five_texts_an_hour_and_six_a_day_to_one_number(jo):
    for typed in ("07700 900123", NUMBER, "00447700900123", "7700900123", "07700900123"):
        assert ask(Client(), typed).status_code == 302
    assert "Wait an hour" in ask(Client()).content.decode()
    for _hour in range(3):
        later(2)
        for _time in range(5):
            ask(Client())
    assert len(texts()) == attempts.LIMITS["texted"] == 6
    later(24)
    assert ask(Client()).status_code == 302 and len(texts()) == 7


def stranger_asks(network: str) -> None:
    for _hour in range(3):
        later(2)
        for _time in range(5):
            ask(Client(), REMOTE_ADDR=network)


def test_a_stranger_on_another_network_keeps_nobody_out(jo):
    stranger_asks("192.0.2.7")
    assert ask(Client(), REMOTE_ADDR="192.0.2.7").status_code == 200
    assert ask(Client()).status_code == 302 and len(texts()) == 7


def test_twin_without_a_share_of_their_own_the_stranger_does(jo, monkeypatch):
    monkeypatch.setattr(attempts, "network_of", lambda request: "the same")
    stranger_asks("192.0.2.7")
    assert ask(Client()).status_code == 200


def test_from_all_networks_together_twelve_texts_a_day_reach_a_number(jo):
    for network in range(4):
        stranger_asks(f"192.0.2.{network}")
    assert len(texts()) == 12


def test_a_number_that_nobody_has_is_counted_alike():
    for _time in range(5):
        ask(Client(), OTHER)
    assert "Wait an hour" in ask(Client(), OTHER).content.decode()


def test_one_network_address_cannot_have_texts_sent_all_over_the_place(jo, monkeypatch):
    monkeypatch.setitem(attempts.LIMITS, "nearby", 3)
    for number in range(3):
        assert ask(Client(), f"+44770090020{number}").status_code == 302
    assert "Wait an hour" in ask(Client()).content.decode() and texts() == []
    assert ask(Client(), REMOTE_ADDR="192.0.2.7").status_code == 302 and len(texts()) == 1
    assert ask(Client(), factories.adviser().email).status_code == 302  # emails cost nothing


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:0:1:aaaa::7", "2001:db8:0:1::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("not an address", "not an address"),
    ],
)
def test_of_ipv6_the_line_is_the_network(address, network, rf):
    assert attempts.network_of(rf.get("/", REMOTE_ADDR=address)) == network


def asked_from_one_line_of_ipv6() -> list[int]:
    return [ask(Client(), f"+44770090020{n}", REMOTE_ADDR=f"2001:db8:0:1::{n}").status_code for n in range(4)]


def test_one_line_of_ipv6_cannot_have_texts_sent_all_over_the_place(jo, monkeypatch):
    monkeypatch.setitem(attempts.LIMITS, "nearby", 3)
    assert asked_from_one_line_of_ipv6() == [302, 302, 302, 200]


def test_planted_each_address_of_ipv6_is_a_network_of_its_own(jo, monkeypatch):
    monkeypatch.setitem(attempts.LIMITS, "nearby", 3)
    monkeypatch.setattr(attempts, "ip_network", lambda address, strict: ip_network((address[0], 128)))
    assert asked_from_one_line_of_ipv6() == [302] * 4


def test_what_is_refused_for_the_hour_does_not_use_up_the_day(jo):
    for _time in range(12):
        ask(Client())
    later(2)
    assert ask(Client()).status_code == 302 and len(texts()) == 6


def test_typing_is_bounded_over_all_browsers(jo, monkeypatch):
    monkeypatch.setitem(attempts.LIMITS, "typed", 4)
    for _time in range(2):
        client = Client()
        ask(client)
        for _try in range(2):
            type_code(client, f"{(int(texts()[0].secret['code']) + 1) % 1_000_000:06}")
    type_code(client)
    assert not signed_in(client)


def test_the_table_holds_no_number_and_no_network_address(jo):
    ask(Client(), REMOTE_ADDR="192.0.2.7")
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM sign_in_attempt t")
        (held,) = cursor.fetchone()
    assert "7700900123" not in held and "192.0.2.7" not in held


# --- how long ---------------------------------------------------------------------------------------------------------


def test_a_number_that_sleeps_for_six_months_opens_nothing(jo):
    """Networks give it to somebody else."""
    client = Client()
    ask(client)
    type_code(client)
    with factories.as_worker():
        User.objects.filter(pk=jo.pk).update(phone_at=clock.now() - dt.timedelta(days=181))
        assert keep_no_longer()["numbers"] == 0
        User.objects.filter(pk=jo.pk).update(phone_at=clock.now() - dt.timedelta(days=183))
        assert keep_no_longer()["numbers"] == 1
    ask(Client())
    assert len(texts()) == 1 and User.objects.get(pk=jo.pk).phone == ""


def test_each_sign_in_wakes_the_number(jo):
    User.objects.filter(pk=jo.pk).update(phone_at=clock.now() - dt.timedelta(days=100))
    client = Client()
    ask(client)
    type_code(client)
    assert User.objects.get(pk=jo.pk).phone_at > clock.now() - dt.timedelta(minutes=1)
