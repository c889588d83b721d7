"""A whole breakfast by phones from one address, while the web process is killed ten times: nothing lost, nothing
doubled; ten breakfasts at once without an error; and a real browser among the phones, before the wall."""

import json
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bench.breakfast import Morning
from tests.browser.pages import browser, needs_chromium

pytestmark = [pytest.mark.battery]

MAKE = """
from accounts.models import Partnership, User
from core import clock
from pledges.services import make_event
owner = User.objects.filter(memberships__role="coordinator").order_by("pk")[0]
partnership = Partnership.objects.order_by("pk")[0]
for place in ("small", "large", "screen"):
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
def room(running):
    """(instance, codes of the small event, the large one, and the one with a screen)."""
    return running, *said(running, "event", MAKE)


def test_ten_kills_of_the_web_process_lose_and_double_nothing(room):
    instance, code, _large, _screen = room
    killed, unharmed, one_at_a_time = [], [], threading.Lock()

    def kill_web(count):
        """At every third answer, whatever is under way; when it is down just then, at the next answer."""
        with one_at_a_time:
            unharmed.append(count)
            pid = instance.pid("web")
            if len(killed) < 10 and len(unharmed) >= 3 and pid and pid not in killed:
                killed.append(pid)
                unharmed.clear()
                os.kill(pid, signal.SIGKILL)

    def hold(name, **how):
        return Morning(instance.facts()["address"], code, name=name, on_answer=kill_web).hold(**how)

    answered = hold("Breakfast", phones=50, pledges=73, seconds=60)
    while len(killed) < 10:  # it was down most of the time: more guests
        answered += hold(f"Late{len(answered)}", phones=3, pledges=3, seconds=1)
    assert len(answered) >= 73
    # Orphans of a killed one may still answer: wait for the next.
    instance.wait_until(lambda: instance.pid("web") not in (0, *killed) and instance.answers())
    assert_all_there_once(instance, code, answered)


def test_ten_times_the_room_gets_no_error(room):
    instance, _small, code, _screen = room
    # Slow is no error: on a slow machine the last guests wait for minutes.
    morning = Morning(instance.facts()["address"], code, name="Large", give_up=1200, patience=600)
    answered = morning.hold(phones=500, pledges=730, seconds=120)
    assert len(answered) == 730
    assert [row for row in answered if row.sent > 1] == []
    assert_all_there_once(instance, code, answered)


def pledge_by_hand(page, business):
    """Taps and two fields, as a guest does it, on the page that is open."""
    page.locator("label", has_text="ring me").first.click()
    page.locator('input[name="business"]').fill(business)
    page.locator('input[name="reach"]').fill("guest@screen.example")
    page.locator("main form button").first.click()


@needs_chromium
def test_a_real_phone_among_the_others_before_the_wall(room):
    """The web process dies between the guest's last tap and the answer: the phone keeps the pledge, and sends it."""
    instance, _small, _large, code = room
    address = f"{instance.facts()['address']}pledge/{code}/"
    morning = Morning(instance.facts()["address"], code, name="Screen")
    with browser() as chromium, ThreadPoolExecutor(1) as others:
        wall = chromium.new_page(viewport={"width": 1920, "height": 1080})
        wall.goto(f"{address}wall/")
        crowd = others.submit(morning.hold, phones=20, pledges=20, seconds=20)
        phone = chromium.new_page(viewport={"width": 390, "height": 800})
        phone.goto(address)
        pledge_by_hand(phone, "Corner Café")
        phone.wait_for_url("**/k/**")
        phone.goto(address)
        instance.kill("web")
        pledge_by_hand(phone, "Corner Bakery")
        assert len(crowd.result(120)) == 20
        wall.locator(".wall-big", has_text="22").wait_for(timeout=60_000)
    (found,) = map(json.loads, said(instance, "found", COUNT % code))
    assert len(found["businesses"]) == found["employers"] == found["thanks"] == 22
    assert {"Corner Café", "Corner Bakery"} < set(found["businesses"])
