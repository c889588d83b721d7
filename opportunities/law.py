"""What a rule says when it refuses, and the dated law that rules are asked about."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core import clock
from opportunities.pay import Floors


@dataclass(frozen=True)
class Refusal:
    """One thing in the way. `code` is for counting and tests; the sentence and `who` are shown to people."""

    code: str
    sentence: str
    who: str = ""


class Refused(Exception):
    """A move that may not be made yet. `refusals` says why."""

    def __init__(self, refusals: list[Refusal]) -> None:
        self.refusals = refusals
        super().__init__(" ".join(refusal.sentence for refusal in refusals))


@dataclass(frozen=True)
class Law:
    """The dated rules and the day they are asked on."""

    floors: Floors
    today: dt.date

    @classmethod
    def load(cls) -> "Law":
        """Two queries: the table of floors and the clock."""
        return cls(Floors.load(), clock.today())


def writer() -> str:
    """Who puts most things right."""
    return _("Whoever completes the draft")
