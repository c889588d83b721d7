"""manage.py run_demo [--json FILE]: the main job on the demonstration sheet (`dev.py demo`).

Adds what is missing and nothing else; prints each step with its counts and seconds, then who was told what, and why.
"""

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.models import Installation
from core.scope import EVERYTHING, scope
from demo import answer
from demo.job import Job, TooLong, persistent


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", type=Path, default=None, help="write the figures into this file")

    def handle(self, *, json: Path | None, **options: Any) -> None:
        if settings.INSTALLATION_MODE != Installation.Mode.DEMO:
            raise CommandError("The demonstration runs in a demonstration only, never beside real people.")
        started = time.monotonic()
        try:
            found = self.run()
        except TooLong as error:
            raise CommandError(str(error)) from error
        found["seconds"]["in all"] = round(time.monotonic() - started, 2)
        self.report(found)
        if json is not None:
            answer.write(json, found)

    def run(self) -> dict[str, Any]:
        """The job, and the job again: the second time must find nothing to do."""
        persistent(lambda: call_command("demo_world", verbosity=0), self.say)
        before = self.count()
        job: Job = self.ask(lambda: Job(self.say))
        job.run()
        between = self.count()
        again: Job = self.ask(lambda: Job(lambda line: None))
        again.run()
        after = self.count()
        self.told = self.ask(lambda: answer.who_was_told(job))
        found: dict[str, Any] = self.ask(
            lambda: answer.answer(job, added=between - before, second_run_added=after - between)
        )
        return found

    def ask(self, question: Any) -> Any:
        """Read, across a database that may be away for a moment."""

        def inside() -> Any:
            with scope(EVERYTHING):
                return question()

        return persistent(inside, self.say)

    def count(self) -> int:
        """Rows the job may add."""
        counted: int = self.ask(answer.rows_written)
        return counted

    def say(self, line: str) -> None:
        """One line, at once: tests and people wait for it."""
        self.stdout.write(line)
        self.stdout.flush()

    def report(self, found: dict[str, Any]) -> None:
        """Who was told what, and the figures."""
        self.say("\nWho was told what, and why (two advisers of all):\n")
        self.say(self.told)
        kept = ("employers", "pledges", "drafts", "live", "matches", "oracle_equal", "advisers_due", "advisers_told")
        for name in (*kept, "told_twice", "second_run_added"):
            self.say(f"{name:<18}{found[name]}")
        self.say(f"{'refused':<18}{found['refused']}")
