"""A running installation with the main job done once, shared by the tests that only look at it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.faults.instance import ROOT, Instance


def start_demo(instance: Instance, answer: Path) -> subprocess.Popen[str]:
    """`dev.py demo --json` beside (or, without a running instance, in place of) `instance`."""
    command = [sys.executable, "dev.py", "demo", "--json", str(answer)]
    return subprocess.Popen(
        command, cwd=ROOT, env=instance.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def demo(instance: Instance, answer: Path) -> dict[str, Any]:
    """Run the demonstration to its end and return its answer."""
    process = start_demo(instance, answer)
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 0, f"{told[-6000:]}\n{instance.told()}"
    found: dict[str, Any] = json.loads(answer.read_text())
    return found


def assert_all_told_once(found: dict[str, Any]) -> None:
    """What every run of the main job must show, whatever happened on the way."""
    assert (found["employers"], found["pledges"]) == (52, 73)
    assert found["drafts"] == found["placeable"] > 0
    assert found["live"] >= 40
    assert sum(found["refused"].values()) >= 8 and len(found["refused"]) >= 3
    assert found["matches"] > 0 and found["oracle_equal"] is True
    assert found["advisers_due"] == found["advisers_told"] > 0
    assert found["told_twice"] == 0
    assert found["second_run_added"] == 0
