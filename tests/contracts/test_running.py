"""The running API against its description: anybody, the systems of a business and a council; the script of the docs."""

import json
import os
import re
import subprocess
import sys
import urllib.request
from urllib.parse import urlsplit

import pytest

from tests.faults.instance import ROOT

pytestmark = [pytest.mark.battery]
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "ignored_auth",
)  # fmt: skip
PHASES = "examples,coverage,fuzzing"
EXAMPLES = 60  # for each address and each of the three who ask
MAKE = """
import datetime as dt
from accounts.models import Council, User
from core import clock
from core.scope import NOBODY, Scope, scope
from opportunities import by_key
from opportunities.api import keys
from pledges.employers import Business
from pledges.models import PledgeKind
from pledges.reading import Reach
from pledges.services import make_pledge
from tests.opportunities import factories
by = User.objects.filter(memberships__role="coordinator").order_by("pk")[0]
kind = PledgeKind.objects.get(code="work-experience")
with scope(Scope(actor=by.pk)):
    pledge = make_pledge(event=None, kind=kind, places=2, business="Contract Bakery", source="desk",
                         reach=Reach(email="owner@contract-bakery.example"), postcode="NG18 1AB")
    until = clock.today() + dt.timedelta(days=30)
    row, text = keys.make(employer=pledge.employer, partnership=pledge.partnership, name="Staff system",
                          scope=keys.WRITE, until=until, by=by)
    made = [by_key.make_draft(employer=pledge.employer_id, partnership=pledge.partnership_id, system="Staff system",
                              kind=kind, places=2, values={}) for _ in range(2)]
with scope(NOBODY):
    live = factories.published()
_row, people = keys.make(council=Council.objects.get(short_name="Nottinghamshire"), name="Case system",
                         scope=keys.PEOPLE, until=until, by=by)
print("key", text)
print("people", people)
for row in (*made, live):
    print("id", row.public_id)
"""
CONFIG = """
[[operations]]
include-path = "/api/v1/drafts/{public_id}/"
parameters = { "path.public_id" = "%s", "header.If-Match" = "*" }
[[operations]]
include-path = "/api/v1/drafts/{public_id}/close/"
parameters = { "path.public_id" = "%s" }
[[operations]]
include-path = "/api/v1/opportunities/{public_id}/"
parameters = { "path.public_id" = "%s" }
"""


@pytest.fixture(scope="module")
def system(running):
    """(address, keys of a business and of a council, ids of a draft to change, of one to give up, of what is open)."""
    told = running.manage("shell", "-v0", "-c", MAKE).stdout.split()
    lines = list(zip(told[::2], told[1::2], strict=True))
    held = [text for word, text in lines if word != "id"]
    return running.facts()["address"], held, tuple(text for word, text in lines if word == "id")


def run(address, folder, *more):
    """One run of Schemathesis: what it said, and how many cases it made."""
    command = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"]
    command += ["--no-color", "--config-file", str(folder / "schemathesis.toml"), "run", f"{address}api/v1/schema/"]
    command += ["--checks", ",".join(CHECKS), "--phases", PHASES, "--max-examples", str(EXAMPLES)]
    command += ["--seed", "1", "--no-shrink", "--continue-on-failure", "--workers", "1", "--warnings", "off", *more]
    env = {**os.environ, "NO_PROXY": "*"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    (count,) = re.findall(r"^\s*(\d+) generated", done.stdout, re.M)
    return int(count)


def never_done(address, *hars):
    """Operations of the description that no request of these runs (HAR) has had done: none answered with 2xx."""
    with urllib.request.urlopen(f"{address}api/v1/schema/") as answer:
        told = json.load(answer)["paths"]
    entries = [entry for har in hars for entry in json.loads(har.read_text())["log"]["entries"]]
    done = {
        (entry["request"]["method"], urlsplit(entry["request"]["url"]).path)
        for entry in entries
        if 200 <= entry["response"]["status"] < 300
    }
    return without_success(told, done)


def without_success(paths, done):
    """Of these paths of a description, the operations that none of the (method, path) done belongs to."""
    wanted = [(method.upper(), path) for path, item in paths.items() for method in item]
    ours = {path: re.sub(r"\{public_id\}", "[0-9a-f-]{36}", path) for path in paths}
    shapes = {path: re.compile(re.sub(r"\{\w+\}", "[^/]+", shape)) for path, shape in ours.items()}
    return [
        f"{method} {path}"
        for method, path in wanted
        if not any(method == how and shapes[path].fullmatch(where) for how, where in done)
    ]


def test_two_thousand_requests_find_no_answer_that_is_not_described(system, tmp_path, capsys):
    address, (business, council), ids = system
    (tmp_path / "schemathesis.toml").write_text(CONFIG % ids)
    anybody, cases, hars = run(address, tmp_path), [], []
    for name, key, *only in (("business", business), ("council", council, "--include-path-regex", "/people/")):
        hars.append(tmp_path / f"{name}.har")
        seen = ("--report", "har", "--report-har-path", str(hars[-1]))
        cases.append(run(address, tmp_path, "--header", f"Authorization: Bearer {key}", *only, *seen))
    with capsys.disabled():
        print(f"\nAPI: {anybody} cases as anybody, {cases[0]} and {cases[1]} with two keys; 0 failures")
    assert anybody + cases[0] >= 2000 and cases[1] >= 100
    assert never_done(address, *hars) == []


def test_the_script_of_the_docs_does_what_it_says(system):
    address, (key, _people), _ids = system
    env = {"PATH": os.environ["PATH"], "ADDRESS": address, "KEY": key, "NO_PROXY": "*"}
    done = subprocess.run(
        ["sh", str(ROOT / "docs/api-example.sh")], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split()[-1] for line in done.stdout.splitlines()] == ["201", "201", "200", "412", "200", "200", "done"]
