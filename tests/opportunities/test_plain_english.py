"""The score, what it suggests, and the words that every draft begins with."""

import csv
from pathlib import Path

import pytest

import pledges
from opportunities import drafts
from opportunities.plain_english import OLDEST, hard_sentences, reading_age, score

CATEGORIES_FILE = Path(pledges.__file__).parent / "data" / "categories.csv"
CATEGORIES = [row["code"] for row in csv.DictReader(CATEGORIES_FILE.read_text(encoding="utf-8").splitlines())]
HARD = "Notwithstanding organisational considerations, representatives will undertake comprehensive verification."


def texts(kind: str, code: str) -> dict[str, str]:
    return drafts.first_words(kind=kind, category=code, words="", said={})


def too_hard(text: str) -> bool:
    return reading_age(text) > OLDEST


def test_every_category_has_first_words_of_its_own():
    of = drafts.of_categories()
    assert len(CATEGORIES) == 25 and set(CATEGORIES) == set(of)
    assert all(row[field] for row in of.values() for field in ("do", "bring", "not_needed"))


@pytest.mark.parametrize("kind", drafts.TEMPLATES)
@pytest.mark.parametrize("code", CATEGORIES)
def test_the_first_words_of_every_kind_and_category_are_read_at_eleven(kind, code):
    said = texts(kind, code)
    whole = "\n".join(said.values())
    assert not too_hard(whole), (reading_age(whole), hard_sentences(whole))
    assert not too_hard(said["summary"])


def test_planted_a_hard_sentence_in_the_first_words_is_found():
    said = texts("ringfenced-job", "retail-and-sales")
    assert too_hard(said["summary"] + " " + HARD)
    assert hard_sentences(said["summary"] + " " + HARD)[0] == HARD


def test_the_score_of_easy_words_has_nothing_to_suggest():
    found = score("You greet people. You take orders. We show you how.")
    assert found is not None and not found.is_hard and found.suggestions == ()


def test_what_is_hard_always_has_a_suggestion_the_hardest_sentence_when_there_is_nothing_else():
    found = score("You greet people. Representatives administer comprehensive organisational verification.")
    assert found is not None and found.is_hard
    assert found.suggestions == (
        "Say this with shorter words: “Representatives administer comprehensive organisational verification.”",
    )


@pytest.mark.parametrize("text", ["", "  ", "12.50 - 14"])
def test_nothing_said_has_no_score(text):
    assert score(text) is None


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("You utilise a till.", "Write “use” for “utilise”."),
        ("We want a team player.", "Say what you mean by “team player”."),
        ("You will be trained.", "Say who does it, for “will be trained”."),
        (f"{'one ' * 20}two. Short.", f"Cut this sentence in two: “{'one ' * 20}two.”"),
    ],
)
def test_each_suggestion_names_the_words(text, suggestion):
    found = score(text)
    assert found is not None and suggestion in found.suggestions


def test_a_sentence_of_twenty_words_is_not_too_long():
    found = score("one " * 19 + "two.")
    assert found is not None and found.suggestions == ()
