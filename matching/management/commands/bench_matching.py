"""manage.py bench_matching: what matching costs beside the usual ways of doing it. Not a test: nothing is gated unless
--gates."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.scope import EVERYTHING, scope
from matching import bench_page, bench_run
from matching.bench import Population

REFUSED = "What this writes stays. Measure on throw-away servers: python3 dev.py bench matching"


class Command(BaseCommand):
    """Invent a population, prove that the matches are right, then time in turns: one prepared query per person and one
    Django query per person (samples, scaled), a loop over everybody with the ORM, one statement over everybody, and the
    engine. Ratios are of the same round. For throw-away servers: what it writes stays.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=5_000)
        parser.add_argument("--opportunities", type=int, default=1_500)
        parser.add_argument("--rounds", type=int, default=5)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", dest="file", type=Path)
        parser.add_argument("--gates", action="store_true", help="fail unless the ratios hold (bench_run.GATES)")
        parser.add_argument("--alone", action="store_true", help="leave out what needs processes of its own")
        parser.add_argument("--page", type=Path, help="write the page of results from these figures and --earlier")
        parser.add_argument("--earlier", type=Path, nargs="*", default=[], help="figures of other sizes, as JSON")
        parser.add_argument("--process", choices=list(bench_run.PROCESSES), help="be one of its processes")
        parser.add_argument("--of", type=int, nargs="*", default=[], help="the opportunities of that process")

    def handle(self, *, process: str | None, of: list[int], **options: Any) -> None:
        if "FR_THROW_AWAY" not in os.environ:
            raise CommandError(REFUSED)
        if process:
            self.stdout.write(json.dumps(bench_run.PROCESSES[process](of)))
            return
        figures = self._measured(**options)
        text = json.dumps(figures, indent=2)
        self.stdout.write(text)
        if options["file"]:
            options["file"].write_text(text + "\n", encoding="utf-8")
        if options["page"]:
            earlier = [json.loads(file.read_text(encoding="utf-8")) for file in options["earlier"]]
            options["page"].write_text(bench_page.page([*earlier, figures]), encoding="utf-8")
        if options["gates"] and (missed := bench_run.missed(figures)):
            raise CommandError("; ".join(missed))

    def _measured(self, *, people: int, opportunities: int, rounds: int, seed: int, alone: bool, **_: Any) -> Any:
        with scope(EVERYTHING):
            population = Population(people=people, opportunities=opportunities, seed=seed)
        said = {"people": people, "opportunities": opportunities, "rounds": rounds, "seed": seed}
        return said | bench_run.measure(population.opportunities, rounds=rounds, seed=seed, alone=alone)
