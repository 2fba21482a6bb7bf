"""Preflight of a foreign source: what its dialect finds, what would not fit, and the servers that take the data."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from sunset.database.foreign.model import Schema, Table
from sunset.database.foreign.names import LONGEST
from sunset.database.foreign.objects import Orphans
from sunset.database.foreign.quarantine import shown_key
from sunset.database.foreign.reader import Misfit
from sunset.database.postgres.preflight_servers import taken
from sunset.engine import Finding

_ORDER = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Servers:
    """Open sessions on the servers that take the data, and the folder in which backups are staged."""

    target: psycopg.Connection
    sandbox: psycopg.Connection
    work_folder: Path


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """All findings, errors first."""
    return tuple(sorted(findings, key=lambda finding: (_ORDER[finding.severity], finding.code, finding.subject)))


def carried(schema: Schema) -> Iterator[Finding]:
    """What of the source stays behind, and names that the target cannot have."""
    for thing in schema.not_carried:
        subject = f"{thing.namespace}.{thing.name}" if thing.namespace else thing.name
        yield Finding("warning", "not_carried", subject, f"{thing.kind}: {thing.because}")
    for table in schema.tables:
        for name in (table.name, *(column.name for column in table.columns)):
            if len(name.encode()) > LONGEST:
                message = f"the name {name!r} has more than {LONGEST} bytes, which PostgreSQL would cut."
                yield Finding("error", "name_too_long", table.address, message, "Rename it at the source.")


def left_out_parents(schema: Schema) -> Iterator[Finding]:
    """Foreign keys to tables that are not migrated."""
    here = {(table.namespace, table.name) for table in schema.tables}
    for table in schema.tables:
        for key in table.foreign_keys:
            if key.parent not in here:
                message = f"the foreign key {key.name!r} refers to {'.'.join(key.parent)}, which is not migrated."
                remedy = "Migrate both tables, or neither."
                yield Finding("error", "parent_left_out", table.address, message, remedy)


def misfits(schema: Schema, found: Sequence[Misfit], allowed: int) -> Iterator[Finding]:
    """Values that the target's types cannot hold: errors, unless as many may go into quarantine."""
    tables = {table.address: table for table in schema.tables}
    fits = sum(misfit.rows for misfit in found) <= allowed
    for misfit in found:
        message = _message(tables[misfit.table], misfit)
        if fits:
            yield Finding("warning", "quarantine", misfit.table, f"{message} They go into quarantine.")
        else:
            remedy = "Correct them, give the column another type under `types`, or allow `quarantine` rows."
            yield Finding("error", "value_does_not_fit", misfit.table, message, remedy)


def orphans(found: Orphans) -> Iterator[Finding]:
    """Foreign keys that the source's own rows break."""
    for (address, key), rows in sorted(found.items()):
        message = f"the foreign key {key!r} is broken by {rows} rows; it is carried, and left unvalidated."
        yield Finding("warning", "orphans", address, message, "Correct the rows at the source to have it validated.")


def servers(places: Servers, schema: Schema) -> Iterator[Finding]:
    """Whether the target is free, writable and in UTF-8, the sandbox lets databases be made, and a backup has room."""
    yield from taken(places.target, schema.namespaces)
    query = "SELECT pg_encoding_to_char(encoding), has_database_privilege(datname, 'CREATE'), pg_is_in_recovery() "
    query += "FROM pg_database WHERE datname = current_database()"
    encoding, creates, standby = places.target.execute(query).fetchone()  # type: ignore[misc]
    if encoding != "UTF8":
        message = f"its encoding is {encoding}, which does not hold all text."
        yield Finding("error", "encoding", "target", message, "Make the target database in UTF8.")
    if standby or not creates:
        why = "is a standby" if standby else f"does not let {places.target.info.user!r} create schemas"
        yield Finding("error", "target_not_writable", "target", f"the target {why}.", "GRANT CREATE on the database.")
    query = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    if places.sandbox.execute(query).fetchone() != (True,):
        message = f"the sandbox login {places.sandbox.info.user!r} may not create databases."
        yield Finding("error", "sandbox_rights", "sandbox", message, "ALTER ROLE ... CREATEDB.")
    size, free = sum(table.bytes or 0 for table in schema.tables), shutil.disk_usage(places.work_folder).free
    if size > free:
        message = f"{free / 2**30:.1f} GiB free, and the backup of {size / 2**30:.1f} GiB is staged there."
        remedy = "Free space or set SUNSET_WORK to another disk."
        yield Finding("error", "disk", str(places.work_folder), message, remedy)


def _message(table: Table, misfit: Misfit) -> str:
    column = next(column for column in table.columns if column.name == misfit.column)
    key = shown_key(table, misfit.key)
    return f"{misfit.rows} rows do not fit: column {misfit.column!r} ({column.type}) of {key}: {misfit.reason}."
