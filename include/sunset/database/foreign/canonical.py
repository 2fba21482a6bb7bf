"""What stands on the target, measured in the form in which it was sent.

For each table there is one SQL expression whose value is a row's line as the reader wrote it, byte for byte. The
table's checksum is the sum of the lines' MD5, in two halves modulo 2^64, as the reader's is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from sunset.database.foreign import quarantine
from sunset.database.foreign.digest import digest
from sunset.database.foreign.model import Form
from sunset.database.foreign.names import address
from sunset.database.foreign.types import FORMS
from sunset.validation.facts import TableFact

ARGUMENTS = 90
"""Values that are joined by one call: a function takes at most 100 arguments."""
OpenSession = Callable[[], AbstractContextManager[psycopg.Connection]]

_TABLES = """
    SELECT n.nspname, c.relname,
           ARRAY(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
                 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum),
           ARRAY(SELECT format_type(a.atttypid, NULL) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
                 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY (%s)
    ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
"""
_ESCAPED = r"replace(replace(replace(replace({}::text, '\', '\\'), E'\t', '\t'), E'\n', '\n'), E'\r', '\r')"
_TEXTS: dict[Form, str] = {
    "text": _ESCAPED,
    "json": _ESCAPED,
    "boolean": "CASE WHEN {} THEN 't' WHEN NOT {} THEN 'f' END",
    "bytes": r"'\\x' || encode({}, 'hex')",
}
"""The value as it stands in a line, where that is not simply its text."""


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table of the target: the columns that were sent as data, in their order, with their canonical forms."""

    namespace: str
    name: str
    columns: tuple[tuple[str, Form], ...]

    @property
    def address(self) -> str:
        return address(self.namespace, self.name)

    @property
    def identifier(self) -> sql.Identifier:
        return sql.Identifier(self.namespace, self.name)

    def line(self, names: Sequence[str] | None = None) -> sql.Composed:
        """SQL of a row's line over these columns, in this order; over all where none are named."""
        forms = dict(self.columns)
        texts = [_cell(name, forms[name]) for name in (forms if names is None else names)]
        while len(texts) > ARGUMENTS:
            texts = [_joined(texts[start : start + ARGUMENTS]) for start in range(0, len(texts), ARGUMENTS)]
        return _joined(texts)


def stored_tables(connection: psycopg.Connection, namespaces: Sequence[str]) -> tuple[StoredTable, ...]:
    """Every table of these schemas."""
    rows = connection.execute(_TABLES, [list(namespaces)]).fetchall()
    return tuple(
        StoredTable(namespace, name, tuple(zip(columns, (FORMS.get(type_, "text") for type_ in types), strict=True)))
        for namespace, name, columns, types in rows
    )


def measure_table(connection: psycopg.Connection, table: StoredTable, source: str) -> TableFact:
    """Count and checksum of one table, its rows in quarantine included.

    Args:
        connection: a session opened by `endpoint.connect`, on whose settings the texts depend.
        table: the table.
        source: name of the source in the spec, whose quarantine counts.
    """
    # OFFSET 0 keeps the planner from writing the row's digest out twice, once for each half.
    how = digest(connection)
    query = sql.SQL("SELECT count(*), {sums} FROM (SELECT {hash} AS x FROM ONLY {table} OFFSET 0) AS q").format(
        sums=how.sums, hash=how.of_line.format(table.line()), table=table.identifier
    )
    rows, high, low = connection.execute(query).fetchone()  # type: ignore[misc]
    kept, more_high, more_low = quarantine.measure(connection, source, table.address)
    checksum = f"{(int(high) + more_high) % 2**64:016x}{(int(low) + more_low) % 2**64:016x}"
    return TableFact(table.address, rows, checksum, kept)


def measure_tables(
    session: OpenSession, tables: Sequence[StoredTable], source: str, parallel: int
) -> tuple[TableFact, ...]:
    """Facts of these tables, in the order given, over so many sessions."""

    def share(mine: Sequence[StoredTable]) -> list[TableFact]:
        with session() as connection:
            return [measure_table(connection, table, source) for table in mine]

    shares = [tables[start::parallel] for start in range(min(parallel, len(tables)))]
    with ThreadPoolExecutor(max_workers=max(len(shares), 1)) as pool:
        facts = {fact.table: fact for part in pool.map(share, shares) for fact in part}
    return tuple(facts[table.address] for table in tables)


def _joined(texts: Sequence[sql.Composed]) -> sql.Composed:
    return sql.SQL("concat_ws(E'\\t', {})").format(sql.SQL(", ").join(texts)) if texts else sql.SQL("''").format()


def _cell(name: str, form: Form) -> sql.Composed:
    text = _TEXTS.get(form, "{}::text")
    column = sql.Identifier(name)
    return sql.SQL("coalesce({}, '\\N')").format(sql.SQL(text).format(*[column] * text.count("{}")))
