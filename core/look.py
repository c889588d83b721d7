"""The look in one place: drawings of static/, and which icon and colour stand for which kind of pledge.

Drawings go into the page itself (no request each, and they take the colour of the text around them). They are
read once per process. A name that does not exist is a programming mistake and raises LookupError.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe

STATIC = Path(__file__).resolve().parents[1] / "static"
TURNING = {"prev", "next"}  # arrows turn round in right-to-left pages
NAME = re.compile(r"[a-z][a-z-]*")


@dataclass(frozen=True)
class KindLook:
    """How a kind of pledge is shown. `colour` is a class of the sheet that sets only --kind; "" is sand."""

    icon: str
    colour: str = ""


# The kinds of pledge, by the codes of the reference table of kinds.
KINDS = {
    "ringfenced-job": KindLook("job", "k-job"),
    "apprenticeship": KindLook("apprenticeship", "k-apprenticeship"),
    "foundation-apprenticeship": KindLook("apprenticeship", "k-apprenticeship"),
    "pre-employment-course": KindLook("course", "k-course"),
    "paid-internship": KindLook("job", "k-job"),
    "work-experience": KindLook("experience", "k-experience"),
    "work-trial": KindLook("experience", "k-experience"),
    "site-visit": KindLook("visit", "k-visit"),
    "guaranteed-interview": KindLook("interview", "k-interview"),
    "mock-interview": KindLook("interview", "k-interview"),
    "mentoring": KindLook("mentor", "k-mentor"),
    "volunteering": KindLook("hand", "k-mentor"),
    "skills-course": KindLook("course", "k-course"),
    "kit": KindLook("support", "k-support"),
    "donation": KindLook("support", "k-support"),
    "manager-training": KindLook("course", "k-course"),
    "other": KindLook("heart", ""),
    "undecided": KindLook("phone", ""),
}
UNKNOWN_KIND = KindLook("heart", "")


def kind_look(code: str) -> KindLook:
    """The look of a kind; one that is not in the table (a kind added later) gets a heart on sand."""
    return KINDS.get(code, UNKNOWN_KIND)


@cache
def _symbols() -> dict[str, tuple[str, str]]:
    """The pictures of the categories of work, by their codes: all of them in one file."""
    text = (STATIC / "symbols" / "work.svg").read_text(encoding="utf-8")
    found = re.findall(r'<symbol id="([^"]+)" viewBox="([^"]+)">(.*?)</symbol>', text)
    return {name: (box, inside) for name, box, inside in found}


def work_looks() -> dict[str, KindLook]:
    """The picture of each category of work, by its code."""
    return {code: KindLook(code) for code in _symbols()}


@cache
def _drawing(folder: str, name: str) -> tuple[str, str]:
    """The viewBox and the inside of one drawing."""
    if folder == "icons" and name in _symbols():
        return _symbols()[name]
    path = STATIC / folder / f"{name}.svg"
    if not NAME.fullmatch(name) or not path.is_file():
        raise LookupError(f"No drawing called {name!r} in static/{folder}")
    found = re.search(r'<svg\b[^>]*viewBox="([^"]+)"[^>]*>(.*)</svg>', path.read_text(encoding="utf-8"), re.S)
    if found is None:
        raise LookupError(f"static/{folder}/{name}.svg is not a drawing with a viewBox")
    return found[1], found[2].strip()


@cache
def _svg(folder: str, name: str, css: str) -> SafeString:
    box, inside = _drawing(folder, name)
    attribute = f' class="{css}"' if css else ""
    return mark_safe(f'<svg{attribute} viewBox="{box}" aria-hidden="true" focusable="false">{inside}</svg>')


def icon(name: str) -> SafeString:
    """One icon of static/icons in the colour of the words beside it, hidden from screen readers."""
    return _svg("icons", name, "icon icon--turn" if name in TURNING else "icon")


def scene(name: str) -> SafeString:
    """One scene of static/scenes (young, shop, table, board, door), hidden from screen readers."""
    return _svg("scenes", name, "scene")


def logo() -> SafeString:
    """The ladder whose first rung is tomato. The words beside it name the product."""
    return _svg("icons", "logo", "")
