"""What the machine must have, and the virtual environment with the packages.

Runs under any Python 3.11 or newer.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import pwd
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

from launcher.place import ROOT, refuse

VENV = Path(os.environ.get("FR_VENV_DIR") or ROOT / ".venv").absolute()
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "first-rung.json"  # which requirement files are installed; absent while the environment is being made
REQUIREMENTS = {"run": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}
# A person's own pip settings would put packages elsewhere than into the environment.
UNWANTED = (
    "PIP_USER",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_ROOT",
    "PIP_REQUIRE_VIRTUALENV",
    "PYTHONHOME",
    "PYTHONPATH",
)
STEPS = "FR_LAUNCH_STEPS"  # seconds already used, carried over the change of interpreter


def refuse_unfit_machine() -> None:
    """End with a sentence on a machine where the embedded servers cannot run, unless they are not needed."""
    if os.name != "posix":
        refuse("on Windows, start First Rung inside WSL2 (any Linux there), or use docker-compose.yml.")
    if sys.platform == "linux" and not glibc():
        refuse(
            "this Linux has musl instead of glibc (Alpine?), for which there are no server packages.\n"
            "Use docker-compose.yml, or a Debian, Ubuntu or Fedora machine."
        )
    if "DATABASE_URL" not in os.environ and not user_has_name():
        refuse(
            f"your user id {os.geteuid()} has no entry in /etc/passwd, and PostgreSQL needs one.\n"
            "Add one, start as another user, or set DATABASE_URL to a PostgreSQL of your own."
        )


def glibc() -> bool:
    """Whether this Python is built on GNU libc."""
    try:
        return bool(os.confstr("CS_GNU_LIBC_VERSION"))
    except (ValueError, OSError):
        return False


def user_has_name() -> bool:
    """initdb looks its user up by id and stops where there is none, as in many containers."""
    try:
        return bool(pwd.getpwuid(os.geteuid()))
    except KeyError:
        return False


def ensure(kind: str, argv: list[str]) -> dict[str, float]:
    """Make sure that the packages of `kind` ("run" or "dev") are there, and go on inside the environment.

    Either does not return (the process becomes the environment's Python, with the same arguments) or returns
    the seconds that this took, by step. FR_OWN_PYTHON=1 says that the calling Python already has the
    packages.
    """
    if os.environ.get("FR_OWN_PYTHON") == "1":
        return {}
    if Path(sys.prefix).absolute() == VENV and installed(kind):
        steps: dict[str, float] = json.loads(os.environ.pop(STEPS, "{}"))
        return steps
    os.environ[STEPS] = json.dumps(prepare(kind))
    os.execv(PYTHON, [str(PYTHON), str(ROOT / "dev.py"), *argv])


def installed(kind: str) -> bool:
    """Whether the environment holds what the requirements file says now.

    The dev set holds the run set too.
    """
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    return PYTHON.exists() and stamp.get(kind) == digest(kind)


def digest(kind: str) -> str:
    """What the stamp says once REQUIREMENTS[kind] is installed."""
    return hashlib.sha256(REQUIREMENTS[kind].read_bytes()).hexdigest()


def prepare(kind: str) -> dict[str, float]:
    """Make and fill the environment as needed, one launcher at a time. Returns seconds by step."""
    steps: dict[str, float] = {}
    folder = os.open(ROOT, os.O_RDONLY)  # the checkout itself is the lock: nothing needs to be written for it
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if not installed(kind):
            started = time.monotonic()
            if not (PYTHON.exists() and STAMP.exists()):
                make()
                steps["virtual environment"] = time.monotonic() - started
            started = time.monotonic()
            install(kind)
            steps["packages"] = time.monotonic() - started
    finally:
        os.close(folder)
    return steps


def make() -> None:
    """An empty environment, replacing a half-made one.

    Without a pip of its own where the calling Python's can serve (putting one in takes 5 to 10 seconds).
    """
    print("Making the virtual environment ...", file=sys.stderr, flush=True)
    if importlib.util.find_spec("venv") is None:
        no_venv()
    pip_outside = outer_pip() is not None
    if not pip_outside and importlib.util.find_spec("ensurepip") is None:
        no_venv()
    options = ["--clear", *(["--without-pip"] if pip_outside else [])]
    command = [sys.executable, "-m", "venv", *options, str(VENV)]
    if subprocess.run(command, check=False, env=clean_environment()).returncode:
        refuse(f"the virtual environment {VENV} could not be made; the reason is above.")


def outer_pip() -> list[str] | None:
    """The pip of the Python outside any environment, if it can install into another one (22.3 and newer)."""
    python = str(getattr(sys, "_base_executable", "") or sys.executable)
    command = [python, "-m", "pip", "--python"]
    trial = [*command, python, "--version"]
    works = subprocess.run(trial, check=False, capture_output=True, env=clean_environment()).returncode == 0
    return [*command, str(PYTHON)] if works else None


def pip() -> list[str]:
    """The pip that installs into the environment: its own if it has one."""
    if next(VENV.glob("lib/python*/site-packages/pip"), None):
        return [str(PYTHON), "-m", "pip"]
    return outer_pip() or no_venv()


def no_venv() -> NoReturn:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    refuse(
        f"this Python ({sys.executable}) cannot make virtual environments.\n"
        f"On Debian or Ubuntu: apt install python{version}-venv (or python3-venv), then start again."
    )


def install(kind: str) -> None:
    """Install the hashed requirements with pip. Raises SystemExit with a sentence when pip fails.

    `--no-compile` halves the time; Python compiles what it really imports. Installing the dev set also
    completes the run set, so a later `run` leaves the environment alone.
    """
    print("Installing packages (15 s or so the first time) ...", file=sys.stderr, flush=True)
    options = ["--quiet", "--no-input", "--disable-pip-version-check", "--no-compile", "--require-hashes"]
    command = [*pip(), "install", *options, "-r", str(REQUIREMENTS[kind])]
    done = subprocess.run(
        command, check=False, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        reason = "\n".join(done.stdout.splitlines()[-15:])
        refuse(f"the packages could not be installed. Start again to try once more. pip says:\n{reason}")
    kinds = ["run", "dev"] if kind == "dev" else ["run"]
    stamp = {name: digest(name) for name in kinds}
    making = STAMP.with_suffix(".new")
    making.write_text(json.dumps(stamp))
    making.replace(STAMP)


def clean_environment() -> dict[str, str]:
    """Our environment without what would mislead venv and pip."""
    return {name: value for name, value in os.environ.items() if name not in UNWANTED}
