"""A mail as HTML, made from its text, so that the two never differ in what they say.

A blank line parts paragraphs; `- ` begins a line of a list, two spaces go on with it. `Words: address` at the end of a
line becomes a link with those words. Only our own addresses become links: others may be what somebody typed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from notifications.registry import Mail

ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")
NAMED = re.compile(rf"(?P<words>[^:]{{1,80}}): (?P<address>{ADDRESS.pattern})")


@dataclass
class Block:
    """A paragraph, or with `is_list` a list. parts: a paragraph's only one, or the list's; each of its lines."""

    is_list: bool
    parts: list[list[SafeString]] = field(default_factory=list)


def as_html(mail: Mail) -> str:
    """The whole document. No picture, nothing fetched from anywhere, nothing that tells who opened it."""
    blocks = [block for text in re.split(r"\n\s*\n", mail.text.strip()) for block in _blocks(text)]
    return render_to_string("notifications/mail.html", {"subject": mail.subject, "blocks": blocks})


def _blocks(text: str) -> Iterator[Block]:
    block: Block | None = None
    for line in text.split("\n"):
        goes_on = block is not None and block.is_list and line.startswith("  ")
        starts = line.startswith("- ")
        if block is None or (block.is_list and not goes_on and not starts) or (starts and not block.is_list):
            if block is not None:
                yield block
            block = Block(is_list=starts)
        if starts or not block.parts:
            block.parts.append([])
        block.parts[-1].append(linked(line.removeprefix("- ").strip()))
    if block is not None:
        yield block


def linked(line: str) -> SafeString:
    """One line, escaped, with its links."""
    named = NAMED.fullmatch(line)
    if named and is_ours(named["address"]):
        return format_html('<a href="{}">{}</a>', named["address"], named["words"])
    found = list(ADDRESS.finditer(line))
    ends = [0, *(each.end() for each in found)]
    before = [line[end : each.start()] for end, each in zip(ends, found, strict=False)]
    links = [_link(each[0]) for each in found]
    return format_html("{}{}", format_html_join("", "{}{}", zip(before, links, strict=True)), line[ends[-1] :])


def _link(address: str) -> SafeString:
    return format_html('<a href="{0}">{0}</a>' if is_ours(address) else "{0}", address)


def is_ours(address: str) -> bool:
    """Whether it leads to this installation. An address that cannot be read does not."""
    try:
        asked, own = urlsplit(address), urlsplit(settings.SITE_URL)
        return (asked.scheme, asked.netloc) == (own.scheme, own.netloc)
    except ValueError:
        return False
