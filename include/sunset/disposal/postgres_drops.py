"""DROP, without CASCADE: it destroys what nobody named. What hangs on an object has to be named itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import psycopg
from psycopg import sql

from sunset.errors import Refusal


@dataclass(frozen=True, slots=True)
class Found:
    """An object that is there: its item's kind and name, its oid, and how DROP speaks of it."""

    kind: str
    address: str
    oid: str
    word: str
    identity: str


@dataclass(frozen=True, slots=True)
class Drop:
    """One statement: what DROP calls the objects, and their names."""

    word: str
    identities: tuple[str, ...]

    def statement(self) -> sql.Composed:
        names = sql.SQL(", ").join(sql.SQL(name) for name in self.identities)  # quoted by the server
        return sql.SQL("DROP {} IF EXISTS {} RESTRICT").format(sql.SQL(self.word), names)


_ORDER = (
    "EVENT TRIGGER", "PUBLICATION", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE", "TABLE", "SEQUENCE", "ROUTINE",
    "TYPE", "DOMAIN", "EXTENSION",
)  # fmt: skip
DROPPED = {
    "table", "partition", "partitioned table", "view", "materialized view", "sequence", "foreign table", "routine",
    "type", "extension", "event trigger", "publication",
}  # fmt: skip


def statements(found: list[Found]) -> list[Drop]:
    """All tables in one statement, because foreign keys may go round in a circle; everything else by itself."""
    tables = tuple(sorted(each.identity for each in found if each.word == "TABLE"))
    drops = [Drop(each.word, (each.identity,)) for each in found if each.word != "TABLE"]
    drops += [Drop("TABLE", tables)] if tables else []
    return sorted(drops, key=lambda drop: (_ORDER.index(drop.word), drop.identities))


def drop_all(connection: psycopg.Connection, pending: list[Drop], place: str) -> None:
    """Drop in rounds: what others hang on goes when they are gone."""
    while pending:
        left = [drop for drop in pending if not try_drop(connection, drop)]
        if len(left) == len(pending):
            names = ", ".join(name for drop in left for name in drop.identities[:5])
            raise refused(place, f"something that is not on the list hangs on {names}.")
        pending = left


def try_drop(connection: psycopg.Connection, drop: Drop) -> bool:
    """Whether it could be dropped; not while something else hangs on it."""
    try:
        with connection.transaction():
            connection.execute(drop.statement())
    except psycopg.errors.DependentObjectsStillExist:
        return False
    return True


def resolve(connection: psycopg.Connection, named: Sequence[tuple[str, str]]) -> list[Found]:
    """Those of the objects, given by kind and address, that are there."""
    asked = {"kinds": [kind for kind, _ in named], "addresses": [address for _, address in named]}
    return [Found(*row) for row in connection.execute(_query(), asked).fetchall()]


@cache
def _query() -> bytes:
    return files(__package__).joinpath("resolve.sql").read_bytes()


def refused(where: str, what: str) -> Refusal:
    """An error of a destruction that did nothing."""
    return Refusal(what, where=where, remedy="Nothing was destroyed. Let a new list be made, and approved.")


def server(connection: psycopg.Connection) -> str:
    """The server's name and version."""
    return f"PostgreSQL {connection.info.parameter_status('server_version')}"
