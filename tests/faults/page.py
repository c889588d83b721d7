"""docs/reliability.md, written from what storms did."""

from collections import Counter
from typing import Any

PAGE = """# Storms, and what became of the messages

Written by `python3 dev.py faults --earlier bench/storms/*.json --page docs/reliability.md`; do not change it by hand.
Phones and a typist pledge to a whole installation while its processes, its broker, its database, its clocks and its
provider fail by a plan. Each giver must get one thank-you at their own address. Times in seconds: until all was calm
after the last fault, and how long a message took. Load: the average of the machine's last minute. Commit: what was
tried.

| sent by | seed | notices | lost | twice | misled | unexplained | faults | calm | median | 95% | most | load | commit |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
{storms}

GOV.UK Notify can be asked by reference, so nothing comes twice. A mail server cannot be asked: there each possible
second copy is marked by the system itself ("may be a second copy"), and an unmarked one is a failure.

{naive}

## The faults

| kind | times |
| --- | --- |
{faults}
"""
NAIVE = (
    "The usual design (a task queued after the commit, no row) in the same storm: {lost} of {owed} lost, {twice} twice."
)


def write(figures: dict[str, Any]) -> str:
    """The page. figures: as `--json` writes them."""
    hits: Counter[str] = Counter()
    for storm in figures["storms"]:
        hits.update(storm["hits"])
    return PAGE.format(
        storms="\n".join(_row(storm) for storm in figures["storms"]),
        naive=NAIVE.format(**figures["naive"]) if figures["naive"] else "",
        faults="\n".join(f"| {kind} | {times} |" for kind, times in sorted(hits.items())),
    )


def _row(storm: dict[str, Any]) -> str:
    names = ["provider", "seed", "notices", "lost", "twice"]
    names += ["wrong_recipient", "unexplained", "faults", "drained_after"]
    cells = [storm[name] for name in names] + [storm["delay_seconds"][name] for name in ("median", "p95", "most")]
    cells += [round(storm["load_average"][0], 1), storm.get("commit", "")]
    return f"| {' | '.join(str(cell) for cell in cells)} |"
