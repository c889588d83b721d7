"""What stands outside an installation and misbehaves on order: the broker, and the clock of its Python processes."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from launcher.servers import valkey_binary


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


class Broker:
    """A Valkey of the storm's own, so that it can stay away for as long as the storm wants."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = [
            *(valkey_binary(), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder),
            *("--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction"),
        ]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def stop(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self.process:
            self.process.send_signal(how)
            self.process.wait(30)

    def say(self, *words: str) -> None:
        """One command, in the protocol's own words."""
        text = f"*{len(words)}\r\n" + "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as line:
            line.sendall(text.encode())
            line.recv(1000)


class Clock:
    """Shifts what Python processes take for the time of day. The database's clock, by which everything is decided, and
    the monotonic clock stay as they are."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "shift"
        self.shift(0)

    def shift(self, hours: int) -> None:
        making = self.file.with_suffix(".new")
        making.write_text(str(hours))
        making.replace(self.file)

    @property
    def env(self) -> dict[str, str]:
        """For the launcher and all that it starts."""
        return {"PYTHONPATH": str(Path(__file__).with_name("shifted")), "FR_STORM_SHIFT": str(self.file)}


def wait(seconds: float) -> None:
    """Apart, for the eyes of whoever reads a fault."""
    time.sleep(seconds)


def children_of(pid: int) -> list[int]:
    """The processes below one, whichever of its threads began them, the nearest first."""
    try:
        found = [child for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()]
    except OSError:
        return []
    return [below for child in map(int, found) for below in (child, *children_of(child))]


def kill(pids: list[int], how: signal.Signals = signal.SIGKILL) -> None:
    for pid in pids:
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            continue
