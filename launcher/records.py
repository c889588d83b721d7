"""What an installation remembers in its state folder: what runs here, which steps have run, its keys."""

import base64
import contextlib
import hashlib
import json
import os
import secrets
from pathlib import Path
from typing import Any

from config.processes import Step
from launcher.children import birth
from launcher.place import ROOT, Place


def write_whole(file: Path, content: Any) -> None:
    """Write JSON that no other user may read; readers see the old file or the new one, never half of one."""
    making = file.with_suffix(f".{os.getpid()}")
    making.touch(mode=0o600)
    making.write_text(json.dumps(content, indent=1))
    making.replace(file)


def read_json(file: Path) -> dict[str, Any]:
    """The content of a file, or {} where there is none."""
    try:
        found: dict[str, Any] = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return found


def read_run_file(place: Place) -> dict[str, Any]:
    """What runs here, or ran until its launcher was killed; empty if nothing does.

    state (starting, ready, stopping), launcher, port, address, env, processes (ids by name), and births, by
    which the next launcher knows that it signals no stranger (see children.birth).
    """
    return read_json(place.run_file)


def running_instance(place: Place) -> dict[str, Any]:
    """What runs here now, as read_run_file; empty if its launcher does not live any more."""
    found = read_run_file(place)
    births = found.get("births", {})
    return found if births and birth(found["launcher"]) == births.get("launcher") else {}


def write_run_file(place: Place, facts: dict[str, Any]) -> None:
    """Tell other commands, and tests, what runs here."""
    with contextlib.suppress(OSError):
        write_whole(place.run_file, facts)


class Stamps:
    """Which steps have run here, and on which files (`state/steps.json`).

    Not `trusted`: the database is not ours.
    """

    def __init__(self, place: Place, *, trusted: bool) -> None:
        self.file, self.trusted = place.state / "steps.json", trusted

    def still_true(self, step: Step) -> bool:
        """Whether the step succeeded here with its inputs as they are now."""
        return self.trusted and read_json(self.file).get(step.name) == digest(step)

    def write(self, step: Step) -> None:
        """Note that a step has succeeded."""
        write_whole(self.file, {**read_json(self.file), step.name: digest(step)})


def digest(step: Step) -> str:
    """What a step's result depends on: its command and the content of its input files."""
    found = hashlib.sha256(repr(step.command).encode())
    for path in sorted({path for pattern in step.inputs for path in ROOT.glob(pattern) if path.is_file()}):
        if "__pycache__" not in path.parts:
            found.update(f"{path.relative_to(ROOT)}:{path.stat().st_size}".encode())
            found.update(path.read_bytes())
    return found.hexdigest()


def keys(place: Place) -> dict[str, str]:
    """This installation's secret key and the key of its encrypted fields, made once and kept (0600)."""
    file = place.state / "secrets.json"
    if not file.exists():
        made = {
            "FR_SECRET_KEY": secrets.token_urlsafe(64),
            "FR_FIELD_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        }
        write_whole(file, made)
    return read_json(file)
