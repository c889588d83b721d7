"""manage.py map_interests FILE [--json OUT]: what phrases may mean, one phrase a line."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from occupations.meaning import meaning


class Command(BaseCommand):
    """For each line of FILE the occupations it may mean with their categories, best first; or that it is not sure.

    Nothing is kept. A phrase can be a person: FILE should be one that was written for the purpose.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", type=Path, dest="out")

    def handle(self, *, file: Path, out: Path | None, **_: Any) -> None:
        phrases = [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        text = json.dumps([_mapped(phrase) for phrase in phrases], indent=2, ensure_ascii=False)
        if out:
            out.write_text(text + "\n", encoding="utf-8")
            self.stdout.write(f"{len(phrases)} phrases")
        else:
            self.stdout.write(text)


def _mapped(phrase: str) -> dict[str, Any]:
    found = meaning(phrase)
    occupations = [
        {"code": each.occupation.code, "title": each.occupation.title, "categories": list(each.occupation.categories)}
        for each in found
    ]
    return {"phrase": phrase, "unsure": not found, "occupations": occupations}
