"""No committed file names a package index, a mirror or a folder of somebody's machine."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Written in pieces, or this file would be the first to be found.
FORBIDDEN = re.compile(
    "|".join(
        [
            r"\bpypi" + r"\.org",
            "python" + r"hosted\.org",
            "registry" + r"\.npmjs",
            r"(extra-)?index" + r"-url",
            "trusted" + r"-host",
            "find" + r"-links",
            "/sim" + r"ple/",
            r"/packages/[0-9a-f]{2}" + "/",
            r"/(root|home/[a-z]+|Users/[A-Za-z]+|work)" + r"/[a-z]",
        ]
    )
)


def committed() -> list[Path]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("NOT RUN: this is not a git checkout, so nothing says what is committed")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def finds(text: str) -> list[str]:
    return [match.group() for match in FORBIDDEN.finditer(text)]


def test_no_committed_file_names_a_host_or_a_machine():
    found = {}
    for path in committed():
        content = path.read_bytes()
        if b"\0" not in content and (hits := finds(content.decode(errors="replace"))):
            found[str(path.relative_to(ROOT))] = hits
    assert found == {}


def test_no_lock_file_that_names_hosts_is_committed():
    assert not {path.name for path in committed()} & {"uv.lock", "pylock.toml", "poetry.lock", "package-lock.json"}


@pytest.mark.parametrize(
    "planted",
    [
        "--extra-index" + "-url https://mirror.example/",
        "https://files.python" + "hosted.org/django.whl",
        "see https://pypi" + ".org/project/django",
        '"resolved": "https://registry' + '.npmjs.org/htmx"',
        "url = .../packages/ab" + "/cd/django.whl",
        "cd /ho" + "me/alex/first-rung",
    ],
)
def test_planted_host_is_seen(planted):
    assert finds(planted)


def test_ordinary_words_are_left_alone():
    assert finds("a simple index of packages; home work; /opportunities/work/; var/log") == []
