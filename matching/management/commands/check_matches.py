"""manage.py check_matches: are the stored matches those of the definition?"""

import json
from typing import Any

from django.core.management.base import BaseCommand

from core.scope import EVERYTHING, scope
from matching import comparing


class Command(BaseCommand):
    """Work out every pair by the pure-Python definition and compare with the table. Prints one line of JSON: pairs,
    equal, missing, extra, different. Exits 1 when they are not equal. Run as fr_worker.

    Changes that wait for the matcher count as differences: let it finish first.
    """

    help = __doc__

    def handle(self, **options: Any) -> None:
        with scope(EVERYTHING):
            found = comparing.compare()
        self.stdout.write(json.dumps(found.as_dict()))
        if not found.equal:
            raise SystemExit(1)
