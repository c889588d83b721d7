"""All young people and all opportunities as NumPy columns: loaded whole, then refreshed by what has changed.

Everything that a rule of definition.py asks of one side alone is packed into one 64-bit word per row, so that one AND,
one addition and one comparison test kind, categories, hours and needs of a pair:

    bits 0-12 kind, 13 guard | 14-38 categories, 39 "anything", 40 guard | 41-44 hours, 45 guard | 46-60 needs

Adding all-ones to a group of common bits carries into its guard exactly when one bit is common. Needs are the other
way round: the bits a person *lacks* must not meet those asked for. 100,000 people and 30,000 opportunities take 20 MB.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.backends.utils import CursorWrapper
from numpy.typing import NDArray

from matching.definition import ANY_KIND, born_by
from matching.models import MOST_KEPT
from matching.rows import audiences, freely_given
from opportunities.models import Opportunity

Array = NDArray[Any]
Rows = dict[str, Array]

FLEXIBLE = 2**30  # a start or a closing day that was left open: after every other day
FAR = -(10**7)  # metres: where somebody without a known place stands, out of everybody's reach
NO_FLOOR = -1

CATEGORY_AT, HOURS_AT, NEEDS_AT = 14, 41, 46
ANYTHING = 1 << 25  # above the 25 categories: every opportunity has it, and everybody who has no preference
GUARDS = np.uint64(1 << 13 | 1 << 40 | 1 << 45)
ONES = np.uint64(ANY_KIND | ((1 << 26) - 1) << CATEGORY_AT | 15 << HOURS_AT)
TEST = GUARDS | np.uint64(((1 << 15) - 1) << NEEDS_AT)

DAY = "({} - DATE '0001-01-01' + 1)"  # as date.toordinal() counts
# Up to five numbers of occupations in one.
LANE = 12  # bits
KEPT = " | ".join(f"(coalesce(occupations[{at + 1}], 0)::bigint << {at * LANE})" for at in range(MOST_KEPT))
PEOPLE_SQL = f"""
SELECT person_id, kinds, coalesce(first_kind, -1), categories, open_to_anything::int, hours, has, radius_m,
       remote_ok::int,
       coalesce({DAY.format("earliest_start")}, 0), coalesce(easting, {FAR}), coalesce(northing, {FAR}),
       {DAY.format("born_on")}, responsible_id, coalesce(living_id, 0), volunteering_only::int, {KEPT},
       rev::text::bigint
FROM interests
"""
PEOPLE = [
    "id",
    "kinds",
    "first_kind",
    "categories",
    "open",
    "hours",
    "has",
    "radius",
    "remote_ok",
    "earliest",
    "e",
    "n",
    "born",
    "responsible",
    "living",
    "limited",
    "occupations",
    "rev",
]
OPPORTUNITIES_SQL = f"""
SELECT opportunity_id, (live AND free)::int, kind_bit, categories, hours, needs, remote::int,
       coalesce(easting, {-FAR}), coalesce(northing, {-FAR}),
       coalesce({DAY.format("starts_on")}, {FLEXIBLE}), coalesce({DAY.format("closes_on")}, {FLEXIBLE}), min_age,
       CASE audience WHEN '{Opportunity.Audience.ENGLAND}' THEN 0 WHEN '{Opportunity.Audience.RESPONSIBLE}' THEN 1
                     WHEN '{Opportunity.Audience.LIVING}' THEN 2 ELSE 3 END,
       partnership_id, ringfenced::int, pays_living_wage::int, coalesce(occupation, 0), version, rev::text::bigint
FROM opportunity_search
"""
OPPORTUNITIES = [
    "id",
    "live",
    "kind",
    "categories",
    "hours",
    "needs",
    "remote",
    "e",
    "n",
    "starts",
    "closes",
    "min_age",
    "audience",
    "partnership",
    "ringfenced",
    "living_wage",
    "occupation",
    "version",
    "rev",
]
DISMISSED_SQL = "SELECT person_id, opportunity_id, version FROM match_action WHERE state = 'not_now'"
DISMISSED = ["person", "opportunity", "version"]
FLOORS_SQL = "SELECT person_id, min(score) FROM match GROUP BY person_id HAVING count(*) = %s"


def read(cursor: CursorWrapper, query: str, names: Sequence[str], params: Sequence[Any] = ()) -> Rows:
    """The rows of a query as one int64 array per column. No column may be null or wider than bigint.

    PostgreSQL packs each column into one value: COPY of the rows themselves is taken from the wire row by row, which
    takes eight times as long.
    """
    packed = ", ".join(f"string_agg(int8send(\"{name}\"::bigint), ''::bytea)" for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    with cursor.copy(f"COPY (SELECT {packed} FROM ({query}) q ({columns})) TO STDOUT (FORMAT binary)", params) as copy:
        data = b"".join(copy)
    found, at = {}, 21  # after a header of 19 bytes and the number of fields: of each its length and its bytes
    for name in names:
        length = max(0, int.from_bytes(data[at : at + 4], "big", signed=True))  # -1: null, for there was no row
        found[name] = np.frombuffer(data, ">i8", length // 8, at + 4).astype(np.int64)
        at += 4 + length
    return found


class Table:
    """Rows found by id: columns of one length, kept in ascending order of the column `id`."""

    def __init__(self, rows: Rows) -> None:
        order = np.argsort(rows["id"], kind="stable")
        self.columns = {name: column[order] for name, column in rows.items()}

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.columns["id"])

    def find(self, ids: Array) -> Array:
        """Positions of ids that are all there."""
        found: Array = np.searchsorted(self.columns["id"], ids)
        return found

    def patch(self, rows: Rows) -> None:
        """Overwrite the rows whose id is known and add the others."""
        at = self.find(rows["id"])
        known = at < len(self)
        known[known] = self.columns["id"][at[known]] == rows["id"][known]
        for name, column in self.columns.items():
            column[at[known]] = rows[name][known]
        if not known.all():
            both = {name: np.concatenate([column, rows[name][~known]]) for name, column in self.columns.items()}
            self.__init__(both)  # type: ignore[misc]


def pair_keys(people: Array, opportunities: Array) -> Array:
    """One sortable number per pair of ids (both below 2**31)."""
    return people << np.int64(32) | opportunities


class Dismissed:
    """Pairs that an adviser has put aside, and the version of the opportunity they had seen."""

    def __init__(self, rows: Rows) -> None:
        keys = pair_keys(rows["person"], rows["opportunity"])
        order = np.argsort(keys)
        self.people, self.keys, self.versions = rows["person"][order], keys[order], rows["version"][order]

    def hides(self, people: Array, opportunities: Array, versions: Array) -> Array:
        """Whether each pair was put aside and the opportunity has not changed since."""
        if not len(self.keys):
            return np.zeros(len(people), bool)
        keys = pair_keys(people, opportunities)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        hidden: Array = (self.keys[at] == keys) & (self.versions[at] >= versions)
        return hidden

    def replaced(self, people: Array, rows: Rows) -> "Dismissed":
        """The same with what `people` have put aside read anew."""
        others = ~np.isin(self.people, people)
        return Dismissed(
            {
                "person": np.concatenate([self.people[others], rows["person"]]),
                "opportunity": np.concatenate([self.keys[others] & 0xFFFFFFFF, rows["opportunity"]]),
                "version": np.concatenate([self.versions[others], rows["version"]]),
            }
        )


class Audience:
    """Which councils' young people may see an opportunity, as two tables of yes and no.

    Row 0 says yes to everybody (all of England); column 0 is a council we do not know.
    """

    def __init__(self) -> None:
        found = audiences()
        councils = sorted(set().union(*(living for _, living in found.values())))
        self.row = {partnership: number for number, partnership in enumerate(found, start=1)}
        self.column = {council: number for number, council in enumerate(councils, start=1)}
        self.nobody = len(self.row) + 1  # the row of a partnership without councils
        self.responsible = np.zeros((len(self.row) + 2, len(self.column) + 1), bool)
        self.living = self.responsible.copy()
        self.responsible[0] = self.living[0] = True
        for partnership, (by_council, by_living) in found.items():
            self.responsible[self.row[partnership], [self.column[council] for council in by_council]] = True
            self.living[self.row[partnership], [self.column[council] for council in by_living]] = True

    def columns_of(self, councils: Array) -> Array:
        return np.array([self.column.get(council, 0) for council in councils.tolist()], np.int32)

    def rows_of(self, partnerships: Array, audience: Array) -> Array:
        """Row 0 where the audience is all of England, else the partnership's."""
        pairs = zip(partnerships.tolist(), audience.tolist(), strict=True)
        return np.array(
            [self.row.get(partnership, self.nobody) if kind else 0 for partnership, kind in pairs], np.int32
        )


@dataclass
class Columns:
    """What the matcher holds between two runs. `watermark`: rows of transactions before it are all in here."""

    day: int
    database: int
    watermark: int
    runs: int
    audience: Audience
    limited_kinds: int
    people: Table
    opportunities: Table
    dismissed: Dismissed

    def people_of(self, rows: Rows) -> Rows:
        """The columns of young people from rows of PEOPLE_SQL."""
        kinds = np.where(rows["kinds"] == 0, ANY_KIND, rows["kinds"])
        kinds = np.where(rows["limited"] == 1, kinds & self.limited_kinds, kinds)
        anything = (rows["open"] == 1) | (rows["categories"] == 0)
        categories = np.where(anything, ANYTHING | rows["categories"], rows["categories"])
        hours = np.where(rows["hours"] == 0, 15, rows["hours"])
        lacks = ~rows["has"] & ((1 << 15) - 1)
        word = kinds | categories << CATEGORY_AT | hours << HOURS_AT | lacks << NEEDS_AT
        return {
            **{name: rows[name] for name in ("id", "e", "n", "radius", "occupations")},
            **{name: rows[name].astype(np.int32) for name in ("categories", "first_kind", "earliest", "born")},
            "open": rows["open"] == 1,
            "remote_ok": rows["remote_ok"] == 1,
            "responsible": self.audience.columns_of(rows["responsible"]),
            "living": self.audience.columns_of(rows["living"]),
            "word": word.astype(np.uint64),
            "floor": np.full(len(word), NO_FLOOR, np.int16),
        }

    def opportunities_of(self, rows: Rows) -> Rows:
        """The columns of opportunities from rows of OPPORTUNITIES_SQL."""
        hours = np.where(rows["hours"] == 0, 15, rows["hours"])
        categories = ANYTHING | rows["categories"]
        word = 1 << rows["kind"] | categories << CATEGORY_AT | hours << HOURS_AT | rows["needs"] << NEEDS_AT
        days = np.where(rows["starts"] == FLEXIBLE, self.day, rows["starts"])
        pairs = zip(days.tolist(), rows["min_age"].tolist(), strict=True)
        return {
            **{name: rows[name] for name in ("id", "e", "n", "occupation")},
            **{name: rows[name].astype(np.int32) for name in ("categories", "kind", "starts", "version")},
            "born_by": np.array([born_by(day, age) for day, age in pairs], np.int32),
            "open": (rows["live"] == 1) & (rows["closes"] >= self.day),
            "remote": rows["remote"] == 1,
            "ringfenced": rows["ringfenced"] == 1,
            "living_wage": rows["living_wage"] == 1,
            "audience": self.audience.rows_of(rows["partnership"], rows["audience"]),
            "by_responsible": rows["audience"] != 2,
            "by_living": rows["audience"] != 1,
            "word": word.astype(np.uint64),
        }

    def refresh(self, cursor: CursorWrapper, since: int) -> tuple[Rows, Rows]:
        """Take in the rows of transactions from `since` on. Returns (id, rev) of people and of opportunities."""
        changed = "WHERE rev >= %s::text::xid8"
        people = read(cursor, PEOPLE_SQL + changed, PEOPLE, [since])
        opportunities = read(cursor, OPPORTUNITIES_SQL + changed, OPPORTUNITIES, [since])
        if len(people["id"]):
            self.people.patch(self.people_of(people))
            fresh = read(cursor, DISMISSED_SQL + " AND person_id = ANY(%s)", DISMISSED, [people["id"].tolist()])
            self.dismissed = self.dismissed.replaced(people["id"], fresh)
        if len(opportunities["id"]):
            self.opportunities.patch(self.opportunities_of(opportunities))
        return people, opportunities

    def forget_floors(self) -> None:
        """Somebody else has written matches meanwhile: what we remember of people's lists may be too high."""
        self.people["floor"][:] = NO_FLOOR


def load(
    cursor: CursorWrapper, *, day: int, database: int, watermark: int, runs: int, people: tuple[int, int] | None = None
) -> Columns:
    """Everything from the tables; or only the young people with ids from `people[0]` to below `people[1]`.

    The watermark must have been read by an earlier statement than these: then whatever it covers is in them.
    """
    where, params = ("", []) if people is None else ("WHERE person_id >= %s AND person_id < %s", list(people))
    nothing = Table({"id": np.zeros(0, np.int64)})
    found = Columns(
        day=day, database=database, watermark=watermark, runs=runs, audience=Audience(), limited_kinds=freely_given(),
        people=nothing, opportunities=nothing, dismissed=Dismissed(read(cursor, DISMISSED_SQL, DISMISSED)),
    )  # fmt: skip
    found.people = Table(found.people_of(read(cursor, PEOPLE_SQL + where, PEOPLE, params)))
    found.opportunities = Table(found.opportunities_of(read(cursor, OPPORTUNITIES_SQL, OPPORTUNITIES)))
    return found


def load_floors(cursor: CursorWrapper, columns: Columns, keep: int) -> None:
    """The score of the last row of every full list."""
    full = read(cursor, FLOORS_SQL, ["person", "floor"], [keep])
    known = np.isin(full["person"], columns.people["id"])
    columns.people["floor"][columns.people.find(full["person"][known])] = full["floor"][known]
