"""The broker is a doorbell and nothing more: a morning without one loses nothing, and nobody sees an error."""

import json
import re

import pytest

from bench.breakfast import Morning
from tests.faults.instance import Instance
from tests.faults.outside import free_port
from tests.faults.storm import MAKE

pytestmark = [pytest.mark.battery]
NOTICES = 40
SECONDS = 30
AT_MOST = 60  # seconds from the pledge to the hand-over
LOOK = """
import json
from core.scope import EVERYTHING, scope
from notifications.models import Outbox
with scope(EVERYTHING):
    rows = Outbox.objects.filter(purpose="pledge_thanks", dedupe_key__endswith=":1").order_by("pk")
    print("found", json.dumps([
        (row.handed_at - row.made_at).total_seconds() if row.state == "accepted" else None for row in rows
    ]))
"""


def said(instance: Instance, word: str, code: str) -> str:
    told = instance.manage("shell", "-v0", "-c", code)
    (found,) = [line.partition(" ")[2] for line in told.stdout.splitlines() if line.startswith(f"{word} ")]
    return found


def taken(instance: Instance) -> list[float | None]:
    """Seconds from each pledge to the hand-over of its thank-you; None where it waits, or has ended otherwise."""
    found: list[float | None] = json.loads(said(instance, "found", LOOK))
    return found


def test_every_message_leaves_within_a_minute(prepared, tmp_path):
    with Instance(tmp_path, like=prepared, REDIS_URL=f"redis://127.0.0.1:{free_port()}/0") as instance:
        instance.wait_until_ready()
        before = len(taken(instance))
        morning = Morning(instance.facts()["address"], said(instance, "event", MAKE), name="Quiet")
        answered = morning.hold(phones=10, pledges=NOTICES, seconds=SECONDS)
        instance.wait_until(lambda: None not in taken(instance)[before:], AT_MOST)
        took = taken(instance)[before:]
        web = (instance.state / "log" / "web.log").read_text(errors="replace")
    assert [each.sent for each in answered] == [1] * NOTICES
    assert len(took) == NOTICES and max(took) <= AT_MOST, sorted(took)[-5:]
    assert not re.findall(r"ERROR|Traceback", web)
    print(f"longest {max(took):.1f} s, median {sorted(took)[NOTICES // 2]:.1f} s")
