"""python3 dev.py faults [--n 1000] [--seeds 1] [--smtp 300] [--naive 400] [--json FILE]

With [--seeds 0 --smtp 0 --naive 0] --earlier FILE ... --page FILE the page of storms that were held before.

Storms over the real processes, and what they did to the messages.

Ends with 1 when a message was lost, doubled or went astray, or when the naive design lost too few: then the storm
proves nothing.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.faults import page
from tests.faults.instance import Instance
from tests.faults.kinds import KINDS
from tests.faults.storm import DRAINED_WITHIN, Storm

NAIVE_LOSES = 50
FEWEST_FAULTS = 30


def prepare(folder: Path) -> Path:
    """The state folder of an installation that was started once."""
    folder.mkdir()
    with Instance(folder) as instance:
        instance.wait_until_ready()
    instance.leave_out_postcodes()
    return folder / "var"


def failings(outcome: dict[str, Any]) -> list[str]:
    """What a storm shows that must not be."""
    twice = "twice_unlisted" if outcome["provider"] == "smtp" else "twice"  # a mail server cannot be asked
    bad = [f"{name}: {outcome[name]}" for name in ("lost", twice, "wrong_recipient", "unexplained") if outcome[name]]
    if outcome["owed"] != outcome["notices"] or outcome["rows"] != outcome["owed"]:
        bad.append(f"{outcome['notices']} pledged, {outcome['owed']} kept, {outcome['rows']} rows")
    if outcome["faults"] < FEWEST_FAULTS or outcome["kinds"] < len(KINDS):
        bad.append(f"{outcome['faults']} faults of {outcome['kinds']} kinds; missed: {outcome['missed']}")
    if outcome["drained_after"] > DRAINED_WITHIN:
        bad.append(f"drained only after {outcome['drained_after']} s")
    return bad


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py faults", description=__doc__)
    parser.add_argument("--n", type=int, default=1000, help="notices in each storm")
    parser.add_argument("--seeds", type=int, default=1, help="how many storms, each by another plan")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--smtp", type=int, default=300, help="notices by a mail server; 0 leaves it out")
    parser.add_argument("--naive", type=int, default=400, help="notices by the naive design; 0 leaves it out")
    parser.add_argument("--json", dest="file")
    parser.add_argument("--earlier", nargs="*", default=[], help="files of --json whose storms belong to this run too")
    parser.add_argument("--page", help="where to write the results for people to read")
    asked = parser.parse_args()
    earlier = [json.loads(Path(file).read_text()) for file in asked.earlier]
    storms = [storm for figures in earlier for storm in figures["storms"]]
    bad = [f"earlier, seed {storm['seed']}: {text}" for storm in storms for text in failings(storm)]
    naive = next((figures["naive"] for figures in earlier if figures["naive"]), {})
    with tempfile.TemporaryDirectory(prefix="fr-storm-") as name:
        folder = Path(name)
        like = prepare(folder / "prepared") if asked.seeds or asked.smtp or asked.naive else folder
        for seed in range(asked.first, asked.first + asked.seeds):
            outcome = Storm(folder / f"seed-{seed}", like, seed, asked.n).run()
            storms.append(outcome)
            print(json.dumps(outcome), flush=True)
            bad += [f"seed {seed}: {text}" for text in failings(outcome)]
        if asked.smtp:
            outcome = Storm(folder / "smtp", like, asked.first, asked.smtp, smtp=True, absent=20).run()
            storms.append(outcome)
            print(json.dumps(outcome), flush=True)
            bad += [f"by smtp: {text}" for text in failings(outcome)]
        if asked.naive:
            naive = Storm(folder / "naive", like, asked.first, asked.naive, naive=True).run()
            print(json.dumps({"naive": naive}), flush=True)
            if naive["rows"]:
                bad.append("the naive design was not in the pipeline's place")
            if naive["lost"] < NAIVE_LOSES:
                bad.append(f"the naive design lost only {naive['lost']} of {naive['owed']}: the storm proves nothing")
    storms.sort(key=lambda storm: (storm["notices"], storm["provider"], storm["seed"]))
    figures = {"storms": storms, "naive": naive, "failings": bad}
    if asked.file:
        Path(asked.file).write_text(json.dumps(figures, indent=2) + "\n")
    if asked.page:
        Path(asked.page).write_text(page.write(figures))
    print("\n".join(bad) or "nothing lost, nothing twice, nobody misled", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
