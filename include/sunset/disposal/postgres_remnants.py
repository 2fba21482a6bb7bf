"""What may still hold a copy after a destruction on a PostgreSQL server, as far as a session there can know."""

from __future__ import annotations

from collections.abc import Container, Iterator

import psycopg

from sunset.database.postgres.assets import discover
from sunset.database.postgres.endpoint import Endpoint, read_only
from sunset.disposal.items import Remnant
from sunset.errors import SunsetError

_SLOTS = """
    SELECT slot_name, slot_type, coalesce(database, 'the whole server') FROM pg_replication_slots
    WHERE database = %s OR database IS NULL ORDER BY 1
"""
_STANDBYS = """
    SELECT coalesce(nullif(application_name, ''), 'unnamed'), coalesce(host(client_addr), 'a local socket')
    FROM pg_stat_replication ORDER BY 1, 2
"""
_SETTINGS = """
    SELECT split_part(c, '=', 1), coalesce(quote_ident(r.rolname), 'all roles')
    FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) AS c
    WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = %s) ORDER BY 1, 2
"""
_SUBSCRIPTIONS = """
    SELECT subname FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = %s) ORDER BY 1
"""
_PREPARED = "SELECT gid FROM pg_prepared_xacts WHERE database = %s ORDER BY 1"
_ARCHIVE = "SELECT current_setting('archive_mode') <> 'off'"
_OTHERS = "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate AND datname <> %s ORDER BY 1"
_FOREIGN = """
    SELECT quote_ident(srvname) FROM pg_foreign_server
    WHERE EXISTS (SELECT FROM unnest(srvoptions) AS o WHERE o = 'dbname=' || %s) ORDER BY 1
"""
_SHOWN = 50


def of_database(connection: psycopg.Connection, source: str, listed: Container[tuple[str, str]]) -> Iterator[Remnant]:
    """What the database itself still holds.

    Args:
        connection: a session on it.
        source: name of the source in the spec.
        listed: kind and name of everything that was to go.
    """
    others = 0
    for asset in discover(connection, source, ()):
        if (asset.kind, asset.address) in listed:
            yield Remnant(asset.kind, asset.address, "was on the list and is still there.", True, listed=True)
        else:
            others += 1
            if others <= _SHOWN:
                yield Remnant(asset.kind, asset.address, "was not on the list.", holds_data=False)
    if others > _SHOWN:
        yield Remnant("objects", source, f"{others - _SHOWN} more were not on the list.", holds_data=False)


def of_server(connection: psycopg.Connection, database: str) -> Iterator[Remnant]:
    """What the server keeps beside the database: slots, standbys, settings, subscriptions, logs.

    Args:
        connection: any session on the server.
        database: name of the database, which may be gone.
    """
    for name, kind, of in _rows(connection, _SLOTS, database):
        what = f"a {kind} slot of {of}: the server keeps its write-ahead log for it, with the changes of rows."
        yield Remnant("replication slot", name, what, holds_data=True)
    for name, address in _rows(connection, _STANDBYS):
        what = f"follows this server from {address}: it has the data until it replays this, and in its own backups."
        yield Remnant("standby or subscriber", name, what, holds_data=True)
    for name, role in _rows(connection, _SETTINGS, database):
        yield Remnant("setting", name, f"is set for {role} in the database, and stays.", holds_data=False)
    for (name,) in _rows(connection, _SUBSCRIPTIONS, database):
        yield Remnant("subscription", name, "may bring rows into the database again.", holds_data=False)
    for (name,) in _rows(connection, _PREPARED, database):
        yield Remnant("prepared transaction", name, "could still be committed.", holds_data=True)
    if any(on for (on,) in _rows(connection, _ARCHIVE)):
        what = "the server archives its log, which holds the changes of rows until those archives are removed."
        yield Remnant("archived write-ahead log", "archive_mode", what, holds_data=True)


def other_databases(connection: psycopg.Connection, source: Endpoint, application: str) -> Iterator[Remnant]:
    """Foreign servers in other databases of the server that lead to a database of this name."""
    for (name,) in _rows(connection, _OTHERS, source.database):
        try:
            with read_only(source.on(name), application) as other:
                found = _rows(other, _FOREIGN, source.database)
        except (psycopg.Error, SunsetError):
            yield Remnant("database", name, "could not be looked into for foreign tables and copies.", holds_data=False)
            continue
        for (server,) in found:
            what = f"a foreign server in database {name} leads to a database of this name: tables filled from it stay."
            yield Remnant("foreign server", server, what, holds_data=False)


def _rows(connection: psycopg.Connection, query: str, *values: str) -> list[tuple[str, ...]]:
    return connection.execute(query.encode(), values or None).fetchall()
