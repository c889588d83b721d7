"""From the rows of a sheet to promises, or to the reasons why not: cell by cell, each reason a sentence."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import clock
from core.models import Postcode
from pledges.columns import BY_NAME, Columns
from pledges.employers import Business
from pledges.left_out import why_left_out
from pledges.models import Category, Event, Pledge, PledgeKind
from pledges.reading import (
    Reach,
    Unclear,
    add_months,
    may_be_a_day,
    read_email,
    read_month,
    read_phone,
    read_places,
    read_postcode,
    read_way,
    read_yes_no,
    refuse_past,
)
from pledges.services import Promise
from pledges.sheets import Sheet
from pledges.words import clean, key, quoted, too_long

T = TypeVar("T")
GARBLED = re.compile("\ufffd|Ã[\u0080-\u00bf©¨¤¶¼]|â€")  # letters read in another coding than they were written in
# The longest that our tables hold, by field of a sheet.
LIMITS = {"business": 120, "name": 80, "job": 80, "best_time": 60, "town": 60, "size": 20, "words": 1000}


@dataclass(frozen=True)
class Bad:
    """One thing wrong with one row: its number as in the sheet, the column's heading, and a sentence."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class Good:
    """A row that can become a pledge, and what a person may want to know about it."""

    row: int
    promise: Promise
    notes: tuple[str, ...] = ()


@dataclass
class Report:
    """What a sheet would become. `rows`: how many there are; `bad` may hold several reasons for one row; `left_out`:
    totals and the like, which are no pledges."""

    rows: int
    good: list[Good] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    left_out: list[Bad] = field(default_factory=list)

    @property
    def bad_rows(self) -> list[int]:
        """The numbers of the rows that have to be cleared up, in order."""
        return sorted({each.row for each in self.bad})

    @property
    def notes(self) -> list[Bad]:
        """What is worth knowing about good rows."""
        return [Bad(good.row, "", note) for good in self.good for note in good.notes]


@dataclass(frozen=True)
class Reference:
    """What the readers of cells need to know, loaded once for a sheet."""

    kinds: Mapping[str, PledgeKind]
    categories: Mapping[str, Category]
    known_postcodes: frozenset[str]
    today: dt.date
    earliest: dt.date
    shift_months: int


def kinds_by_word() -> dict[str, PledgeKind]:
    """Every word a kind of pledge may be called by, normalised."""
    kinds = PledgeKind.objects.filter(valid_to__isnull=True).order_by("position")
    return {word: kind for kind in kinds for word in kind.aliases}


def categories_by_word() -> dict[str, Category]:
    """The job categories by code and by name, normalised."""
    rows = Category.objects.filter(valid_to__isnull=True).order_by("bit")
    return {key(word): category for category in rows for word in (category.code, category.name)}


def check_rows(*, sheet: Sheet, mapping: Columns, event: Event, shift_months: int = 0) -> Report:
    """Read every row. Writes nothing; four queries for any number of rows.

    mapping: our field -> column. shift_months: added to every month of the sheet before it is looked at. A month may be
    this month or later, or, for an event that has been, the event's or later.
    """
    today = clock.today()
    known = Reference(
        kinds=kinds_by_word(),
        categories=categories_by_word(),
        known_postcodes=_known_postcodes(sheet, mapping),
        today=today,
        earliest=min(today, event.held_on).replace(day=1),
        shift_months=shift_months,
    )
    report = Report(rows=len(sheet.rows))
    seen: Counter[str] = Counter()
    first: dict[Promise, int] = {}
    for number, cells in zip(sheet.numbers, sheet.rows, strict=True):
        if because := why_left_out(cells, sheet.header):
            report.left_out.append(Bad(number, "", because))
            continue
        row = RowReader(cells, mapping, known)
        promise = row.promise()
        if promise is None:
            heading = {name: sheet.header[column] for name, column in mapping.items()}
            report.bad += [
                Bad(number, heading.get(name, _label(name)), reason) for name, reason in dict.fromkeys(row.problems)
            ]
            continue
        if (above := first.setdefault(promise, number)) != number:
            row.notes.append(_same_as(above))
        seen[same := promise.identity(event)] += 1
        report.good.append(Good(number, replace(promise, occurrence=seen[same]), tuple(row.notes)))
    _note_what_is_there(report, event)
    return report


def _same_as(row: int) -> str:
    return _("It says the same as row %(row)d. Both are kept, as two pledges. Is it one? Take one row out.") % {
        "row": row
    }


def _label(name: str) -> str:
    return str(BY_NAME[name].label)


def _known_postcodes(sheet: Sheet, mapping: Columns) -> frozenset[str]:
    column = mapping.get("postcode")
    if column is None:
        return frozenset()
    codes = set()
    for cells in sheet.rows:
        try:
            codes.add(read_postcode(cells[column]))
        except Unclear:
            continue
    return frozenset(Postcode.objects.filter(pk__in=codes).values_list("code", flat=True))


def _note_what_is_there(report: Report, event: Event) -> None:
    """Rows that are pledges already; a number that has changed since is said, as nothing is changed by a sheet."""
    names = {good.promise.identity(event): place for place, good in enumerate(report.good)}
    for name, places in Pledge.objects.filter(identity__in=names).values_list("identity", "places"):
        good = report.good[names[name]]
        note = _("Already there. Nothing is added.")
        if places != good.promise.places:
            note = _("Already there with %(places)d. Nothing is changed: change the pledge itself.") % {
                "places": places
            }
        report.good[names[name]] = replace(good, notes=(*good.notes, note))


class RowReader:
    """Reads one row: collects every problem instead of stopping at the first."""

    def __init__(self, cells: list[str], mapping: Columns, known: Reference) -> None:
        self.cells, self.mapping, self.known = cells, mapping, known
        self.problems: list[tuple[str, str]] = []
        self.notes: list[str] = []

    def cell(self, name: str) -> str:
        """The words of one field, cleaned; "" when its column is not there."""
        column = self.mapping.get(name)
        text = "" if column is None or column >= len(self.cells) else self.cells[column]
        text = clean(text, lines=name == "words")
        if sentence := too_long(text, LIMITS.get(name, 1000)):
            self.problems.append((name, sentence))
        return text

    def read(self, name: str, reader: Callable[[str], T], empty: T) -> T:
        """A cell through a reader; what cannot be read becomes a problem."""
        text = self.cell(name)
        if not text:
            return empty
        try:
            return reader(text)
        except Unclear as unclear:
            self.problems.append((name, str(unclear)))
            return empty

    def promise(self) -> Promise | None:
        """The promise of this row, or None: then `problems` says why."""
        kind = self.kind()
        business = self.business()
        promise = Promise(
            kind=kind,
            places=self.places(kind),
            business=business,
            reach=self.reach(),
            words=self.cell("words"),
            category=business.sector,
            by_month=self.read("by_month", self.month, None),
            postcode=self.read("postcode", self.postcode, ""),
            town=self.cell("town"),
            publish_if_silent=read_yes_no(self.cell("silent")),
        )
        if any(GARBLED.search(cell) for cell in self.cells):
            self.notes.append(_("Some letters look wrong. Save the sheet as .xlsx, and names come out as written."))
        return None if self.problems else promise

    def kind(self) -> PledgeKind:
        text = self.cell("kind")
        found = self.known.kinds.get(key(text))
        if found is not None:
            return found
        sentence = _("Say what is promised, like: job, apprenticeship, work experience, visit, kit.")
        if text:
            sentence = _("We do not know the pledge %(words)s. Write it like: job, apprenticeship, visit, kit.")
        self.problems.append(("kind", sentence % {"words": quoted(text)} if text else sentence))
        return self.known.kinds[key("other")]  # stands in, so that the other cells are read too

    def business(self) -> Business:
        name = self.cell("business")
        if not key(name):
            self.problems.append(("business", _("Write the name of the business.")))
        sector = self.cell("category")
        category = self.known.categories.get(key(sector))
        if sector and category is None:
            self.notes.append(_("We do not know the sector %(words)s. It is left empty.") % {"words": quoted(sector)})
        return Business(name=name, size=self.cell("size"), sector=category)

    def places(self, kind: PledgeKind) -> int:
        if not self.cell("places") and kind.becomes == PledgeKind.Becomes.NEITHER:
            return 1
        try:
            return read_places(self.cell("places"))
        except Unclear as unclear:
            self.problems.append(("places", str(unclear)))
            return 1

    def reach(self) -> Reach:
        before = len(self.problems)
        reach = Reach(
            name=self.cell("name"),
            job=self.cell("job"),
            email=self.read("email", read_email, ""),
            phone=self.read("phone", read_phone, ""),
            best_time=self.cell("best_time"),
        )
        if reach.email or reach.phone:
            # One way that can be read is enough; the other is left out, and said.
            self.notes += [reason for _name, reason in self.problems[before:] if _name in ("email", "phone")]
            self.problems[before:] = [each for each in self.problems[before:] if each[0] not in ("email", "phone")]
        elif len(self.problems) == before:
            name = "email" if "email" in self.mapping else "phone"
            self.problems.append((name, _("Write a phone number or an email address, so that we can reach them.")))
        way = read_way(self.cell("way"))
        possible = reach.email if way == "email" else reach.phone
        return replace(reach, way=way if possible else "").with_a_way()

    def month(self, text: str) -> dt.date:
        month = add_months(read_month(text, today=self.known.today), self.known.shift_months)
        hint = self._a_day_for_a_year(text)
        try:
            refuse_past(month, earliest=self.known.earliest)
        except Unclear as unclear:
            raise Unclear(f"{unclear} {hint}".strip()) from None
        if hint or may_be_a_day(text):
            said = {"words": quoted(text), "month": date_format(month, "F Y")}
            self.notes.append(" ".join([_("%(words)s is read as %(month)s.") % said, hint]).strip())
        return month

    def _a_day_for_a_year(self, text: str) -> str:
        """Spreadsheets make 27 September of this year from "Sept 27"."""
        found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)( 00:00:00)?", text)
        if not found or 2000 + int(found[3]) < self.known.today.year:
            return ""
        meant = dt.date(2000 + int(found[3]), int(found[2]), 1)
        return _("If a spreadsheet made this of %(typed)s, write %(meant)s.") % {
            "typed": quoted(f"{date_format(meant, 'M')} {found[3]}"),
            "meant": date_format(meant, "F Y"),
        }

    def postcode(self, text: str) -> str:
        code = read_postcode(text)
        if code not in self.known.known_postcodes:
            self.notes.append(_("We do not know the postcode %(code)s. The area around it stands in.") % {"code": code})
        return code
