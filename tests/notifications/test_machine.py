"""Everything that can happen to the outbox, in any order: processes that claim, fence, send and write down, that freeze
for any time or are killed at each arrow; answers of each kind, callbacks twice and early, time that passes.

The real functions on the real table, each script in a savepoint: a quarter of a second each, so few here, more in the
battery, ten thousand in the deep run."""

import contextlib
import datetime as dt
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from core.scope import EVERYTHING, scope
from notifications import channels, counting, digests, orders, reports, services
from notifications import drain as pipeline
from notifications.channels import NotTaken, Refused
from notifications.lifecycle import MOVES, OPEN, SECOND_COPY, move
from notifications.models import Outbox, OutboxOrder, ProviderReport
from notifications.registry import Text
from notifications.retention import OVER
from tests import factories
from tests.notifications.conftest import Killed

GIVEN_UP = (
    *("expired", "not known if taken", "refused: no", "never taken", "not taken: away", "provider silent"),
    orders.CANCELLED,
)
LAG = 90  # seconds after which the provider knows its own messages: longer than it is left before the first question
ANSWERS = {"taken": None, "away": NotTaken("away"), "refused": Refused("no"), "taken, no answer": TimeoutError()}
ANSWERS["not taken, no answer"] = TimeoutError()
ARROWS = [f"{old} {new}" for old, ends in MOVES.items() for new in sorted(ends)]
AT = st.sampled_from(["", "", *(f"{when} {arrow}" for arrow in ARROWS for when in ("before", "after"))])
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


class Machine(RuleBasedStateMachine):
    """The outbox and everybody who touches it."""

    def __init__(self, user, monkeypatch) -> None:
        super().__init__()
        self.start = transaction.savepoint()
        self.user, self.patch = user, monkeypatch
        self.clock = Clock()
        self.clock.move(0)
        ask, mute = Provider("ask", True, self.clock), Provider("mute", False, self.clock)
        self.ways = {"email": ask, "text": mute}
        self.made = self.causes = 0
        self.kill_at = ""
        self.processes: list[Process] = []
        self.seen: dict[int, str] = {}
        self.logged: set[int] = set()  # those of which it was ever written down that they may come twice
        monkeypatch.setattr(channels, "chosen", lambda kind: self.ways[kind])
        monkeypatch.setattr(pipeline, "time", SimpleNamespace(monotonic=lambda: self.clock.seconds))
        for module in (pipeline, reports, orders):
            monkeypatch.setattr(module, "move", self.moving)

    def moving(self, rows, old, new, **changes):
        if self.kill_at == f"before {old} {new}":
            raise Killed
        moved = move(rows, old, new, **changes)
        if moved and self.kill_at == f"after {old} {new}":
            raise Killed  # within the transaction: nothing of it happened
        return moved

    @contextlib.contextmanager
    def dies(self, at: str):
        self.kill_at = at
        with contextlib.suppress(Killed):
            yield
        self.kill_at = ""

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

    @rule(at=AT, kinds=st.sampled_from([["email"], ["text"], ["email", "text"]]), limit=st.integers(1, 2))
    def claim(self, at, kinds, limit):
        with self.dies(at):
            claims = pipeline.claim(kinds, limit=limit)
            self.processes += [Process(claim) for claim in claims]

    @precondition(lambda self: self.processes)
    @rule(number=NUMBER, at=AT)
    def fence(self, number, at):
        mine = self.process(number)
        if mine.letter is not None:
            return
        mine.began = self.clock.seconds
        found = "killed"
        with self.dies(at):
            found = pipeline._fence(mine.claim, self.ways[mine.claim.channel])
        if isinstance(found, str):
            self.processes.remove(mine)
        else:
            mine.letter = found

    @precondition(lambda self: self.processes)
    @rule(number=NUMBER, answer=st.sampled_from(sorted(ANSWERS)))
    def send(self, number, answer):
        mine = self.process(number)
        way = self.ways[mine.claim.channel]
        if mine.letter is None or mine.sent:
            return
        if pipeline.frozen_since(mine.began, way):
            self.processes.remove(mine)
            return
        mine.sent, mine.answer = True, ANSWERS[answer]
        if answer.startswith("taken"):
            way.take(mine.letter.ref)

    @precondition(lambda self: self.processes)
    @rule(number=NUMBER, at=AT)
    def write_down(self, number, at):
        mine = self.process(number)
        if not mine.sent:
            return

        def answering(**_what):
            if mine.answer is not None:
                raise mine.answer

        way = self.ways[mine.claim.channel]
        with self.dies(at):
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

    @rule(at=AT)
    def sweep(self, at):
        with self.dies(at):
            pipeline.sweep(self.ways)

    @rule(at=AT, silent=st.sampled_from([False, False, True]))
    def resolve(self, at, silent):
        self.ways["email"].silent = silent
        with self.dies(at):
            pipeline.resolve(self.ways, self.clock.seconds + 1)
        self.ways["email"].silent = False

    @precondition(lambda self: self.ways["email"].taken)
    @rule(number=NUMBER, fates=st.lists(st.sampled_from(sorted(reports.FATES)), min_size=1, max_size=2))
    def tell_back(self, number, fates):
        taken = list(self.ways["email"].taken)
        for fate in fates:
            reports.keep(taken[number % len(taken)], fate)

    @rule(at=AT)
    def settle(self, at):
        with self.dies(at):
            while ProviderReport.objects.exists():
                reports.settle(seconds=1)

    @precondition(lambda self: self.made)
    @rule(number=NUMBER, action=st.sampled_from(["replay", "replay", "cancel"]), at=AT)
    def order(self, number, action, at):
        rows = [row for row in self.rows() if action == "cancel" or row.state == "dead"]
        if rows:
            OutboxOrder.objects.create(action=action, ref=rows[number % len(rows)].ref, by=self.user)
        with self.dies(at):
            orders.carry_out()

    # --- what always holds ---

    def rows(self) -> list[Outbox]:
        with scope(EVERYTHING):
            return list(Outbox.objects.order_by("pk").select_related("parent"))

    def copies(self, row: Outbox) -> int:
        return sum(len(way.taken.get(row.ref, [])) for way in self.ways.values())

    @invariant()
    def nothing_is_lost_and_nothing_comes_twice(self):
        rows = self.rows()
        assert len(rows) == self.made, "a row is lost"
        for row in rows:
            was = self.seen.get(row.pk, row.state)
            assert row.state in reachable(was), f"{was} became {row.state}"
            self.seen[row.pk] = row.state
            carrier = row.parent or row
            sure = row.state in ("accepted", "delivered", "bounced")
            assert not sure or self.copies(carrier), f"{row.purpose} is said to be taken and is not"
            if row.reason == SECOND_COPY:
                self.logged.add(row.pk)
            may = row.pk in self.logged and row.channel == "text"  # whose provider cannot be asked
            assert self.copies(row) <= 1 or may, f"{row.purpose} came {self.copies(row)} times"

    def teardown(self):
        try:
            self.end()
        finally:
            self.processes.clear()
            transaction.savepoint_rollback(self.start)

    def end(self):
        """Everybody has died, the provider is well: within a day all is over, and what is given up says why."""
        self.nothing_is_lost_and_nothing_comes_twice()
        self.processes.clear()
        for hour in range(24):
            self.clock.move(3600)
            self.made += digests.make_digests(day=dt.date(2027, 4, 1) + dt.timedelta(hour))
            self.settle(at="")
            orders.carry_out()
            self.one_round()
            if not {row.state for row in self.rows()} & {*OPEN, "held"}:
                break
        self.nothing_is_lost_and_nothing_comes_twice()
        for row in self.rows():
            assert row.state in OVER, f"{row.purpose} is {row.state} for ever"
            assert self.copies(row.parent or row) or row.reason.startswith(GIVEN_UP), f"{row.purpose}: {row.reason}"
        counting.count()
        assert counting.figures().unexplained == 0

    def one_round(self):
        """What a sender does all day, with a provider that takes everything."""
        pipeline.sweep(self.ways)
        pipeline.resolve(self.ways, self.clock.seconds + 1)
        while claims := pipeline.claim(list(self.ways)):
            for claim in claims:
                way = self.ways[claim.channel]
                taking = SimpleNamespace(
                    name=way.name,
                    lease=way.lease,
                    ask_after=way.ask_after,
                    send=lambda ref, way=way, **_: way.take(ref),
                )
                pipeline.hand_over(claim, taking)


def reachable(state: str) -> set[str]:
    """The states that arrows lead to, and itself."""
    found, new = {state}, {state}
    while new := {end for old in new for end in MOVES[old]} - found:
        found |= new
    return found


@pytest.fixture
def actors(worker, purposes):
    """A recipient, and purposes with each rule for what cannot be asked."""
    text = {"render": lambda row, items: Text("Something new"), "address": lambda row: "07700900123"}
    purposes("once", "text", on_unknown="end", **text)
    purposes("again", "text", on_unknown="resend", **text)
    return factories.user()


@pytest.fixture
def machine(actors, monkeypatch):
    """run(scripts, steps): try so many scripts."""

    def run(scripts: int, steps: int = 25) -> None:
        with monkeypatch.context() as patch:
            wanted = settings(
                max_examples=scripts, stateful_step_count=steps, deadline=None, database=None,
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            run_state_machine_as_test(lambda: Machine(actors, patch), settings=wanted)

    return run


def test_any_script(machine):
    machine(60)


@pytest.mark.battery
def test_three_hundred_scripts(machine):
    machine(300)


@pytest.mark.deep
def test_ten_thousand_scripts(machine):
    machine(10_000, steps=40)


# --- the invariants see what they are there for: a script that goes well, and does not with the defect --------------

HAND = ("claim", "", ["email"], 1), ("fence", 0, "")
ASK_TWICE = ("wait", 61), ("resolve", "", False), ("wait", 61), ("resolve", "", False)
GIVEN_BACK = ("wait", 31), ("sweep", ""), *ASK_TWICE, ("claim", "", ["email"], 1), ("fence", 1, "")
DEFECTS = {
    "the fence is ignored": (
        (pipeline, "mine", lambda claim: Outbox.objects.filter(pk=claim.id)),
        # One learns that nothing was taken when another, to whom it was given, has just sent it.
        [*HAND, ("send", 0, "away"), *GIVEN_BACK, ("send", 1, "taken"), ("write_down", 0, "")],
    ),
    "believed at the first not-found": (
        (pipeline, "NOT_FOUND", 1),
        [*HAND, ("send", 0, "taken, no answer"), ("write_down", 0, ""), ("wait", 61), ("resolve", "", False)],
    ),
    "sent however long it was frozen": (
        (pipeline, "frozen_since", lambda began, channel: False),
        [*HAND, *GIVEN_BACK, ("send", 1, "taken"), ("write_down", 1, ""), ("send", 0, "taken")],
    ),
}


def play(steps, user, patch) -> None:
    machine = Machine(user, patch)
    try:
        machine.tell("note", None)
        for name, *values in [*steps, ("wait", 61), *HAND, ("send", 0, "taken")]:
            if machine.processes or name not in ("fence", "send", "write_down"):
                getattr(machine, name)(*values)
            machine.nothing_is_lost_and_nothing_comes_twice()
    finally:
        machine.teardown()


@pytest.mark.parametrize("defect", DEFECTS)
def test_planted_defect_is_found(defect, actors, monkeypatch):
    (module, name, planted), steps = DEFECTS[defect]
    with monkeypatch.context() as patch:
        play(steps, actors, patch)
    monkeypatch.setattr(module, name, planted)
    with pytest.raises(AssertionError, match="came 2 times"):
        play(steps, actors, monkeypatch)
