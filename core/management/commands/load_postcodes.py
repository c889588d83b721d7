"""manage.py load_postcodes: all of England's postcodes, from the package. Run it as fr_owner; look-ups go
on meanwhile."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core import postcode_tables


class Command(BaseCommand):
    """Does nothing when the package's version is in force already."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--again", action="store_true", help="load even when this version is in force")

    def handle(self, *, again: bool, **options: Any) -> None:
        start = time.monotonic()
        for sentence in postcode_tables.load_england(force=again):
            self.stdout.write(f"{time.monotonic() - start:5.1f} s  {sentence}")
            self.stdout.flush()
