"""The databases of the demo: each product's own, its target, Airflow's, one for sandboxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import sql

from demo.legacy import load
from sunset.database.postgres.endpoint import Endpoint, connect

if TYPE_CHECKING:
    from collections.abc import Mapping

METADATA = "airflow"
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
    """All of the demo's databases on one server."""

    server: Endpoint

    @property
    def metadata(self) -> Endpoint:
        """Airflow's own database."""
        return self.server.on(METADATA)

    @property
    def connections(self) -> Mapping[str, Endpoint]:
        """Where the connection ids of the specs lead."""
        return {conn_id: self.server.on(database) for conn_id, database in CONNECTIONS.items()}

    def create(self) -> None:
        """Create them all, empty."""
        with connect(self.server, "demo") as connection:
            for name in (METADATA, *CONNECTIONS.values()):
                create = sql.SQL("CREATE DATABASE {} TEMPLATE template0")
                connection.execute(create.format(sql.Identifier(name)))

    def load_legacy(self) -> None:
        """Fill the legacy products' databases."""
        for database, folder in LEGACY.items():
            load(folder, self.server.on(database))
