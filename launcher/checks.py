"""`dev.py check`: every tool that reads the code.

A tool that is absent is NOT RUN, with its reason, and counted.
"""

import importlib.util
import subprocess
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from config.processes import ADMINISTRATOR, MANAGE, Step
from launcher.house import programme
from launcher.place import ROOT

# In throw-away servers the owner may make databases, and the clock may be moved.
TEST_ROLES = Step(
    "setup_roles",
    (*MANAGE, "setup_roles", "--for-tests", "--allow-clock-offset", "--database"),
    ADMINISTRATOR,
    inputs=(),
)
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as lint; lint()"  # it has no `python -m`


@dataclass(frozen=True)
class Check:
    """`command` must exit with 0. It runs only if `module` is installed and the command `probe` works."""

    name: str
    command: tuple[str, ...]
    module: str = ""
    probe: tuple[str, ...] = ()

    def absent(self) -> str:
        """Why it cannot run; empty if it can."""
        if self.module and importlib.util.find_spec(self.module) is None:
            return f"{self.module} is not installed"
        if self.probe and not works(self.probe):
            return f"`{' '.join(self.probe)}` does not work on this machine"
        return ""


def works(command: tuple[str, ...]) -> bool:
    """Whether a program is there and content."""
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


CHECKS = (
    Check("types", ("python", "-m", "mypy", "."), module="mypy"),  # the slowest first: two run at a time
    Check("lint", ("python", "-m", "ruff", "check", "."), module="ruff"),
    Check("format", ("python", "-m", "ruff", "format", "--check", "."), module="ruff"),
    Check("layers", ("python", "-c", LINT_IMPORTS), module="importlinter"),
    Check("bells", ("python", "-m", "launcher.bells")),
    Check("django", (*MANAGE, "check", "--fail-level", "WARNING")),
    Check("migrations", (*MANAGE, "makemigrations", "--check", "--dry-run")),
    Check(
        "compose file",
        ("docker", "compose", "--env-file", ".env.example", "config", "--no-interpolate", "--quiet"),
        probe=("docker", "compose", "version"),
    ),
)


def run(env: Mapping[str, str], names: list[str]) -> int:
    """Run the named checks, or all. Prints one line for each and a closing count. Returns 1 if any failed."""
    wanted = [check for check in CHECKS if not names or check.name in names]
    count = {"OK": 0, "FAILED": 0, "NOT RUN": 0}
    with ThreadPoolExecutor(2) as pool:
        for verdict in pool.map(lambda check: judge(check, env), wanted):
            count[verdict] += 1
    print(f"check: {count['OK']} OK, {count['FAILED']} FAILED, {count['NOT RUN']} NOT RUN", flush=True)
    return 1 if count["FAILED"] or not count["OK"] else 0


def judge(check: Check, env: Mapping[str, str]) -> str:
    """Run one check and print its line, with what the tool said if it failed.

    Returns OK, FAILED or NOT RUN.
    """
    if reason := check.absent():
        print(f"NOT RUN: {check.name}: {reason}", flush=True)
        return "NOT RUN"
    began = time.monotonic()
    tool = programme(check.command)
    found = subprocess.run(tool, check=False, cwd=ROOT, env=env, capture_output=True, text=True)
    verdict = "FAILED" if found.returncode else "OK"
    said = f"\n{found.stdout}{found.stderr}" if found.returncode else ""
    print(f"{verdict}: {check.name} ({time.monotonic() - began:.1f} s){said}", flush=True)
    return verdict
