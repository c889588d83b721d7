"""The bench proves before it measures."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import YoungPerson
from matching import bench_page, bench_run, engine, store
from matching import weights as w
from tests import factories as everybody
from tests.matching import factories


@pytest.fixture(autouse=True)
def on_throw_away_servers(monkeypatch):
    monkeypatch.setenv("FR_THROW_AWAY", "1")


SMALL = {"people": 60, "opportunities": 40, "rounds": 2, "seed": 3, "alone": True}


def test_it_proves_measures_and_writes_its_page(as_fr_worker, tmp_path, capsys):
    call_command("bench_matching", **SMALL, file=tmp_path / "bench.json", page=tmp_path / "page.md")
    found = json.loads((tmp_path / "bench.json").read_text())
    assert found == json.loads(capsys.readouterr().out)
    assert found["correct"]["whole_table_by_oracle"] and found["correct"]["oracle_pairs_in_sample"] > 5
    assert found["new_opportunity_ratio"]["engine"] == 1 and set(found["new_opportunity_ratio"]) == set(bench_page.WAYS)
    page = (tmp_path / "page.md").read_text()
    assert "## 60 people, 40 opportunities" in page and "| 60 x 40 |" in page and "(not measured)" in page


def test_the_page_holds_every_size_the_smallest_first(as_fr_worker, tmp_path, capsys):
    call_command("bench_matching", **SMALL, file=tmp_path / "a.json")
    one = json.loads((tmp_path / "a.json").read_text())
    page = bench_page.page([{**one, "people": 700}, one])
    assert page.index("## 60 people") < page.index("## 700 people") < page.index("## How it grows")


@pytest.mark.parametrize("process", [None, "memory", "flips"])
def test_it_touches_nothing_but_throw_away_servers(process, as_fr_worker, monkeypatch):
    monkeypatch.delenv("FR_THROW_AWAY")
    with pytest.raises(CommandError, match="throw-away"):
        call_command("bench_matching", **SMALL, process=process)
    with everybody.as_worker():
        assert not YoungPerson.objects.exists()


@pytest.mark.parametrize("part", ["score", "reasons"])
def test_planted_wrong_figures_get_none(part, as_fr_worker, monkeypatch):
    scored = engine.scored

    def wrong(*args):
        found = scored(*args)
        setattr(found, part, getattr(found, part) + 1)
        return found

    monkeypatch.setattr(engine, "scored", wrong)
    with pytest.raises(CommandError, match="no figures"):
        call_command("bench_matching", **{**SMALL, "people": 300, "opportunities": 200})


def test_planted_an_engine_that_is_slow_misses_its_gates():
    slow = {"new_opportunity_ratio": {"query_per_person_scaled": 2.0, "orm_loop": 99.0}}
    slow["full_pass_ratio"] = {"per_person_queries_scaled": 99.0}
    assert bench_run.missed(slow) == ["query_per_person_scaled: 2.0 times the engine, less than 150.0"]


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
