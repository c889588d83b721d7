"""Papers to print or keep: tagged PDF (PDF/UA-1) out of a Typst template and data.

    papers.pdf("certificate", {"business": "Old Bank Kitchen"})    # templates/papers/certificate.typ

What people typed reaches a template as data (JSON in `sys.inputs`), never as its source: `#` and `$` in a name are
just signs. A template imports "house.typ", which reads the data and sets title, language, palette and type. A picture
without an alternative text does not compile: Typst checks that for PDF/UA-1.
"""

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

import typst
from django.conf import settings

FOLDER = settings.BASE_DIR / "templates" / "papers"
FONTS = settings.BASE_DIR / "static" / "fonts"
# What our fonts can draw: Latin, Greek, Cyrillic, Hebrew and Arabic letters, and usual punctuation. PDF/UA-1 forbids
# text without a glyph, and Typst 0.15 crashes over some combining marks of Arabic.
DRAWN = (
    *((0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x17F), (0x1E80, 0x1E85), (0x1EA0, 0x1EF9)),
    *((0x391, 0x3A1), (0x3A3, 0x3CE), (0x400, 0x45F), (0x490, 0x491)),
    *((0x5D0, 0x5EA), (0x621, 0x63A), (0x641, 0x64A), (0x660, 0x669)),
    *((0x2010, 0x2015), (0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026), (0x20AC, 0x20AC), (0x2122, 0x2122)),
)


class PaperError(Exception):
    """A paper could not be made. The text is for developers: which template, and what Typst said."""


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """The paper of templates/papers/<template>.typ. The same data give the same bytes.

    data: what JSON can hold; a text in it is drawn as text. `svg` in `{"svg": ...}` is passed as it is.
    Raises PaperError.
    """
    try:
        compiler = typst.Compiler(
            input=str(FOLDER / f"{template}.typ"),
            root=str(FOLDER),
            font_paths=_fonts(),
            ignore_system_fonts=True,  # the same paper on every machine
            sys_inputs={"data": json.dumps(drawable(data))},
        )
        made = compiler.compile(format="pdf", pdf_standards="ua-1", timestamp=0)
    except (RuntimeError, OSError, ValueError) as error:
        raise PaperError(f"{template}: {error}") from error
    except BaseException as crash:
        if type(crash).__name__ != "PanicException":  # a crash inside Typst; it is no Exception
            raise
        raise PaperError(f"{template}: Typst crashed: {crash}") from crash
    if not isinstance(made, bytes):
        raise PaperError(f"{template}: Typst made nothing")
    return made


@cache
def _fonts() -> typst.Fonts:
    """Our heading font and those inside Typst (Libertinus Serif, DejaVu Sans Mono)."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])


def drawable(value: Any) -> Any:
    """`value` with each text in it reduced to what our fonts can draw.

    Emoji and other symbols are left out, a letter of a script we have no font for becomes "?".
    """
    if isinstance(value, Mapping):
        return {key: item if key == "svg" else drawable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [drawable(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    signs = (_drawn(sign) for sign in unicodedata.normalize("NFC", str(value)))
    return " ".join("".join(signs).split())


def _drawn(sign: str) -> str:
    if any(first <= ord(sign) <= last for first, last in DRAWN):
        return sign
    if sign.isspace():
        return " "
    return "?" if unicodedata.category(sign)[0] in "LN" else ""
