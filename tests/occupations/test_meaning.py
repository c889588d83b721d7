"""What own words may mean: by a small table that was made beforehand, and never more sure than it is."""

import hashlib
import io
import json

import numpy as np
import pytest
from django.conf import settings
from django.core.management import call_command

from core.reference import read_csv
from occupations import meaning as mapping
from occupations import word_table
from occupations.management.commands import bench_interests
from occupations.meaning import MOST, meaning, stem
from occupations.table import SLANG, occupations, slang
from pledges.models import Category

HELD_OUT = "30630b785ba8def162be0a4eb0aaede9d982cb1fd5c912fc5f5046d1c3a84a88"


def codes(words: str) -> list[str]:
    return [each.occupation.code for each in meaning(words)]


# --- the tables ---------------------------------------------------------------------------------------------


def test_every_occupation_lies_in_known_categories_and_every_category_has_some(db):
    known = set(Category.objects.values_list("code", flat=True))
    named = {code for row in occupations().values() for code in row.categories}
    assert named == known and len(occupations()) > 200


def test_titles_and_tasks_are_said_once():
    rows = occupations().values()
    titles = [title.casefold() for row in rows for title in (row.title, *row.also)]
    assert len(titles) == len(set(titles)) and all(row.tasks.endswith(".") for row in rows)


def test_slang_stands_for_occupations_that_exist_and_nothing_stands_twice():
    rows = [(row["words"], row["occupation"]) for row in read_csv(SLANG)]
    assert len(rows) == len(set(rows)) and {code for _, code in rows} <= set(occupations())
    assert all(words == words.casefold() and len(words.split()) <= mapping.LONGEST_SLANG for words in slang())


def test_the_word_table_is_small_and_its_licence_lies_beside_it():
    assert word_table.TABLE.stat().st_size <= 6_000_000
    assert "Apache License" in word_table.TABLE.with_suffix(".LICENCE").read_text()


# --- what it finds ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("fixing bikes", "bike-mechanic"),
        ("Sparky", "electrician"),
        ("electrican", "electrician"),  # a slip of the thumb
        ("I want to help old people", "care-assistant"),
        ("drive a train", "train-driver"),
        ("cutting hair, not nails", "hairdresser"),
    ],
)
def test_words_find_what_they_mean(words, first):
    assert codes(words)[0] == first and len(codes(words)) <= MOST


@pytest.mark.parametrize(
    "words",
    ["", "dunno", "anything", "???", "money", "not kitchens", "dont care", "something or other 390", "17", "x" * 500],
)
def test_it_says_that_it_is_not_sure(words):
    assert meaning(words) == []


def test_planted_without_a_floor_it_would_guess(monkeypatch):
    monkeypatch.setattr(mapping, "SURE", 0.0)
    assert meaning("midnight") != []


def test_what_is_beside_a_not_is_left_out():
    assert "kitchen-assistant" not in codes("gardens, no kitchens") and "gardener" in codes("gardens, no kitchens")
    assert "hairdresser" in codes("hairdressing or childcare not sure")


@pytest.mark.parametrize("past", ["I was in care", "care leaver", "been through care, care-experienced", "left care"])
def test_being_from_care_is_no_wish_to_work_in_it(past):
    assert codes(past) == [] and codes(f"{past} and I like cooking")[0] == "chef"
    assert codes("care work")[0] == "care-assistant"


def test_endings_fall_and_short_words_stay():
    assert {stem(word) for word in ("baker", "baking", "bakes")} == {"bak"}
    assert (stem("planning"), stem("bus"), stem("selling")) == ("plan", "bus", "sell")


def test_a_table_is_read_as_it_was_written(tmp_path):
    vectors = np.array([[1.0, -0.5], [0.25, 2.0], [0.0, 1.0]])
    word_table.save(tmp_path / "words.npz", ["bread", "steel", "rope"], vectors)
    table = word_table.WordTable(tmp_path / "words.npz")
    read = np.array([table.vector([word]) for word in ("breads", "steel", "rope")])
    assert np.allclose(read, vectors / np.linalg.norm(vectors, axis=1, keepdims=True), atol=0.01)
    assert table.vector(["nobody"]) is None


# --- how well -----------------------------------------------------------------------------------------------


def test_the_held_out_half_is_as_it_was_frozen():
    file = settings.BASE_DIR / "bench" / "phrases_held_out.csv"
    assert hashlib.sha256(file.read_bytes()).hexdigest() == HELD_OUT
    words = [{phrase.words.casefold() for phrase in bench_interests.phrases(half)} for half in bench_interests.HALVES]
    assert not words[0] & words[1]


def test_on_the_half_it_was_made_with_it_finds_most_and_guesses_seldom():
    found = bench_interests.measure(bench_interests.phrases("development"))
    assert found["recall_at_5"] >= 0.75 and found["interval"][0] >= 0.65
    assert found["nothing_found"] <= found["phrases"] / 10


def test_planted_without_the_table_it_finds_less(monkeypatch):
    monkeypatch.setattr(word_table.WordTable, "vector", lambda self, words: np.zeros(128, np.float32))
    mapping._mapper.cache_clear()
    try:
        with np.errstate(invalid="ignore"):
            found = bench_interests.measure(bench_interests.phrases("development"))
    finally:
        mapping._mapper.cache_clear()
    assert found["recall_at_5"] < 0.75


def test_the_command_maps_a_file(tmp_path):
    (tmp_path / "phrases.txt").write_text("sparky\n\ndunno\n")
    call_command("map_interests", str(tmp_path / "phrases.txt"), out=tmp_path / "out.json", stdout=io.StringIO())
    first, second = json.loads((tmp_path / "out.json").read_text())
    assert first["occupations"][0]["code"] == "electrician" and not first["unsure"]
    assert "construction-and-trades" in first["occupations"][0]["categories"]
    assert second == {"phrase": "dunno", "unsure": True, "occupations": []}
