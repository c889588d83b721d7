"""A business breakfast from the outside: phones that pledge over bad Wi-Fi, all from one address.

    answered = Morning(address, code).hold(phones=50, pledges=73, seconds=600)

Standard library only: a phone knows the product by its pages alone. A pledge that gets no answer is sent again with
the key of its page, as the page's own script does.
"""

import http.client
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

KINDS = (
    "undecided",
    "work-experience",
    "apprenticeship",
    "ringfenced-job",
    "mentoring",
    "site-visit",
    "mock-interview",
)
KEY = re.compile(r'name="key" value="([0-9a-f]+)"')
GIVE_UP = 120  # seconds that one pledge may take with all its repetitions, unless a morning says otherwise
PATIENCE = 30  # seconds that a phone waits for one answer, unless a morning says otherwise
PAUSE = 0.25  # seconds before it is sent again


class Unanswered(Exception):
    """A pledge got no good answer in time."""


@dataclass(frozen=True)
class Answered:
    """One pledge that was thanked for: whose, where its page is, and how long the answers took, in seconds."""

    business: str
    link: str
    form_took: float
    pledge_took: float
    sent: int  # how often


@dataclass
class Morning:
    """The room. `answered` grows while it lasts; `wall_took`: seconds per look of the screen at the wall."""

    address: str
    code: str
    name: str = "Breakfast"
    give_up: float = GIVE_UP
    patience: float = PATIENCE
    answered: list[Answered] = field(default_factory=list)
    wall_took: list[float] = field(default_factory=list)
    wall_failed: int = 0
    on_answer: Callable[[int], None] = lambda _count: None
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def hold(self, *, phones: int, pledges: int, seconds: float) -> list[Answered]:
        """`pledges` by `phones`, begun evenly over `seconds`, beside one open wall. Raises Unanswered."""
        begun = time.monotonic()
        screen = threading.Thread(target=self._watch_wall, daemon=True)
        screen.start()
        try:
            with ThreadPoolExecutor(phones) as room:
                sat = [room.submit(self._sit, begun, seconds, turns) for turns in _turns(phones, pledges)]
                for guest in sat:
                    guest.result()
        finally:
            self.over.set()
            screen.join(30)
        return self.answered

    def _sit(self, begun: float, seconds: float, turns: list[tuple[int, float]]) -> None:
        for number, share in turns:
            time.sleep(max(0.0, begun + share * seconds - time.monotonic()))
            found = self._pledge(number)
            with self.lock:
                self.answered.append(found)
                count = len(self.answered)
            self.on_answer(count)

    def _pledge(self, number: int) -> Answered:
        business = f"{self.name} business {number}"
        path = f"/pledge/{self.code}/"
        started = time.monotonic()
        page, took, _location, _times = self._until(200, "GET", path)
        found = KEY.search(page)
        if found is None:
            raise Unanswered("the form has no key")
        body = urlencode(
            {
                "kind": KINDS[number % len(KINDS)],
                "places": str(1 + number % 3),
                "business": business,
                "reach": f"guest{number}@{self.name.lower()}.example",
                "way": "email",
                "key": found.group(1),
            }
        )
        _page, sent_took, link, times = self._until(302, "POST", path, body)
        if time.monotonic() - started > self.give_up:
            raise Unanswered(f"pledge {number} took too long")
        return Answered(business, link, took, sent_took, times)

    def _until(self, wanted: int, method: str, path: str, body: str = "") -> tuple[str, float, str, int]:
        """Ask until the answer is `wanted`: its text, seconds of the last try, its location, and how many tries."""
        deadline = time.monotonic() + self.give_up
        tries = 0
        while time.monotonic() < deadline:
            tries += 1
            started = time.monotonic()
            try:
                status, text, location = self._ask(method, path, body)
            except (OSError, http.client.HTTPException):
                status, text, location = 0, "", ""
            if status == wanted:
                return text, time.monotonic() - started, location, tries
            if 0 < status < 500:
                raise Unanswered(f"{method} {path}: {status}")
            time.sleep(PAUSE)
        raise Unanswered(f"{method} {path}: no answer")

    def _ask(self, method: str, path: str, body: str) -> tuple[int, str, str]:
        line = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=self.patience)
        try:
            headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
            line.request(method, path, body or None, headers)
            answer = line.getresponse()
            return answer.status, answer.read().decode(), answer.getheader("Location", "")
        finally:
            line.close()

    def _watch_wall(self) -> None:
        while not self.over.wait(1):
            started = time.monotonic()
            try:
                status, _text, _location = self._ask("GET", f"/pledge/{self.code}/wall/now/", "")
            except (OSError, http.client.HTTPException):
                status = 0
            if status == 200:
                self.wall_took.append(time.monotonic() - started)
            else:
                self.wall_failed += 1


def _turns(phones: int, pledges: int) -> Iterator[list[tuple[int, float]]]:
    """For each phone its pledges: (number, when, as a share of the morning)."""
    for phone in range(phones):
        yield [(number, number / pledges) for number in range(phone, pledges, phones)]
