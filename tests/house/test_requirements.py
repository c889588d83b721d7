"""requirements*.txt are compiled from pyproject.toml, hashed, and name no host."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUN = PROJECT["project"]["dependencies"]
DEV = [*RUN, *PROJECT["dependency-groups"]["dev"]]


def pins(text: str) -> dict[str, set[str]]:
    """Versions by package; a package may have several, for different Pythons."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", text, re.M):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def complaints(direct: list[str], text: str) -> list[str]:
    """Direct dependencies that the compiled file lacks, or holds in a version that they do not allow."""
    compiled, wrong = pins(text), []
    for requirement in map(Requirement, direct):
        versions = compiled.get(canonicalize_name(requirement.name), set())
        if not versions:
            wrong.append(f"{requirement.name} is missing")
        wrong += [f"{requirement.name} {v}" for v in versions if v not in requirement.specifier]
    return wrong


def unhashed(text: str) -> list[str]:
    """Packages without a hash."""
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.M)
    return [entry.split("==")[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry]


@pytest.mark.parametrize(
    ("name", "direct"), [("requirements.txt", RUN), ("requirements-dev.txt", DEV)], ids=["run", "dev"]
)
def test_in_step_with_pyproject(name, direct):
    text = (ROOT / name).read_text()
    assert complaints(direct, text) == []
    assert unhashed(text) == []
    assert "://" not in text


def test_the_development_set_holds_the_run_set_in_the_same_versions():
    """Why `dev.py run` may leave an environment alone that `dev.py test` has filled."""
    run, dev = (pins((ROOT / name).read_text()) for name in ("requirements.txt", "requirements-dev.txt"))
    assert {name: dev.get(name) for name in run} == run


def test_planted_drift_is_seen():
    text = (ROOT / "requirements.txt").read_text()
    assert complaints(RUN, re.sub(r"^gunicorn==.*$", "gunicorn==1.0 \\\\", text, flags=re.M)) == ["gunicorn 1.0"]
    assert complaints(RUN, text.replace("segno==", "sego==")) == ["segno is missing"]
    assert unhashed("one==1.0 \\\n    --hash=sha256:aa\ntwo==2.0\n") == ["two"]


# --- notices


def unnamed(notices: str) -> list[str]:
    """Packages of `dev.py run` that the table of licences does not name."""
    rows = [line.split("|")[2] for line in notices.splitlines() if line.startswith("|") and line.count("|") == 3]
    named = {canonicalize_name(name.strip()) for row in rows for name in row.split(",")}
    return sorted(set(pins((ROOT / "requirements.txt").read_text())) - named)


def test_the_notices_name_every_package():
    assert unnamed((ROOT / "NOTICES.md").read_text()) == []


def test_planted_an_unnamed_package_is_found():
    assert unnamed((ROOT / "NOTICES.md").read_text().replace(" typst,", "")) == ["typst"]
