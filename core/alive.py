"""Each process touches a file when it is heard of, so that one which lives and does nothing is replaced.

The time of `<state folder>/alive/<name>` says until when nobody need worry: now, or later while it is busy. The
launcher and the health checks of docker-compose.yml look at it, without a database; in a container the process looks
too. Standard library only.
"""

import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

log = logging.getLogger(__name__)

NAME = "FR_PROCESS"  # which process of config/processes.py this is; whoever has no name is not watched
WATCH_ITSELF = "FR_WATCH_ITSELF"
# Seconds a piece of work may honestly take: one slow conversation with a mail server (each begins anew), a task that
# Celery does not end yet, a pass over everybody.
BUSY = {"sender": 150.0, "relay": 150.0, "worker": 600.0, "matcher": 900.0}
SILENT = 120.0
EVERY = 10.0  # seconds between two looks


def now() -> float:
    """Seconds since the machine started: the same for all its processes, and nobody can set it."""
    return time.monotonic()


def folder(state: Path) -> Path:
    """Where the files are."""
    return state / "alive"


def state_folder() -> Path:
    """That of this process."""
    return Path(os.environ.get("FR_STATE_DIR") or "var")


def say(busy: float = 0) -> None:
    """This process was heard of, and need not be heard again for `busy` seconds. Never raises."""
    name = os.environ.get(NAME)
    if not name:
        return
    until = now() + busy
    try:
        here = folder(state_folder())
        here.mkdir(parents=True, exist_ok=True)
        (here / name).touch()
        os.utime(here / name, (until, until))
    except OSError:
        return  # a full disk stops no work


def say_busy(work_of: str = "") -> None:
    """A piece of work begins: of this process, or such as another one does."""
    say(BUSY.get(work_of or os.environ.get(NAME, ""), 0))


@contextmanager
def busy(work_of: str = "") -> Iterator[None]:
    """For the length of a piece of work."""
    say_busy(work_of)
    try:
        yield
    finally:
        say()


def heard(state: Path, name: str) -> float:
    """Until when `name` need not be heard; 0 when it never was."""
    try:
        return (folder(state) / name).stat().st_mtime
    except OSError:
        return 0


def is_silent() -> bool:
    """Whether the process of this environment does nothing any more."""
    return now() - heard(state_folder(), os.environ[NAME]) > SILENT


def watch_itself() -> None:
    """Where the environment asks for it, have this process end when it does nothing any more: Docker starts again what
    ended, and nothing else. Without a broker all but the relay end every two minutes: what they were at is done again.
    Where nothing can be written down, nobody is watched."""
    if os.environ.get(WATCH_ITSELF) != "1":
        return
    say()
    if heard(state_folder(), os.environ.get(NAME, "")):
        threading.Thread(target=_end_when_silent, daemon=True).start()
    else:
        log.error("%s cannot be written: this process does not watch itself", folder(state_folder()))


def _end_when_silent() -> None:
    while not is_silent():
        time.sleep(EVERY)
    os._exit(1)


if __name__ == "__main__":  # the health check of a container: `python -m core.alive`
    sys.exit(is_silent())
