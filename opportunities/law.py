"""What a rule says when it refuses, and the dated law that rules are asked about."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core import clock
from opportunities.models import Opportunity, RuleFigure
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
class Figures:
    """The dated figures of the rules, read once. PostgreSQL says the same in `rule_figure_on`; a test compares."""

    rows: tuple[RuleFigure, ...]

    @classmethod
    def load(cls) -> "Figures":
        """One query."""
        return cls(tuple(RuleFigure.objects.order_by("code", "valid_from")))

    def on(self, code: str, day: dt.date) -> int | None:
        """The figure in force on a day; None: the rule asks for nothing then."""
        found = None
        for row in self.rows:
            if row.code == code and row.valid_from <= day and (row.valid_to is None or day <= row.valid_to):
                found = row.value
        return found


@dataclass(frozen=True)
class Law:
    """The dated rules and the day they are asked on."""

    floors: Floors
    figures: Figures
    today: dt.date

    @classmethod
    def load(cls) -> "Law":
        """Three queries: the floors, the figures and the clock."""
        return cls(Floors.load(), Figures.load(), clock.today())

    def figure(self, code: str, row: Opportunity) -> int | None:
        """The figure of a rule on the day an opportunity starts; where that is open, today."""
        return self.figures.on(code, row.starts_on or self.today)


def writer() -> str:
    """Who puts most things right."""
    return _("Whoever completes the draft")
