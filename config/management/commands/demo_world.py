"""manage.py demo_world: the people of the demonstration. Run it as fr_worker; refused in a real installation."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import installation
from demo.settling import settle


class Command(BaseCommand):
    """Writes them once; a second run adds nothing."""

    help = __doc__

    def handle(self, *, verbosity: int = 1, **options: Any) -> None:
        if not installation.is_demo():
            raise CommandError("This is a real installation: invented people do not belong here.")
        start = time.monotonic()
        counts = settle()
        if verbosity:
            words = ", ".join(f"{number} {name}" for name, number in counts.items()) if counts else "there already"
            self.stdout.write(f"demonstration: {words} ({time.monotonic() - start:.1f} s)")
