"""Where a PostgreSQL database is, and how Sunset opens a session on it.

Every session has the same settings on every server, so that one value has one text everywhere.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg

from sunset.database.postgres.session import Peer, Session, stalled_after
from sunset.errors import Refusal, Unavailable

# What a role or a database may have set otherwise. The text of dates, floats, bytes, money, names and arrays hangs on
# these, and what is read from it; row_security = off turns rows hidden by a policy into an error.
SESSION = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, MDY",
    "IntervalStyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "xmlbinary": "base64",
    "xmloption": "content",
    "array_nulls": "on",
    "quote_all_identifiers": "off",
    "standard_conforming_strings": "on",
    "transform_null_equals": "off",
    "lc_monetary": "C",
    "search_path": "pg_catalog",
    "row_security": "off",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "client_min_messages": "warning",
}
# Seconds; a connection may say otherwise.
_NETWORK = {"connect_timeout": 15, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
_FINAL = re.compile(
    r"authentication failed|does not exist|no pg_hba.conf entry|permission denied|not permitted to log in"
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One PostgreSQL database. `options` are further libpq keywords such as `sslmode`."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    options: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}/{self.database}"

    def on(self, database: str) -> Endpoint:
        """The same server and user, another database."""
        return replace(self, database=database)

    def child_environment(self) -> dict[str, str]:
        """Environment for PostgreSQL's own programs, so that no secret stands in their arguments."""
        libpq = {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGDATABASE": self.database,
            "PGCLIENTENCODING": "UTF8",
            "PGCONNECT_TIMEOUT": "15",
        }
        ssl = {f"PG{key.upper()}": value for key, value in self.options.items() if key.startswith("ssl")}
        return {**os.environ, **libpq, **ssl}


def connect(endpoint: Endpoint, application: str, settings: Mapping[str, str] | None = None) -> Session:
    """Open a session in autocommit with Sunset's fixed settings, which is given up when the server falls silent.

    Raises:
        Refusal: the server answered and said no: login, database, permission.
        Unavailable: the server did not answer.
    """
    session = _open(endpoint, application)
    wanted = {**SESSION, **(settings or {})}
    try:
        row = session.execute(
            "SELECT pg_catalog.pg_backend_pid(), pg_catalog.count(pg_catalog.set_config(name, value, false)) "
            "FROM unnest(%s::text[], %s::text[]) AS s(name, value)",
            [list(wanted), list(wanted.values())],
        ).fetchone()
    except psycopg.OperationalError as error:
        session.close()
        raise _connect_error(endpoint, str(error)) from None
    assert row is not None
    session.peer = Peer(row[0], lambda: _open(endpoint, application), stalled_after())
    return session


def _open(endpoint: Endpoint, application: str) -> Session:
    ours: dict[str, Any] = {
        **_NETWORK,
        **endpoint.options,
        "host": endpoint.host,
        "port": endpoint.port,
        "user": endpoint.user,
        "password": endpoint.password,
        "dbname": endpoint.database,
        "application_name": application[:63],
        "client_encoding": "UTF8",
    }
    try:
        session = Session.connect(**ours, autocommit=True)
    except psycopg.OperationalError as error:
        raise _connect_error(endpoint, str(error)) from None  # the message alone: libpq keeps passwords out of it
    session.place = str(endpoint)
    return session


def read_only(endpoint: Endpoint, application: str, settings: Mapping[str, str] | None = None) -> Session:
    """A session that can write nothing: what everything uses that only looks."""
    return connect(endpoint, application, {"default_transaction_read_only": "on", **(settings or {})})


def is_final(message: str) -> bool:
    """Whether what libpq says of a failed login is the server's own no: trying again changes nothing."""
    return _FINAL.search(message) is not None


def _connect_error(endpoint: Endpoint, message: str) -> Refusal | Unavailable:
    lines = [line for line in message.splitlines() if line and not line.startswith("\t")]  # hints are indented
    first = lines[-1] if lines else "no answer"
    if is_final(message):
        return Refusal(
            f"the server refused the login as {endpoint.user!r}: {first}",
            where=str(endpoint),
            remedy="Correct login, password or database in the Airflow Connection, or grant CONNECT.",
        )
    return Unavailable(
        f"no connection: {first}",
        where=str(endpoint),
        remedy="Check that the server runs and that host and port of the Airflow Connection are right.",
    )
