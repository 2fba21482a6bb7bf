"""A source's schema as it will stand on the target: with the spec's types, and names that PostgreSQL takes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from sunset.database.foreign.model import Column, ForeignKey, Index, NotCarried, Schema, Table
from sunset.database.foreign.names import fitted, free
from sunset.database.foreign.types import form_of, spelled
from sunset.engine import Finding

COUNTING = ("smallint", "integer", "bigint")
"""Types of PostgreSQL that can count by themselves."""


@dataclass(frozen=True, slots=True)
class TypeOverride:
    """The type that the spec gives a column; `namespace` is empty where the table's name says enough."""

    table: str
    column: str
    type: str
    namespace: str = ""

    def meets(self, table: Table) -> bool:
        return table.name == self.table and self.namespace in ("", table.namespace)


def resolve(schema: Schema, overrides: Sequence[TypeOverride], excluded: Collection[str]) -> Schema:
    """The schema without what is not migrated, with the spec's types and the target's names."""
    tables = [_typed(table, overrides) for table in schema.tables if table.address not in excluded]
    views = tuple(view for view in schema.views if view.address not in excluded)
    relations = [(each.namespace, each.name) for each in tables] + [(each.namespace, each.name) for each in views]
    taken = {place: {name for namespace, name in relations if namespace == place} for place in schema.namespaces}
    named = tuple(_named(table, taken[table.namespace]) for table in tables)
    return Schema(named, views, (*schema.not_carried, *_lost_defaults(schema, overrides)))


def unmet(schema: Schema, overrides: Sequence[TypeOverride]) -> Iterator[Finding]:
    """One finding for each override that names no column, or more than one."""
    for override in overrides:
        found = [table for table in schema.tables if override.meets(table)]
        columns = [column for table in found for column in table.columns if column.name == override.column]
        if len(columns) != 1:
            message = f"names {len(columns) or 'no'} column{'s' if columns else ''} of the source."
            subject = f"{override.table}.{override.column}"
            yield Finding("error", "type_override", subject, message, "Correct it under the source's `types`.")


def _typed(table: Table, overrides: Sequence[TypeOverride]) -> Table:
    types = {override.column: spelled(override.type) for override in overrides if override.meets(table)}
    return replace(table, columns=tuple(_retyped(column, types.get(column.name)) for column in table.columns))


def _retyped(column: Column, type_: str | None) -> Column:
    if type_ is None:
        return column
    identity = column.identity if type_ in COUNTING else None
    return replace(column, type=type_, form=form_of(type_), identity=identity, default=None)


def _lost_defaults(schema: Schema, overrides: Sequence[TypeOverride]) -> Iterator[NotCarried]:
    for table in schema.tables:
        types = {override.column: spelled(override.type) for override in overrides if override.meets(table)}
        for column in table.columns:
            name = f"{table.name}.{column.name}"
            if column.name in types and column.default is not None:
                yield NotCarried("default", table.namespace, name, "the spec gives the column another type.")
            if column.name in types and column.identity is not None and types[column.name] not in COUNTING:
                yield NotCarried("identity", table.namespace, name, "the spec's type does not count by itself.")


def _named(table: Table, taken: set[str]) -> Table:
    indexes = tuple(replace(index, name=_index_name(table, index, taken)) for index in table.indexes)
    mine = {index.name for index in indexes if index.unique}  # only these are constraints too
    keys = tuple(replace(key, name=_key_name(table, key, mine)) for key in table.foreign_keys)
    checks = tuple(
        replace(check, name=free(check.name or fitted(table.name, "check"), fitted(table.name, "check"), mine))
        for check in table.checks
    )
    return replace(table, indexes=indexes, foreign_keys=keys, checks=checks)


def _index_name(table: Table, index: Index, taken: set[str]) -> str:
    if index.primary:
        alternative = fitted(table.name, "pkey")
        return free(alternative, alternative, taken)
    alternative = fitted(table.name, *index.columns, "key" if index.unique else "idx")
    return free(fitted(index.name) if index.name else alternative, alternative, taken)


def _key_name(table: Table, key: ForeignKey, taken: set[str]) -> str:
    alternative = fitted(table.name, *key.columns, "fkey")
    return free(fitted(key.name) if key.name else alternative, alternative, taken)
