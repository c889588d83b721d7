"""What people read on a page, for opportunities.plain_english.

Every label, hint, option, heading and button is a sentence of its own, as it is on the page. Names and examples count.
"""

import re
from html.parser import HTMLParser

from opportunities.plain_english import hard_sentences, reading_age, sentences, syllables

__all__ = ["hard_sentences", "prose", "reading_age", "sentences", "syllables", "words_of"]

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


def prose(text: str) -> str:
    """The sentences of five words and more: labels and buttons would make any page easy."""
    return "\n".join(one for one in sentences(text) if len(one.split()) >= 5)
