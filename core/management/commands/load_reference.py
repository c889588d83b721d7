"""manage.py load_reference: councils, partnerships, kinds, pay floors and the rest. Run it as fr_owner."""

from typing import Any

from django.core.management.base import BaseCommand

from core import installation, reference


class Command(BaseCommand):
    """Brings every table of reference data to what its file says. A second run changes nothing.

    The first run also writes whether this installation is a demonstration or real.
    """

    help = __doc__

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"mode: {installation.record()}")
        for name, rows in reference.load_all():
            self.stdout.write(f"{name}: {rows}")
