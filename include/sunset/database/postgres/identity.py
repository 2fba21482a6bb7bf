"""Which database a session really is in, whatever its address is called: hosts and ports have many names."""

from __future__ import annotations

import psycopg

from sunset.database.postgres.endpoint import Endpoint, read_only

_IDENTITY = """
    SELECT system_identifier, (SELECT oid FROM pg_database WHERE datname = current_database()) FROM pg_control_system()
"""


def identity(connection: psycopg.Connection) -> tuple[int, int]:
    """The cluster and the database; a physical replica has those of its primary."""
    row = connection.execute(_IDENTITY).fetchone()
    assert row is not None
    return row[0], row[1]


def same_database(first: Endpoint, second: Endpoint, application: str) -> bool:
    """Whether two endpoints lead to one database.

    Raises:
        Refusal: a server said no.
        Unavailable: a server did not answer.
    """
    with read_only(first, application) as one, read_only(second, application) as other:
        return identity(one) == identity(other)
