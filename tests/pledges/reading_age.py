"""How old one has to be to read a page: the Flesch-Kincaid grade (Kincaid and others, 1975) and five years.

    grade = 0.39 x words per sentence + 11.8 x syllables per word - 15.59

Every label, hint, option, heading and button is a sentence of its own, as it is on the page. Names and examples count.
"""

import re
from html.parser import HTMLParser

INLINE = {"a", "b", "em", "strong", "span", "small", "mark"}
SILENT = {"script", "style", "svg", "header", "footer", "title"}  # header and footer stand on every page of the product


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.parts, self.silent = [], []

    def handle_starttag(self, tag, attrs):
        if tag in SILENT:
            self.silent.append(tag)
        elif tag not in INLINE:
            self.parts.append("\n")

    def handle_endtag(self, tag):
        if self.silent and self.silent[-1] == tag:
            self.silent.pop()
        elif tag not in INLINE:
            self.parts.append("\n")

    def handle_data(self, data):
        if not self.silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def words_of(page: str) -> str:
    """What people read on a page, a line for each block."""
    reader = _Reader()
    reader.feed(re.sub(r"(<li[^>]*><b>.*?</b>)", r"\1<br>", page))  # the heading of a step is a line of its own
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if re.search(r"[A-Za-z]", line))


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
    """Years."""
    words = re.findall(r"[A-Za-z][A-Za-z’'-]*", text)
    per_sentence = len(words) / len(sentences(text))
    per_word = sum(map(syllables, words)) / len(words)
    return round(0.39 * per_sentence + 11.8 * per_word - 15.59 + 5, 1)


def prose(text: str) -> str:
    """The sentences of five words and more: labels and buttons would make any page easy."""
    return "\n".join(one for one in sentences(text) if len(one.split()) >= 5)


def hard_sentences(text: str) -> list[str]:
    """The sentences that take the most, the hardest first."""
    return sorted(sentences(text), key=reading_age, reverse=True)[:5]
