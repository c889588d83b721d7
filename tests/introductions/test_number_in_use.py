"""A number that somebody uses stays theirs, though they never sign in; one that sleeps goes, and their worker hears."""

import datetime as dt
import re
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts import joining
from accounts.models import User
from accounts.retention import NUMBERS, keep_no_longer
from core import clock
from introductions.models import CheckIn
from tests import factories
from tests.introductions import chain
from tests.introductions.staying_made import ask_due, letters, link_of, started
from tests.introductions.test_me import own_account, text
from tests.introductions.test_own_number import NUMBER, letters_of_change, own_number, user_of
from tests.introductions.test_staying import go

pytestmark = pytest.mark.django_db


def proved(person, days: int) -> None:
    """So many days ago a code last came back."""
    User.objects.filter(pk=person.user_id).update(phone_at=clock.now() - dt.timedelta(days=days))


def gone() -> int:
    with factories.as_worker():
        return keep_no_longer()["numbers"]


@pytest.fixture
def asked():
    """Somebody with a number alone, and the address that was texted to it."""
    jo = own_number()
    started(jo, chain.opportunity())
    go("week4")
    ask_due()
    (words,) = [words for _name, to, _subject, words in letters() if to == NUMBER]
    return jo, urlsplit(re.search(r"http\S+", words)[0]).path


def test_an_answer_by_the_link_in_a_text_keeps_the_number(asked):
    jo, path = asked
    proved(jo, 181)
    Client().get(path)
    assert user_of(jo).phone_at < clock.now() - dt.timedelta(days=180)  # a preview is no answer
    Client().post(path, {"said": "good"})
    assert user_of(jo).phone_at > clock.now() - dt.timedelta(minutes=1) and gone() == 0


def test_a_link_that_did_not_go_to_the_number_says_nothing_of_it(asked):
    """A worker sends it from their own phone, to whatever number they have."""
    jo, _path = asked
    proved(jo, 181)
    with factories.as_worker():
        row = CheckIn.objects.select_related("start").get(start__person=jo, point="week4", side="young_person")
    Client().post(link_of(row), {"said": "good"})
    assert user_of(jo).phone_at < clock.now() - dt.timedelta(days=180)


def test_a_link_to_the_number_before_says_nothing_of_a_new_one(asked):
    jo, path = asked
    at = clock.now() + dt.timedelta(minutes=1)  # the new one was proved after the link was made
    User.objects.filter(pk=jo.user_id).update(phone="+447700900456", phone_at=at)
    Client().post(path, {"said": "good"})
    assert user_of(jo).phone_at == at


def test_a_link_that_went_to_a_mailbox_says_nothing_of_the_number():
    kai = own_account()
    User.objects.filter(pk=kai.user_id).update(phone=NUMBER, phone_at=clock.now())
    started(kai, chain.opportunity())
    go("week4")
    ask_due()
    (words,) = [words for _name, to, _subject, words in letters() if to == "kai@mail.example"]
    proved(kai, 181)
    Client().post(urlsplit(re.search(r"http\S+", words)[0]).path, {"said": "good"})
    assert user_of(kai).phone_at < clock.now() - dt.timedelta(days=180)


def test_when_a_number_goes_the_worker_hears_and_reads_what_it_means(sign_in):
    worker = factories.adviser()
    jo = own_number(worker)
    page, client = f"/adviser/people/{jo.public_id}/invite/", sign_in(user=worker)
    assert "for six months" not in text(client, page)
    proved(jo, 183)
    assert (gone(), gone()) == (1, 0) and user_of(jo).phone == ""
    assert "has not used their number here for six months" in text(client, page)
    (mail,) = letters_of_change(jo).values()
    assert page in mail.text
    with factories.as_worker():
        joining.join(person=jo, name="Jo", phone=NUMBER)
    assert "for six months" not in text(client, page)


@pytest.mark.parametrize(("days", "goes"), [(181, False), (183, True)])
def test_a_number_that_comes_into_use_while_the_night_is_at_work_stays(days, goes):
    """The list was made; then a code came back; then it is their turn."""
    jo = own_number()
    proved(jo, days)
    with factories.as_worker():
        assert joining.forget_number(person=jo, before=clock.now() - NUMBERS) == goes
    assert bool(user_of(jo).phone) != goes
