"""A page of one's own with a mobile number alone: taking over, a new number, and what they hear."""

import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError

from accounts import attempts, joining
from accounts.models import User, YoungPerson
from accounts.personal_data import erase_person, export_person
from core import clock
from core.clock import LONDON
from introductions import reminders, staying
from introductions.me import confirming
from introductions.models import CheckIn, Introduction, Start
from notifications import preparing
from notifications.models import Outbox
from notifications.registry import Mail, in_brief
from tests import factories
from tests.introductions import chain
from tests.introductions.test_me import own_account, text
from tests.introductions.test_me_joining import code_to, invited
from tests.pledges.reading_age import prose, reading_age, words_of

pytestmark = pytest.mark.django_db
NUMBER, OTHER, TAKEN = "+447700900123", "+447700900456", "+447700900789"


def code_by_text(purpose: str, to: str) -> str:
    with factories.as_worker():
        rows = Outbox.objects.filter(purpose=purpose).order_by("-pk")
        return next(row.secret["code"] for row in rows if row.secret["to"] == to)


def join(phone, address: str, typed: str = "07700 900123", to: str = NUMBER):
    phone.post(address, {"name": "Jo", "address": typed})
    return phone.post(f"{address}code/", {"code": code_by_text("join_text", to)})


def own_number(worker=None, phone: str = NUMBER) -> YoungPerson:
    person = factories.young_person(worker=worker or factories.adviser())
    with factories.as_worker():
        joining.join(person=person, name="Jo", phone=phone)
        return YoungPerson.objects.select_related("user").get(pk=person.pk)


def user_of(person: YoungPerson) -> User:
    with factories.as_worker():
        return YoungPerson.objects.select_related("user").get(pk=person.pk).user


# --- taking over ------------------------------------------------------------------------------------------------------


def test_a_number_alone_is_enough(sign_in):
    worker = factories.adviser()
    person = factories.young_person(worker=worker)
    address, phone = invited(sign_in, worker, person), sign_in()
    phone.post(address, {"name": "Jo", "address": "07700 900123"})
    page = text(phone, f"{address}code/")
    assert "Look at your phone" in page and "07700 900123" in page
    with factories.as_worker():
        row = Outbox.objects.get(purpose="join_text")
        letter = preparing.prepare(row)
    assert (row.person_id, letter.to) == (person.pk, NUMBER)
    assert not re.search(r"Jo\b|care|council|adviser|http", letter.mail.text) and len(letter.mail.text) <= 160
    assert not User.objects.filter(phone=NUMBER).exists()
    assert phone.post(f"{address}code/", {"code": row.secret["code"]}).headers["Location"] == "/me/"
    user = user_of(person)
    assert (user.phone, user.email, user.name) == (NUMBER, None, "Jo")


def test_a_new_invitation_ends_the_text_that_is_on_its_way(sign_in):
    worker = factories.adviser()
    person = factories.young_person(worker=worker)
    sign_in().post(invited(sign_in, worker, person), {"name": "Jo", "address": NUMBER})
    invited(sign_in, worker, person)
    with factories.as_worker():
        assert preparing.prepare(Outbox.objects.get(purpose="join_text")).reason == "not entitled"


def test_that_somebody_has_the_number_is_said_to_whoever_reads_its_texts(sign_in):
    own_number()
    worker = factories.adviser()
    address, phone = invited(sign_in, worker, factories.young_person(worker=worker)), sign_in()
    answer = phone.post(address, {"name": "Jo", "address": NUMBER})
    assert answer.headers["Location"] == f"{address}code/"  # as for a number that nobody has
    join(phone, address)
    assert "Somebody already signs in with this number" in text(phone, address)
    assert join(phone, address, OTHER, OTHER).headers["Location"] == "/me/"


def test_one_invitation_sends_no_texts_all_over_the_place(sign_in):
    worker = factories.adviser()
    address, phone = invited(sign_in, worker, factories.young_person(worker=worker)), sign_in()
    for number in range(7):
        page = phone.post(address, {"name": "Jo", "address": f"+44770090010{number}"})
    assert "Many codes were asked for" in page.content.decode()
    with factories.as_worker():
        assert Outbox.objects.filter(purpose="join_text").count() == attempts.LIMITS["asked"]


def test_where_no_text_can_be_sent_an_email_address_is_needed(sign_in, settings):
    worker = factories.adviser()
    address = invited(sign_in, worker, factories.young_person(worker=worker))
    settings.TEXT_CHANNEL = "smtp"
    page = sign_in().post(address, {"name": "Jo", "address": NUMBER}).content.decode()
    assert "mobile" not in page and "Enter an email address, like" in page
    with factories.as_worker():
        assert not Outbox.objects.filter(purpose="join_text").exists()
    other = factories.young_person(label="C.D.", worker=worker)
    assert "a phone or an email" not in text(sign_in(user=worker), f"/adviser/people/{other.public_id}/invite/")


# --- a new number -----------------------------------------------------------------------------------------------------


def ask_for(client, typed: str = OTHER):
    return client.post("/me/sign-in/", {"address": typed})


def prove(client, to: str = OTHER):
    return client.post("/me/sign-in/code/", {"code": code_by_text("new_number", to)})


def test_a_new_number_is_proved_and_ends_the_other_sessions(sign_in):
    jo = own_number()
    client, lost = sign_in(user=jo.user), sign_in(user=jo.user)
    assert "07700 900123" in text(client, "/me/sign-in/")
    assert ask_for(client, "07700 900456").headers["Location"] == "/me/sign-in/code/"
    assert "07700 900456" in text(client, "/me/sign-in/code/") and user_of(jo).phone == NUMBER
    with factories.as_worker():
        letter = preparing.prepare(Outbox.objects.get(purpose="new_number"))
    assert letter.to == OTHER and "Jo" not in letter.mail.text
    assert lost.get("/me/").status_code == 200
    page = client.post("/me/sign-in/code/", {"code": code_by_text("new_number", OTHER)}, follow=True).content.decode()
    assert "Your new number works" in page and "07700 900456" in page and "07700 900123" not in page
    assert lost.get("/me/").headers["Location"].startswith("/sign-in/")
    assert user_of(jo).phone == OTHER


def test_planted_sessions_live_on_without_a_new_secret(sign_in, monkeypatch):
    """The control: it is the new secret that ends them."""
    jo = own_number()
    client, lost = sign_in(user=jo.user), sign_in(user=jo.user)
    monkeypatch.setattr(User, "set_unusable_password", lambda self: None)
    ask_for(client)
    prove(client)
    assert user_of(jo).phone == OTHER and lost.get("/me/").status_code == 200


def letters_of_change(person: YoungPerson) -> dict[str, Mail]:
    """What goes out because their sign-in has changed, by address."""
    with factories.as_worker():
        rows = Outbox.objects.filter(purpose__in=["sign_in_own", "sign_in_worker"], cause_id=person.pk)
        found = [preparing.prepare(row) for row in rows]
    return {letter.to: letter.mail for letter in found if isinstance(letter, preparing.Letter)}


def test_a_new_number_is_told_to_the_mailbox_and_to_the_worker(sign_in):
    """Whoever has their phone for a minute does not take over their page unseen."""
    worker = factories.adviser()
    kai = own_account(worker=worker)
    client = sign_in(user=kai.user)
    ask_for(client)
    assert letters_of_change(kai) == {}
    prove(client)
    letters = letters_of_change(kai)
    assert set(letters) == {"kai@mail.example", worker.email}
    for mail in letters.values():
        assert mail.subject == "Something has changed" and not re.search(r"Kai|number|phone|care\b|council", mail.text)
    path = re.search(r"/adviser/people/\S+", letters[worker.email].text)[0]
    assert (
        "End it and make a new link" in text(sign_in(user=worker), path)
        and "/me/data/" in letters["kai@mail.example"].text
    )
    with factories.as_worker():
        YoungPerson.objects.filter(pk=kai.pk).update(ended_on=clock.today(), ended_why="age")
    assert letters_of_change(kai) == {}


def test_a_new_number_of_somebody_without_a_mailbox_is_told_to_the_worker_alone(sign_in):
    worker = factories.adviser()
    jo = own_number(worker)
    client = sign_in(user=jo.user)
    ask_for(client)
    prove(client)
    assert set(letters_of_change(jo)) == {worker.email}


def test_who_signs_in_by_email_may_add_a_number(sign_in):
    kai = own_account()
    client = sign_in(user=kai.user)
    page = text(client, "/me/sign-in/")
    assert "kai@mail.example" in page and "/me/sign-in/" in text(client, "/me/data/")
    ask_for(client)
    prove(client)
    user = user_of(kai)
    assert (user.phone, user.email) == (OTHER, "kai@mail.example")


def test_the_old_number_gets_nothing_more(sign_in):
    jo = own_number()
    old = sign_in()
    old.post("/sign-in/", {"address": NUMBER})
    client = sign_in(user=jo.user)
    ask_for(client)
    prove(client)
    with factories.as_worker():
        row = Outbox.objects.get(purpose="sign_in_text")
        assert preparing.prepare(row).reason == "not entitled"
    answer = old.post("/sign-in/code/", {"code": row.secret["code"]})  # it was on the phone already
    assert answer.headers["Location"] == "/sign-in/" and "_auth_user_id" not in old.session
    sign_in().post("/sign-in/", {"address": NUMBER})
    with factories.as_worker():
        assert Outbox.objects.filter(purpose="sign_in_text").count() == 1


def test_a_number_of_somebody_else_is_said_after_it_was_proved(sign_in):
    own_number(phone=TAKEN)
    jo = own_number()
    client = sign_in(user=jo.user)
    assert ask_for(client, TAKEN).headers["Location"] == "/me/sign-in/code/"
    page = client.post("/me/sign-in/code/", {"code": code_by_text("new_number", TAKEN)}, follow=True).content.decode()
    assert "Somebody already signs in with this number" in page and user_of(jo).phone == NUMBER


def test_who_works_here_too_keeps_the_codes_by_email():
    person = own_number()
    factories.membership("coordinator", of=user_of(person))
    with factories.as_worker(), pytest.raises(ValidationError, match="for your work here"):
        joining.change_number(person=person, phone=OTHER)
    assert user_of(person).phone == NUMBER


@pytest.mark.parametrize("typed", ["", "x", "01632 960123", "jo@mail.example", "0" * 300])
def test_what_is_no_mobile_number_is_told_and_counts_for_nothing(sign_in, typed):
    client = sign_in(user=own_number().user)
    for _time in range(attempts.LIMITS["asked"] + 1):
        page = ask_for(client, typed).content.decode()
        assert "Error:" in page and "many codes" not in page
    assert ask_for(client).headers["Location"] == "/me/sign-in/code/"


def test_one_page_sends_no_texts_all_over_the_place(sign_in):
    client = sign_in(user=own_number().user)
    for number in range(7):
        page = ask_for(client, f"+44770090010{number}")
    assert "Many codes were asked for" in page.content.decode()
    with factories.as_worker():
        assert Outbox.objects.filter(purpose="new_number").count() == attempts.LIMITS["asked"]


def not_the(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_wrong_code_is_told_and_three_are_the_end(sign_in):
    jo = own_number()
    client = sign_in(user=jo.user)
    assert client.get("/me/sign-in/code/").headers["Location"] == "/me/sign-in/"
    ask_for(client)
    wrong = {"code": not_the(code_by_text("new_number", OTHER))}
    assert "That is not the code we sent" in client.post("/me/sign-in/code/", wrong).content.decode()
    client.post("/me/sign-in/code/", wrong)
    assert client.post("/me/sign-in/code/", wrong).headers["Location"] == "/me/sign-in/"
    assert prove(client).headers["Location"] == "/me/sign-in/" and user_of(jo).phone == NUMBER


def test_a_code_is_too_old_after_ten_minutes_and_bounded_over_all_browsers(sign_in, monkeypatch):
    jo = own_number()
    client = sign_in(user=jo.user)
    ask_for(client)
    now = clock.now()
    with monkeypatch.context() as patch:
        patch.setattr(confirming.clock, "now", lambda: now + dt.timedelta(minutes=11))
        assert prove(client).headers["Location"] == "/me/sign-in/"
    monkeypatch.setitem(attempts.LIMITS, "typed", 3)
    for _time in range(2):
        client = sign_in(user=jo.user)
        ask_for(client)
        client.post("/me/sign-in/code/", {"code": not_the(code_by_text("new_number", OTHER))})
    assert prove(client).headers["Location"] == "/me/sign-in/" and user_of(jo).phone == NUMBER


def test_a_code_of_an_invitation_changes_no_number(sign_in):
    jo, worker = own_number(), factories.adviser()
    client, address = sign_in(user=jo.user), invited(sign_in, worker, factories.young_person(worker=worker))
    client.post(address, {"name": "Jo", "address": OTHER})
    answer = client.post("/me/sign-in/code/", {"code": code_by_text("join_text", OTHER)})
    assert answer.headers["Location"] == "/me/sign-in/" and user_of(jo).phone == NUMBER


def test_nobody_else_has_the_page_and_it_is_not_there_without_texts(sign_in, settings):
    assert sign_in("adviser").get("/me/sign-in/").status_code == 404
    client = sign_in(user=own_account().user)
    settings.TEXT_CHANNEL = "smtp"
    assert client.get("/me/sign-in/").status_code == 404 and "/me/sign-in/" not in text(client, "/me/data/")


def test_a_child_of_eleven_reads_the_pages(sign_in):
    client = sign_in(user=own_number().user)
    ask_for(client)
    for path in ("/me/sign-in/", "/me/sign-in/code/", "/me/data/"):
        assert reading_age(prose(words_of(text(client, path)))) <= 11


# --- what they hear ---------------------------------------------------------------------------------------------------


def heard(person: YoungPerson) -> list[str]:
    """What would go to their number now, in order."""
    with factories.as_worker():
        found = [preparing.prepare(row) for row in Outbox.objects.exclude(purpose="join_text").order_by("pk")]
    letters = [letter for letter in found if isinstance(letter, preparing.Letter)]
    return [letter.mail.text for letter in letters if letter.to == person.user.phone]


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("asked", "Something is waiting for you: http://127.0.0.1:8000/me/"),
        ("meeting", "Something has moved on: http://127.0.0.1:8000/me/"),
        ("ended", "Something has changed: http://127.0.0.1:8000/me/matches/"),
    ],
)
def test_what_others_read_by_email_comes_by_text(state, says, settings):
    settings.SITE_URL = "http://127.0.0.1:8000"
    jo = own_number()
    with factories.as_worker():
        chain.walked(state, jo)
    assert heard(jo)[-1] == f"First Rung: {says}"


def test_a_reminder_says_when_and_nothing_else(longest_address):
    jo = own_number()
    meets_at = clock.now() + dt.timedelta(hours=1)
    with factories.as_worker():
        row = chain.walked("meeting", jo)
        Introduction.objects.filter(pk=row.pk).update(meets_at=meets_at, in_staffed_place=True)
        reminders.remind()
    when = f"{meets_at.astimezone(LONDON):%d/%m at %H:%M}"
    assert f"First Rung: a reminder of a meeting on {when}: https://" in heard(jo)[-1]


def test_how_it_goes_is_asked_by_text():
    jo = own_number()
    row = CheckIn(side="young_person", start=Start(person=jo))
    with factories.as_worker():
        assert staying.way_of(row) == staying.OWN
    User.objects.filter(pk=jo.user_id).update(phone="", phone_at=None)
    row.start.person.user.refresh_from_db()
    with factories.as_worker():
        assert staying.way_of(row) == staying.BY_WORKER  # nobody is asked where they read nothing


def test_every_mail_to_a_young_person_has_words_for_a_text(settings, longest_address):
    """Plain letters within one text, whatever the subject."""
    link = f"{settings.SITE_URL}/me/introductions/{'0' * 36}/"
    for subject in ("Something is waiting for you", "Something is on hold", "How is it going?", "You have an answer"):
        text = in_brief(Mail(subject, f"Hello,\n\nwords\n{link}")).text
        assert text == f"First Rung: {subject}: {link}" and len(text) <= 160


# --- what is held -----------------------------------------------------------------------------------------------------


def test_the_number_is_in_the_copy_and_goes_with_the_person():
    jo = own_number()
    with factories.as_worker():
        assert "07700 900123" in str(export_person(jo))
        YoungPerson.objects.filter(pk=jo.pk).update(ended_on=clock.today(), ended_why="asked")
        erase_person(person=jo.pk, by=None, why="asked")
    user = User.objects.get(pk=jo.user_id)
    assert (user.phone, user.phone_at, user.is_active, user.name) == ("", None, False, "")


def test_no_text_goes_to_somebody_whose_support_has_ended(sign_in):
    jo = own_number()
    sign_in().post("/sign-in/", {"address": NUMBER})
    with factories.as_worker():
        YoungPerson.objects.filter(pk=jo.pk).update(ended_on=clock.today(), ended_why="age")
        assert preparing.prepare(Outbox.objects.get(purpose="sign_in_text")).reason == "support ended"


def test_an_email_address_still_takes_over(sign_in):
    worker = factories.adviser()
    address, phone = invited(sign_in, worker, factories.young_person(worker=worker)), sign_in()
    phone.post(address, {"name": "Jo", "address": "Jo@Mail.example"})
    assert "Look at your email" in text(phone, f"{address}code/")
    answer = phone.post(f"{address}code/", {"code": code_to("Jo@Mail.example")})
    assert answer.headers["Location"] == "/me/" and User.objects.get(email="jo@mail.example").phone == ""
