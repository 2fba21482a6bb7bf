"""Fresh databases on the server of the test process."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from psycopg import sql

from sunset.database.postgres.endpoint import Endpoint, connect


@dataclass(frozen=True, slots=True)
class Databases:
    """Makes databases and drops them again, whoever is still connected."""

    server: Endpoint
    made: list[Endpoint] = field(default_factory=list)

    def make(self, label: str = "db") -> Endpoint:
        """A new, empty database; `label` shows up in its name."""
        return self._make("CREATE DATABASE {} TEMPLATE template0", label)

    def copy(self, original: Endpoint, label: str = "db") -> Endpoint:
        """A new database with all that is in another one, to which nobody is connected."""
        statement = sql.SQL("CREATE DATABASE {{}} TEMPLATE {}").format(sql.Identifier(original.database))
        return self._make(statement.as_string(), label)

    def drop_all(self) -> None:
        while self.made:
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.made.pop())

    def _make(self, statement: str, label: str) -> Endpoint:
        database = self.server.on(f"{label}_{uuid.uuid4().hex[:12]}")
        self._run(statement, database)
        self.made.append(database)
        return database

    def _run(self, statement: str, database: Endpoint) -> None:
        with connect(self.server, "tests") as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(database.database)))
