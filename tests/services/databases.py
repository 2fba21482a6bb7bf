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
        database = self.server.on(f"{label}_{uuid.uuid4().hex[:12]}")
        self._run("CREATE DATABASE {} TEMPLATE template0", database)
        self.made.append(database)
        return database

    def drop_all(self) -> None:
        while self.made:
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.made.pop())

    def _run(self, statement: str, database: Endpoint) -> None:
        with connect(self.server, "tests") as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(database.database)))
