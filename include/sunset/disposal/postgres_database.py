"""Destroys a whole PostgreSQL database: everything in it is on the list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import psycopg
from psycopg import sql

from sunset.database.postgres.endpoint import Endpoint, read_only
from sunset.database.postgres.identity import identity
from sunset.database.postgres.translate import in_our_words
from sunset.disposal.items import Item, Remnant
from sunset.disposal.postgres_drops import refused, server
from sunset.disposal.postgres_remnants import of_server, other_databases

DATABASE = "database"
_END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
_VERSION = """
    SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || oid FROM pg_database WHERE datname = %s
"""


@dataclass(frozen=True, slots=True)
class PostgresDatabase:
    """A whole database: everything in it is on the list.

    Attributes: as of `PostgresContents`; the login owns the database.
    """

    name: str
    source: Endpoint
    application: str

    @property
    def place(self) -> str:
        return f"PostgreSQL database {self.source}"

    @property
    def method(self) -> str:
        return "DROP DATABASE, with all sessions in it ended"

    @in_our_words
    def tool(self) -> str:
        with self._beside() as connection:
            return server(connection)

    @in_our_words
    def item(self) -> Item:
        """The database, by its cluster and oid."""
        with read_only(self.source, self.application) as connection:
            size = connection.execute("SELECT pg_database_size(current_database())").fetchone()
            cluster, oid = identity(connection)
        return Item(DATABASE, self.source.database, f"{cluster}/{oid}", size[0] if size else 0)

    @in_our_words
    def holds_any(self, items: Iterable[Item]) -> bool:
        """Whether the database is there."""
        with self._beside() as connection:
            return self._is_there(connection, items)

    @in_our_words
    def destroy(self, items: Iterable[Item]) -> Iterator[Remnant]:
        with self._beside() as connection:
            if self._is_there(connection, items):
                connection.execute("SET default_transaction_read_only = off")
                connection.execute(_END, [self.source.database])
                name = sql.Identifier(self.source.database)
                connection.execute(sql.SQL("DROP DATABASE {}").format(name))
        return iter(())

    @in_our_words
    def remnants(self, items: Iterable[Item]) -> Iterator[Remnant]:
        with self._beside() as connection:
            there = self._is_there(connection, items)
            kept = Remnant("database", self.source.database, "was on the list and is still there.", True, listed=True)
            found = [
                *([kept] if there else []),
                *of_server(connection, self.source.database),
                *other_databases(connection, self.source, self.application),
            ]
        return iter(found)

    def _is_there(self, connection: psycopg.Connection, items: Iterable[Item]) -> bool:
        (version,) = (item.version for item in items if item.kind == DATABASE)
        row = connection.execute(_VERSION, [self.source.database]).fetchone()
        if row and row[0] != version:
            raise refused(self.place, "the database is another one than the one on the list.")
        return row is not None

    def _beside(self) -> psycopg.Connection:
        """A session on the same server, in another database."""
        other = "postgres" if self.source.database != "postgres" else "template1"
        return read_only(self.source.on(other), self.application)
