"""Somebody who types up sheets of pledges while a storm goes on: `python -m tests.faults.sheets CODE FIRST LAST PAUSE`.

Each sheet is one transaction, and its number is printed when it is in. Whatever goes wrong ends the process; who
started it starts it again with the first sheet that is not known to be in. The same sheet twice adds nothing.
"""

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pledges.models import Event

ROWS = 50  # pledges on a sheet


def bring(event: "Event", sheet: int) -> None:
    """Type one of them up."""
    from pledges.employers import Business
    from pledges.models import Pledge, PledgeKind
    from pledges.reading import Reach
    from pledges.services import Promise, make_pledges

    kind = PledgeKind.objects.order_by("pk")[0]
    promises = [
        Promise(
            kind=kind, places=1, business=Business(f"Sheet {sheet} business {row}"),
            reach=Reach(email=f"row{row}@sheet{sheet}.example", way="email"),
        )
        for row in range(ROWS)
    ]  # fmt: skip
    make_pledges(event=event, promises=promises, source=Pledge.Source.SHEET)


def main(code: str, first: int, last: int, pause: float) -> None:
    import django

    django.setup()
    from core.scope import EVERYTHING, scope
    from pledges.models import Event

    for sheet in range(first, last + 1):
        began = time.monotonic()
        with scope(EVERYTHING, durable=True):
            bring(Event.objects.get(code=code), sheet)
        print(sheet, flush=True)
        time.sleep(max(0.0, pause - (time.monotonic() - began)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
