"""One installation at work: its servers, its steps and its processes, started, watched and stopped.

One thread does everything: it starts children, waits, copies their logs to the screen and restarts what died.
"""

import contextlib
import http.client
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, Self

from config.processes import BACKGROUND, LISTEN, PROCESSES, STEPS, Process, Step
from core import alive
from launcher.children import Child, birth, describe, dies_with_us, end_leftover
from launcher.place import ROOT, Place, refuse
from launcher.records import Stamps, keys, read_run_file, write_run_file
from launcher.screen import Screen
from launcher.servers import DATABASE, Postgres, Valkey
from launcher.watchdog import Watchdog

KEPT = ("DATABASE_URL", "REDIS_URL", "FR_PG_BIN", "PORT")  # what other commands need to join the instance
TICK = 0.1  # seconds between two looks at the children
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody asked us to stop while we were starting."""


class House:
    """Everything of one installation that runs. Used as a context manager: leaving it stops all, in order.

    The attribute `env` is the environment for every Django process, complete once `start_servers` is done.
    """

    def __init__(self, place: Place, screen: Screen) -> None:
        self.place, self.screen = place, screen
        self.state = "starting"
        self.children: list[Child] = []
        self.steps: list[Child] = []
        self.background: list[tuple[Step, Child]] = []
        self.facts: dict[str, Any] = {}
        self.signals: list[int] = []
        self.postgres: Postgres | None = None
        self.env = own_environment(place)
        self.watchdog = Watchdog(place.state)

    def __enter__(self) -> Self:
        for which in STOPS:
            signal.signal(which, self.ask_to_stop)
        self.end_leftovers()
        self.note()  # from now on nobody takes the last launcher's words for ours
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        """The handler of SIGINT, SIGTERM and SIGHUP."""
        self.signals.append(number)

    def note(self) -> None:
        """Bring run.json up to date."""
        alive = [child for child in self.children if child.running()]
        facts = {
            **self.facts,
            "state": self.state,
            "launcher": os.getpid(),
            "env": {name: self.env[name] for name in KEPT if name in self.env},
            "processes": {child.name: child.pid for child in alive},
            "births": {"launcher": birth(os.getpid()), **{child.name: birth(child.pid) for child in alive}},
        }
        write_run_file(self.place, facts)

    # --- starting ---

    def end_leftovers(self) -> None:
        """End what a killed launcher left behind, in stopping order, before anything is started or built."""
        found = read_run_file(self.place)
        names = list(found.get("processes", {}))
        for name in reversed(names):
            ending = signal.SIGINT if name == "postgres" else signal.SIGTERM
            grace = {process.name: process.grace for process in PROCESSES}.get(name, 30)
            if told := end_leftover(name, found["processes"][name], found["births"].get(name), ending, grace):
                self.screen.tell(told)

    def start_servers(self) -> None:
        """PostgreSQL and Valkey, each unless DATABASE_URL or REDIS_URL names one already.

        Returns when both answer.
        """
        if "DATABASE_URL" not in self.env:
            with self.screen.timed("postgres"):
                self.postgres = Postgres(self.place)
                if self.postgres.initialise():
                    (self.place.state / "steps.json").unlink(missing_ok=True)
                self.env["DATABASE_URL"] = self.postgres.url(DATABASE)
                self.env["FR_PG_BIN"] = str(self.postgres.binaries)
                self.start(self.postgres.child(), self.postgres.ready)
        if "REDIS_URL" not in self.env:
            with self.screen.timed("valkey"):
                valkey = Valkey(self.place)
                self.env["REDIS_URL"] = valkey.url()
                self.start(valkey.child(), valkey.ready)

    def start(self, child: Child, ready: Callable[[], bool] | None = None) -> None:
        """Start a process, and wait up to 60 seconds for it if `ready` tells how."""
        self.children.append(child)
        if ready is None:
            self.screen.follow(child.log)
        child.start()
        self.note()
        deadline = time.monotonic() + 60
        while ready and not ready():
            self.pause(0.03)
            if not child.running():
                # For a moment after a kill -9, old server processes may still hold the data folder.
                child.revive()
            if time.monotonic() > deadline or child.failures > 5:
                refuse(f"{child.name} did not start. The end of {child.log}:\n{last_lines(child.log)}")

    def prepare(self, *, without: tuple[str, ...] = ()) -> None:
        """Run every step whose inputs changed since it last succeeded here; with a foreign database, all.

        Steps that need no database run beside the others. The servers must have started.
        """
        done = Stamps(self.place, trusted=self.postgres is not None)
        wanted = [step for step in STEPS if step.name not in without and not done.still_true(step)]
        if self.env["FR_MODE"] != "demo":
            wanted = [step for step in wanted if not step.demo_only]
        beside = [(step, self.start_step(step)) for step in wanted if not step.needs_database]
        in_order = ((step, self.start_step(step)) for step in wanted if step.needs_database)  # made one by one
        for step, child in itertools.chain(in_order, beside):
            with self.screen.timed(step.name):
                self.finish_step(child)
            done.write(step)

    def start_step(self, step: Step) -> Child:
        """Start a step. Its words go to a log of its own."""
        log = self.place.log / f"{step.name}.log"
        log.unlink(missing_ok=True)
        child = Child(step.name, programme(step.command), self.role_env(step.role), log, ROOT)
        self.steps.append(child)
        child.start()
        return child

    def finish_step(self, child: Child) -> None:
        """Wait for a step to end. Ends the launcher with the step's own words if it fails."""
        while child.running():
            self.pause(0.02)
        if code := child.process and child.process.returncode:
            refuse(f"the step {child.name} failed ({describe(code)}):\n{last_lines(child.log)}")

    def run_step(self, step: Step) -> None:
        """Run one step to its end."""
        self.finish_step(self.start_step(step))

    def start_processes(self, port: int | None) -> None:
        """The processes of the table, in its order; without the site where `port` is None.

        The site starts alone, and the others once it answers: on two cores it would take three times as long
        among them, and what they do can wait.
        """
        for process in PROCESSES:
            if process.name == "web":
                if port is not None:
                    self.start(self.child_of(process, port))
                    self.wait_for_web(port)
                    self.watchdog.web_answers = partial(answers, port)
            else:
                self.start(self.child_of(process, 0))

    def child_of(self, process: Process, port: int) -> Child:
        command = [f"127.0.0.1:{port}" if part == LISTEN else part for part in process.command]
        log = self.place.log / f"{process.name}.log"
        env = {**self.role_env(process.role), alive.NAME: process.name}
        return Child(
            process.name, programme(command), env, log, ROOT, grace=process.grace,
            before_start=lambda: (alive.folder(self.place.state) / process.name).unlink(missing_ok=True),
        )  # fmt: skip

    def start_background(self) -> None:
        """Steps that may go on after READY. They give way to everything else."""
        done = Stamps(self.place, trusted=self.postgres is not None)
        for step in BACKGROUND:
            if not done.still_true(step):
                log = self.place.log / f"{step.name}.log"
                child = Child(step.name, programme(step.command), self.role_env(step.role), log, ROOT, nice=10)
                self.screen.follow(child.log)
                child.start()
                self.background.append((step, child))

    def role_env(self, role: str) -> dict[str, str]:
        """The environment of a process that works under a database role ("": the administrator)."""
        return {**self.env, "FR_DB_ROLE": role}

    def wait_for_web(self, port: int) -> None:
        """Return when the site answers. Ends the launcher if it does not within 90 seconds."""
        deadline = time.monotonic() + 90
        while not answers(port):
            self.pause(TICK)
            self.revive_all()
            if time.monotonic() > deadline:
                refuse(f"the site does not answer. The end of its log:\n{last_lines(self.place.log / 'web.log')}")

    # --- going on, and ending ---

    def pause(self, seconds: float) -> None:
        """Wait a moment and show logs. Raises Stopped if we were asked to stop."""
        if self.signals:
            raise Stopped
        time.sleep(seconds)
        self.screen.show_logs()

    def watch(self) -> None:
        """Keep everything alive until somebody stops us."""
        with contextlib.suppress(Stopped):
            while True:
                self.pause(TICK)
                self.revive_all()
                self.look_at_background()

    def revive_all(self) -> None:
        """Start again what died or does nothing any more, each with its own back-off."""
        told = self.watchdog.look(self.children)
        told += [text for child in self.children if (text := child.revive())]
        for text in told:
            self.screen.tell(text)
        if told:
            self.note()

    def look_at_background(self) -> None:
        """Note the background steps that have ended.

        A failed one is told and tried again at the next start.
        """
        for step, child in self.background:
            if child.process is not None and not child.running():
                code = child.process.returncode
                if code == 0:
                    Stamps(self.place, trusted=self.postgres is not None).write(step)
                self.screen.tell(
                    f"{step.name}: " + ("done" if code == 0 else f"failed ({describe(code)}), see {child.log}")
                )
                child.process = None

    def run_command(self, argv: list[str], env: Mapping[str, str]) -> int:
        """Run a command on this terminal while the processes are kept alive. Returns its exit code.

        Ctrl-C reaches the command itself; a stop asked of the launcher alone is passed on.
        """
        ends_too = dies_with_us(signal.SIGTERM)
        process = subprocess.Popen(argv, env=env, cwd=ROOT, preexec_fn=ends_too)
        heard = 0
        while process.poll() is None:
            time.sleep(0.03)
            self.revive_all()
            if len(self.signals) > heard:
                heard = len(self.signals)
                if heard > 1 or self.signals != [signal.SIGINT]:  # a first Ctrl-C has reached the command already
                    process.terminate()
        return process.returncode if process.returncode >= 0 else 128 - process.returncode

    def stop(self) -> None:
        """Stop everything, last started first: beat, relay, matcher, worker, web, valkey, postgres."""
        began = time.monotonic()
        self.state = "stopping"
        self.note()
        aside = [child for child in (*self.steps, *(child for _, child in self.background)) if child.running()]
        for child in [*aside, *reversed(self.children)]:
            text = child.stop()
            self.screen.show_logs()
            self.screen.detail(text)
        self.screen.detail(f"all stopped in {time.monotonic() - began:.1f} s")
        self.place.run_file.unlink(missing_ok=True)
        shutil.rmtree(self.place.sockets, ignore_errors=True)


def own_environment(place: Place) -> dict[str, str]:
    """The environment of every Django process: ours, completed. What a person has set is never replaced."""
    ours = {
        "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
        "FR_MODE": "demo",
        "PYTHONUNBUFFERED": "1",
        **keys(place),
    }
    if os.geteuid() == 0:
        ours["PYTHONWARNINGS"] = "ignore:You're running the worker"  # Celery's page of warning on every start as root
    theirs = {name: value for name, value in os.environ.items() if (name, value) != ("PORT", "0")}  # it names no port
    return {**ours, **theirs, "FR_STATE_DIR": str(place.state)}


def programme(command: list[str] | tuple[str, ...]) -> list[str]:
    """A command of the table with `python` as the environment's own."""
    return [sys.executable if part == "python" else part for part in command]


def last_lines(log: Path, count: int = 25) -> str:
    """The end of a log, for a message."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return "(nothing)"


def port_is_free(port: int) -> bool:
    """Whether we could listen there now."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that nobody uses at this moment (PORT=0)."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        found: int = trial.getsockname()[1]
    return found


def answers(port: int) -> bool:
    """Whether the site answers a request, whatever it says but an error of its own."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status < 500
    except OSError:
        return False
    except http.client.HTTPException:
        return False
    finally:
        line.close()
