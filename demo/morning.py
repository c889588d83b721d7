"""The morning's paper: the sheet of pledges, and what an invented coordinator added afterwards.

The sheet was written for an event in November 2026. Every month in it is moved by whole months so that the event was
yesterday, whenever the demonstration runs.
"""

import calendar
import csv
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHEET_MONTH = dt.date(2026, 11, 1)
EVENT_CODE = "NTTGHM"
EVENT_NAME = "Nottinghamshire business breakfast"
SHARED_SHEET = HERE.parents[1] / "shared" / "data" / "breakfast_pledges.csv"  # used when present, never required


def sheet_path() -> Path:
    """The sheet to use: the shared one where it lies beside the project, else our own equal."""
    return SHARED_SHEET if SHARED_SHEET.exists() else HERE / "breakfast_pledges.csv"


def months_between(early: dt.date, late: dt.date) -> int:
    """Whole months from the month of `early` to the month of `late`."""
    return (late.year - early.year) * 12 + late.month - early.month


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Completion:
    """What was added for one row of the sheet; empty strings where the coordinator has not got to it yet."""

    row: int
    values: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def day(self, name: str, shift: int) -> dt.date | None:
        """A date of the file, moved by the demonstration's months."""
        return add_months(dt.date.fromisoformat(self[name]), shift) if self[name] else None

    def usual_day(self) -> dict[str, dt.time]:
        """When a usual day starts and ends; empty where nobody said."""
        if not self["day"]:
            return {}
        starts, ends = (dt.time.fromisoformat(time) for time in self["day"].split("-"))
        return {"day_starts": starts, "day_ends": ends}


def completions() -> list[Completion]:
    """All rows of demo/completions.csv, in the order of the sheet."""
    with (HERE / "completions.csv").open(newline="", encoding="utf-8") as file:
        return [Completion(int(row["row"]), row) for row in csv.DictReader(file)]
