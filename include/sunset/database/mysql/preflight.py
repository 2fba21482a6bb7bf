"""What the preflight looks for on a MySQL server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sunset.database.foreign.model import Schema
from sunset.database.mysql import cells, freeze
from sunset.database.mysql.place import Session, quoted
from sunset.engine import Finding

_ENGINES = """
    SELECT table_name, engine FROM information_schema.tables
    WHERE table_schema = %s AND table_type = 'BASE TABLE'
      AND coalesce(engine, '') NOT IN ('InnoDB', 'ROCKSDB', 'TokuDB')
"""
_LONG = """
    SELECT trx_mysql_thread_id, timestampdiff(MINUTE, trx_started, now()) FROM information_schema.innodb_trx
    WHERE trx_started < now() - INTERVAL 10 MINUTE
"""
_IGNORES_CASE = """
    SELECT DISTINCT s.table_name, s.index_name FROM information_schema.statistics s
    JOIN information_schema.columns c ON c.table_schema = s.table_schema AND c.table_name = s.table_name
         AND c.column_name = s.column_name
    WHERE s.table_schema = %s AND s.non_unique = 0 AND c.collation_name LIKE '%%\\_ci'
"""


def findings(reading: Session, schema: Schema, zero_dates_as_null: bool) -> Sequence[Finding]:
    """All findings of the source itself."""
    place, name = str(reading.place), reading.place.database
    found = [Finding("info", "server", place, f"{reading.one('SELECT version()')[0]}.")]
    found += _privileges(reading, place)
    for table, engine in reading.all(_ENGINES, [name]):
        message = f"is kept by {engine}, which has no snapshots: a rehearsal may find it changed while it was copied."
        found.append(Finding("warning", "no_snapshot", f"{name}.{table}", message))
    for thread, minutes in reading.all(_LONG):
        message = f"a transaction has been open for {minutes} minutes."
        found.append(Finding("warning", "long_transaction", f"thread {thread}", message, "End it before the freeze."))
    for table, index in reading.all(_IGNORES_CASE, [name]):
        message = (
            f"the unique index {index} ignores case; on the target texts that differ in it may stand side by side."
        )
        found.append(Finding("info", "ignores_case", f"{name}.{table}", message))
    found += [
        Finding("info", "no_key", table.address, "has no key: compared as a multiset, its doubles are kept.")
        for table in schema.tables
        if not table.key
    ]
    if zero_dates_as_null:
        found += _zero_dates(reading, schema)
    if not schema.tables:
        remedy = "Correct the database (the field Schema) in the Airflow Connection."
        found.append(Finding("error", "no_tables", place, "has no table that this login sees.", remedy))
    return found


def _privileges(reading: Session, place: str) -> Iterator[Finding]:
    mine = {
        str(row[0])
        for row in reading.all(
            "SELECT privilege_type FROM information_schema.user_privileges "
            "WHERE grantee = concat('\\'', replace(current_user(), '@', '\\'@\\''), '\\'')"
        )
    }
    if not mine & {"SUPER", "READ ONLY ADMIN", "READ_ONLY ADMIN", "SYSTEM_VARIABLES_ADMIN"}:
        message = f"the login {reading.place.user!r} may not freeze it, which an execution has to."
        yield Finding("warning", "not_freezable", place, message, "GRANT READ ONLY ADMIN (MariaDB) or SUPER to it.")
    if "RELOAD" not in mine:
        message = "without RELOAD one reader copies everything."
        yield Finding("info", "one_reader", place, message, "GRANT RELOAD to it for several at once.")
    for account in freeze.exempt(reading):
        message = f"{account} may write in spite of the freeze; what it writes then stops the run."
        yield Finding("info", "may_write_frozen", place, message)


def _zero_dates(reading: Session, schema: Schema) -> Iterator[Finding]:
    """How many dates become NULL, by column."""
    for table in schema.tables:
        dated = [(column.name, bad) for column in table.stored if (bad := cells.zero_dates(column))]
        if not dated:
            continue
        counts = ", ".join(f"coalesce(sum({bad}), 0)" for _, bad in dated)
        rows = reading.one(f"SELECT {counts} FROM {quoted(table.namespace, table.name)}")
        for (column, _), number in zip(dated, rows, strict=True):
            if number:
                message = f"{number} zero or impossible dates in {column!r} become NULL."
                yield Finding("warning", "zero_dates", table.address, message)
