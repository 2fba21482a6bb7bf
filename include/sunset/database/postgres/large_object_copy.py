"""Copies large objects: numbers kept, bytes in slices, then owner, comment and rights of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import psycopg
from psycopg import sql

from sunset.database.postgres.large_objects import ALL, UNIT_OBJECTS, bounds, filled
from sunset.database.postgres.pump import Meter, Sent
from sunset.engine import Unit

BATCH_BYTES = 4 * 2**20
"""Slices on their way at once."""

_NUMBERS = "SELECT oid FROM pg_largeobject_metadata WHERE oid BETWEEN {first} AND {last} ORDER BY oid"
_SLICES = """
    COPY (SELECT oid, part * {slice}, lo_get(oid, part * {slice}, {slice})
          FROM ({sized}) AS s, generate_series(0, (size - 1) / {slice}) AS part WHERE size > 0
          ORDER BY oid, part)
    TO STDOUT (FORMAT binary)
"""
_RIGHTS = """
    SELECT oid, pg_get_userbyid(lomowner)::text, obj_description(oid, 'pg_largeobject'), lomacl IS NOT NULL,
           CASE WHEN a.grantee <> 0 THEN pg_get_userbyid(a.grantee)::text END, a.privilege_type, a.is_grantable
    FROM pg_largeobject_metadata LEFT JOIN LATERAL aclexplode(lomacl) AS a ON true
    WHERE oid BETWEEN {first} AND {last} ORDER BY oid
"""
_SOME = "SELECT lo_unlink(oid) FROM (SELECT oid FROM pg_largeobject_metadata LIMIT %s) AS few"
_PRIVILEGES = {"SELECT": sql.SQL("SELECT"), "UPDATE": sql.SQL("UPDATE")}


def copy(source: psycopg.Connection, target: psycopg.Connection, unit: Unit, meter: Meter) -> Sent:
    """Make the large objects of a unit on the target, inside its transaction.

    Args:
        source: a session on the snapshot that is copied.
        target: a session in a transaction.
        unit: one of `make_units`.
        meter: told objects and bytes as they go.
    """
    within = bounds(unit)
    objects = source.execute(filled(_NUMBERS, within)).fetchall()
    sent = 0
    with target.cursor() as writing:
        writing.executemany("SELECT lo_create(%s::oid)", objects)
        for slices in _batches(source, within):
            writing.executemany("SELECT lo_put(%s::oid, %s::bigint, %b::bytea)", slices)
            size = sum(len(data) for *_, data in slices)
            sent += size
            meter(0, size)
    for statement in _statements(source.execute(filled(_RIGHTS, within))):
        target.execute(statement)
    meter(len(objects), 0)
    return Sent(len(objects), target.execute(filled(_NUMBERS, within)).rowcount, sent)


def export(source: psycopg.Connection, folder: Path) -> None:
    """Write each as a file of its number into a folder, which is made if there is any.

    Args:
        source: a session on the snapshot that is exported.
        folder: local folder.
    """
    for (oid,) in source.execute(filled(_NUMBERS)).fetchall():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / str(oid)).touch()
    for slices in _batches(source, ALL):
        for oid, _, data in slices:
            with (folder / str(oid)).open("ab") as file:
                file.write(data)


def remove_all(target: psycopg.Connection) -> None:
    """Take all large objects off a database, in transactions that each lock few of them.

    Args:
        target: a session in autocommit.
    """
    while target.execute(_SOME, [UNIT_OBJECTS]).rowcount:
        pass


def _statements(rows: Iterable[tuple[int, str, str | None, bool, str | None, str, bool]]) -> Iterator[sql.Composed]:
    """Owner, comment and rights of each object: from one row for each right, those of an object together."""
    seen = None
    for oid, owner, comment, restricted, grantee, privilege, grantable in rows:
        number = sql.Literal(oid)
        if oid != seen:
            seen = oid
            yield sql.SQL("ALTER LARGE OBJECT {} OWNER TO {}").format(number, sql.Identifier(owner))
            if comment is not None:
                yield sql.SQL("COMMENT ON LARGE OBJECT {} IS {}").format(number, sql.Literal(comment))
            if restricted:
                yield sql.SQL("REVOKE ALL ON LARGE OBJECT {} FROM {}").format(number, sql.Identifier(owner))
        if privilege:
            yield sql.SQL("GRANT {} ON LARGE OBJECT {} TO {}{}").format(
                _PRIVILEGES[privilege],
                number,
                sql.Identifier(grantee) if grantee else sql.SQL("PUBLIC"),
                sql.SQL(" WITH GRANT OPTION" if grantable and grantee != owner else ""),
            )


def _batches(source: psycopg.Connection, within: tuple[int, int]) -> Iterator[Sequence[tuple[int, int, bytes]]]:
    """Slices as (object, offset, bytes), a few MiB at a time."""
    batch: list[tuple[int, int, bytes]] = []
    size = 0
    with source.cursor().copy(filled(_SLICES, within)) as slices:
        slices.set_types(["oid", "int8", "bytea"])
        for oid, offset, data in slices.rows():
            batch.append((oid, offset, data))
            size += len(data)
            if size >= BATCH_BYTES or len(batch) >= UNIT_OBJECTS:
                yield batch
                batch, size = [], 0
    yield batch
