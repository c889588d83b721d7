"""The five papers without which no real young person is entered: their words, their version, and who accepted them.

They are files of docs/. The line "Version:" is the day of the words; a new one has to be accepted anew.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Acceptance, Council, User
from core import clock, installation

Paper = Acceptance.Paper
FILES = {
    Paper.YOUNG_PERSON: "privacy/young-person.md",
    Paper.EMPLOYER: "privacy/employer.md",
    Paper.WORKER: "privacy/worker.md",
    Paper.DPIA: "dpia.md",
    Paper.RETENTION: "privacy/retention.md",
}
VERSION = re.compile(r"^Version: (\d{4}-\d{2}-\d{2})$", re.M)


@dataclass(frozen=True)
class Block:
    """A heading ("h2"), a paragraph ("p") or a list ("ul")."""

    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Text:
    """A paper as it is now."""

    paper: str
    title: str
    version: str
    blocks: tuple[Block, ...]

    @property
    def day(self) -> dt.date:
        return dt.date.fromisoformat(self.version)


class AcceptanceRefused(Exception):
    """Its text may be shown to people."""


@cache
def text_of(paper: str) -> Text:
    """Read once per process. Raises ValueError when the file carries no version: nobody could accept it."""
    words = (settings.BASE_DIR / "docs" / FILES[Paper(paper)]).read_text(encoding="utf-8")
    version = VERSION.search(words)
    if version is None:
        raise ValueError(f"{FILES[Paper(paper)]} has no line “Version: YYYY-MM-DD”")
    title, _rest = words.removeprefix("# ").split("\n", 1)
    return Text(paper, title, version[1], tuple(_blocks(VERSION.sub("", _rest))))


def _blocks(words: str) -> Iterator[Block]:
    for part in re.split(r"\n\s*\n", words.strip()):
        lines = tuple(line.strip() for line in part.splitlines() if line.strip())
        if not lines:
            continue
        if lines[0].startswith("## "):
            yield Block("h2", (lines[0].removeprefix("## "),))
        elif lines[0].startswith("- "):
            yield Block("ul", tuple(line.removeprefix("- ") for line in lines))
        else:
            yield Block("p", (" ".join(lines),))


def accepted(council: Council) -> dict[str, Acceptance]:
    """Paper -> the council's acceptance of the words as they are now. One query."""
    rows = Acceptance.objects.filter(council=council).select_related("recorded_by")
    return {row.paper: row for row in rows if row.version == text_of(row.paper).version}


def missing(council: Council) -> list[str]:
    """The papers this council has not accepted as they are now, by their names."""
    found = accepted(council)
    return [str(Paper(paper).label) for paper in FILES if paper not in found]


def refusal(council: Council) -> str:
    """Why nobody may be entered for the council yet; "" when somebody may, or in a demonstration."""
    if installation.is_demo():
        return ""
    names = missing(council)
    if not names:
        return ""
    said = {"council": council.short_name, "papers": ", ".join(names)}
    return _("%(council)s has not accepted these papers yet: %(papers)s. Ask your safeguarding lead.") % said


@transaction.atomic
def accept(*, council: Council, paper: str, version: str, accepted_by: str, accepted_on: dt.date, by: User) -> None:
    """Write down that a council has accepted a paper. version: the one that was read.

    Raises AcceptanceRefused when the words have changed meanwhile, the day is still to come, or it was recorded before.
    """
    if version != text_of(paper).version:
        raise AcceptanceRefused(_("The words have changed since you opened the page. Read them again."))
    if accepted_on > clock.today():
        raise AcceptanceRefused(_("Enter the day on which it was accepted, today or earlier."))
    try:
        with transaction.atomic():
            Acceptance.objects.create(
                council=council, paper=paper, version=version, accepted_by=accepted_by, accepted_on=accepted_on,
                recorded_by=by,
            )  # fmt: skip
    except IntegrityError:
        raise AcceptanceRefused(_("This paper has been recorded as accepted already.")) from None
