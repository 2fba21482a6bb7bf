"""What speaks against the route `replicate`, found before anything is written.

Each check is a function that looks at one thing and returns findings; `error` stops the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sunset.database.postgres.replication import preflight_servers as servers
from sunset.database.postgres.replication import preflight_tables as tables
from sunset.database.postgres.replication.route import Route
from sunset.engine import Finding

CHECKS: tuple[Callable[[Route], Iterable[Finding]], ...] = (
    servers.versions,
    servers.publishes,
    servers.room,
    servers.publisher_rights,
    servers.subscriber_rights,
    servers.workers,
    servers.within_reach,
    servers.unbounded,
    servers.left_behind,
    servers.waits,
    servers.writers,
    tables.identities,
    tables.shapes,
    tables.large_objects,
    tables.at_the_freeze,
)


def preflight(route: Route) -> tuple[Finding, ...]:
    """All findings of this route."""
    return tuple(finding for check in CHECKS for finding in check(route))
