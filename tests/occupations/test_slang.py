"""Coordinators teach it the words used here; what we ship stays underneath."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.roles import Role
from occupations import offered, slang
from occupations.models import Occupation, Offered, Slang
from occupations.reference import load
from occupations.table import occupations
from pledges.models import Category
from tests import factories

pytestmark = pytest.mark.django_db
PAGE, CHANGE = "/desk/slang/", "/desk/slang/change/"


@pytest.fixture
def coordinator():
    return factories.user()


def meant(words: str) -> list[str]:
    return [each.code for each in slang.suggest(words)]


def test_words_mean_from_now_on_what_a_coordinator_says(coordinator):
    assert "scaffolder" not in meant("monkey bars")
    row = slang.say(words="  Monkey BARS ", codes=["scaffolder"], by=coordinator)
    assert row.words == "monkey bars" and meant("monkey bars")[0] == "scaffolder"
    assert meant("I like monkey bars!")[0] == "scaffolder"


def test_what_we_ship_is_put_aside_and_comes_back(coordinator):
    assert meant("sparky")[0] == "electrician"
    slang.say(words="sparky", codes=["firefighter"], by=coordinator)
    assert meant("sparky")[0] == "firefighter"
    slang.say(words="sparky", codes=[], by=coordinator)
    assert meant("sparky") == []
    assert slang.take_back(words="sparky") and meant("sparky")[0] == "electrician"
    assert not slang.take_back(words="sparky")


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("", []),
        ("one two three four", []),
        ("!!!", []),
        ("x" * 41, []),
        ("sparky", ["king"]),
        ("a", ["chef", "barber", "roofer", "waiter"]),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(coordinator, words, codes):
    with pytest.raises(ValidationError) as refused:
        slang.say(words=words, codes=codes, by=coordinator)
    assert refused.value.messages[0].endswith(".") and not Slang.objects.exists()


@pytest.mark.parametrize(
    ("words", "codes", "rule"),
    [("07700 900123 call me now", [], "slang_words"), ("sparky", ["a", "b", "c", "d"], "slang_meanings")],
)
def test_planted_the_table_itself_refuses_them(words, codes, rule, coordinator):
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Slang.objects.create(words=words, occupations=codes, said_by=coordinator)


@pytest.mark.parametrize("typed", ["bin man", "bin-man", "Bin  MAN!"])
def test_words_are_cut_out_however_they_are_joined(typed, coordinator):
    assert meant(typed)
    slang.say(words="bin man", codes=[], by=coordinator)
    slang.say(words="man", codes=["barber"], by=coordinator)
    assert meant(typed) == []


@pytest.mark.parametrize("address", ["?words=%00", "?q=%00%00"])
def test_what_no_table_takes_in_an_address_is_left_out(address, sign_in):
    client = sign_in(Role.COORDINATOR)
    page = CHANGE if "words" in address else PAGE
    assert client.get(page + address).status_code == 200
    assert client.post(CHANGE + address, {"take_back": "1"}).status_code == 302


def test_a_coordinator_adds_looks_up_and_takes_back(sign_in):
    client = sign_in(Role.COORDINATOR)
    said = {"words": "grease monkey", "first": "vehicle-body-repairer", "second": "", "third": ""}
    assert client.post(CHANGE, said).url == PAGE
    found = client.get(PAGE, {"q": "grease"}).content.decode()
    assert "grease monkey" in found and "Changed here" in found and "barrister" not in found
    form = client.get(CHANGE, {"words": "grease monkey"}).content.decode()
    assert '<option value="vehicle-body-repairer" selected>' in form and "Take the change back" in form
    assert client.post(f"{CHANGE}?words=grease+monkey", {"take_back": "1"}).url == PAGE
    assert "No words like these" in client.get(PAGE, {"q": "grease"}).content.decode()


def test_bad_words_are_said_on_the_field(sign_in):
    page = sign_in(Role.COORDINATOR).post(CHANGE, {"words": "one two three four five"}).content.decode()
    assert "Enter one to three words" in page and not Slang.objects.exists()


def test_what_people_kept_is_said_by_category_of_months_that_are_over(sign_in, monkeypatch):
    monkeypatch.setattr(offered, "FEWEST", 3)
    offered.count(["barber", "hairdresser", "chef"], ["chef"])
    offered.count(["barber"], [])
    assert offered.totals() == []  # planted: of this month it would tell of whoever has just answered
    Offered.objects.update(month="2026-01-01")
    [(name, shown, kept)] = offered.totals()  # one of a chef is too few
    assert (shown, kept) == (3, 0)
    page = sign_in(Role.COORDINATOR).get(PAGE).content.decode().partition("What people kept")[2]
    assert name in page and "<caption>Offered and kept" in page
    offered.count([], [])
    assert Offered.objects.count() == 2


def test_planted_more_kept_than_offered_is_refused_by_the_table(db):
    with pytest.raises(IntegrityError, match="occupation_offered_counts"), transaction.atomic():
        Offered.objects.create(category=Category.objects.first(), month="2026-01-01", offered=1, kept=2)


def test_planted_a_number_that_the_matcher_cannot_pack_is_refused(db):
    with factories.as_worker(), pytest.raises(IntegrityError, match="occupation_number"), transaction.atomic():
        Occupation.objects.create(number=2048, code="x", title="X", categories=1)


def test_an_occupation_that_was_taken_out_of_the_file_is_refused_in_words(db):
    with factories.as_worker():
        Occupation.objects.create(number=2047, code="lamplighter", title="Lamplighter", categories=1)
        with pytest.raises(ValueError, match="lamplighter"):
            load()


def test_every_occupation_has_its_row_and_its_number_is_its_own(db):
    assert load() == Occupation.objects.count() == len(occupations()) == len({o.number for o in occupations().values()})
    assert max(o.number for o in occupations().values()) < 2048  # a lane of the matcher's
