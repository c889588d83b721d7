"""How old one has to be to read a text, and what would make it easier: advice for who writes, never a refusal.

The Flesch-Kincaid grade (Kincaid and others, 1975) and five years:

    grade = 0.39 x words per sentence + 11.8 x syllables per word - 15.59
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

OLDEST = 11  # years; the words of the templates are for readers of 9 to 11
LONG = 20  # words in a sentence
SIMPLER = {
    "additional": "more",
    "appropriate": "right",
    "approximately": "about",
    "assist": "help",
    "assistance": "help",
    "commence": "start",
    "communicate": "talk",
    "complete": "finish",
    "demonstrate": "show",
    "duties": "jobs",
    "ensure": "make sure",
    "facilitate": "help",
    "individual": "person",
    "obtain": "get",
    "opportunity": "chance",
    "participate": "take part",
    "provide": "give",
    "purchase": "buy",
    "regarding": "about",
    "remuneration": "pay",
    "require": "need",
    "required": "needed",
    "responsibilities": "jobs",
    "sufficient": "enough",
    "undertake": "do",
    "utilise": "use",
}
JARGON = (
    *("fast-paced", "self-starter", "team player", "hit the ground running", "can-do attitude", "dynamic"),
    *("proactive", "stakeholder", "going forward", "key skills", "competitive salary", "work-based"),
)
PASSIVE = re.compile(r"\b(?:will|must|should|can|may) be \w+ed\b", re.I)


@dataclass(frozen=True)
class Score:
    """How old one has to be, and what to change, the most useful first."""

    age: float
    suggestions: tuple[str, ...]

    @property
    def is_hard(self) -> bool:
        """Harder to read than our own words are."""
        return self.age > OLDEST


def score(text: str) -> Score | None:
    """Of one text; None when it says nothing."""
    if not re.search(r"[A-Za-z]", text):
        return None
    found, age = tuple(_suggestions(text)), reading_age(text)
    if age > OLDEST and not found:
        found = (_("Say this with shorter words: “%(sentence)s”") % {"sentence": hard_sentences(text)[0].strip()},)
    return Score(age, found)


def _suggestions(text: str) -> Iterator[str]:
    for sentence in sentences(text):
        if len(sentence.split()) > LONG:
            yield _("Cut this sentence in two: “%(sentence)s”") % {"sentence": sentence.strip()}
    plain = text.lower()
    for word in dict.fromkeys(re.findall(r"[a-z]+", plain)):
        if word in SIMPLER:
            yield _("Write “%(simpler)s” for “%(word)s”.") % {"simpler": SIMPLER[word], "word": word}
    for words in JARGON:
        if re.search(rf"\b{re.escape(words)}\b", plain):
            yield _("Say what you mean by “%(words)s”.") % {"words": words}
    for found in dict.fromkeys(PASSIVE.findall(text)):
        yield _("Say who does it, for “%(words)s”.") % {"words": found}


def sentences(text: str) -> list[str]:
    """Blocks, cut at full stops, question and exclamation marks and colons."""
    found = re.split(r"\n|(?<=[.!?:])\s+", text)
    return [one for one in found if re.search(r"[A-Za-z]", one)]


def syllables(word: str) -> int:
    """Groups of vowels; a silent e at the end, and -es and -ed that are not spoken, count for nothing."""
    plain = re.sub(r"[^a-z]", "", word.lower()).replace("busi", "biz")
    cut = re.sub(r"(?<=[^aeiouyl])e$|(?<=[^aeiouytd])ed$|(?<=[^aeiouycsxzh])es$", "", plain)
    joined = re.sub(r"(?<=[^aeiou])ia(?=[^aeiou]|$)|io(?=[^aeiounu])|ie(?=n)", "i-a", cut)
    return max(1, len(re.findall(r"[aeiouy]+", joined)))


def reading_age(text: str) -> float:
    """Years. The text has a letter in it."""
    words = re.findall(r"[A-Za-z][A-Za-z’'-]*", text)
    per_sentence = len(words) / len(sentences(text))
    per_word = sum(map(syllables, words)) / len(words)
    return round(0.39 * per_sentence + 11.8 * per_word - 15.59 + 5, 1)


def hard_sentences(text: str) -> list[str]:
    """The sentences that take the most, the hardest first."""
    return sorted(sentences(text), key=reading_age, reverse=True)[:5]
