"""The definition of a match (definition.py), worked out for many pairs at once. Every function equals it exactly.

`people` and `opportunities` in these functions are positions in the columns, not ids.
"""

from dataclasses import dataclass

import numpy as np

from matching import weights as w
from matching.columns import FLEXIBLE, GUARDS, LANE, ONES, TEST, Array, Columns
from matching.models import MOST_KEPT

DIRECT = 4_000_000  # pairs tested without a grid: about 20 ms
CHUNK = 500_000  # pairs scored in one go: bounds the memory
TILE = 1 << 16  # pairs tested in one go: fits the processor's cache
CELL, BLOCK = 5_000, 20_000  # metres: opportunities are kept by cell, people go through by block
LANES = sum(1 << LANE * at for at in range(MOST_KEPT))  # the lowest bit of each
RADIUS_CLASSES = [6_000, 12_000, 20_000, 30_000, 50_000]


@dataclass
class Found:
    """Pairs that match, as columns of one length."""

    people: Array
    opportunities: Array
    score: Array
    reasons: Array
    distance_hm: Array

    def __len__(self) -> int:
        return len(self.people)

    def take(self, which: Array) -> "Found":
        """The pairs chosen by a mask or by positions."""
        return Found(*(column[which] for column in vars(self).values()))


def people_for(columns: Columns, opportunity: int) -> Found:
    """Everybody an opportunity matches, in order of id."""
    if not columns.opportunities["open"][opportunity]:
        return scored(columns, np.zeros(0, np.int64), np.zeros(0, np.int64))
    people = np.flatnonzero(fits(columns.people["word"] & columns.opportunities["word"][opportunity]))
    return scored(columns, *exact(columns, people, np.full(len(people), opportunity)))


def best_for(columns: Columns, people: Array) -> Found:
    """The canonical lists of `people`: for each the best 50 live opportunities by score, then id."""
    live = np.flatnonzero(columns.opportunities["open"])
    if len(people) * len(live) <= DIRECT:
        pairs = [_test(columns, people, live)] if len(people) and len(live) else []
    else:
        pairs = _by_tiles(columns, people, live)
    if not pairs:
        return scored(columns, np.zeros(0, np.int64), np.zeros(0, np.int64))
    return _best(columns, np.concatenate([pair[0] for pair in pairs]), np.concatenate([pair[1] for pair in pairs]))


def fits(words: Array) -> Array:
    """Whether the AND of two words has a common bit in every group and no need unmet. Overwrites `words`."""
    words += ONES
    words &= TEST
    fit: Array = words == GUARDS
    return fit


def exact(columns: Columns, people: Array, opportunities: Array) -> tuple[Array, Array]:
    """Of pairs that passed the word test, those that pass every other rule."""
    p, o = columns.people, columns.opportunities
    keep = p["born"][people] <= o["born_by"][opportunities]
    keep &= o["starts"][opportunities] >= p["earliest"][people]
    reach = p["radius"][people]
    keep &= np.where(
        o["remote"][opportunities], p["remote_ok"][people], _squares(columns, people, opportunities) <= reach * reach
    )
    people, opportunities = people[keep], opportunities[keep]
    audience = o["audience"][opportunities]
    keep = o["by_responsible"][opportunities] & columns.audience.responsible[audience, p["responsible"][people]]
    keep |= o["by_living"][opportunities] & columns.audience.living[audience, p["living"][people]]
    keep &= ~columns.dismissed.hides(p["id"][people], o["id"][opportunities], o["version"][opportunities])
    return people[keep], opportunities[keep]


def scored(columns: Columns, people: Array, opportunities: Array) -> Found:
    """Score, reasons and distance of pairs that match."""
    p, o = columns.people, columns.opportunities
    square, reach = _squares(columns, people, opportunities), p["radius"][people] ** 2
    remote, starts, earliest = o["remote"][opportunities], o["starts"][opportunities], p["earliest"][people]
    found = {
        w.INTEREST: (p["categories"][people] & o["categories"][opportunities]) != 0,
        w.OCCUPATION: _names(p["occupations"][people], o["occupation"][opportunities]),
        w.FIRST_KIND: p["first_kind"][people] == o["kind"][opportunities],
        w.VERY_NEAR: ~remote & (square * 16 <= reach),
        w.NEAR: ~remote & (square * 16 > reach) & (square * 4 <= reach),
        w.REMOTE: remote,
        w.RINGFENCED: o["ringfenced"][opportunities],
        w.LIVING_WAGE: o["living_wage"][opportunities],
        w.LOCAL: o["audience"][opportunities] != 0,
        w.READY: (starts != FLEXIBLE) & (earliest != 0) & (starts - earliest <= w.READY_DAYS),
        w.OPEN: p["open"][people],
    }
    score = np.where(remote, 0, w.NEAR_POINTS - w.NEAR_POINTS * square // reach)
    reasons = np.zeros(len(people), np.int64)
    for weight, holds in found.items():
        score += weight.points * holds
        reasons |= weight.flag * holds
    # The root is floored before the division: floats are exact for squares of whole numbers of this size.
    distance = np.where(remote, -1, np.sqrt(square.astype(np.float64)).astype(np.int64) // 100)
    return Found(people, opportunities, score, reasons, distance)


def _names(kept: Array, occupation: Array) -> Array:
    """Whether an occupation is one of the five in each number of `kept`: whether a lane of their difference is zero."""
    apart = kept ^ (occupation * LANES)
    found: Array = (occupation > 0) & ((apart - LANES & ~apart & LANES << LANE - 1) != 0)
    return found


def _squares(columns: Columns, people: Array, opportunities: Array) -> Array:
    """Square metres between the two."""
    p, o = columns.people, columns.opportunities
    across, up = p["e"][people] - o["e"][opportunities], p["n"][people] - o["n"][opportunities]
    square: Array = across * across + up * up
    return square


def _test(columns: Columns, people: Array, opportunities: Array) -> tuple[Array, Array]:
    """Every one of `people` against every one of `opportunities`: the pairs that match."""
    words = columns.opportunities["word"][opportunities]
    step = max(1, TILE // len(words))
    found = []
    for start in range(0, len(people), step):
        some = people[start : start + step]
        passed = np.flatnonzero(fits(columns.people["word"][some][:, None] & words).ravel())
        row, column = np.divmod(passed, len(words))
        found.append((some[row], opportunities[column]))
    return exact(columns, np.concatenate([f[0] for f in found]), np.concatenate([f[1] for f in found]))


def _by_tiles(columns: Columns, people: Array, live: Array) -> list[tuple[Array, Array]]:
    """As _test, looking only where it can be fruitful: neighbours of one radius class against the cells around them."""
    p, o = columns.people, columns.opportunities
    remote = live[o["remote"][live]]
    willing = people[p["remote_ok"][people]]
    pairs = [_test(columns, willing, remote)] if len(remote) and len(willing) else []
    grid = _Grid(columns, live[~o["remote"][live] & (o["e"][live] > 0) & (o["n"][live] > 0)])
    placed = people[(p["e"][people] > 0) & (p["n"][people] > 0)]
    block = (p["n"][placed] // BLOCK) * 1024 + p["e"][placed] // BLOCK
    key = np.digitize(p["radius"][placed], RADIUS_CLASSES) * 1_048_576 + block
    order = np.argsort(key, kind="stable")
    for tile in np.split(placed[order], np.flatnonzero(np.diff(key[order])) + 1):
        if len(tile) and len(around := grid.around(tile)):
            pairs.append(_test(columns, tile, around))
    return pairs


class _Grid:
    """Opportunities in order of the cell they lie in."""

    def __init__(self, columns: Columns, opportunities: Array) -> None:
        self.columns, o = columns, columns.opportunities
        across, up = o["e"][opportunities] // CELL, o["n"][opportunities] // CELL
        self.width = int(across.max(initial=0)) + 1
        self.height = int(up.max(initial=0)) + 1
        key = up * self.width + across
        order = np.argsort(key, kind="stable")
        self.opportunities = opportunities[order]
        self.starts = np.searchsorted(key[order], np.arange(self.width * self.height + 1))

    def around(self, people: Array) -> Array:
        """Those in the cells that the box around everybody's circle touches."""
        e, n, radius = (self.columns.people[name][people] for name in ("e", "n", "radius"))
        left, right = max(0, int((e - radius).min()) // CELL), min(self.width - 1, int((e + radius).max()) // CELL)
        low, high = max(0, int((n - radius).min()) // CELL), min(self.height - 1, int((n + radius).max()) // CELL)
        if left > right or low > high:
            return self.opportunities[:0]
        rows = [
            self.opportunities[self.starts[row * self.width + left] : self.starts[row * self.width + right + 1]]
            for row in range(low, high + 1)
        ]
        return np.concatenate(rows)


def _best(columns: Columns, people: Array, opportunities: Array) -> Found:
    """The best 50 of each person, by one sortable number per pair: person, score downwards, opportunity."""
    key = people << np.int64(40) | opportunities
    for start in range(0, len(key), CHUNK):
        some = slice(start, start + CHUNK)
        score = scored(columns, people[some], opportunities[some]).score
        key[some] |= (0xFFFF - score) << np.int64(24)
    key.sort()
    person = key >> np.int64(40)
    first = np.flatnonzero(np.diff(person, prepend=-1))
    rank = np.arange(len(key)) - np.repeat(first, np.diff(np.append(first, len(key))))
    key = key[rank < w.KEEP]
    return scored(columns, key >> np.int64(40), key & np.int64(0xFFFFFF))
