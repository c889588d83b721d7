"""The page of results (docs/benchmarks.md), made from the figures of one or several sizes."""

from collections.abc import Mapping, Sequence
from typing import Any

Figures = dict[str, Any]
HEAD = """# What matching costs

Made by `python3 dev.py bench matching --people N --opportunities M --json FILE`; the last of several sizes with
`--earlier FILE... --page docs/benchmarks.md`. Trust the ratios: each is of the same round on the same machine. "Scaled"
figures asked a sample of people and were multiplied up. The load average stands beside what is in milliseconds.
"""
WAYS = {
    "query_per_person_scaled": "one prepared query per person, scaled",
    "django_query_per_person_scaled": "one Django query per person with fewer rules, scaled",
    "orm_loop": "a loop over everybody with the ORM",
    "one_statement": "one statement over everybody, circles indexed",
    "engine": "**the engine, written and committed**",
    "engine_with_telling": "the engine, with what advisers are told",
    "engine_match_part": "its deciding alone",
    "word_pass": "calibration: one pass over the words",
}
ONE = """
## {people} people, {opportunities} opportunities

Load average {load_before} before and {load_after} after; {rounds} rounds, seed {seed}. Right: {pairs} pairs of 20
people by the definition and in SQL; another run changed {changed} rows; the whole table by the definition:
{whole_table}.

| a new opportunity | ms | times the engine |
|---|---|---|
{ways}

The engine a hundred times: median {p50} ms, 95th percentile {p95} ms. A whole run of the matcher, from a committed
change to committed matches and messages: median {run_p50} ms, worst {run_worst} ms.

| everybody against everything, {rows} rows | ms |
|---|---|
| one prepared query per person, scaled | {full_per_person} |
| **the engine, as a difference** | {full} |
| calibration: bare COPY of its rows | {full_copy} |
| the first fill of an empty table | {first_fill} |

One query per person takes {full_ratio} times as long as the difference, and the difference {copy_ratio} times as long
as a bare COPY; its CPU is {full_cpu} ms. What is wanted is counted in {demand_one} ms for one partnership and the
places in it, and counted and written in {demand_all} ms for all.

A matcher needs {megabytes} MB at most. Two by mistake: {over} people over the most, {to_repair} rows to put right.
"""
GROWTH = """
## How it grows

| people x opportunities | new opportunity, ms | full pass, ms | first fill, ms |
|---|---|---|---|
"""


def page(found: Sequence[Figures]) -> str:
    """Markdown, the smallest size first."""
    sizes = [_said(one) for one in sorted(found, key=lambda one: int(one["people"]))]
    growth = "| {people} x {opportunities} | {p50} | {full} | {first_fill} |\n"
    return HEAD + "".join(ONE.format_map(said) for said in sizes) + GROWTH + "".join(map(growth.format_map, sizes))


def _said(one: Figures) -> Mapping[str, str]:
    """Every figure of one size as the page says it."""
    often, whole, full = one["engine_of_a_hundred_ms"], one["whole_run_ms"], one["full_pass_ms"]
    two, ratio, load = one.get("two_matchers", {}), one["full_pass_ratio"], one["load_average"]
    times, ratios = one["new_opportunity_ms"], one["new_opportunity_ratio"]
    found = {
        **{name: one[name] for name in ("people", "opportunities", "rounds", "rows")},
        **{"p50": often["p50"], "p95": often["p95"], "run_p50": whole["p50"], "run_worst": whole["worst"]},
        **{"full_per_person": full["per_person_queries_scaled"], "full": full["as_difference"]},
        **{
            "full_copy": full["raw_copy_of_its_rows"],
            "full_cpu": one["full_pass_cpu_ms"],
        },
        **{"full_ratio": ratio["per_person_queries_scaled"], "copy_ratio": ratio["to_raw_copy"]},
        **{"demand_one": one["demand_ms"]["one_partnership"], "demand_all": one["demand_ms"]["everywhere"]},
        **{"load_before": load["before"][0], "load_after": load["after"][0]},
        **{"pairs": one["correct"]["oracle_pairs_in_sample"], "changed": one["correct"]["rows_changed_by_another_run"]},
        **{"megabytes": one.get("matcher_megabytes"), "over": two.get("people_over_the_most")},
        "first_fill": one["first_fill_ms"],
        **{"to_repair": two.get("rows_to_put_right"), "seed": one["seed"]},
    }
    lines = [f"| {words} | {_figure(times[name])} | {_figure(ratios[name])} |" for name, words in WAYS.items()]
    whole_table = "yes" if one["correct"]["whole_table_by_oracle"] else "too large"
    return {name: _figure(value) for name, value in found.items()} | {
        "ways": "\n".join(lines),
        "whole_table": whole_table,
    }


def _figure(value: float | None) -> str:
    """Whole numbers as they are, others to three digits that count."""
    if value is None:
        return "(not measured)"
    if isinstance(value, int) or value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
