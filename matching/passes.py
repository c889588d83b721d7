"""The two ways in which matches are brought up to date: what has changed since the watermark, and everybody.

The matcher keeps its columns between runs. Nothing depends on that: a process that starts anew, or a second one that
should not be there, reads them from the tables and gets the same rows.
"""

from dataclasses import asdict, dataclass

import numpy as np
from django.db import connection
from django.db.backends.utils import CursorWrapper

from core.scope import EVERYTHING, scope
from matching import demand, engine, store, telling
from matching import weights as w
from matching.columns import Array, Columns, Rows, load, load_floors

MANY = 600  # changed rows from which on going over everybody is cheaper
SHARD = 25_000  # people per transaction of a full pass: less memory, and nobody waits long for the lock

_kept: Columns | None = None


@dataclass
class Counts:
    """What a run did. `full`: it went over everybody."""

    people: int = 0
    opportunities: int = 0
    written: int = 0
    gone: int = 0
    told: int = 0
    full: bool = False

    def add(self, changed: store.Changed) -> None:
        self.written += changed.written
        self.gone += changed.gone

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def run() -> Counts:
    """Bring the matches up to date, in one transaction; on a new day, or after very many changes, by going over all.

    Columns are kept only by a run that has its transaction to itself: another one's may yet be rolled back.
    """
    global _kept
    alone = not connection.in_atomic_block
    kept, _kept = _kept if alone else None, None
    with scope(EVERYTHING), connection.cursor() as cursor:
        if not store.anything_pending(cursor):
            _kept = kept
            return Counts()
        store.lock(cursor)
        state = store.read_state(cursor)
        done = _changes(cursor, state, kept) if state.full_day == state.today else None
    if done is None:
        everything = go_over_everybody()
        demand.rewrite()
        return everything
    counts, columns = done
    _kept = columns if alone else None
    return counts


def go_over_everybody(*, count_repairs: bool = False, shard: int = SHARD) -> Counts:
    """Work out every list anew and write what differs. One transaction per `shard` of people, under the same lock.

    count_repairs: keep the number of differences as a figure of health (it should be 0): for a pass that follows a run
    and finds nothing pending.
    """
    global _kept
    _kept = None
    counts, first_watermark = Counts(full=True), None
    edges = _edges(shard)
    for number, people in enumerate(edges, start=1):
        with scope(EVERYTHING), connection.cursor() as cursor:
            store.lock(cursor)
            state = store.read_state(cursor)
            first_watermark = state.next_watermark if first_watermark is None else first_watermark
            columns = _load(cursor, state, people)
            everybody = np.arange(len(columns.people))
            changed = store.write_difference(cursor, columns, people, engine.best_for(columns, everybody))
            store.after_large_write(cursor, changed)
            counts.add(changed)
            counts.people += len(everybody)
            counts.opportunities = int(columns.opportunities["open"].sum())
            counts.told += telling.tell(changed.people | _just_changed(cursor, state.watermark, people))
            if number == len(edges):
                repaired = counts.written + counts.gone if count_repairs else None
                store.finish_everything(cursor, watermark=first_watermark, repaired=repaired)
    return counts


def nightly(*, shard: int = SHARD) -> Counts:
    """Catch up, take in what moved in the postcode tables, then go over everybody; count the rows to repair and
    what is wanted, and tell of what is on few lists."""
    refresh_places()
    run()
    counts = go_over_everybody(count_repairs=True, shard=shard)
    demand.rewrite()
    with scope(EVERYTHING), connection.cursor() as cursor:
        store.lock(cursor)
        counts.told += telling.lift()
    return counts


def refresh_places() -> int:
    """Have interests follow a postcode area whose middle was loaded anew, and an occupation that lies in other
    categories. Returns how many moved."""
    with scope(EVERYTHING), connection.cursor() as cursor:
        cursor.execute(store.WISHES_SQL)
        cursor.execute(store.MOVED_SQL)
        return int(cursor.rowcount)


def _changes(cursor: CursorWrapper, state: store.State, kept: Columns | None) -> tuple[Counts, Columns] | None:
    """What changed since the watermark; None when that is too much for one by one."""
    columns = _usable(kept, state) or _load(cursor, state)
    since = min(columns.watermark, state.watermark)
    people, opportunities = columns.refresh(cursor, since)
    new_people, new_opportunities = _since(people, state.watermark), _since(opportunities, state.watermark)
    if len(new_people) + len(new_opportunities) > MANY:
        return None
    counts = Counts(people=len(new_people), opportunities=len(new_opportunities))
    touched, lost = set(new_people.tolist()), set(new_people.tolist())
    for opportunity in columns.opportunities.find(new_opportunities).tolist():
        found = engine.people_for(columns, opportunity)
        changed, gone = store.write_opportunity(cursor, columns, opportunity, found)
        counts.add(changed)
        touched |= changed.people
        lost.update(gone)
    if lost:
        again = columns.people.find(np.array(sorted(lost)))
        changed = store.write_lists(cursor, columns, again, engine.best_for(columns, again))
        counts.add(changed)
        touched |= changed.people
    counts.told = telling.tell(touched)
    store.finish(cursor, watermark=state.next_watermark)
    columns.watermark, columns.runs = state.next_watermark, state.runs + 1
    return counts, columns


def _usable(kept: Columns | None, state: store.State) -> Columns | None:
    """The kept columns, if they are of this database and this day, and were not overtaken by a restore."""
    if kept is None or (kept.database, kept.day) != (state.database, state.today) or kept.watermark > state.watermark:
        return None
    if kept.runs != state.runs:
        kept.forget_floors()
    return kept


def _load(cursor: CursorWrapper, state: store.State, people: tuple[int, int] | None = None) -> Columns:
    columns = load(
        cursor, day=state.today, database=state.database, watermark=state.next_watermark, runs=state.runs, people=people
    )
    if people is None:
        load_floors(cursor, columns, w.KEEP)
    return columns


def _since(rows: Rows, watermark: int) -> Array:
    """The ids of rows that no run has seen."""
    new: Array = rows["id"][rows["rev"] >= watermark]
    return new


def _just_changed(cursor: CursorWrapper, watermark: int, people: tuple[int, int]) -> set[int]:
    """People of the shard whose own row is new: a new adviser is told even when no match has moved."""
    cursor.execute(
        "SELECT person_id FROM interests WHERE rev >= %s::text::xid8 AND person_id >= %s AND person_id < %s",
        [watermark, *people],
    )
    return {person for (person,) in cursor.fetchall()}


def _edges(shard: int) -> list[tuple[int, int]]:
    """Ranges of ids that hold about `shard` people each and together everybody, those without interests included."""
    with scope(EVERYTHING), connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id FROM (SELECT person_id, row_number() OVER (ORDER BY person_id) AS n FROM interests) i"
            " WHERE n %% %s = 0 ORDER BY person_id",
            [shard],
        )
        inner = [person + 1 for (person,) in cursor.fetchall()]
    return list(zip([0, *inner], [*inner, 2**62], strict=True))
