"""What a run must not leave behind: on a server, in a database, on the worker's disk."""

from __future__ import annotations

from pathlib import Path

from services.trying import wait_for
from sunset.database.postgres.endpoint import Endpoint, connect

_ON_SERVER = """
    SELECT 'database ' || datname FROM pg_database WHERE datname ~ '^sunset_'
    UNION ALL
    SELECT 'session ' || application_name || ' ' || coalesce(state, '') FROM pg_stat_activity
    WHERE application_name ~ '^(sunset|pg_dump|pg_restore)'
    UNION ALL
    SELECT 'advisory lock of ' || pid FROM pg_locks WHERE locktype = 'advisory'
    UNION ALL
    SELECT 'prepared transaction ' || gid FROM pg_prepared_xacts
"""
_IN_DATABASE = """
    SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname ~ '^sunset'
    UNION ALL
    SELECT 'invalid index ' || indexrelid::regclass FROM pg_index WHERE NOT (indisvalid AND indisready)
"""


def on_server(server: Endpoint) -> list[str]:
    return _found(server, _ON_SERVER)


def in_database(database: Endpoint) -> list[str]:
    return _found(database, _IN_DATABASE)


def assert_nothing_left(server: Endpoint, target: Endpoint, work: Path | None = None) -> None:
    """Nothing of the run is left; sessions that were just closed get a moment to end."""
    wait_for(lambda: not on_server(server))
    assert in_database(target) == []
    assert work is None or not work.exists() or list(work.iterdir()) == []


def _found(database: Endpoint, query: str) -> list[str]:
    with connect(database, "tests") as link:
        return [row[0] for row in link.execute(query.encode()).fetchall()]
