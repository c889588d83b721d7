"""What own words may mean is offered, never ticked; one tap adds it, and the words stay."""

import re

import pytest
from django.urls import reverse

from core.reference import read_csv
from demo.wishes import WISHES
from matching.models import Interests
from matching.own_words import MOST, TABLE, suggest
from pledges.models import Category
from tests import factories as everybody
from tests.introductions.test_me import as_oneself, own_account
from tests.matching import factories

OWN = "/me/interests/"


def test_the_table_is_of_the_25_categories_and_no_word_stands_twice(db):
    rows = read_csv(TABLE)
    assert [row["category"] for row in rows] == list(Category.objects.order_by("code").values_list("code", flat=True))
    for row in rows:
        words = row["words"].split("|")
        assert len(words) == len(set(words)) and all(word == word.casefold().strip() != "" for word in words)


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish.words)
def test_what_people_write_finds_what_they_mean_or_nothing(wish):
    found = suggest(wish.words, ticked=())
    assert set(found) & set(wish.categories) if wish.categories else found == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Fixing CARS", ["engineering-and-maintenance"]),
        ("a scar, carpets", []),
        ("not kitchens. Gardens are ok", ["environment-and-land"]),
        ("I don’t want an office, but cooking is fine", ["hospitality-and-food"]),
        ("doesn't mind nights in a warehouse", ["delivery-and-storage"]),
        ("nursery", ["teaching-and-education"]),
        ("I was in care", []),
        ("care leaver", []),
        ("", []),
    ],
)
def test_words_count_whole_and_a_not_counts(words, found):
    assert suggest(words, ticked=()) == found


def test_what_is_ticked_is_not_offered_and_there_are_few():
    assert suggest("dogs, then trains", ticked=["animal-care"]) == ["transport"]
    assert len(suggest("dogs trains chef law shop nails football", ticked=())) == MOST


def chips(page: str) -> list[str]:
    return re.findall(r'name="add" value="([a-z-]+)"', page)


def kept(person) -> tuple[str, set[str]]:
    with everybody.as_worker():
        row = Interests.objects.get(pk=person.pk)
        return row.words, {one.code for one in Category.objects.all() if row.categories >> one.bit & 1}


@pytest.mark.django_db
def test_a_young_person_is_asked_and_adds_one_with_a_tap(sign_in):
    adviser = everybody.adviser()
    kai = own_account(worker=adviser)
    client = as_oneself(sign_in, kai)
    assert chips(client.get(OWN).content.decode()) == []
    said = {"travel": "walk", "words": "chef, or dogs", "needs": "Mondays off", "categories": ["transport"]}
    answer = client.post(OWN, said)
    assert answer.url == f"{OWN}#own-words"
    assert kept(kai) == ("chef, or dogs", {"transport"})  # a guess is not ticked
    page = client.get(OWN).content.decode()
    assert chips(page) == ["hospitality-and-food", "animal-care"]
    assert not re.search(r'value="animal-care"[^>]* checked', page)
    answer = client.post(OWN, {**said, "words": "chef, or big dogs", "add": "animal-care"}, follow=True)
    assert kept(kai) == ("chef, or big dogs", {"transport", "animal-care"})
    assert chips(answer.content.decode()) == ["hospitality-and-food"]
    assert client.post(OWN, {**said, "words": "chef, or big dogs"}).url == "/me/"  # asked once, then let be
    assert client.post(OWN, {**said, "words": "something"}).url == "/me/"


@pytest.mark.django_db
def test_what_is_no_category_adds_nothing(sign_in):
    kai = own_account(worker=everybody.adviser())
    page = as_oneself(sign_in, kai).post(OWN, {"travel": "walk", "words": "dogs", "add": "king"}).content.decode()
    assert "Error:" in page
    with everybody.as_worker():
        assert not Interests.objects.filter(pk=kai.pk).exists()


@pytest.mark.django_db
def test_enter_saves_and_adds_nothing(sign_in):
    """The first button of a form is the one that Enter presses."""
    client = as_oneself(sign_in, own_account(worker=everybody.adviser()))
    client.post(OWN, {"travel": "walk", "words": "dogs"})
    form = next(form for form in client.get(OWN).content.decode().split("<form") if 'name="words"' in form)
    first = form.partition("<button")[2].partition(">")[0]
    assert "add" not in first and 'tabindex="-1"' in first and chips(form)


@pytest.mark.django_db
def test_the_worker_is_asked_too(sign_in):
    adviser = everybody.adviser()
    factories.places()
    person = factories.person(worker=adviser, words="dogs")
    page, form = (reverse(f"matching:{name}", args=[person.public_id]) for name in ("show-person", "edit-interests"))
    client = sign_in(user=adviser)
    assert "Did they mean Animal care?" in client.get(page).content.decode()
    assert chips(client.get(form).content.decode()) == ["animal-care"]
    assert client.post(form, {"travel": "bus", "words": "dogs", "add": "animal-care"}).url == f"{form}#own-words"
    assert kept(person) == ("dogs", {"animal-care"})
    assert "Did they mean" not in client.get(page).content.decode()
    assert client.post(form, {"travel": "bus", "words": "dogs", "categories": ["animal-care"]}).url == page
