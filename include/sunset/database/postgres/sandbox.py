"""Databases that live for one run: the sandbox of a rehearsal, the scratch of a restore."""

from __future__ import annotations

import hashlib
import time

import psycopg
from psycopg import sql

from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.errors import Refusal, Unavailable

PATIENCE_SECONDS = 15
# Who is to own a publication has to be let make one; that right stands with the database, which no dump brings.
_PUBLISHERS = "SELECT DISTINCT pg_get_userbyid(pubowner)::text FROM pg_publication"
_LOCALE = """
    SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = current_database()
"""


def database_name(purpose: str, product: str, source: str, run: str) -> str:
    """One name for one purpose of one run, on every machine and try; at most 63 bytes."""
    digest = hashlib.sha256(f"{product}/{source}/{run}".encode()).hexdigest()[:12]
    return f"sunset_{purpose}_{product[:24]}_{source[:12]}_{digest}"[:63]


def create_database(server: Endpoint, name: str, source: psycopg.Connection, application: str) -> Endpoint:
    """Make an empty database with the encoding and locale of the source; one left by a killed try is replaced.

    Raises:
        Refusal: the server does not allow or does not know it.
    """
    encoding, collate, ctype = source.execute(_LOCALE).fetchone()  # type: ignore[misc]
    create = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}").format(
        sql.Identifier(name), sql.Literal(encoding), sql.Literal(collate), sql.Literal(ctype)
    )
    for _ in range(PATIENCE_SECONDS):
        drop_database(server, name, application)
        if _create(server, name, create, application):
            _let_publish(server, name, source, application)
            return server.on(name)
        time.sleep(1)
    raise Unavailable(
        f"the database {name!r} is still being made by a session that was given up.",
        where=str(server),
        remedy="The task is tried again; the server ends that session by itself.",
    )


def _create(server: Endpoint, name: str, create: sql.Composed, application: str) -> bool:
    """False while the session of a killed worker is still making it: the server finishes what it has begun."""
    with connect(server, application) as connection:
        try:
            connection.execute(create)
        except (psycopg.errors.UniqueViolation, psycopg.errors.DuplicateDatabase, psycopg.errors.ObjectInUse):
            return False
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.WrongObjectType) as error:
            raise _refused(server, name, error) from error
    return True


def _let_publish(server: Endpoint, name: str, source: psycopg.Connection, application: str) -> None:
    publishers = [sql.Identifier(row[0]) for row in source.execute(_PUBLISHERS).fetchall()]
    if publishers:
        grant, roles = sql.SQL("GRANT CREATE ON DATABASE {} TO {}"), sql.SQL(", ").join(publishers)
        with connect(server, application) as connection:
            connection.execute(grant.format(sql.Identifier(name), roles))


def drop_database(server: Endpoint, name: str, application: str) -> None:
    """Drop it if it is there, and end whoever is connected to it: nobody but Sunset knows it."""
    with connect(server, application) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _refused(server: Endpoint, name: str, error: psycopg.Error) -> Refusal:
    return Refusal(
        f"cannot make the database {name!r}: {error.diag.message_primary}",
        where=str(server),
        remedy="The sandbox login needs CREATEDB, and the server the locale of the source.",
    )
