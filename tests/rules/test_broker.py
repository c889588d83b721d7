"""The broker rings bells. It never waits, tries again or carries what a table must remember."""

import subprocess
import sys

import pytest

from config.processes import ROOMS
from launcher.bells import broker_delays
from launcher.checks import CHECKS
from tests.rules.test_layers import ROOT

(CHECK,) = [check for check in CHECKS if check.name == "bells"]


def check(where) -> subprocess.CompletedProcess:
    """What `dev.py check` runs, in another folder."""
    command = [sys.executable, *CHECK.command[1:]]
    return subprocess.run(command, cwd=where, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)


def test_no_delay_lives_in_the_broker():
    done = check(ROOT)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("room", [*ROOMS, "config"])
def test_planted_delay_fails_the_check(room, tmp_path):
    (tmp_path / room).mkdir()
    (tmp_path / room / "planted.py").write_text("task.apply_async(countdown=5)")
    done = check(tmp_path)
    assert done.returncode == 1 and f"{room}/planted.py:1 countdown" in done.stderr


@pytest.mark.parametrize(
    "planted",
    [
        "task.apply_async(countdown=5)",
        "task.apply_async(eta=soon, expires=60)",
        "task.apply_async([7], expires=60)",
        "task.apply_async(**options)",
        "task.delay()",
        "self.retry()",
        "app.send_task('a', expires=60)",
        "shared_task(autoretry_for=(OSError,))",
        "@shared_task(max_retries=3)\ndef task(): pass",
        "@shared_task(name='a', retry_backoff=True)\ndef task(): pass",
        "beat = {'tick': {'options': {'countdown': 3}}}",
    ],
)
def test_planted_delay_is_found(planted, tmp_path):
    path = tmp_path / "planted.py"
    path.write_text(planted)
    assert broker_delays(path)


def test_a_bell_is_none(tmp_path):
    path = tmp_path / "bell.py"
    path.write_text("task.apply_async(expires=expires)\n@shared_task(name='a')\ndef task(): pass")
    assert broker_delays(path) == []
