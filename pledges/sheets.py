"""From the bytes of a file to rows of text: CSV in the usual codings and separators, or the first page of an XLSX.

Nothing in a sheet is evaluated: a cell that begins like a formula is text. What cannot be read raises Unreadable with
a sentence that says what to do; a file that would fill the memory is refused before it is unpacked.
"""

import csv
import datetime as dt
import hashlib
import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from pledges.columns import FIELDS, Field, map_columns
from pledges.words import clean

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 2000
MOST_COLUMNS = 60
MOST_UNPACKED = 40 * 1024 * 1024
MOST_CELLS = 500_000  # the reader makes room for every cell between A1 and the last one
DELIMITERS = ",;\t"
TITLE_ROWS, SURE = 10, 3  # so far down we look for a row with so many headings that we know
MOST_OF_A_LINE = 10_000
CELL = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})([0-9]{1,7})"')
CONTROL = bytes(set(range(32)) - {9, 10, 12, 13})
# How other kinds of file begin.
OTHER_KINDS = (
    b"%PDF",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc",
    b"MZ",
    b"\x7fELF",
    b"{\\rtf",
)
ZIP = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


class Unreadable(Exception):
    """The file cannot be used. Its text is a sentence for the person who chose it."""


@dataclass(frozen=True)
class Sheet:
    """A file read as text. `numbers`: of each row, the number a spreadsheet shows beside it."""

    name: str
    digest: str
    header: list[str]
    rows: list[list[str]]
    numbers: list[int]


def read_sheet(data: bytes, name: str, fields: Sequence[Field] = FIELDS) -> Sheet:
    """Read a file. fields: whose headings we know.

    The heading row is the first that has headings we know, near the top; else the first row with
    anything in it. What stands above it is a title. Empty rows are left out.

    Cells are cleaned (see pledges.words). Raises Unreadable.
    """
    refuse_by_size(len(data))
    if not data.strip():
        raise Unreadable(_("This file is empty. Choose the file with your list in it."))
    table = _xlsx_rows(data, name) if data.startswith(ZIP) else _csv_rows(data, name, fields)
    return _sheet(table, fields, name=clean(name)[:120] or "sheet", digest=hashlib.sha256(data).hexdigest())


def _sheet(table: Iterable[tuple[int, Sequence[str]]], fields: Sequence[Field], *, name: str, digest: str) -> Sheet:
    header: list[str] = []
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number, cells in _from_the_headings(table, fields):
        if not header:
            header = _headings(cells)
            continue
        if len(rows) == MOST_ROWS:
            raise Unreadable(
                _("This sheet has more than %(most)d rows. Cut it into smaller ones.") % {"most": MOST_ROWS}
            )
        rows.append((cells + [""] * len(header))[: max(len(header), len(cells))])
        numbers.append(number)
    if not header:
        raise Unreadable(_("This sheet is empty. Choose the file with your list in it."))
    if not rows:
        raise Unreadable(_("This sheet has headings and no rows under them. Add them first."))
    width = min(max(len(row) for row in rows), MOST_COLUMNS)
    header += [_("Column %(number)d") % {"number": place + 1} for place in range(len(header), width)]
    return Sheet(name, digest, header, [(row + [""] * width)[: len(header)] for row in rows], numbers)


def _from_the_headings(
    table: Iterable[tuple[int, Sequence[str]]], fields: Sequence[Field]
) -> Iterable[tuple[int, list[str]]]:
    """The rows with anything in them, cleaned, without the titles above the headings."""
    filled = ((number, [clean(cell, lines=True) for cell in raw]) for number, raw in table)
    rows = (row for row in filled if any(row[1]))
    top = list(itertools.islice(rows, TITLE_ROWS))
    start = next((place for place, (_number, cells) in enumerate(top) if len(map_columns(cells, fields)) >= SURE), 0)
    return itertools.chain(top[start:], rows)


def _headings(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise Unreadable(
            _("This sheet has more than %(most)d columns. Keep those that are needed.") % {"most": MOST_COLUMNS}
        )
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = clean(cell)[:80]
        if not name or name in names:  # nameless, or there already: its place tells it apart
            name = f"{name} {_('Column %(number)d') % {'number': number}}".strip()
        names.append(name)
    return names


def refuse_by_size(size: int) -> None:
    """Raises Unreadable when so many bytes are too many."""
    if size > MOST_BYTES:
        raise Unreadable(_("This file is bigger than 5 MB. Save only the page with your list, and try again."))


# --- CSV --------------------------------------------------------------------------------------------------------------


def _csv_rows(data: bytes, name: str, fields: Sequence[Field]) -> Iterable[tuple[int, Sequence[str]]]:
    if data.startswith(OLD_EXCEL):
        raise Unreadable(_("This is an old Excel file (.xls). Open it, save it as .xlsx or .csv, and send that."))
    if name.lower().endswith((".xlsx", ".xlsm", ".ods")) or data.startswith(OTHER_KINDS) or _is_binary(data):
        raise Unreadable(_("This is not a sheet we can read. Save it as .csv or .xlsx, and send that."))
    text = _decode(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, fields))
    before = 0
    try:
        for cells in reader:
            yield before + 1, cells
            before = reader.line_num
    except csv.Error:
        raise Unreadable(
            _("Row %(row)d cannot be read. Save the sheet as .xlsx, and send that.") % {"row": before + 1}
        ) from None


def _is_binary(data: bytes) -> bool:
    """Text has hardly any control characters (a stray NUL is taken out later); UTF-16 says so by its first bytes."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    start = data[:20_000]
    return len(start) - len(start.translate(None, CONTROL)) > len(start) // 50


def _decode(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with its mark, else Windows' own (cp1252)."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _delimiter(text: str, fields: Sequence[Field]) -> str:
    """The separator that shows most headings that we know, else most columns of the first line with words."""
    filled = (line[:MOST_OF_A_LINE] for line in text.splitlines() if line.strip(" ,;\t"))
    lines = list(itertools.islice(filled, TITLE_ROWS))

    def shows(sign: str) -> tuple[int, int]:
        rows = [next(csv.reader([line], delimiter=sign), []) for line in lines]
        return max((len(map_columns(row, fields)) for row in rows), default=0), len(rows[0]) if rows else 0

    return max(DELIMITERS, key=shows)


# --- XLSX -------------------------------------------------------------------------------------------------------------


def _xlsx_rows(data: bytes, name: str) -> Iterable[tuple[int, Sequence[str]]]:
    _refuse_unsafe_archive(data, name)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, IndexError, OSError):
        raise Unreadable(_("This Excel file is damaged. Open it, save it again as .xlsx, and send that.")) from None
    return ((number, [_as_text(cell) for cell in row]) for number, row in enumerate(rows, start=1))


def _refuse_unsafe_archive(data: bytes, name: str) -> None:
    """Macros, something else in a zip, a zip bomb, or a page whose last cell is at the end of the world."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Unreadable(_("This file unpacks to more than we accept. Send only the page with your list."))
            names = {part.filename.lower() for part in parts}
            if name.lower().endswith(".xlsm") or any(part.endswith("vbaproject.bin") for part in names):
                raise Unreadable(_("This file has macros in it. Save it as .xlsx without macros, and send that."))
            if "xl/workbook.xml" not in names:
                raise Unreadable(_("This is not a sheet we can read. Save it as .csv or .xlsx, and send that."))
            for part in parts:
                inside = archive.read(part)  # checks the declared size and the sum: neither can lie to the reader below
                if part.filename.lower().startswith("xl/worksheets/"):
                    _refuse_far_cells(inside)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise Unreadable(_("This Excel file is damaged. Open it, save it again as .xlsx, and send that.")) from None


def _refuse_far_cells(page: bytes) -> None:
    last_row = last_column = 0
    for letters, digits in CELL.findall(page):
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        last_row, last_column = max(last_row, int(digits)), max(last_column, column)
    if last_row * last_column > MOST_CELLS:
        raise Unreadable(_("This sheet has cells far out to the side or below. Delete them, and send it again."))


def _as_text(cell: object) -> str:
    """As a person would type it: 2, not 2.0; a date as 2027-03-01."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return str(cell.date())
    return "" if cell is None else str(cell)
