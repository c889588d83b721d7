"""A room imports the rooms above it in the design's table and never one below, by any way."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.rules.checks import upward_references

ROOT = Path(__file__).resolve().parents[2]
ROOMS = [*settings.ROOMS, "config"]


def sources() -> list[Path]:
    return [
        path.relative_to(ROOT)
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "migrations" not in path.parts
    ]


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch):
    monkeypatch.chdir(ROOT)


def lint_imports(*args: str) -> subprocess.CompletedProcess:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", *args]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


def test_layers_hold():
    done = lint_imports()
    assert done.returncode == 0, done.stdout


def test_planted_upward_import_is_found(tmp_path):
    """A copy of two rooms in which accounts imports pledges, inside a function."""
    for room in ("accounts", "pledges"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").touch()
    (tmp_path / "accounts" / "planted.py").write_text("def late():\n    import pledges\n    return pledges\n")
    (tmp_path / ".importlinter").write_text(
        "[importlinter]\nroot_packages =\n    accounts\n    pledges\n"
        "[importlinter:contract:1]\nname = layers\ntype = layers\nlayers =\n    pledges\n    accounts\n"
    )
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--config", ".importlinter"]
    env = {"PYTHONPATH": str(tmp_path), "PATH": ""}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=env)
    assert done.returncode == 1 and "accounts.planted -> pledges" in done.stdout, done.stdout + done.stderr


def test_no_way_round_the_layers():
    assert [found for path in sources() for found in upward_references(path, ROOMS)] == []


@pytest.mark.parametrize("planted", ['apps.get_model("pledges", "Pledge")', 'models.ForeignKey("pledges.Pledge")'])
def test_planted_way_round_is_found(planted, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = Path("accounts/planted.py")
    path.parent.mkdir()
    path.write_text(planted)
    assert len(upward_references(path, ROOMS)) == 1
