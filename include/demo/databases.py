"""The databases of the demo: each product's own, its target, one for sandboxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import sql

from demo.legacy import load
from sunset.database.postgres.endpoint import Endpoint, connect

if TYPE_CHECKING:
    from collections.abc import Mapping

LEGACY = {"legacy_crm": "crm", "legacy_helpdesk": "helpdesk"}
"""Database of a product and the folder that it is loaded from."""

CONNECTIONS = {
    "crm_db": "legacy_crm",
    "warehouse_db": "warehouse",
    "helpdesk_db": "legacy_helpdesk",
    "helpdesk_warehouse_db": "helpdesk_warehouse",
    "sandbox_db": "sandbox",
}
"""Connection id in the specs and the database that it leads to."""


@dataclass(frozen=True, slots=True)
class DemoDatabases:
    """All of the demo's databases on one server; `server` leads to any of its databases as superuser."""

    server: Endpoint

    @property
    def connections(self) -> Mapping[str, Endpoint]:
        """Where the connection ids of the specs lead."""
        return {conn_id: self.server.on(database) for conn_id, database in CONNECTIONS.items()}

    def create(self, *more: str) -> None:
        """Create the databases that are not there yet, and those named."""
        with connect(self.server, "demo") as connection:
            there = {name for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall()}
            for name in (*more, *CONNECTIONS.values()):
                if name not in there:
                    create = sql.SQL("CREATE DATABASE {} TEMPLATE template0")
                    connection.execute(create.format(sql.Identifier(name)))

    def load_legacy(self) -> None:
        """Fill the legacy products' databases where they are still empty."""
        for database, folder in LEGACY.items():
            endpoint = self.server.on(database)
            if _empty(endpoint):
                load(folder, endpoint)


def _empty(endpoint: Endpoint) -> bool:
    with connect(endpoint, "demo") as connection:
        found = connection.execute("SELECT FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone()
    return found is None
