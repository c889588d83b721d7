"""What the person at the keyboard sees: lines of the launcher, and the processes' logs as they grow."""

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

BIG_LOG = 10_000_000  # bytes


class Screen:
    """`echo`: the processes' logs are shown too. `before`: seconds of what was done before, by step."""

    def __init__(self, output: TextIO, *, echo: bool = False, before: Mapping[str, float] | None = None) -> None:
        self.output, self.echo = output, echo
        self.seconds = dict(before or {})
        self.began = time.monotonic() - sum(self.seconds.values())
        self.shown: dict[Path, int] = {}

    def elapsed(self) -> float:
        """Seconds since the command was typed."""
        return time.monotonic() - self.began

    def tell(self, text: str) -> None:
        """One line, with the seconds since the start. A closed terminal is no reason to fail."""
        with contextlib.suppress(OSError, ValueError):
            print(f"[{self.elapsed():6.1f} s] {text}", file=self.output, flush=True)

    def detail(self, text: str) -> None:
        """One line for those who watch the logs."""
        if self.echo:
            self.tell(text)

    @contextlib.contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Note the seconds of a step, and tell them."""
        began = time.monotonic()
        yield
        self.seconds[name] = self.seconds.get(name, 0) + time.monotonic() - began
        self.tell(f"{name}: {self.seconds[name]:.1f} s")

    def follow(self, log: Path) -> None:
        """Show what is written to a log from now on. A big old log is moved aside first."""
        size = log.stat().st_size if log.exists() else 0
        if size > BIG_LOG:
            log.replace(log.with_suffix(".log.old"))
            size = 0
        if self.echo:
            self.shown[log] = size

    def show_logs(self) -> None:
        """Copy new whole lines of the followed logs, each with its process's name."""
        for log, shown in self.shown.items():
            with contextlib.suppress(OSError), log.open("rb") as file:
                file.seek(shown)
                new, newline, _ = file.read().rpartition(b"\n")
                self.shown[log] += len(new + newline)
                for line in new.decode(errors="replace").splitlines():
                    print(f"{log.stem:>8} | {line}", file=self.output, flush=True)


def nowhere() -> Screen:
    """For commands whose own last line must stay the last."""
    return Screen(open(os.devnull, "w"))
