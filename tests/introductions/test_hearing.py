"""How a young person likes to hear: theirs to choose, told to nobody who need not know, and kept at hand-over."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts import hearing
from accounts.hearing import MATCHES, REMINDERS, check_word
from accounts.models import Hearing, SafeWord, SignedLink, User, YoungPersonContact
from accounts.personal_data import export_person
from core import clock
from core.scope import Scope, scope
from introductions import fine, reminders, staying
from introductions.models import Introduction
from introductions.news import ASKED
from matching import own_news, stop_news
from matching.models import Match, MatchAction
from notifications import addresses, preparing, registry
from notifications.models import Outbox
from notifications.registry import Mail, Text, begin_with, in_brief
from tests import factories
from tests.introductions import chain, staying_made
from tests.introductions.test_me import as_oneself, own_account, text
from tests.introductions.test_own_number import NUMBER, own_number
from tests.matching import factories as matching
from tests.pledges.reading_age import hard_sentences, prose, reading_age, words_of

pytestmark = pytest.mark.django_db
PAGE = "/me/hearing/"
CHOSEN = {"alerts": "page", "reminders": "on", "word": ""}
WORD = "Bluebell"


@pytest.fixture
def kai(db):
    return own_account()


def hears(person, **chosen) -> None:
    with factories.as_worker():
        hearing.choose(person=person, **{"matches": "page", "reminders": True, "word": "", **chosen})


def kept(person) -> tuple[str, bool, str]:
    with factories.as_worker():
        found = hearing.hearing_of(person)
        return found.matches, found.reminders, hearing.safe_word_of(person)


# --- the page ---------------------------------------------------------------------------------------------------------


def test_nothing_is_told_of_what_fits_unless_they_choose_it(sign_in, kai):
    client = as_oneself(sign_in, kai)
    assert kept(kai) == ("page", True, "")
    assert "we do not write to you unless you ask us to" in text(client, "/me/")
    page = text(client, PAGE)
    assert re.search(r'value="page"[^>]* checked', page) and 'value="text"' not in page
    client.post(PAGE, CHOSEN | {"alerts": "email", "word": WORD, "reminders": ""})
    assert kept(kai) == ("email", False, WORD)
    assert WORD in text(client, PAGE) and "we do not write to you" not in text(client, "/me/")
    client.post(PAGE, CHOSEN)
    assert kept(kai) == ("page", True, "")


def test_a_way_that_does_not_reach_them_is_not_offered(sign_in, kai, settings):
    client = as_oneself(sign_in, kai)
    answer = client.post(PAGE, CHOSEN | {"alerts": "text"})
    assert answer.status_code == 422 and kept(kai)[0] == "page"
    jo = sign_in(user=own_number().user)
    page = text(jo, PAGE)
    assert 'value="text"' in page and 'value="email"' not in page
    settings.TEXT_CHANNEL = "smtp"
    assert 'value="text"' not in text(jo, PAGE)


def test_the_page_says_what_always_comes_and_when_it_is_quiet_in_easy_words(sign_in, kai):
    page = text(as_oneself(sign_in, kai), PAGE)
    assert "What always comes" in page and "From 8 in the evening to 8 in the morning" in page
    words = words_of(page)
    assert reading_age(prose(words)) <= 11, hard_sentences(words)


@pytest.mark.parametrize("role", ["adviser", "team_manager", "coordinator", "operator"])
def test_nobody_else_has_the_page(sign_in, role):
    assert sign_in(role).get(PAGE).status_code == 404


# --- the word ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word", ["a", "x" * 21, "two words", "über", "emoji😀", "line\nbreak", "b1ue", "\u202eabc", "<b>"]
)
def test_what_is_no_word_for_a_text(kai, word):
    with factories.as_worker(), pytest.raises(ValidationError, match="2 to 20 letters"):
        check_word(kai, word)


@pytest.mark.parametrize("word", ["careleaver", "FOSTERED", "Adviser", "mySocialWorker", "LookedAfter", "council"])
def test_what_says_too_much_on_a_locked_phone(kai, word):
    with factories.as_worker(), pytest.raises(ValidationError, match="says nothing about you"):
        check_word(kai, word)


@pytest.mark.parametrize("word", ["Kai", "kaikai", "Nottinghamshire", "Ashdown"])
def test_no_name_of_theirs(kai, word):
    with factories.as_worker():
        YoungPersonContact.objects.update_or_create(person=kai, defaults={"details": {"name": "Kai Ashdown"}})
        with pytest.raises(ValidationError, match="not a name"):
            check_word(kai, word)


def test_a_word_that_will_not_do_is_said_beside_the_field_and_nothing_is_kept(sign_in, kai):
    answer = as_oneself(sign_in, kai).post(PAGE, CHOSEN | {"alerts": "email", "word": "my carer"})
    assert answer.status_code == 422 and "Choose one word of 2 to 20 letters" in answer.content.decode()
    assert kept(kai) == ("page", True, "")
    with factories.as_worker():
        assert check_word(kai, f" {WORD} ") == WORD


def test_the_word_is_encrypted_and_stands_behind_a_wall_of_their_own(kai):
    hears(kai, word=WORD)
    worker_sees = Scope(councils=frozenset([kai.responsible_authority_id]))
    with scope(worker_sees):
        assert Hearing.objects.filter(person=kai).exists() and not SafeWord.objects.exists()
        assert not SafeWord._base_manager.exists()  # the database's own wall, without the query's
    with scope(Scope(person=kai.pk)):
        assert SafeWord.objects.count() == 1
    with factories.as_worker(), connection.cursor() as cursor:
        cursor.execute("SELECT word FROM young_person_safe_word")
        assert WORD.encode() not in bytes(cursor.fetchone()[0])


def test_a_worker_can_change_none_of_it(kai):
    hears(kai)
    with scope(Scope(councils=frozenset([kai.responsible_authority_id]))):
        assert Hearing._base_manager.update(reminders=False) == 0


def test_it_is_in_their_copy_and_on_no_page_of_their_workers(sign_in, kai):
    hears(kai, word=WORD, reminders=False)
    with factories.as_worker():
        held = export_person(kai)["held"]
    assert held["The word that begins our messages"] == [{"your safe word": WORD}]
    assert held["How you like to hear"] == [{"what fits": "Only on my page", "reminders": False}]
    with factories.as_worker():
        dana = kai.adviser_links.get().worker
    page = text(sign_in(user=dana), f"/adviser/people/{kai.public_id}/")
    assert WORD not in page and "They have switched them off" in page
    hears(kai)
    assert "Reminders to them" not in text(sign_in(user=dana), f"/adviser/people/{kai.public_id}/")


# --- at hand-over -----------------------------------------------------------------------------------------------------


def prepared(purpose: str):
    with factories.as_worker():
        return preparing.prepare(Outbox.objects.filter(purpose=purpose).latest("pk"))


def asked(person) -> None:
    with factories.as_worker():
        chain.walked("asked", person)


@pytest.mark.parametrize("make", [own_account, own_number])
def test_the_word_begins_every_message_to_them(make):
    person = make()
    hears(person, word=WORD)
    asked(person)
    mail = prepared(ASKED).mail
    begins = f"{WORD}: First Rung: " if isinstance(mail, Text) else f"{WORD}\n\nHello,"
    assert mail.text.startswith(begins) and WORD not in mail.subject


def test_and_a_code_they_ask_for(client):
    person = own_number()
    hears(person, word=WORD)
    client.post(reverse("account_request_login_code"), {"email": NUMBER, "address": NUMBER})
    with factories.as_worker():
        row = Outbox.objects.filter(purpose="sign_in_text").last()
        if row is None:
            pytest.fail("no code was sent")
        mail = preparing.prepare(row).mail
    assert mail.text.startswith(f"{WORD}: {row.secret['code']} is your code")


def test_nobody_elses_message_has_it(kai):
    hears(kai, word=WORD)
    with factories.as_worker():
        chain.walked("permitted", kai)
    for purpose in ("news_interested", "news_permitted"):
        letter = prepared(purpose)
        assert not isinstance(letter, preparing.Letter) or WORD not in letter.mail.text


def test_planted_a_letter_without_the_word(kai, monkeypatch):
    """The twin without it: the test above would see it."""
    hears(kai, word=WORD)
    asked(kai)
    monkeypatch.setattr(hearing, "safe_word_of", lambda person: "")
    assert prepared(ASKED).mail.text.startswith("Hello,")


@pytest.mark.parametrize("rest", [f"/me/introductions/{'0' * 36}/", f"/k/{'t' * 27}/how/", "/me/"])
def test_a_text_with_the_longest_word_and_the_longest_address_is_one_text(settings, longest_address, rest):
    word, link = "W" * hearing.LONGEST, settings.SITE_URL + rest
    for brief in ("is it fine?", "how is it going? One tap tells us", "a reminder of a meeting on 31/12 at 23:59"):
        found = begin_with(word, in_brief(Mail("Subject", f"Hello,\n\n{link}", brief=brief))).text
        assert found.startswith(f"{word}: ") and found.endswith(link)


def test_a_code_has_room_for_the_longest_word():
    code = "123456 is your code for First Rung. It works for 10 minutes, once. Tell nobody."
    assert begin_with("W" * hearing.LONGEST, Text(code)).text.endswith(f": {code}")


def remind_of(person) -> None:
    with factories.as_worker():
        row = chain.walked("meeting", person)
        soon = clock.now() + dt.timedelta(hours=1)
        Introduction.objects.filter(pk=row.pk).update(meets_at=soon, in_staffed_place=True)
        reminders.remind()


def test_reminders_switched_off_after_they_were_made_end_with_a_reason(kai):
    remind_of(kai)
    assert isinstance(prepared(reminders.OWN), preparing.Letter)
    hears(kai, reminders=False)
    assert prepared(reminders.OWN) == preparing.Ending("switched off")
    assert isinstance(prepared(reminders.WORKER), preparing.Letter)  # their worker hears as before


def test_planted_nobody_asks_again(kai, monkeypatch):
    """The twin without the guard: the reminder goes to somebody who does not want it."""
    remind_of(kai)
    hears(kai, reminders=False)
    monkeypatch.setattr(preparing, "switched_off", lambda reader, purpose: False)
    assert isinstance(prepared(reminders.OWN), preparing.Letter)


def test_questions_to_them_still_come(kai):
    hears(kai, reminders=False)
    asked(kai)
    assert isinstance(prepared(ASKED), preparing.Letter)


def test_who_wants_no_reminders_is_asked_by_their_worker():
    with factories.as_worker():
        row = staying_made.check_in(staying_made.started(staying_made.person(account=True)))
        assert staying.way_of(row) == staying.OWN
    hears(row.start.person, reminders=False)
    with factories.as_worker():
        assert staying.way_of(row) == staying.BY_WORKER


def test_and_in_the_first_week_of_silence_their_worker_asks_if_it_is_still_fine(kai):
    week = clock.now() - dt.timedelta(days=8)
    with factories.as_worker():
        row = chain.walked("checks", kai)
        Introduction.objects.filter(pk=row.pk).update(changed_at=week)
        waits = Introduction.objects.filter(fine.to_look())
        assert not waits.exists()
    hears(kai, reminders=False)
    with factories.as_worker():
        assert waits.all().exists()


def test_the_whole_list_of_what_may_be_off():
    """What is not here always comes: the page says so."""
    found = {name: registry.find(name).can_be_off for name in registry.names() if registry.find(name).can_be_off}
    off = {"remind_own": REMINDERS, "how_own": REMINDERS, "news_fine": REMINDERS, "own_matches": MATCHES}
    assert found == off


# --- what fits --------------------------------------------------------------------------------------------------------


@pytest.fixture
def fitting(db):
    """Jo has an account, and something fits of which their worker was told a moment ago."""
    matching.places()
    person = matching.person(worker=factories.adviser(), categories=1 << 5)
    matching.opportunity(audience="england", categories=1 << 5)
    with factories.as_worker():
        person.user = User.objects.make(name="Jo", email="jo@mail.example", phone=NUMBER)
        person.save(update_fields=["user"])
    matching.run()
    return person


def tell() -> int:
    with factories.as_worker():
        return own_news.tell()["told"]


def test_nobody_is_told_who_did_not_ask(fitting):
    assert tell() == 0
    hears(fitting)
    assert tell() == 0


@pytest.mark.parametrize(("how", "to"), [("email", "jo@mail.example"), ("text", NUMBER)])
def test_who_asked_is_told_once_a_week_by_the_way_they_chose(fitting, how, to):
    hears(fitting, matches=how)
    assert (tell(), tell()) == (1, 0)
    letter = prepared(own_news.PURPOSE)
    assert letter.to == to and isinstance(letter.mail, Text if how == "text" else Mail)
    assert "/me/" in letter.mail.text and not re.search(r"Jo\b|care|council|adviser", letter.mail.text)


ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def stop(fitting, settings) -> str:
    """The path of the mail's own link that ends such mails."""
    settings.SITE_URL = "https://rung.example"
    hears(fitting, matches="email", word=WORD)
    tell()
    mail = prepared(own_news.PURPOSE).mail
    assert mail.stop in mail.text
    return mail.stop.removeprefix(settings.SITE_URL)


def test_one_click_stops_just_that(fitting, stop):
    """No cookie, no token, no redirect. Twice is once."""
    for _twice in range(2):
        answer = Client(enforce_csrf_checks=True).post(stop, ONE_CLICK)
        assert answer.status_code == 200 and not answer.cookies and answer["Referrer-Policy"] == "no-referrer"
        assert kept(fitting) == ("page", True, WORD)


@pytest.mark.parametrize("ask", [lambda c, p: c.get(p), lambda c, p: c.head(p), lambda c, p: c.post(p, {"x": "y"})])
def test_whatever_only_opens_it_stops_nothing(ask, fitting, stop):
    assert ask(Client(), stop).status_code == 200 and kept(fitting)[0] == "email"


def test_planted_every_post_stops_it(fitting, stop, monkeypatch):
    monkeypatch.setattr(stop_news, "ONE_CLICK", ("none", None))
    with pytest.raises(AssertionError):
        test_whatever_only_opens_it_stops_nothing(lambda c, p: c.post(p, {"x": "y"}), fitting, stop)


def test_the_page_behind_it_asks_first_and_names_nobody(fitting, stop):
    words = Client().get(stop).content.decode()
    assert "Stop these emails?" in words and 'name="List-Unsubscribe" value="One-Click"' in words
    assert not re.search(rf"\bJo\b|{WORD}|mail.example", words)
    for answer in (Client().post(stop, ONE_CLICK), Client().get(stop)):
        assert "No more of these emails" in answer.content.decode()


@pytest.mark.parametrize("end", ["expired", "another purpose", "unknown"])
def test_a_link_that_is_over_stops_nothing(end, fitting, stop):
    with factories.as_worker():
        changes = {"expires_at": clock.now()} if end == "expired" else {"purpose": "digest"}
        SignedLink.objects.update(**changes)
    answer = Client().post("/k/unknown/news/stop/" if end == "unknown" else stop, ONE_CLICK)
    assert answer.status_code == 404 and kept(fitting)[0] == "email"


def test_switched_off_after_it_was_made_it_ends_with_a_reason(fitting):
    hears(fitting, matches="email")
    tell()
    hears(fitting)
    assert prepared(own_news.PURPOSE) == preparing.Ending("switched off")


def test_the_other_way_is_never_taken_instead(fitting):
    hears(fitting, matches="text")
    tell()
    addresses.failed(addresses.mark_of(NUMBER), gone=True)
    assert prepared(own_news.PURPOSE) == preparing.Ending("no address")


def test_planted_the_other_way_is_taken(fitting, monkeypatch):
    """The twin without the guard: an email to somebody who asked for texts."""
    hears(fitting, matches="text")
    tell()
    addresses.failed(addresses.mark_of(NUMBER), gone=True)
    rule = replace(registry.find(own_news.PURPOSE), address=lambda row: NUMBER)
    monkeypatch.setitem(registry._purposes, own_news.PURPOSE, rule)
    assert prepared(own_news.PURPOSE).to == "jo@mail.example"


def test_what_was_acted_on_meanwhile_is_no_news(fitting):
    hears(fitting, matches="email")
    tell()
    with factories.as_worker():
        match = Match.objects.get(person=fitting)
        by = fitting.adviser_links.get().worker
        MatchAction.objects.create(
            person=fitting, opportunity_id=match.opportunity_id, state="shared", version=1, by=by
        )
    assert prepared(own_news.PURPOSE) == preparing.Ending("not entitled")


# --- what comes back --------------------------------------------------------------------------------------------------


def test_they_read_that_their_number_does_not_work_and_try_it_again(sign_in):
    jo = own_number()
    client = sign_in(user=jo.user)
    said = "Our texts to your number come back."
    assert said not in text(client, "/me/") and said not in text(client, PAGE)
    addresses.failed(addresses.mark_of(NUMBER), gone=True)
    assert said in text(client, "/me/") and said in text(client, PAGE) and NUMBER not in text(client, PAGE)
    client.post(PAGE, {"works": "yes"})
    assert said not in text(client, "/me/") and not addresses.stopped([NUMBER])
