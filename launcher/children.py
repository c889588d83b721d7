"""One child process: in a session of its own, stopped by a signal to its main process, never orphaned."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
FIRST_WAIT, LONGEST_WAIT, SETTLED = (
    0.5,
    10.0,
    30.0,
)  # seconds of back-off, and of life after which it starts afresh


def identity(user: pwd.struct_passwd | None) -> dict[str, object]:
    """Popen arguments that drop root for `user`; none for None."""
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def dies_with_us(stop_signal: signal.Signals) -> Callable[[], None]:
    """For preexec_fn: the kernel sends `stop_signal` when the launcher dies, even by kill -9 (Linux).

    It is bound to the thread that forked, so children are started from the main thread only; and as the
    launcher has no other thread, running Python between fork and exec is safe. Elsewhere left-overs are found
    at the next start.
    """
    parent = os.getpid()

    def ask_kernel() -> None:
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, int(stop_signal))
            if os.getppid() != parent:  # it died before we asked
                os._exit(1)

    return ask_kernel


@dataclass
class Child:
    """A process to keep alive.

    `stop_signal` asks it to end in order; after `grace` seconds its session is killed.
    """

    name: str
    argv: Sequence[str | Path]
    env: Mapping[str, str]
    log: Path
    cwd: Path
    user: pwd.struct_passwd | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10
    nice: int = 0
    before_start: Callable[[], None] = lambda: None
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    not_before: float = 0
    started: float = field(default=0, repr=False)

    def start(self) -> None:
        """Start it, without waiting until it is ready."""
        self.before_start()
        argv = [str(part) for part in self.argv]
        if self.nice:
            argv = ["nice", "-n", str(self.nice), *argv]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # type: ignore[call-overload]
                argv,
                env=self.env,
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # the terminal's Ctrl-C reaches the launcher alone
                preexec_fn=dies_with_us(self.stop_signal),
                **identity(self.user),
            )
        self.started = time.monotonic()

    @property
    def pid(self) -> int:
        """Its main process, or 0 before the first start."""
        return self.process.pid if self.process else 0

    def running(self) -> bool:
        """Whether the main process lives. Also reaps it."""
        return self.process is not None and self.process.poll() is None

    def revive(self) -> str | None:
        """Start it again if it died and its back-off is over. Returns what to tell, or None."""
        now = time.monotonic()
        if self.running():
            if now - self.started > SETTLED:
                self.failures = 0
            return None
        if self.process is not None:
            code, self.process = self.process.returncode, None
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2**self.failures)
            self.failures, self.not_before = self.failures + 1, now + wait
            return f"{self.name} ended ({describe(code)}); starting it again in {wait:g} s"
        if now >= self.not_before:
            self.start()
            return f"{self.name} started again, process {self.pid}"
        return None

    def kill(self) -> None:
        """Kill its session at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def stop(self) -> str:
        """Ask it to end, wait, and kill its session if it does not. Returns what happened."""
        if self.process is None or not self.running():
            return f"{self.name} had ended"
        began = time.monotonic()
        self.process.send_signal(self.stop_signal)  # the main process only: it ends its own children in order
        try:
            self.process.wait(self.grace)
        except subprocess.TimeoutExpired:
            self.kill()
            self.process.wait()
        return f"{self.name} stopped in {time.monotonic() - began:.1f} s ({describe(self.process.returncode)})"


def describe(code: int | None) -> str:
    """A return code in words."""
    if code is not None and code < 0:
        return signal.Signals(-code).name
    return f"exit code {code}"


def birth(pid: int) -> str | None:
    """When a process started, in the machine's own terms; None if it is dead.

    Pids are used again, births are not.
    """
    if sys.platform == "linux":
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else fields[19]
    command = ["ps", "-o", "stat=,lstart=", "-p", str(pid)]
    found = subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()
    return None if not found or found.startswith("Z") else found.partition(" ")[2].strip()


def end_leftover(name: str, pid: int, born: str | None, stop_signal: signal.Signals, grace: float) -> str | None:
    """End a process of a launcher that was killed, if it still lives. Returns what to tell, or None."""
    if born is None or birth(pid) != born:
        return None
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, stop_signal)
        deadline = time.monotonic() + grace
        while birth(pid) == born:
            if time.monotonic() > deadline:
                os.killpg(pid, signal.SIGKILL)  # a session of its own, so the group is its family
                break
            time.sleep(0.05)
    return f"{name}, left over from a launcher that was killed, has ended"
