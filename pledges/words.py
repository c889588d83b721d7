"""What people type, made safe to keep: the one place where text is cleaned, and where it is compared.

Kept: letters of every script, punctuation, emoji. Taken out: NUL and other control characters (PostgreSQL
cannot store the first), the marks that turn the direction of text round, and invisible characters that make
two equal names differ.
"""

import re
import unicodedata

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# A zero-width joiner holds an emoji of several parts together; tag letters after a black flag make the flags
# of England, Scotland and Wales. Everywhere else they are invisible and only hide something.
EMOJI = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
KEPT = re.compile(f"(?<=[{EMOJI}])\u200d(?=[{EMOJI}])|(?<=\U0001f3f4)[\U000e0020-\U000e007f]+")
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
LINES = re.compile(r"\n{3,}")
NOT_A_WORD = re.compile(r"[^\w]+")


def clean(text: object, *, lines: bool = False) -> str:
    """`text` without what nobody can see, trimmed, in Unicode's composed form.

    lines: keep line breaks (at most one empty line); otherwise any white space becomes one space.
    """
    plain = unicodedata.normalize("NFC", str(text or "").replace("\r\n", "\n").replace("\r", "\n"))
    kept = {place for found in KEPT.finditer(plain) for place in range(*found.span())}
    seen = "".join(
        letter
        for place, letter in enumerate(plain)
        if place in kept or letter in "\n\t" or unicodedata.category(letter) not in HIDDEN
    )
    if not lines:
        return " ".join(seen.split())
    return LINES.sub("\n\n", "\n".join(" ".join(line.split()) for line in seen.split("\n"))).strip()


def too_long(text: str, limit: int) -> str:
    """A sentence when `text` is longer than `limit` characters, else ""."""
    over = len(text) - limit
    if over <= 0:
        return ""
    return ngettext(
        "Use %(limit)d characters or fewer. This is %(over)d too long.",
        "Use %(limit)d characters or fewer. This is %(over)d too long.",
        over,
    ) % {"limit": limit, "over": over}


def key(text: str) -> str:
    """How words are compared: without case, width, accents of compatibility or punctuation. "Kit, DATA " is
    "kit data".
    """
    return NOT_A_WORD.sub(" ", unicodedata.normalize("NFKC", clean(text)).casefold()).replace("_", " ").strip()


def as_text_in_a_sheet(cell: str) -> str:
    """A cell as spreadsheets must read it: one that begins like a formula gets an apostrophe and stays text."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def breakable(text: str, after: str) -> SafeString:
    """A long word that may break after these signs, so that it fits a phone; what is copied from it stays whole."""
    return format_html_join("", "{}<wbr>", ((part,) for part in re.split(f"(?<=[{re.escape(after)}])", text)))


def quoted(text: str, limit: int = 40) -> str:
    """What somebody typed, between quotation marks, cut to fit into a sentence."""
    short = clean(text)
    return _("“%(words)s”") % {"words": short if len(short) <= limit else short[: limit - 1] + "…"}
