"""Large objects: found and measured as if they were the rows of a table, under their own numbers.

Each counts as one row: its number, owner, rights, comment, labels, and a digest of its bytes. The bytes are read a
slice at a time, so that memory does not depend on how large an object is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import psycopg
from psycopg import sql

from sunset.database.postgres.checksum import SEEDS, hash_expression
from sunset.engine import Unit
from sunset.validation.facts import TableFact
from sunset.validation.rows import RowDifferences, RowName

TABLE = "pg_catalog.pg_largeobject_metadata"
"""What stands for them where a table's name is asked for."""

SLICE = 2**20
UNIT_BYTES = 256 * 2**20
UNIT_OBJECTS = 1000
"""Each takes a lock until its unit is committed, and a server has a few thousand."""

LISTED = 1_000
"""How many that differ are named of each kind at most."""

ALL = (0, 2**32 - 1)
"""The bounds of all numbers that an object may have."""

_RANGE = re.compile(r"objects (\d+) to (\d+)")
# Opened for reading (0x40000) and closed again, for else the server keeps each open until the transaction ends.
_SIZED = """
    SELECT m.oid, m.lomowner, m.lomacl, o.size
    FROM pg_largeobject_metadata m,
         LATERAL (SELECT lo_lseek64(fd, 0, 2) + 0 * lo_close(fd) AS size
                  FROM (SELECT lo_open(m.oid, 262144) AS fd OFFSET 0) AS f OFFSET 0) AS o
    WHERE m.oid BETWEEN {first} AND {last}
"""
_SIZES = "SELECT oid, size FROM ({sized}) AS s ORDER BY oid"
_DIGESTS = "SELECT oid, md5(x) FROM ({text}) AS q"
_SUM = "SELECT count(*), coalesce(sum({high}), 0), coalesce(sum({low}), 0) FROM ({text}) AS q"
_TEXT = """
    SELECT oid, ROW(oid, pg_get_userbyid(lomowner), size,
      (SELECT string_agg(concat_ws(' ', who, privilege_type, is_grantable), ', ' ORDER BY who, privilege_type)
         FROM aclexplode(coalesce(lomacl, acldefault('L', lomowner))) AS a,
              concat(CASE WHEN grantee <> 0 THEN quote_ident(pg_get_userbyid(grantee)) END) AS who),
      obj_description(oid, 'pg_largeobject'),
      (SELECT string_agg(concat_ws(' ', provider, label), ', ' ORDER BY provider) FROM pg_seclabel
         WHERE classoid = 'pg_largeobject'::regclass AND objoid = oid),
      (SELECT string_agg(md5(lo_get(oid, part * {slice}, {slice})), '' ORDER BY part)
         FROM generate_series(0, (size - 1) / {slice}) AS part WHERE size > 0))::text COLLATE "C" AS x
    FROM ({sized}) AS s OFFSET 0
"""


def present(connection: psycopg.Connection) -> tuple[str, ...]:
    """The name that stands for them, where the database has any."""
    row = connection.execute("SELECT EXISTS (SELECT FROM pg_largeobject_metadata)").fetchone()
    return (TABLE,) if row == (True,) else ()


def make_units(connection: psycopg.Connection) -> list[Unit]:
    """Units for all of them: ranges of their numbers, bounded in bytes and in objects."""
    units: list[Unit] = []
    found: list[tuple[int, int]] = []
    with connection.transaction():  # descriptors live in one
        sized = connection.execute(filled(_SIZES)).fetchall()
    for oid, size in sized:
        if found and (len(found) == UNIT_OBJECTS or sum(each[1] for each in found) + size > UNIT_BYTES):
            units.append(_unit(len(units) + 1, found))
            found = []
        found.append((oid, size))
    return [*units, _unit(len(units) + 1, found)] if found else units


def measure(connection: psycopg.Connection, unit: Unit | None = None) -> TableFact:
    """Count and checksum of all, or of those of a unit."""
    high, low = (hash_expression(sql.SQL("x"), seed) for seed in SEEDS)
    query = sql.SQL(_SUM).format(high=high, low=low, text=filled(_TEXT, bounds(unit)))
    with connection.transaction():
        rows, *sums = connection.execute(query).fetchone()  # type: ignore[misc]
    return TableFact(TABLE, rows, "".join(f"{int(each) % 2**64:016x}" for each in sums))


def differing(source: psycopg.Connection, target: psycopg.Connection) -> RowDifferences:
    """Which of them are not the same on both sides, by their numbers."""
    old, new = _digests(source), _digests(target)
    missing, unexpected = sorted(old.keys() - new.keys()), sorted(new.keys() - old.keys())
    changed = sorted(oid for oid in old.keys() & new.keys() if old[oid] != new[oid])
    return RowDifferences(
        table=TABLE,
        missing=tuple(RowName(f"oid={oid}", 1, 0, _find(oid)) for oid in missing[:LISTED]),
        unexpected=tuple(RowName(f"oid={oid}", 0, 1, _find(oid)) for oid in unexpected[:LISTED]),
        changed=tuple(RowName(f"oid={oid}", 1, 1, _find(oid)) for oid in changed[:LISTED]),
        truncated=sum(max(len(each) - LISTED, 0) for each in (missing, unexpected, changed)),
        source_checksum=measure(source).checksum,
    )


def _find(oid: int) -> str:
    return sql.SQL("SELECT lo_get({})").format(sql.Literal(oid)).as_string()


def _digests(connection: psycopg.Connection) -> dict[int, str]:
    with connection.transaction():
        return dict(connection.execute(sql.SQL(_DIGESTS).format(text=filled(_TEXT))).fetchall())


def filled(text: str, within: tuple[int, int] = ALL) -> sql.Composed:
    """A query with the numbers `first` and `last`, the size of a `slice`, and the objects between them, `sized`."""
    first, last = (sql.SQL("{}::oid").format(sql.Literal(bound)) for bound in within)
    sized = sql.SQL(_SIZED).format(first=first, last=last)
    return sql.SQL(text).format(first=first, last=last, slice=sql.Literal(SLICE), sized=sized)


def bounds(unit: Unit | None) -> tuple[int, int]:
    """First and last number of a unit's objects; of all of them without a unit."""
    if unit is None:
        return ALL
    match = _RANGE.fullmatch(unit.where or "")
    if match is None:
        raise ValueError(f"not a range of large objects: {unit.where!r}")
    return int(match[1]), int(match[2])


def _unit(number: int, found: Sequence[tuple[int, int]]) -> Unit:
    where = f"objects {found[0][0]} to {found[-1][0]}"
    return Unit(f"large objects [{number}]", TABLE, len(found), sum(size for _, size in found), where)
