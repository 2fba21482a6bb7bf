"""MySQL and MariaDB: what the foreign engine asks, answered for one database of a server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from sunset.database.foreign.model import ForeignKey, Schema, Table
from sunset.database.foreign.reader import Misfit
from sunset.database.mysql import cells, freeze, preflight, ranges
from sunset.database.mysql.catalogue import Catalogue
from sunset.database.mysql.place import Place, Session, quoted, session
from sunset.database.mysql.reader import MySqlReader
from sunset.engine import Finding, Frozen, Unit
from sunset.errors import Refusal

_LAST_WRITES = """
    SELECT table_name, CAST(update_time AS CHAR) FROM information_schema.tables WHERE table_schema = %s
"""


@dataclass(frozen=True, slots=True)
class MySqlDialect:
    """One database.

    Attributes:
        database: where it is.
        zero_dates_as_null: whether zero and impossible dates become NULL instead of a refusal.
    """

    database: Place
    zero_dates_as_null: bool

    @property
    def place(self) -> str:
        return str(self.database)

    def schema(self) -> Schema:
        with session(self.database) as reading:
            return Catalogue(reading, self.zero_dates_as_null).schema()

    def units(self, tables: Sequence[Table]) -> Sequence[Unit]:
        with session(self.database) as reading:
            units = [unit for table in tables for unit in ranges.units_of(reading, table)]
        return sorted(units, key=lambda unit: (-unit.bytes, unit.name))

    @contextmanager
    def snapshot(self, readers: int) -> Iterator[Sequence[MySqlReader]]:
        """Readers on one state: writers are kept out for the moment in which all begin their transactions.

        Without the privilege for that there is one reader.
        """
        with ExitStack() as stack:
            sessions = [stack.enter_context(session(self.database)) for _ in range(readers)]
            if readers > 1 and not _hold_writers(sessions[0]):
                sessions = sessions[:1]
            for each in sessions:
                _begin(each)
            if len(sessions) > 1:
                sessions[0].run("UNLOCK TABLES")  # gives the lock up, and keeps the transaction
            yield [MySqlReader(each, self.zero_dates_as_null) for each in sessions]

    def findings(self, schema: Schema) -> Sequence[Finding]:
        with session(self.database) as reading:
            return preflight.findings(reading, schema, self.zero_dates_as_null)

    def misfits(self, tables: Sequence[Table]) -> Sequence[Misfit]:
        with session(self.database) as reading:
            return [misfit for table in tables for misfit in self._misfits(reading, table)]

    def orphans(self, tables: Sequence[Table]) -> Mapping[tuple[str, str], int]:
        with session(self.database) as reading:
            counted = {
                (table.address, key.name): int(reading.one(_orphans(table, key))[0])
                for table in tables
                for key in table.foreign_keys
            }
        return {name: rows for name, rows in counted.items() if rows}

    def last_writes(self, tables: Sequence[Table]) -> Mapping[str, str]:
        """Known of tables that were written to since the server started; of the others it has forgotten."""
        with session(self.database) as reading:
            times = dict(reading.all(_LAST_WRITES, [self.database.database]))
        known = {table.address: times.get(table.name) for table in tables}
        return {address: f"{moment.replace(' ', 'T')}+00:00" for address, moment in known.items() if moment}

    def freeze(self) -> Frozen:
        return freeze.freeze(self.database)

    def prove_frozen(self) -> None:
        freeze.prove_frozen(self.database)

    def thaw(self) -> None:
        freeze.thaw(self.database)

    def _misfits(self, reading: Session, table: Table) -> list[Misfit]:
        found = cells.faults(table, zero_dates_as_null=self.zero_dates_as_null)
        if not found:
            return []
        counts = ", ".join(f"coalesce(sum({fault.condition}), 0)" for fault in found)
        place = quoted(table.namespace, table.name)
        rows = reading.one(f"SELECT {counts} FROM {place}")
        misfits = []
        for fault, number in zip(found, rows, strict=True):
            if number:
                key = ", ".join(cells.plain(column) for column in table.columns if column.name in table.key) or "NULL"
                example = reading.one(f"SELECT {key} FROM {place} WHERE {fault.condition} LIMIT 1")
                shown = tuple(str(value) for value in example) if table.key else ()
                misfits.append(Misfit(table.address, fault.column, fault.reason, int(number), shown))
        return misfits


def _hold_writers(reading: Session) -> bool:
    try:
        reading.run("FLUSH TABLES WITH READ LOCK")
    except Refusal:
        return False
    return True


def _begin(reading: Session) -> None:
    reading.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    reading.run("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")


def _orphans(table: Table, key: ForeignKey) -> str:
    """A query that counts the rows that break a foreign key."""
    pairs = zip(key.columns, key.parent_columns, strict=True)
    texts = {column.name for column in table.columns if column.form == "text"}
    same = " AND ".join(
        f"{_by_bytes('parent', theirs, own in texts)} = {_by_bytes('child', own, own in texts)}"
        for own, theirs in pairs
    )
    complete = " AND ".join(f"child.{quoted(name)} IS NOT NULL" for name in key.columns)
    rows = f"FROM {quoted(table.namespace, table.name)} AS child WHERE {complete}"
    return f"SELECT count(*) {rows} AND NOT EXISTS (SELECT 1 FROM {quoted(*key.parent)} AS parent WHERE {same})"


def _by_bytes(side: str, name: str, is_text: bool) -> str:
    """A column as PostgreSQL will compare it: by the bytes of its text, whatever the source's collation says."""
    column = f"{side}.{quoted(name)}"
    return f"convert({column} USING utf8mb4) COLLATE utf8mb4_bin" if is_text else column
