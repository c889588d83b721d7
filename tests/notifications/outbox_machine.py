"""The outbox and all that can happen to it, as a machine that tests drive (test_machine.py)."""

import contextlib
import datetime as dt
import functools
from collections import Counter
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import NamedTuple

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core import scope as walls
from core.scope import EVERYTHING, scope
from notifications import channels, counting, digests, orders, reports, services
from notifications import drain as pipeline
from notifications.channels import NotTaken, Refused
from notifications.lifecycle import MOVES, OPEN, SECOND_COPY, move
from notifications.models import OutboxOrder
from notifications.retention import OVER
from tests.notifications.conftest import Killed

GIVEN_UP = (
    *("expired", "not known if taken", "refused: no", "never taken", "not taken: away", "provider silent"),
    "address does not work",
    orders.CANCELLED,
)
LAG = 90  # seconds after which the provider knows its own messages: longer than it is left before the first question
ANSWERS = {"taken": None, "away": NotTaken("away"), "refused": Refused("no"), "taken, no answer": TimeoutError()}
ANSWERS["not taken, no answer"] = TimeoutError()

# Which arrows a process can die at in each step: its transaction is rolled back, whatever else it has written.
PLACES = {
    "claim": ["due claimed"],
    "put_back": ["claimed due"],
    "fence": ["claimed handing", "claimed ended", "held ended"],
    "send": ["handing due"],
    "write_down": [
        *("handing accepted", "held accepted", "handing due", "handing unknown", "handing dead", "held dead"),
    ],
    "sweep": ["claimed due", "handing unknown", "due ended", "held ended"],
    "resolve": [
        *("unknown accepted", "held accepted", "unknown due", "unknown dead", "unknown ended"),
    ],
    "settle": [
        *("due accepted", "claimed accepted", "handing accepted", "unknown accepted", "held accepted"),
        *("accepted delivered", "accepted bounced", "delivered bounced"),
    ],
    "order": ["dead due", "dead unknown", "dead held", "dead ended", "due ended", "unknown ended", "held ended"],
}
ALL_PLACES = {(step, arrow) for step in PLACES for arrow in PLACES[step]}
FUSE = st.sampled_from([0, 0, 0, 1, 1, 2])  # the arrow at which the process dies, the first is 1; 0: it lives
NUMBER = st.integers(0, 5)


@dataclass
class Provider:
    """Takes messages; knows those it took after a lag, if it can be asked at all."""

    name: str
    can_be_asked: bool
    clock: "Clock"
    lease: dt.timedelta = dt.timedelta(seconds=30)
    ask_after: dt.timedelta = dt.timedelta(seconds=60)
    taken: dict = field(default_factory=dict)  # reference -> when each copy was taken
    silent: bool = False

    def take(self, ref) -> None:
        self.taken.setdefault(ref, []).append(self.clock.seconds)

    def find(self, ref):
        if self.silent:
            raise OSError
        known = [at for at in self.taken.get(ref, []) if at + LAG <= self.clock.seconds]
        return ["accepted"] * len(known) if self.can_be_asked else None


class Clock:
    """The database's clock and the processes' own, moved together."""

    seconds = 0.0

    def move(self, seconds: float) -> None:
        self.seconds += seconds
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.clock_offset', %s, false)", [f"{self.seconds} seconds"])


@dataclass
class Process:
    """One that has claimed a message, and how far it has come."""

    claim: pipeline.Claim
    began: float = 0
    letter: object = None
    answer: object = None
    sent: bool = False


class Row(NamedTuple):
    """What of a message the invariants ask about. `carrier`: the reference of the mail that carries it, or its own."""

    pk: int
    purpose: str
    state: str
    reason: str
    channel: str
    ref: object
    carrier: object


ROWS_SQL = """
SELECT o.id, o.purpose, o.state, o.reason, o.channel, o.ref, coalesce(mail.ref, o.ref)
FROM outbox o LEFT JOIN outbox mail ON mail.id = o.parent_id ORDER BY o.id
"""


class Machine(RuleBasedStateMachine):
    """The outbox and everybody who touches it. deaths: counts who died where."""

    def __init__(self, user, monkeypatch, deaths: Counter) -> None:
        super().__init__()
        self.deaths = deaths
        self.told_back = self.ordered = 0  # what waits for somebody to look
        self.start = transaction.savepoint()
        self.user, self.patch = user, monkeypatch
        self.clock = Clock()
        self.clock.move(0)
        ask, mute = Provider("ask", True, self.clock), Provider("mute", False, self.clock)
        self.ways = {"email": ask, "text": mute}
        self.made = self.causes = 0
        self.fuse, self.died_at = 0, ""
        self.processes: list[Process] = []
        self.seen: dict[int, str] = {}
        self.logged: set[int] = set()  # those of which it was ever written down that they may come twice
        monkeypatch.setattr(walls, "_write", lambda new: None)
        monkeypatch.setattr(channels, "chosen", lambda kind: self.ways[kind])
        monkeypatch.setattr(pipeline, "time", SimpleNamespace(monotonic=lambda: self.clock.seconds))
        for module in (pipeline, reports, orders):
            monkeypatch.setattr(module, "move", self.moving)

    def moving(self, rows, old, new, **changes):
        moved = move(rows, old, new, **changes)
        if moved and self.fuse:
            self.fuse -= 1
            if not self.fuse:
                self.died_at = f"{old} {new}"
                raise Killed
        return moved

    @contextlib.contextmanager
    def dies(self, step: str, fuse: int):
        self.fuse = fuse
        try:
            yield
        except Killed:
            self.deaths[step, self.died_at] += 1
        self.fuse = 0

    def process(self, number: int) -> Process:
        return self.processes[number % len(self.processes)]

    # --- causes ---

    @rule(purpose=st.sampled_from(["note", "again", "once"]), minutes=st.sampled_from([None, None, 3]))
    def tell(self, purpose, minutes):
        self.causes += 1
        expiry = minutes and dt.timedelta(minutes=minutes)
        with scope(EVERYTHING):
            for _twice in range(2):
                services.tell(purpose=purpose, recipient=self.user, version=self.causes, expires_in=expiry)
        self.made += 1

    @rule()
    def hold(self):
        self.causes += 1
        with scope(EVERYTHING):
            self.made += services.hold(purpose="find", items=[(self.user.pk, None, self.causes, 1)])

    @rule(day=NUMBER)
    def digest(self, day):
        self.made += digests.make_digests(day=dt.date(2027, 3, 1) + dt.timedelta(day))

    # --- a process, step by step: it may be overtaken, frozen or killed between any two ---

    @rule(fuse=FUSE, kinds=st.sampled_from([["email"], ["text"], ["email", "text"]]), limit=st.integers(1, 3))
    def claim(self, fuse, kinds, limit):
        with self.dies("claim", fuse):
            claims = pipeline.claim(kinds, limit=limit)
            self.processes += [Process(claim) for claim in claims]

    @precondition(lambda self: self.processes)
    @rule(number=NUMBER, fuse=FUSE, together=st.booleans())
    def fence(self, number, fuse, together):
        """Alone, or with all that were claimed of the same channel."""
        mine = self.process(number)
        if mine.letter is not None:
            return
        channel = mine.claim.channel
        all_mine = [each for each in self.processes if each.letter is None and each.claim.channel == channel]
        batch = list({each.claim.id: each for each in all_mine}.values()) if together else [mine]
        found = {}
        with self.dies("fence", fuse):
            found = pipeline._fence([each.claim for each in batch], self.ways[channel])
        for each in batch:
            each.began, each.letter = self.clock.seconds, found.get(each.claim.id, "killed")
            if isinstance(each.letter, str):
                self.processes.remove(each)

    @precondition(lambda self: self.processes)
    @rule(number=NUMBER, fuse=FUSE)
    def put_back(self, number, fuse):
        mine = self.process(number)
        if mine.letter is None:
            self.processes.remove(mine)
            with self.dies("put_back", fuse):
                pipeline.put_back([mine.claim], self.ways)

    @precondition(lambda self: self.processes)
    @rule(number=NUMBER, answer=st.sampled_from(sorted(ANSWERS)), fuse=FUSE)
    def send(self, number, answer, fuse):
        mine = self.process(number)
        way = self.ways[mine.claim.channel]
        if mine.letter is None or mine.sent:
            return
        if pipeline.frozen_since(mine.began, way):
            with self.dies("send", fuse):
                pipeline.give_back(mine.claim)
            self.processes.remove(mine)
            return
        mine.sent, mine.answer = True, ANSWERS[answer]
        if answer.startswith("taken"):
            way.take(mine.letter.ref)

    @precondition(lambda self: self.processes)
    @rule(number=NUMBER, fuse=FUSE)
    def write_down(self, number, fuse):
        mine = self.process(number)
        if not mine.sent:
            return

        def answering(**_what):
            if mine.answer is not None:
                raise mine.answer

        way = self.ways[mine.claim.channel]
        with self.dies("write_down", fuse):
            pipeline._offer(mine.claim, SimpleNamespace(send=answering, ask_after=way.ask_after), mine.letter)
        self.processes.remove(mine)

    @precondition(lambda self: self.processes)
    @rule(number=NUMBER)
    def die(self, number):
        self.processes.remove(self.process(number))

    # --- everybody else ---

    @rule(seconds=st.sampled_from([10, 20, 31, 61, 61, 301]))
    def wait(self, seconds):
        self.clock.move(seconds)

    @rule(fuse=FUSE)
    def sweep(self, fuse):
        with self.dies("sweep", fuse):
            pipeline.sweep(self.ways)

    @rule(fuse=FUSE, silent=st.sampled_from([False, False, True]))
    def resolve(self, fuse, silent):
        self.ways["email"].silent = silent
        with self.dies("resolve", fuse):
            pipeline.resolve(self.ways, self.clock.seconds + 1)
        self.ways["email"].silent = False

    @precondition(lambda self: self.ways["email"].taken)
    @rule(number=NUMBER, fates=st.lists(st.sampled_from(sorted(reports.FATES)), min_size=1, max_size=2))
    def tell_back(self, number, fates):
        taken = list(self.ways["email"].taken)
        for fate in fates:
            reports.keep(taken[number % len(taken)], fate)
        self.told_back += len(fates)

    @precondition(lambda self: self.told_back)
    @rule(fuse=FUSE)
    def settle(self, fuse):
        with self.dies("settle", fuse):
            reports.settle(seconds=1)
            self.told_back = 0

    @precondition(lambda self: self.made)
    @rule(number=NUMBER, action=st.sampled_from(["replay", "replay", "cancel"]), fuse=FUSE)
    def order(self, number, action, fuse):
        rows = self.rows()
        if action == "replay" or number % 2:
            rows = [row for row in rows if row.state == "dead" and row.channel != "digest"]
        if rows:
            OutboxOrder.objects.create(action=action, ref=rows[number % len(rows)].ref, by=self.user)
            self.ordered += 1
        if self.ordered:
            with self.dies("order", fuse):
                orders.carry_out()
                self.ordered = 0

    # --- what always holds ---

    def rows(self) -> list[Row]:
        with connection.cursor() as cursor:
            cursor.execute(ROWS_SQL)
            return [Row(*found) for found in cursor.fetchall()]

    def copies(self, ref) -> int:
        return sum(len(way.taken.get(ref, [])) for way in self.ways.values())

    @invariant()
    def nothing_is_lost_and_nothing_comes_twice(self):
        rows = self.rows()
        assert len(rows) == self.made, "a row is lost"
        for row in rows:
            was = self.seen.get(row.pk, row.state)
            assert row.state in reachable(was), f"{was} became {row.state}"
            self.seen[row.pk] = row.state
            sure = row.state in ("accepted", "delivered", "bounced")
            assert not sure or self.copies(row.carrier), f"{row.purpose} is said to be taken and is not"
            if row.reason == SECOND_COPY:
                self.logged.add(row.pk)
            may = row.pk in self.logged and row.channel == "text"  # whose provider cannot be asked
            assert self.copies(row.ref) <= 1 or may, f"{row.purpose} came {self.copies(row.ref)} times"

    def teardown(self):
        try:
            self.end()
        finally:
            self.go_back()

    def go_back(self):
        """Everything is as it was before the script."""
        self.processes.clear()
        transaction.savepoint_rollback(self.start)

    def end(self):
        """Everybody has died, the provider is well: within a day all is over, and what is given up says why."""
        self.nothing_is_lost_and_nothing_comes_twice()
        self.processes.clear()
        reports.settle(seconds=1)
        orders.carry_out()
        for hour in range(24):
            self.clock.move(3600)
            if not (waiting := {row.state for row in self.rows()} & {*OPEN, "held"}):
                break
            if "held" in waiting:
                self.made += digests.make_digests(day=dt.date(2027, 4, 1) + dt.timedelta(hour))
            self.one_round()
        self.nothing_is_lost_and_nothing_comes_twice()
        for row in self.rows():
            assert row.state in OVER, f"{row.purpose} is {row.state} for ever"
            assert self.copies(row.carrier) or row.reason.startswith(GIVEN_UP), f"{row.purpose}: {row.reason}"
        counting.count()
        assert counting.figures().unexplained == 0

    def one_round(self):
        """What a sender does all day, with a provider that takes everything."""
        pipeline.sweep(self.ways)
        pipeline.resolve(self.ways, self.clock.seconds + 1)
        while claims := pipeline.claim(list(self.ways)):
            for together in pipeline.shared(claims):
                way = self.ways[together[0].channel]
                taking = SimpleNamespace(
                    name=way.name,
                    lease=way.lease,
                    ask_after=way.ask_after,
                    send=lambda ref, way=way, **_: way.take(ref),
                )
                pipeline.hand_over(together, taking)


@functools.cache
def reachable(state: str) -> set[str]:
    """The states that arrows lead to, and itself."""
    found, new = {state}, {state}
    while new := {end for old in new for end in MOVES[old]} - found:
        found |= new
    return found
