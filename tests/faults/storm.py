"""A storm: phones pledge to a whole installation, a provider on loopback takes its messages, faults come by a plan.

    outcome = Storm(folder, like=prepared, seed=1, notices=1000).run()

What phones cannot give in the time is typed up in sheets (sheets.py). The truth is the table of pledges: each giver
must get exactly one thank-you, at their own address.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.breakfast import Morning
from tests.faults.fake_smtp import FakeSmtp
from tests.faults.instance import ROOT, Instance
from tests.faults.kinds import ABSENT, KINDS, Kind
from tests.faults.outside import Broker, Clock, free_port
from tests.faults.sheets import ROWS
from tests.notifications.fake_notify import FakeNotify

RATE, BY_PHONE = 25, 4.5  # notices a second: in all, and those of phones, which cost a machine the most
MOST_BY_PHONE = 900  # at one event; of more than a thousand the rest is held back (pledges/limits.py)
SHORTEST = 110  # seconds: every kind of fault must find its place
LOOP, LOOP_SECONDS = 5_000_000, 0.25  # so long turns of an empty loop take on the machine that the rates are made for
FAULTS = 32
GIVE_UP = 300  # seconds that one pledge, and the typist behind the plan, may take
DRAINED_WITHIN = 60  # seconds after the last fault
MAKE = """
from accounts.models import Partnership, User
from core import clock
from pledges.services import make_event
owner = User.objects.filter(memberships__role="coordinator").order_by("pk")[0]
partnership = Partnership.objects.order_by("pk")[0]
print("event", make_event(name="Storm", held_on=clock.today(), place="", partnership=partnership, owner=owner).code)
"""
LOOK = """
import json
from core.scope import EVERYTHING, scope
from notifications import counting
from notifications.models import Outbox
from notifications.services import reference
from pledges.models import Pledge
with scope(EVERYTHING):
    pledges = Pledge.objects.filter(event__code="%s").select_related("contact")
    owed = {str(reference(f"pledge_thanks:-:{each.pk}:-:1")): each.contact.email for each in pledges}
    thanks = Outbox.objects.filter(purpose="pledge_thanks")
    rows = {str(row.ref): row for row in thanks.filter(cause_id__in=[each.pk for each in pledges])}
    counting.count()
    print("found", json.dumps({
        "owed": owed,
        "states": {ref: row.state for ref, row in rows.items()},
        "reasons": {ref: row.reason for ref, row in rows.items()},
        "took": [(row.handed_at - row.made_at).total_seconds() for row in rows.values() if row.handed_at],
        "open": Outbox.objects.filter(state__in=["due", "claimed", "handing", "unknown"]).count(),
        "unexplained": counting.figures().unexplained + counting.figures().untold,
    }))
"""


def sheets_of(notices: int, seconds: float) -> int:
    """How many sheets are typed up, where phones have so many seconds at the pace of a machine that is not slow."""
    return max(0, int((notices - min(seconds * BY_PHONE, MOST_BY_PHONE)) // ROWS))


def commit() -> str:
    """What was tried, by its short name in git; "" outside a clone."""
    said = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return said.stdout.strip()


@dataclass(frozen=True)
class Planned:
    """A fault and when it comes, in seconds from the beginning."""

    at: float
    kind: Kind


def plan(seed: int, seconds: float, faults: int = FAULTS) -> list[Planned]:
    """Each kind at least once and `faults` in all, evenly spread; the long ones begin in the first third."""
    dice = random.Random(seed)
    short = [kind for kind in KINDS if not kind.long]
    chosen = [*short, *dice.choices(short, k=max(0, faults - len(KINDS)))]
    dice.shuffle(chosen)
    step = seconds / (len(chosen) + 1)
    planned = [Planned(step * (number + dice.uniform(0.3, 1)), kind) for number, kind in enumerate(chosen)]
    long = [Planned(seconds * dice.uniform(0.05, 0.3), kind) for kind in KINDS if kind.long]
    return sorted([*planned, *long], key=lambda one: one.at)


def slowness() -> float:
    """How much slower this machine is just now than the one that the rates are made for, at least 1: then phones pledge
    at a slower pace, for a machine that cannot serve its phones shows nothing about its messages."""
    times = []
    for _try in range(3):
        began = time.perf_counter()
        for _turn in range(LOOP):
            pass
        times.append(time.perf_counter() - began)
    return max(1.0, min(times) / LOOP_SECONDS)


@dataclass
class Storm:
    """One of them. `hit`: when which fault came, in seconds from the beginning.

    like: the state folder to begin with. naive: with the usual design in the pipeline's place. smtp: by a mail server,
    which cannot be asked. absent: seconds that the broker stays away.
    """

    folder: Path
    like: Path
    seed: int
    notices: int
    naive: bool = False
    smtp: bool = False
    absent: float = ABSENT
    typed: int = 0  # sheets
    hit: list[tuple[float, str]] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> dict[str, Any]:
        """Hold the storm, wait until it is calm, and say what was lost, doubled or misled."""
        began = time.monotonic()
        self.folder.mkdir()
        self.clock, self.broker = Clock(self.folder), Broker(self.folder / "broker")
        self.broker_is_there = threading.Lock()
        self.broker.start()
        try:
            hang = 12 if not self.smtp else 4  # longer than the product waits
            with (
                (FakeSmtp if self.smtp else FakeNotify)(hang=hang) as self.provider,
                Instance(self.folder, like=self.like, **self._env()) as instance,
            ):
                self.instance = instance
                instance.wait_until_ready()
                code = self._said("event", MAKE)
                self.provider.tell = (f"{instance.facts()['address']}callbacks/notify/", "fake")
                outcome = self._hold(code)
        finally:
            self.broker.stop()
        said = {"seed": self.seed, "provider": "smtp" if self.smtp else "notify", "notices": self.notices}
        took = {"seconds": round(time.monotonic() - began, 1), "load_average": os.getloadavg()}
        return {**said, **took, **outcome, "slowness": round(self.pace, 2), "commit": commit()}

    def _env(self) -> dict[str, str]:
        env = {"PORT": str(free_port()), "REDIS_URL": self.broker.url, **self.provider.env, **self.clock.env}
        if self.naive:
            env["DJANGO_SETTINGS_MODULE"] = "tests.faults.naive.settings"
        return env

    def _said(self, word: str, code: str) -> str:
        told = self.instance.manage("shell", "-v0", "-c", code, check=False)
        assert told.returncode == 0, f"{told.stderr[-3000:]}\n{self.instance.told()}"
        (found,) = [line.partition(" ")[2] for line in told.stdout.splitlines() if line.startswith(f"{word} ")]
        return found

    def _hold(self, code: str) -> dict[str, Any]:
        self.pace = slowness()
        seconds = max(SHORTEST, self.notices / RATE) * self.pace
        sheets = sheets_of(self.notices, seconds / self.pace)
        morning = Morning(self.instance.facts()["address"], code, name="Storm", give_up=GIVE_UP)
        breaking = threading.Thread(target=self._break, args=(plan(self.seed, seconds),))
        breaking.start()
        keeping = threading.Thread(target=self._keep, daemon=True)
        keeping.start()
        typing = threading.Thread(target=self._type_up, args=(code, sheets, seconds))
        typing.start()
        answered = morning.hold(phones=40, pledges=self.notices - sheets * ROWS, seconds=seconds)
        typing.join()
        breaking.join()
        self.over.set()
        keeping.join()
        calm_from = time.monotonic()
        self.instance.wait_until_ready()
        found = self._look_until_calm(code, calm_from + 3 * DRAINED_WITHIN)
        return self._verdict(found, len(answered) + self.typed * ROWS, time.monotonic() - calm_from)

    def _type_up(self, code: str, sheets: int, seconds: float) -> None:
        """Every sheet, by a process that is started again whenever it fails."""
        give_up = time.monotonic() + seconds + GIVE_UP
        while self.typed < sheets and time.monotonic() < give_up:
            while not self.instance.answers():
                time.sleep(1)
            args = [code, str(self.typed + 1), str(sheets), str(seconds / sheets)]
            command = [sys.executable, "-m", "tests.faults.sheets", *args]
            env = self.instance.environment()
            with subprocess.Popen(
                command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            ) as typist:
                assert typist.stdout is not None
                for line in typist.stdout:
                    self.typed = int(line)

    def _keep(self) -> None:
        """What systemd does: a launcher that has ended, for whatever reason, is started again."""
        while not self.over.wait(1):
            if self.instance.launcher.poll() is not None:
                self.instance.start()

    def _break(self, planned: list[Planned]) -> None:
        began, beside = time.monotonic(), []
        for one in planned:
            time.sleep(max(0.0, began + one.at - time.monotonic()))
            if one.kind.long:
                beside.append(threading.Thread(target=self._do, args=(one,)))
                beside[-1].start()
            else:
                self._do(one)
        for thread in beside:
            thread.join()

    def _do(self, one: Planned) -> None:
        for _try in range(40):  # what was killed a moment ago comes back
            if one.kind.do(self):
                self.hit.append((round(one.at, 1), one.kind.name))
                return
            time.sleep(0.5)
        self.missed.append(one.kind.name)

    def _look_until_calm(self, code: str, until: float) -> dict[str, Any]:
        while True:
            found: dict[str, Any] = json.loads(self._said("found", LOOK % code))
            sent = self.provider.copies()
            if not found["open"] and (self.naive or all(sent[ref] for ref in found["owed"])):
                return found
            if time.monotonic() > until:
                return found
            time.sleep(1)

    def _verdict(self, found: dict[str, Any], answered: int, calm_after: float) -> dict[str, Any]:
        owed, sent = found["owed"], self.provider.copies()
        astray = [each for each in self.provider.taken if owed.get(each["reference"], each["to"]) != each["to"]]
        twice = [ref for ref in owed if sent[ref] > 1]
        took = sorted(found["took"]) or [0.0]
        return {
            "answered": answered,
            "owed": len(owed),
            "rows": len(found["states"]),
            "lost": sum(not sent[ref] for ref in owed),
            "twice": len(twice),
            "twice_unlisted": sum(found["reasons"][ref] != "may be a second copy" for ref in twice if not self.naive),
            "wrong_recipient": len(astray),
            "unexplained": found["unexplained"] + sum(ref not in owed for ref in found["states"]) + found["open"],
            "drained_after": round(calm_after, 1),
            "faults": len(self.hit),
            "kinds": len({name for _at, name in self.hit}),
            "missed": self.missed,
            "hits": Counter(name for _at, name in self.hit),
            "delay_seconds": {
                "median": round(statistics.median(took), 2),
                "p95": round(took[int(len(took) * 0.95)], 2),
                "most": round(took[-1], 2),
            },
        }
