"""A whole installation in a temporary folder, started with dev.py, for tests that kill its processes.

    with Instance(tmp_path) as instance:
        instance.wait_until_ready()
        before = instance.kill("worker")                    # kill -9
        instance.wait_until(lambda: instance.pid("worker") not in (0, before))
        instance.manage("run_demo", "--json", "answer.json")

Process names are those of config/processes.py, and "postgres" and "valkey".
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from config.processes import BACKGROUND
from core.roles import WORKER
from launcher.children import birth
from launcher.house import own_environment
from launcher.place import Place
from launcher.records import Stamps

ROOT = Path(__file__).resolve().parents[2]
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "USER")  # nothing of the test run's own servers and settings


class Instance:
    """`like`: the state folder of a stopped instance to begin with, which saves the migrations and the people.

    `env` adds to the environment of dev.py.
    """

    def __init__(
        self, folder: Path, command: tuple[str, ...] = ("run",), *, like: Path | None = None, **env: str
    ) -> None:
        self.state, self.screen, self.command = folder / "var", folder / "screen.txt", command
        self.env = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.env |= {"FR_OWN_PYTHON": "1", "FR_STATE_DIR": str(self.state), "PORT": "0", **env}
        if like:
            subprocess.run(["cp", "-a", like, self.state], check=True)
        self.launcher: subprocess.Popen[bytes] | None = None
        self.seen: dict[int, str] = {}  # births of all processes ever noted, by process id

    def __enter__(self) -> "Instance":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the launcher, without waiting."""
        with self.screen.open("ab") as screen:
            self.launcher = subprocess.Popen(
                [sys.executable, "dev.py", *self.command],
                cwd=ROOT,
                env=self.env,
                stdout=screen,
                stderr=screen,
            )

    def stop(self) -> int:
        """Ask the launcher to stop, and return its exit code."""
        assert self.launcher is not None
        if self.launcher.poll() is None:
            self.launcher.terminate()
        return self.launcher.wait(120)

    def facts(self) -> dict[str, Any]:
        """run.json as it is now; empty if there is none."""
        try:
            found: dict[str, Any] = json.loads((self.state / "run.json").read_text())
        except (OSError, ValueError):
            return {}
        for name, pid in found["processes"].items():
            self.seen[pid] = found["births"][name]
        return found

    def pid(self, name: str) -> int:
        """The main process of `name`; 0 while it is down."""
        found: int = self.facts().get("processes", {}).get(name, 0)
        return found

    def answers(self) -> bool:
        """Whether the web process answers just now."""
        try:
            with urllib.request.urlopen(f"{self.facts()['address']}healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, KeyError):
            return False

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> int:
        """Kill the main process of `name` and return the process id that it had."""
        pid = self.pid(name)
        assert pid, f"{name} is not running:\n{self.told()}"
        os.kill(pid, how)
        return pid

    def wait_until(self, true: Callable[[], Any], seconds: float = 240) -> None:
        """Wait for something, and fail with what was on the screen if it does not come."""
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, f"it did not come about in {seconds} s; on the screen:\n{self.told()}"
            time.sleep(0.05)

    def wait_until_ready(self, seconds: float = 600) -> None:
        """Wait for READY."""

        def ready() -> bool:
            assert self.launcher.poll() is None, f"dev.py ended:\n{self.told()}"
            facts = self.facts()
            return facts.get("state") == "ready" and facts["launcher"] == self.launcher.pid

        self.wait_until(ready, seconds)

    def wait_until_replaced(self, name: str, before: int) -> int:
        """Wait until `name` runs as another process than `before`; return its process id."""
        self.wait_until(lambda: self.pid(name) not in (0, before))
        return self.pid(name)

    def alive(self) -> list[int]:
        """Processes ever noted in run.json that still live."""
        return [pid for pid, born in self.seen.items() if birth(pid) == born]

    def manage(self, *args: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """A management command in this instance."""
        command = [sys.executable, "dev.py", "manage", *args]
        return subprocess.run(command, cwd=ROOT, env=self.env, check=check, capture_output=True, text=True)

    def environment(self) -> dict[str, str]:
        """What a Django process beside those of this instance starts with."""
        ours = own_environment(self._place())
        return {**ours, **self.env, **self.facts().get("env", {}), "FR_DB_ROLE": WORKER}

    def _place(self) -> Place:
        return Place(self.state, self.state / "unused")

    def leave_out_postcodes(self) -> None:
        """Say that all of England is loaded, so that copies of this instance do not spend a minute on it."""
        for step in BACKGROUND:
            Stamps(self._place(), trusted=True).write(step)

    def told(self) -> str:
        """What was on the screen; nothing before the launcher was started."""
        return self.screen.read_text(errors="replace")[-6000:] if self.screen.exists() else ""
