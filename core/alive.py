"""Each process touches a file when it is heard of, so that one which lives and does nothing is replaced.

The time of `<state folder>/alive/<name>` says until when nobody need worry: now, or later while it is busy. The
launcher and the health checks of docker-compose.yml look at it, without a database. Standard library only.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "FR_PROCESS"  # which process of config/processes.py this is; whoever has no name is not watched
BUSY = 15 * 60.0  # seconds a piece of work may take: longer than any lease
SILENT = 120.0


def folder(state: Path) -> Path:
    """Where the files are."""
    return state / "alive"


def say(busy: float = 0) -> None:
    """This process was heard of, and need not be heard again for `busy` seconds. Never raises."""
    name = os.environ.get(NAME)
    if not name:
        return
    until = time.time() + busy
    try:
        here = folder(Path(os.environ.get("FR_STATE_DIR") or "var"))
        here.mkdir(parents=True, exist_ok=True)
        (here / name).touch()
        os.utime(here / name, (until, until))
    except OSError:
        return  # a full disk stops no work


@contextmanager
def busy() -> Iterator[None]:
    """For the length of a piece of work."""
    say(BUSY)
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


if __name__ == "__main__":  # the health check of a container: `python -m core.alive`
    last = heard(Path(os.environ["FR_STATE_DIR"]), os.environ[NAME])
    sys.exit(time.time() - last > SILENT)
