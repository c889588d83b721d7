"""Read a sheet of pledges into an event: `import_pledges SHEET --event CODE [--dry-run] [--json FILE]`."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pledges import imports
from pledges.models import Event


class Command(BaseCommand):
    help = "Read a sheet of pledges (CSV or XLSX) into an event. The same sheet twice adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sheet", type=Path)
        parser.add_argument("--event", required=True, metavar="CODE", help="the event's six letters")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument("--json", metavar="FILE", help="write the report to FILE, or to - for the screen")
        parser.add_argument("--shift-months", type=int, default=0, help="add so many months to every month")

    def handle(self, *args: Any, **options: Any) -> None:
        event = Event.objects.select_related("owner", "partnership").filter(code=options["event"].upper()).first()
        if event is None:
            raise CommandError(f"There is no event with the code {options['event']}.")
        try:
            sheet = imports.read_sheet(options["sheet"].read_bytes(), options["sheet"].name)
        except OSError as error:
            raise CommandError(f"{options['sheet']} cannot be opened: {error.strerror}.") from None
        except imports.Unreadable as unreadable:
            raise CommandError(str(unreadable)) from None
        self.run(event, sheet, options)

    def run(self, event: Event, sheet: imports.Sheet, options: dict[str, Any]) -> None:
        """Check the rows, apply them unless it is a dry run, and say what happened."""
        mapping = imports.map_columns(sheet.header)
        if missing := imports.missing_columns(mapping):
            raise CommandError(" ".join(missing))
        shift = options["shift_months"]
        report = imports.check_rows(sheet=sheet, mapping=mapping, event=event, shift_months=shift)
        said = imports.report_as_json(report)
        if not options["dry_run"]:
            outcome = imports.apply(event=event, sheet=sheet, mapping=mapping, by=None, shift_months=shift)
            said["outcome"] = asdict(outcome)
        self.tell(said, options["json"])

    def tell(self, said: dict[str, Any], target: str | None) -> None:
        """The report as JSON where that was asked for, and for people."""
        if target == "-":
            self.stdout.write(json.dumps(said, indent=2, ensure_ascii=False))
            return
        if target:
            Path(target).write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        self.stdout.write(f"{said['rows']} rows, {said['good']} good, {said['bad_rows']} to clear up.")
        for bad in said["bad"]:
            self.stdout.write(f"  row {bad['row']}, {bad['column']}: {bad['reason']}")
        for each in said["left_out"]:
            self.stdout.write(f"  row {each['row']}: {each['note']}")
        if "outcome" in said:
            made = said["outcome"]
            self.stdout.write(f"{made['made']} pledges made, {made['already_there']} were there already.")
        sys.stdout.flush()
