"""The mails of a day, counted at two sizes: as many statements to make them, and few to hand each over."""

import json
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from matching.management.commands import bench_digests
from notifications import drain as pipeline
from notifications.models import KeptMail

SIZE = {"advisers": 20, "items": 200, "opportunities": 800, "seed": 3}


@pytest.fixture
def provider_keeps(settings, as_fr_worker, monkeypatch):
    """And no time passes: what takes too long is given back and done again, which is another count."""
    settings.EMAIL_CHANNEL = settings.TEXT_CHANNEL = "kept"
    monkeypatch.setattr(pipeline, "time", SimpleNamespace(monotonic=lambda: 0.0))


def run(tmp_path, **more) -> dict:
    KeptMail.objects.all().delete()
    call_command("bench_digests", **{**SIZE, **more}, file=str(tmp_path / "digests.json"))
    return json.loads((tmp_path / "digests.json").read_text())


def test_few_statements_for_each_digest_and_a_rerun_has_nothing_to_do(provider_keeps, tmp_path):
    found = run(tmp_path)
    assert found["digests"] == found["handed_over"] > 10 and found["items"] > 100
    assert found["rerun"] == {"digests": 0, "handed_over": 0}
    assert found["make_statements"] <= 20 and found["statements_per_digest"] <= 10
    assert len(found["load_average"]["after"]) == 3


@pytest.mark.parametrize("items", [80, 160])
def test_as_many_statements_for_more_items(items, provider_keeps, tmp_path):
    found = run(tmp_path, advisers=10, items=items)
    assert (found["items"], found["digests"]) == (items, 10)
    assert (found["statements_per_digest"], found["make_statements"]) == (9.2, 17)


def test_planted_each_digest_is_fenced_by_itself(provider_keeps, tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "shared", lambda claims: [[each] for each in claims])
    assert run(tmp_path)["statements_per_digest"] > 10


def test_planted_a_digest_that_was_not_handed_over_gets_no_figures(provider_keeps, tmp_path, monkeypatch):
    monkeypatch.setattr(bench_digests, "_drain", lambda: 0)
    with pytest.raises(CommandError, match="no figures"):
        run(tmp_path, advisers=10, items=50)
