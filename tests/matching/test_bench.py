"""The bench proves before it measures, and leaves nothing behind."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import YoungPerson
from matching import engine, store
from matching import weights as w
from opportunities.models import SearchRow
from tests import factories as everybody
from tests.matching import factories

SMALL = {"people": 60, "opportunities": 40, "rounds": 2, "seed": 3}


def test_it_prints_ratios_and_leaves_nothing(as_fr_worker, tmp_path, capsys):
    call_command("bench_matching", **SMALL, file=str(tmp_path / "bench.json"))
    found = json.loads((tmp_path / "bench.json").read_text())
    assert found == json.loads(capsys.readouterr().out)
    assert found["correct"]["whole_table_by_oracle"] and found["ratio_to_engine"]["engine"] == 1
    assert set(found["new_opportunity_p50_ms"]) == set(found["ratio_to_engine"]) and len(found["ratio_to_engine"]) == 5
    with everybody.as_worker():
        assert not YoungPerson.objects.exists() and not SearchRow.objects.exists()


def test_planted_wrong_score_gets_no_figures(as_fr_worker, monkeypatch):
    scored = engine.scored

    def wrong(*args):
        found = scored(*args)
        found.score += 1
        return found

    monkeypatch.setattr(engine, "scored", wrong)
    with pytest.raises(CommandError, match="no figures"):
        call_command("bench_matching", **{**SMALL, "people": 300, "opportunities": 200})


@pytest.mark.parametrize("large", [1, 500])
def test_the_planner_hears_of_a_large_write(large, as_fr_worker, monkeypatch):
    """Without it the first fill of a new database is followed by a minute of plans a thousand times too slow."""
    monkeypatch.setattr(store, "LARGE", large)
    factories.places()
    factories.person()
    factories.opportunity()
    factories.run_everything()
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'match'::regclass")
        assert (cursor.fetchone()[0] == 1) is (large == 1)
    assert w.KEEP == 50
