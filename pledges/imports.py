"""Sheets of pledges: read, mapped, checked and applied. The other modules do the parts; this one is the way in."""

import hashlib
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from accounts.models import User
from core import clock
from pledges.columns import Columns, map_columns, missing_columns, valid_columns
from pledges.models import Event, Pledge, SheetUpload, ToClearUp
from pledges.rows import Bad, Report, check_rows
from pledges.services import make_pledges
from pledges.sheets import Sheet, Unreadable, read_sheet, refuse_by_size

__all__ = [
    "Columns",
    "Outcome",
    "Report",
    "Sheet",
    "Unreadable",
    "apply",
    "apply_upload",
    "check_rows",
    "hold_sheet",
    "map_columns",
    "missing_columns",
    "read_sheet",
    "refuse_by_size",
    "report_as_json",
    "sheet_of",
]


@dataclass(frozen=True)
class Outcome:
    """What applying a sheet did, in numbers of rows."""

    rows: int
    made: int
    already_there: int
    to_clear_up: int  # new records
    already_to_clear_up: int
    left_out: int = 0


def report_as_json(report: Report) -> dict[str, Any]:
    """Rows, good, and each bad row's number, column and reason."""
    return {
        "rows": report.rows,
        "good": len(report.good),
        "bad_rows": len(report.bad_rows),
        "bad": [asdict(each) for each in report.bad],
        "notes": [{"row": note.row, "note": note.reason} for note in report.notes],
        "left_out": [{"row": each.row, "note": each.reason} for each in report.left_out],
    }


def apply(*, event: Event, sheet: Sheet, mapping: Columns, by: User | None, shift_months: int = 0) -> Outcome:
    """Good rows become pledges, bad ones records to clear up: all of it, or after a crash nothing.

    The same sheet again adds nothing (identity), and changes nothing. Raises Unreadable when a column is missing.
    """
    if found := missing_columns(mapping):
        raise Unreadable(" ".join(found))
    with transaction.atomic():
        report = check_rows(sheet=sheet, mapping=mapping, event=event, shift_months=shift_months)
        promises = [good.promise for good in report.good]
        made = make_pledges(event=event, promises=promises, source=Pledge.Source.SHEET, typed_by=by)
        kept = _keep_bad_rows(event=event, sheet=sheet, report=report, by=by)
    return Outcome(
        rows=report.rows,
        made=len(made),
        already_there=len(report.good) - len(made),
        to_clear_up=kept,
        already_to_clear_up=len(report.bad_rows) - kept,
        left_out=len(report.left_out),
    )


def _keep_bad_rows(*, event: Event, sheet: Sheet, report: Report, by: User | None) -> int:
    """Each bad row as written, with its reasons and the event's owner. Gives how many are new."""
    words = dict(zip(sheet.numbers, sheet.rows, strict=True))
    reasons: dict[int, list[Bad]] = {number: [] for number in report.bad_rows}
    for bad in report.bad:
        reasons[bad.row].append(bad)
    seen: Counter[str] = Counter()
    records = {}
    for number, found in reasons.items():
        written = "\x1f".join([event.code, *words[number]])
        seen[written] += 1
        identity = hashlib.sha256(f"{written}\x1f{seen[written]}".encode()).hexdigest()
        records[identity] = ToClearUp(
            identity=identity,
            event=event,
            partnership_id=event.partnership_id,
            source=Pledge.Source.SHEET,
            row_number=number,
            words=[list(pair) for pair in zip(sheet.header, words[number], strict=True)],
            reasons=[[bad.column, bad.reason] for bad in found],
            typed_by=by,
            owner=event.owner,
        )
    there = set(ToClearUp.objects.filter(identity__in=records).values_list("identity", flat=True))
    new = [record for identity, record in records.items() if identity not in there]
    ToClearUp.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


# --- between upload and application ---------------------------------------------------------------------------------


def hold_sheet(*, event: Event, sheet: Sheet, by: User) -> SheetUpload:
    """Keep a sheet for its preview, with the columns we think it has."""
    return SheetUpload.objects.create(
        event=event,
        name=sheet.name,
        digest=sheet.digest,
        header=sheet.header,
        rows=[list(pair) for pair in zip(sheet.numbers, sheet.rows, strict=True)],
        mapping=map_columns(sheet.header),
        uploaded_by=by,
    )


def choose_columns(*, upload: SheetUpload, chosen: Columns) -> None:
    """Columns chosen by hand."""
    upload.mapping = valid_columns(chosen, upload.header)
    upload.save(update_fields=["mapping"])


def sheet_of(upload: SheetUpload) -> Sheet:
    """The sheet as it was read."""
    numbers, rows = [pair[0] for pair in upload.rows], [pair[1] for pair in upload.rows]
    return Sheet(upload.name, upload.digest, upload.header, rows, numbers)


def apply_upload(*, upload: SheetUpload, by: User) -> SheetUpload:
    """Apply a held sheet once, keep the numbers, and let go of its rows. A second press changes nothing."""
    with transaction.atomic():
        row = SheetUpload.objects.select_for_update(of=("self",)).select_related("event__owner").get(pk=upload.pk)
        if row.applied_at is None:
            outcome = apply(event=row.event, sheet=sheet_of(row), mapping=row.mapping, by=by)
            row.outcome, row.applied_at, row.rows = asdict(outcome), clock.now(), []
            row.save(update_fields=["outcome", "applied_at", "rows"])
        return row
