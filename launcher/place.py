"""Where the state, the sockets and the locks of one installation lie, and which user owns them."""

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parents[1]
STATE = Path(os.environ.get("FR_STATE_DIR") or ROOT / "var").absolute()
PLENTY = 4_000_000_000  # bytes
LONGEST_SOCKET_FOLDER = 80  # the kernel allows about 100 bytes for the path of a socket, file name included


def refuse(sentence: str) -> NoReturn:
    """End the launcher with a sentence for the person at the keyboard, and exit code 1."""
    sys.exit(f"dev.py: {sentence}")


class AlreadyRunning(Exception):
    """Another launcher holds the lock of this state folder."""


@dataclass(frozen=True)
class Place:
    """One installation's folders. `durable` is False for throw-away services, which then skip every fsync."""

    state: Path
    sockets: Path
    durable: bool = True

    def __post_init__(self) -> None:
        user = servers_user()
        own_folder(self.state, mode=0o710 if user else 0o700)  # as root, the servers' group may pass through
        if user:
            os.chown(self.state, -1, user.pw_gid)
        own_folder(self.log)

    @property
    def log(self) -> Path:
        """One log file for each process, and one for each step."""
        return self.state / "log"

    @property
    def run_file(self) -> Path:
        """Process ids by name, address and sockets of what runs here; see house.py."""
        return self.state / "run.json"


def lasting() -> Place:
    """The installation of this checkout, in var/ (or FR_STATE_DIR)."""
    return Place(STATE, short_folder(f"fr-{digest_of(STATE)}"))


@contextlib.contextmanager
def throw_away(*, durable: bool = False) -> Iterator[Place]:
    """An installation in the temporary folder, removed afterwards. Its servers must have stopped by then."""
    sweep_abandoned()
    with tempfile.TemporaryDirectory(
        prefix="fr-test-", dir=scratch_folder(durable), ignore_cleanup_errors=True
    ) as name:
        folder = Path(name)
        holder = (folder / "held").open("w")
        fcntl.flock(holder, fcntl.LOCK_EX)
        with holder:
            yield Place(folder, folder / "s", durable=durable)


def sweep_abandoned() -> None:
    """Remove throw-away folders of launchers that were killed: nobody holds their lock any more."""
    for folder in {found for durable in (True, False) for found in scratch_folder(durable).glob("fr-test-*")}:
        with contextlib.suppress(OSError), (folder / "held").open("r+") as holder:
            if folder.stat().st_uid == os.geteuid() and time.time() - folder.stat().st_mtime > 60:
                fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)


def hold_lock() -> IO[str]:
    """Take the installation's lock for as long as the returned file is open. It lies outside var/.

    Deleting or rebuilding the data folder while an old server may live loses the database, so everything that
    starts servers in var/ or removes it holds this lock. Raises AlreadyRunning.
    """
    STATE.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock = (STATE.parent / ".dev.lock").open("a")
    except PermissionError:
        refuse(f"you may not write in {STATE.parent}. Copy the checkout to a folder of your own.")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise AlreadyRunning from None
    return lock


def digest_of(path: Path) -> str:
    """A short name for a path and a user, the same every time."""
    return hashlib.sha256(f"{path}:{os.geteuid()}".encode()).hexdigest()[:10]


def temporary_folder() -> Path:
    """The temporary folder, or /tmp where TMPDIR is too long for a socket or closed to the servers' user."""
    folder = Path(tempfile.gettempdir())
    user = servers_user()
    fits = len(str(folder)) < LONGEST_SOCKET_FOLDER - 30 and (user is None or may_enter(user, folder))
    return folder if fits else Path("/tmp")


def scratch_folder(durable: bool) -> Path:
    """Where throw-away data lie: in memory where there is plenty, for tests copy whole databases all the time.

    Measured with six other programs at work: 74 tests in 21 s in memory, in 78 s on the disk.
    """
    memory = Path("/dev/shm")
    plenty = not durable and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > PLENTY
    return memory if plenty and available_memory() > PLENTY else temporary_folder()


def available_memory() -> int:
    """Bytes that the kernel could give to programs; 0 where it does not say."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return 0


def short_folder(name: str) -> Path:
    """A folder for sockets, whose path is short enough. Its mode 0700 is the servers' access control."""
    return temporary_folder() / name


def servers_user() -> pwd.struct_passwd | None:
    """Who the servers run as when we are root: the checkout's owner, else `nobody`. None: as ourselves."""
    if os.geteuid() != 0:
        return None
    owner = ROOT.stat().st_uid
    with contextlib.suppress(KeyError):
        if owner:
            return pwd.getpwuid(owner)
    return pwd.getpwnam("nobody")


def may_enter(user: pwd.struct_passwd, folder: Path) -> bool:
    """Whether `user` may pass through every folder down to `folder`."""
    return all(passes(user, part.stat()) for part in (folder, *folder.parents))


def passes(user: pwd.struct_passwd, entry: os.stat_result) -> bool:
    """Whether the mode bits let `user` into this one folder (or run this one file)."""
    if entry.st_uid == user.pw_uid:
        return bool(entry.st_mode & stat.S_IXUSR)
    if entry.st_gid == user.pw_gid:
        return bool(entry.st_mode & stat.S_IXGRP)
    return bool(entry.st_mode & stat.S_IXOTH)


def own_folder(folder: Path, *, user: pwd.struct_passwd | None = None, mode: int = 0o700) -> Path:
    """Make a folder of `user`, or ours. Refuses one that somebody else made, or a link to elsewhere."""
    uid = user.pw_uid if user else os.geteuid()
    if not folder.is_symlink():
        try:
            folder.mkdir(mode=mode, parents=True, exist_ok=True)
        except PermissionError:
            refuse(f"you may not make the folder {folder}. Copy the checkout to a folder of your own.")
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (uid, os.geteuid()):
        refuse(f"{folder} is not a folder of yours. Look at it, remove it, and start again.")
    if user and found.st_uid != uid:
        os.chown(folder, user.pw_uid, user.pw_gid)
    if stat.S_IMODE(found.st_mode) != mode:
        folder.chmod(mode)
    return folder


def servers_folder(place: Place, name: str) -> Path:
    """A server's data folder: state/NAME, where the servers' user can reach it.

    As root below a closed folder, such as /root, the data lie in /var/tmp; state/NAME is a link to them, and
    `reset` follows it.
    """
    user = servers_user()
    link = place.state / name
    if user is None or may_enter(user, place.state):
        return own_folder(link, user=user)
    target = own_folder(shared_home() / f"{digest_of(place.state)}-{name}", user=user)
    if not link.is_symlink():
        link.symlink_to(target)
    return target


def shared_home() -> Path:
    """As root below a closed folder: the folder in /var/tmp for what the servers' user must reach."""
    home = Path("/var/tmp") / f"first-rung-{digest_of(ROOT)}"
    return own_folder(home, mode=0o711)


def reachable_copy(folder: Path, parts: tuple[str, ...], label: str) -> Path:
    """`folder`, or a copy of its `parts` in the same layout where the servers' user can reach them.

    The layout matters: initdb finds its libpq by a path relative to itself.
    """
    user = servers_user()
    if user is None or may_enter(user, folder):
        return folder
    copy = shared_home() / label
    if not copy.exists():
        making = Path(tempfile.mkdtemp(prefix=f"{label}-", dir=copy.parent))
        for part in parts:
            if (folder / part).exists():
                shutil.copytree(folder / part, making / part, symlinks=True)
        making.chmod(0o755)
        with contextlib.suppress(OSError):  # another launcher was quicker
            making.rename(copy)
    return copy


def remove(state: Path) -> None:
    """Delete a state folder, and what its links point to in our own folder under /var/tmp.

    The lock must be held.
    """
    for link in state.iterdir():
        if link.is_symlink() and link.resolve().parent.name.startswith("first-rung-"):
            shutil.rmtree(link.resolve(), ignore_errors=True)
    shutil.rmtree(state)
