"""Every public page is valid HTML, by the W3C's own validator (Nu), when it is there: Java and FR_VNU_JAR."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from opportunities.models import Opportunity
from tests.opportunities import factories as make

JAR = os.environ.get("FR_VNU_JAR", "")
READY = bool(shutil.which("java") and JAR and Path(JAR).is_file())
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not READY, reason="NOT RUN: no Java, or FR_VNU_JAR names no vnu.jar"),
]
STANDING = (
    *("/", "/help/", "/privacy/", "/accessibility/", "/sign-in/", "/pledge/", "/useful/thanks/", "/nowhere/"),
    *("/opportunities/embed/", "/opportunities/embed/?council=Atlantis", "/embed/opportunities/"),
    *("/opportunities/", "/opportunities/?remote=1", "/opportunities/?place=Atlantis", "/opportunities/?q=zebra"),
)


def problems(folder: Path, pages: dict[str, bytes]) -> list[str]:
    """What the validator calls an error, with its page. One run for all."""
    for number, content in enumerate(pages.values()):
        (folder / f"{number}.html").write_bytes(content)
    files = [str(folder / f"{number}.html") for number in range(len(pages))]
    command = ["java", "-jar", JAR, "--format", "json", "--stdout", "--exit-zero-always", *files]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=120).stdout)
    names = list(pages)
    return [
        f"{names[int(Path(one['url']).stem)]}: {one['message']}: {one.get('extract', '')[:120]}"
        for one in said["messages"]
        if one["type"] == "error"
    ]


def test_every_public_page_is_valid(sign_in, tmp_path):
    visitor = sign_in()
    pages = {address: visitor.get(address).content for address in ("/embed/opportunities/", "/opportunities/")}
    rows = [
        make.published(needs_mask=3, support_mask=255, travel_paid=True, bring="A pen", not_needed="No grades."),
        make.published(remote=True),
        make.published(kind_code="guaranteed-interview", search_engines=True),
        make.published(kind_code="apprenticeship"),
        make.published(kind_code="site-visit", pay_pence=None, hours_a_week=None),
    ]
    gone = make.published()
    Opportunity.objects.filter(pk=gone.pk).update(live=False)
    Opportunity.objects.filter(pk=gone.pk).update(state="closed")
    addresses = [f"/opportunities/{row.public_id}/{view}" for row in [*rows, gone] for view in ("", "?view=easy")]
    pages |= {f"{address} ": visitor.get(address).content for address in [*STANDING, *addresses]}
    pages["/useful/"] = visitor.post("/useful/", {"page": "/help/", "useful": "yes"}, follow=True).content
    pages["/pledge/ sent empty"] = visitor.post("/pledge/", {}).content
    assert problems(tmp_path, pages) == []


@pytest.mark.parametrize(
    "planted",
    [
        b"<p><ul><li>x</li></ul></p>",
        b'<a href="/" id="main">x</a>',
        b"<li>x</li>",
        b"<img src=x>",
        b"<button><p>x</p></button>",
    ],
)
def test_a_planted_fault_is_found(sign_in, tmp_path, planted):
    page = sign_in().get("/help/").content.replace(b"</main>", planted + b"</main>")
    assert problems(tmp_path, {"/help/": page})
