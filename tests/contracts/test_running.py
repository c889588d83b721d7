"""The running API against its description, as anybody and as a business's system; and the script of the docs."""

import os
import re
import subprocess
import sys

import pytest

from tests.faults.instance import ROOT
from tests.main_job.test_breakfast import said

pytestmark = [pytest.mark.battery]
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "ignored_auth",
)  # fmt: skip
EXAMPLES = 60  # for each address and each of the two who ask
MAKE = """
import datetime as dt
from accounts.models import User
from core import clock
from core.scope import Scope, scope
from opportunities import by_key
from opportunities.api import keys
from pledges.employers import Business
from pledges.models import PledgeKind
from pledges.reading import Reach
from pledges.services import make_pledge
by = User.objects.filter(memberships__role="coordinator").order_by("pk")[0]
kind = PledgeKind.objects.get(code="work-experience")
with scope(Scope(actor=by.pk)):
    pledge = make_pledge(event=None, kind=kind, places=2, business="Contract Bakery", source="desk",
                         reach=Reach(email="owner@contract-bakery.example"), postcode="NG18 1AB")
    until = clock.today() + dt.timedelta(days=30)
    row, text = keys.make(employer=pledge.employer, partnership=pledge.partnership, name="Staff system",
                          scope=keys.WRITE, until=until, by=by)
    draft = by_key.make_draft(employer=pledge.employer_id, partnership=pledge.partnership_id, system="Staff system",
                              kind=kind, places=2, values={})
print("key", text)
print("draft", draft.public_id)
"""
CONFIG = """
[[operations]]
include-path = "/api/v1/drafts/{public_id}/"
parameters = { "path.public_id" = "%s", "header.If-Match" = "*" }
"""


@pytest.fixture(scope="module")
def system(running):
    """(address, key, id of a draft)."""
    told = said(running, "key", MAKE)
    drafts = said(running, "draft", "from opportunities.models import Opportunity as O\n"
                  "print('draft', O.objects.filter(pledge__source='api').latest('pk').public_id)")  # fmt: skip
    return running.facts()["address"], told[0], drafts[0]


def run(address, folder, *more):
    """One run of Schemathesis: what it said, and how many cases it made."""
    command = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"]
    command += ["--no-color", "--config-file", str(folder / "schemathesis.toml"), "run", f"{address}api/v1/schema/"]
    command += ["--checks", ",".join(CHECKS), "--phases", "coverage,fuzzing", "--max-examples", str(EXAMPLES)]
    command += ["--seed", "1", "--no-shrink", "--continue-on-failure", "--workers", "1", "--warnings", "off", *more]
    env = {**os.environ, "NO_PROXY": "*"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    (count,) = re.findall(r"^\s*(\d+) generated", done.stdout, re.M)
    return int(count)


def test_two_thousand_requests_find_no_answer_that_is_not_described(system, tmp_path, capsys):
    address, key, draft = system
    (tmp_path / "schemathesis.toml").write_text(CONFIG % draft)
    anybody = run(address, tmp_path)
    with_key = run(address, tmp_path, "--header", f"Authorization: Bearer {key}")
    with capsys.disabled():
        print(f"\nAPI: {anybody} cases as anybody, {with_key} with a key; 0 failures")
    assert anybody + with_key >= 2000


def test_the_script_of_the_docs_does_what_it_says(system):
    address, key, _draft = system
    env = {"PATH": os.environ["PATH"], "ADDRESS": address, "KEY": key, "NO_PROXY": "*"}
    done = subprocess.run(
        ["sh", str(ROOT / "docs/api-example.sh")], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split()[-1] for line in done.stdout.splitlines()] == ["201", "201", "200", "412", "200", "200", "done"]
