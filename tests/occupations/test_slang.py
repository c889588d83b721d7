"""Coordinators teach it the words used here; what we ship stays underneath."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.roles import Role
from occupations import offered, slang
from occupations.models import Slang
from occupations.table import occupations
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


def test_planted_the_table_itself_refuses_words_that_are_none(coordinator):
    with pytest.raises(IntegrityError, match="slang_words"), transaction.atomic():
        Slang.objects.create(words="07700 900123 call me now", occupations=[], said_by=coordinator)


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


def test_what_people_kept_is_counted_by_category(sign_in):
    offered.count(["barber", "hairdresser", "chef"], ["chef"])
    offered.count(["barber"], [])
    rows = [(name, shown, kept) for name, shown, kept in offered.totals()]
    assert [(shown, kept) for _, shown, kept in rows] == [(3, 0), (1, 1)]
    page = sign_in(Role.COORDINATOR).get(PAGE).content.decode()
    assert rows[0][0] in page.partition("What people kept")[2]
    offered.count([], [])
    assert len(offered.totals()) == 2


def test_every_occupation_has_its_row_and_its_number_is_its_own(db):
    from occupations.models import Occupation
    from occupations.reference import load

    assert load() == Occupation.objects.count() == len(occupations()) == len({o.number for o in occupations().values()})
    assert max(o.number for o in occupations().values()) < 2048  # a lane of the matcher's
