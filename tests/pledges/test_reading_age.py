"""The measure of reading age itself, against counts made by hand."""

import pytest

from tests.pledges.reading_age import reading_age, sentences, syllables, words_of


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("job", 1), ("place", 1), ("places", 2), ("table", 2), ("business", 2), ("email", 2), ("changed", 1),
        ("apprenticeship", 4), ("experience", 4), ("volunteering", 4), ("organisation", 5), ("you", 1), ("we", 1),
        ("wanted", 2), ("material", 4), ("questions", 2), ("interview", 3),
    ],
)  # fmt: skip
def test_syllables_are_counted_as_spoken(word, count):
    assert abs(syllables(word) - count) <= (1 if count > 3 else 0), syllables(word)


def test_the_formula_is_the_published_one():
    """6 words in 1 sentence, 6 syllables: 0.39 x 6 + 11.8 - 15.59 = -1.45, and five."""
    assert reading_age("The cat sat on the mat.") == pytest.approx(3.55, abs=0.06)


def test_blocks_are_sentences_and_scripts_are_not_read():
    page = (
        "<title>No</title><main><h1>One <b>thing</b></h1><p>Two. Three!</p><script>four</script><svg>five</svg></main>"
    )
    assert sentences(words_of(page)) == ["One thing", "Two.", "Three!"]
