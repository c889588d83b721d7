"""Many young people at once, from a sheet or typed one below the other: each row is read, or says what to do.

The council's reference tells a row that was sent before; without one, the worker's label with the same facts does.
Nothing is stored of a row until it is saved.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import cover, gone
from accounts.adding import Newcomer, add_many
from accounts.hats import Hat
from accounts.models import AdviserLink, Council, User, YoungPerson
from accounts.roles import Role
from accounts.services import age_problem
from core import clock
from core.postcodes import find_sectors
from matching import services
from pledges.columns import Field, map_columns
from pledges.reading import Unclear, read_month
from pledges.sheets import Sheet, Unreadable, read_sheet
from pledges.words import clean

FIELDS = (
    Field("reference", gettext_lazy("Reference"), ("reference", "council reference", "ref", "case number", "id")),
    Field("label", gettext_lazy("Your word"), ("label", "initials", "your word", "short word", "who"), True),
    Field("born", gettext_lazy("Born"), ("born", "month of birth", "birth month", "date of birth", "dob"), True),
    Field("area", gettext_lazy("Lives"), ("lives", "postcode", "post code", "area", "sector", "postcode sector"), True),
    Field("words", gettext_lazy("Would like"), ("would like", "what they would like", "interests", "wishes", "words")),
    Field(
        "worker", gettext_lazy("Adviser's email"),
        ("adviser s email", "adviser email", "adviser", "worker", "worker email", "worker s email", "pa"),
    ),
)  # fmt: skip
MOST = 500  # rows at once
LONGEST = {"reference": 40, "label": 40, "words": 500}
MONTH = re.compile(r"(\d{1,2}) +(\d{4})")


@dataclass
class Row:
    """One row as written. problems: field -> a sentence that says what to do; without any it can be saved."""

    number: int
    cells: dict[str, str]
    problems: dict[str, str] = field(default_factory=dict)
    month: dt.date | None = None
    sector: str = ""
    worker: User | None = None


def read(data: bytes, name: str) -> list[dict[str, str]]:
    """The rows of a sheet by our fields, with the number that a spreadsheet shows beside each as `number`.

    Raises Unreadable with a sentence.
    """
    sheet = read_sheet(data, name, FIELDS)
    columns = map_columns(sheet.header, FIELDS)
    if missing := [one for one in FIELDS if one.required and one.name not in columns]:
        said = _("No column says “%(label)s”. It may be headed: %(headings)s.")
        raise Unreadable(
            " ".join(said % {"label": one.label, "headings": ", ".join(one.headings[:3])} for one in missing)
        )
    if len(sheet.rows) > MOST:
        raise Unreadable(_("This sheet has more than %(most)d rows. Cut it into smaller ones.") % {"most": MOST})
    return list(_cells(sheet, columns))


def _cells(sheet: Sheet, columns: Mapping[str, int]) -> Iterable[dict[str, str]]:
    for number, cells in zip(sheet.numbers, sheet.rows, strict=True):
        yield {"number": str(number), **{name: clean(cells[column]) for name, column in columns.items()}}


def as_text(rows: Sequence[Row]) -> str:
    """Rows as a sheet's text, to put right and send again."""
    text = io.StringIO()
    lines = csv.writer(text, delimiter="\t", lineterminator="\n")
    lines.writerow(str(one.label) for one in FIELDS)
    lines.writerows([row.cells.get(one.name, "") for one in FIELDS] for row in rows)
    return text.getvalue()


def check(rows: Iterable[Mapping[str, str]], hat: Hat) -> list[Row]:
    """Each row with what is wrong with it, for whoever wears `hat`."""
    assert hat.council is not None
    workers = {(one.email or "").lower(): one for one in cover.workers_of(hat.council)}
    found = [
        Row(int(cells.get("number", number)), {name: value for name, value in cells.items() if name != "number"})
        for number, cells in enumerate(rows, 1)
    ]
    read_facts(found)
    ended = _ended(hat.council, found)
    went = gone.gone_of(hat.council, (row.cells.get("reference", "") for row in found))
    seen: dict[str, int] = {}
    for row in found:
        _read_worker(row, hat, workers)
        reference = row.cells.get("reference", "")
        if reference and seen.setdefault(reference, row.number) != row.number:
            row.problems["reference"] = _("Row %(row)d has this reference too. Keep one of them.") % {
                "row": seen[reference]
            }
        elif reference in ended:
            row.problems["reference"] = _(
                "Support under this reference ended on %(day)s. If it begins again, leave the reference out."
            ) % {"day": date_format(ended[reference], "j F Y")}
        elif reference in went:
            row.problems["reference"] = str(gone.SENTENCE)
    return found


def _ended(council: int, rows: Iterable[Row]) -> dict[str, dt.date]:
    """Of the references in the rows, those of somebody whose support has ended, and when."""
    references = {row.cells["reference"] for row in rows if row.cells.get("reference")}
    found = YoungPerson.objects.filter(
        responsible_authority=council, council_reference__in=references, ended_on__isnull=False
    )
    return dict(found.values_list("council_reference", "ended_on"))


def read_facts(rows: Sequence[Row]) -> None:
    """Label, month of birth and sector from the cells of each; what is wrong with them stands in its problems."""
    sectors, today = find_sectors(row.cells.get("area", "") for row in rows), clock.today()
    for row in rows:
        _read_facts(row, sectors, today)


def _read_facts(row: Row, sectors: Mapping[str, str], today: dt.date) -> None:
    for name, most in LONGEST.items():
        if len(row.cells.get(name, "")) > most:
            row.problems[name] = _("Use %(most)d letters or fewer.") % {"most": most}
    if not row.cells.get("label"):
        row.problems["label"] = _("Enter your own short word for them, like their initials.")
    try:
        row.month = read_month(MONTH.sub(r"\1/\2", row.cells.get("born", "").strip()), today=today)
    except Unclear:
        row.problems["born"] = _("Write the month and year of birth, like March 2008 or 3 2008.")
    else:
        if problem := age_problem(row.month, today):
            row.problems["born"] = problem
    row.sector = sectors.get(row.cells.get("area", ""), "")
    if not row.sector:
        row.problems["area"] = _("Enter a postcode that exists, or its first part and the next number, like NG18 5.")


def _read_worker(row: Row, hat: Hat, workers: Mapping[str, User]) -> None:
    address = row.cells.get("worker", "").lower()
    if hat.role == Role.TEAM_MANAGER:
        row.worker = workers.get(address)
        if address and row.worker is None:
            row.problems["worker"] = _("Nobody of your council has this address. Leave it empty to choose later.")
        return
    row.worker = next((one for one in workers.values() if one.pk == hat.user), None)
    if address and workers.get(address) != row.worker:
        row.problems["worker"] = _("You add your own young people. Leave this empty, or ask your team manager.")


@dataclass
class Saved:
    """What saving did, in numbers of rows. left: those that still have something wrong."""

    added: int = 0
    there: int = 0
    left: list[Row] = field(default_factory=list)


def save(rows: Iterable[Row], *, council: Council, by: User) -> Saved:
    """Add everybody whose row can be read, all in one transaction. The same rows again add nobody.

    The number of queries does not grow with the rows.
    """
    rows, saved = list(rows), Saved()
    there = _there([row for row in rows if not row.problems], council)
    new: list[Row] = []
    for row in rows:
        if row.problems:
            saved.left.append(row)
        elif _key(row) in there:
            saved.there += 1
        else:
            there |= {_key(row), _facts(row)}
            new.append(row)
    for row, one in zip(new, _add(new, council, by), strict=True):
        saved.added += one.person is not None
        if one.problems:
            row.problems = {PROBLEM_OF.get(name, name): sentence for name, sentence in one.problems.items()}
            saved.left.append(row)
        elif one.person is None:  # the same reference at the same moment
            saved.there += 1
    saved.left.sort(key=lambda row: row.number)
    return saved


PROBLEM_OF = {"birth_month": "born", "sector": "area", "council_reference": "reference"}
Key = tuple[object, ...]


def _key(row: Row) -> Key:
    """What makes it the same young person: the council's reference; without one, the facts and the worker."""
    reference = row.cells.get("reference", "")
    return (reference,) if reference else _facts(row)


def _facts(row: Row) -> Key:
    return (row.cells.get("label", "").upper(), row.month, row.sector, row.worker.pk if row.worker else None)


def _there(rows: list[Row], council: Council) -> set[Key]:
    """The keys of those who are there already."""
    ours = YoungPerson.objects.filter(responsible_authority=council)
    references = [row.cells["reference"] for row in rows if row.cells.get("reference")]
    by_reference = ours.filter(council_reference__in=references).values_list("council_reference")
    bare = [row for row in rows if not row.cells.get("reference")]
    worker = AdviserLink.objects.current().filter(person=OuterRef("pk")).values("worker_id")
    alike = ours.filter(
        ended_on=None, birth_month__in={row.month for row in bare}, living_sector__in={row.sector for row in bare}
    ).values_list("label", "birth_month", "living_sector", Subquery(worker))
    return {*by_reference, *((label.upper(), *facts) for label, *facts in alike)}


def _add(rows: list[Row], council: Council, by: User) -> list[Newcomer]:
    newcomers = [
        Newcomer(row.cells["label"], row.month, row.sector, row.worker, row.cells.get("reference", ""))
        for row in rows if row.month is not None  # a row without problems has one
    ]  # fmt: skip
    with transaction.atomic():
        add_many(newcomers, by=by, council=council)
        said = {
            one.person.pk: row.cells["words"]
            for row, one in zip(rows, newcomers, strict=True) if one.person and row.cells.get("words")
        }  # fmt: skip
        services.record_words(said, by=by)
    return newcomers
