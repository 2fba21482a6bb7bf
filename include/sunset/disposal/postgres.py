"""Destroys the objects of a PostgreSQL database that are on a list; the database itself stays.

After the last DROP the transaction is rolled back if anything else is gone: partitions go with their parents unasked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import psycopg

from sunset.database.postgres.assets import discover
from sunset.database.postgres.endpoint import Endpoint, connect, read_only
from sunset.database.postgres.translate import in_our_words
from sunset.disposal.items import Item, Remnant
from sunset.disposal.postgres_drops import DROPPED, Drop, drop_all, refused, resolve, server, statements, try_drop
from sunset.disposal.postgres_remnants import of_database, of_server, other_databases

LARGE_OBJECT = "large object"
_WRITABLE = {"default_transaction_read_only": "off", "lock_timeout": "30s"}
_BATCH = 1000
"""Large objects of one transaction: each takes a lock."""

_UNLINK = "SELECT lo_unlink(oid) FROM pg_largeobject_metadata WHERE oid = ANY (%s::oid[])"
_OBJECTS = "SELECT oid::bigint::text FROM pg_largeobject_metadata ORDER BY oid"
_SCHEMAS = "SELECT quote_ident(nspname), oid::bigint::text FROM pg_namespace WHERE nspname = ANY (%s) ORDER BY 1"


@dataclass(frozen=True, slots=True)
class PostgresContents:
    """The objects of a database that are on the list; the database itself stays.

    Attributes:
        name: name of the source in the spec.
        source: the database; the login owns what is destroyed.
        application: what sessions are called.
    """

    name: str
    source: Endpoint
    application: str

    @property
    def place(self) -> str:
        return f"PostgreSQL database {self.source}"

    @property
    def method(self) -> str:
        return "DROP of each object on the list, in one transaction, without CASCADE; lo_unlink for large objects"

    @in_our_words
    def tool(self) -> str:
        with read_only(self.source, self.application) as connection:
            return server(connection)

    @in_our_words
    def items(self, assets: Sequence[tuple[str, str, str, int, str]]) -> list[Item]:
        """The items for assets of the catalogue that are to go, as they are now.

        Args:
            assets: kind, schema, address, bytes and disposition of each.

        Raises:
            Refusal: one of them is not there.
        """
        with read_only(self.source, self.application) as connection:
            found = {(each.kind, each.address): each for each in resolve(connection, [(a[0], a[2]) for a in assets])}
            listed = [
                Item(kind, address, found[kind, address].oid, size, do)
                for kind, _, address, size, do in assets
                if (kind, address) in found
            ]
            if lost := [address for kind, _, address, *_ in assets if kind in DROPPED and (kind, address) not in found]:
                raise refused(self.place, f"what the catalogue lists is not there: {', '.join(lost[:5])}.")
            for do in (do for kind, *_, do in assets if kind == "large objects"):
                listed += [Item(LARGE_OBJECT, oid, oid, 0, do) for (oid,) in connection.execute(_OBJECTS)]
            return listed + self._schemas(connection, {schema for _, schema, *_ in assets})

    def _schemas(self, connection: psycopg.Connection, namespaces: set[str]) -> list[Item]:
        """Schemas that the assets fill; `public` belongs to the database."""
        names = sorted(namespaces - {"", "public", "pg_catalog"})
        return [Item("schema", name, oid) for name, oid in connection.execute(_SCHEMAS, [names]).fetchall()]

    @in_our_words
    def holds_any(self, items: Iterable[Item]) -> bool:
        """Whether an object is there that goes in the one transaction of all objects."""
        wanted = [(item.kind, item.name) for item in items if item.kind in DROPPED]
        with read_only(self.source, self.application) as connection:
            return bool(resolve(connection, wanted))

    @in_our_words
    def destroy(self, items: Iterable[Item]) -> Iterator[Remnant]:
        wanted = list(items)
        with connect(self.source, self.application, _WRITABLE) as connection:
            there = {(item.kind, item.name) for item in self._present(connection, wanted)}
            named = [(kind, name) for kind, name in there if kind not in ("schema", LARGE_OBJECT)]
            self._drop(connection, named)
            objects = iter([item.version for item in wanted if (item.kind, item.name) in there and _is_large(item)])
            while batch := list(islice(objects, _BATCH)):
                connection.execute(_UNLINK, [batch])
            return iter(self._drop_schemas(connection, sorted(name for kind, name in there if kind == "schema")))

    @in_our_words
    def remnants(self, items: Iterable[Item]) -> Iterator[Remnant]:
        listed = {(item.kind, item.name) for item in items}
        with read_only(self.source, self.application) as connection:
            found = [
                *of_database(connection, self.name, listed),
                *of_server(connection, self.source.database),
                *other_databases(connection, self.source, self.application),
            ]
        return iter(found)

    def _present(self, connection: psycopg.Connection, items: Iterable[Item]) -> Iterator[Item]:
        wanted = list(items)
        found = {
            (each.kind, each.address): each.oid for each in resolve(connection, [(i.kind, i.name) for i in wanted])
        }
        large = {oid for (oid,) in connection.execute(_OBJECTS).fetchall()}
        for item in wanted:
            if _is_large(item):
                oid = item.version if item.version in large else None
            else:
                oid = found.get((item.kind, item.name))
            if oid is not None and oid != item.version:
                raise refused(self.place, f"{item.kind} {item.name} is another one than the one on the list.")
            if oid is not None:
                yield item

    def _drop(self, connection: psycopg.Connection, named: list[tuple[str, str]]) -> None:
        """Drop the named objects, whole or not at all."""
        with connection.transaction():
            before = _inventory(connection, self.name)
            drop_all(connection, statements(resolve(connection, named)), self.place)
            gone = before - _inventory(connection, self.name) - {*named}
            if gone:
                names = ", ".join(f"{kind} {name}" for kind, name in sorted(gone)[:5])
                raise refused(self.place, f"this would have gone with it, and is not on the list: {names}.")

    def _drop_schemas(self, connection: psycopg.Connection, names: list[str]) -> list[Remnant]:
        return [
            Remnant("schema", found.address, "still holds what is not on the list.", holds_data=True, listed=True)
            for found in resolve(connection, [("schema", name) for name in names])
            if not try_drop(connection, Drop(found.word, (found.identity,)))
        ]


def _inventory(connection: psycopg.Connection, source: str) -> set[tuple[str, str]]:
    """Everything in the database, whatever the spec's schemas."""
    return {(asset.kind, asset.address) for asset in discover(connection, source, ())}


def _is_large(item: Item) -> bool:
    return item.kind == LARGE_OBJECT
