"""A whole breakfast by phones from one address, while the web process is killed ten times: nothing lost, nothing
doubled; and ten breakfasts at once without an error."""

import json
import os
import signal
import threading

import pytest

from bench.breakfast import Morning
from tests.faults.instance import Instance

pytestmark = [pytest.mark.battery]

MAKE = """
from accounts.models import Partnership, User
from core import clock
from pledges.services import make_event
owner = User.objects.filter(memberships__role="coordinator").order_by("pk")[0]
partnership = Partnership.objects.order_by("pk")[0]
for place in ("small", "large"):
    event = make_event(name=place, held_on=clock.today(), place=place, partnership=partnership, owner=owner)
    print("event", event.code)
"""
COUNT = """
import json
from notifications.models import Outbox
from core.scope import EVERYTHING, scope
from pledges.models import Pledge
rows = Pledge.objects.filter(event__code="%s").order_by("pk")
with scope(EVERYTHING):
    thanks = Outbox.objects.filter(purpose="pledge_thanks", cause_id__in=rows.values("pk"))
    print("found", json.dumps({
        "businesses": list(rows.values_list("employer__name", flat=True)),
        "employers": rows.values("employer").distinct().count(),
        "thanks": thanks.count(), "thanked": thanks.values("cause_id").distinct().count(),
    }))
"""


def said(instance, word, code):
    """What a piece of Python printed behind `word` in this instance."""
    told = instance.manage("shell", "-v0", "-c", code).stdout
    return [line.partition(" ")[2] for line in told.splitlines() if line.startswith(f"{word} ")]


def assert_all_there_once(instance, code, answered):
    """Every pledge that was thanked for exists exactly once, and each giver has one thank-you."""
    (found,) = map(json.loads, said(instance, "found", COUNT % code))
    assert sorted(found["businesses"]) == sorted(row.business for row in answered)
    assert len(set(found["businesses"])) == len(found["businesses"]) == found["employers"]
    assert found["thanks"] == found["thanked"] == len(answered)


@pytest.fixture(scope="module")
def room(prepared, tmp_path_factory):
    """(instance, code of the small event, code of the large one)."""
    with Instance(tmp_path_factory.mktemp("breakfast"), like=prepared) as instance:
        instance.wait_until_ready()
        yield instance, *said(instance, "event", MAKE)


def test_ten_kills_of_the_web_process_lose_and_double_nothing(room):
    instance, code, _large = room
    killed, one_at_a_time = [], threading.Lock()

    def kill_web(count):
        """At every fourth answer, whatever is under way; when it is down just then, at the next answer."""
        with one_at_a_time:
            pid = instance.pid("web")
            if len(killed) < min(10, count // 4) and pid and pid not in killed:
                killed.append(pid)
                os.kill(pid, signal.SIGKILL)

    morning = Morning(instance.facts()["address"], code, on_answer=kill_web)
    answered = morning.hold(phones=50, pledges=73, seconds=90)  # it stays down for up to 10 s
    assert len(answered) == 73 and len(killed) == 10
    assert_all_there_once(instance, code, answered)


def test_ten_times_the_room_gets_no_error(room):
    instance, _small, code = room
    morning = Morning(instance.facts()["address"], code, name="Large")
    answered = morning.hold(phones=500, pledges=730, seconds=100)
    assert len(answered) == 730
    assert [row for row in answered if row.sent > 1] == []
    assert_all_there_once(instance, code, answered)
