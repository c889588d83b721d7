"""Whether the processes still do something. One that lives and is silent is killed, and started again like any other
that ended."""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from core import alive
from launcher.children import Child

EVERY = alive.EVERY
LOOKS = int(alive.SILENT / EVERY)  # looks in a row without a word; counted, so that a machine that slept kills nobody
BY_BELL = ("worker", "sender", "matcher")  # they are heard of when beat rings: while it does not, it is not their fault
RINGS = 65.0
WATCHED = (*BY_BELL, "relay", "beat")


class Watchdog:
    """`web_answers`: whether the site answers, or None where there is none."""

    def __init__(self, state: Path, web_answers: Callable[[], bool] | None = None) -> None:
        self.state, self.web_answers = state, web_answers
        self.silent: Counter[str] = Counter()
        self.last: dict[str, float] = {}
        self.next = 0.0

    def look(self, children: list[Child]) -> list[str]:
        """Kill what was silent for too long. Returns what to tell. Looks every EVERY seconds, however often called."""
        if time.monotonic() < self.next:
            return []
        self.next = time.monotonic() + EVERY
        said = {child.name: self.has_said(child.name) for child in children if self.is_watched(child)}
        told = []
        for child in children:
            if child.name not in said or said[child.name]:
                self.silent[child.name] = 0
            elif child.name not in BY_BELL or self.bells_ring():
                self.silent[child.name] += 1
            if self.silent[child.name] >= LOOKS:
                self.silent[child.name] = 0
                child.kill()
                told.append(f"{child.name} did nothing for {LOOKS * EVERY:.0f} s; it is started again")
        return told

    def bells_ring(self) -> bool:
        """Whether beat has reached the broker since two rings ago."""
        return alive.now() - alive.heard(self.state, "beat") < RINGS

    def is_watched(self, child: Child) -> bool:
        return child.running() and (child.name in WATCHED or (child.name == "web" and self.web_answers is not None))

    def has_said(self, name: str) -> bool:
        """Whether it was heard since the last look, or need not be. The site is asked too: in a rush it keeps us
        waiting while it answers others, and while nobody else comes we are answered at once."""
        now = alive.heard(self.state, name)
        changed, self.last[name] = now != self.last.get(name), now
        if now and (changed or now > alive.now()):
            return True
        return name == "web" and (self.web_answers is None or self.web_answers())
