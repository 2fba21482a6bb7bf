"""The rules that the target's own catalogue sets for its rows: keys, NOT NULL, foreign keys, checks.

Constraints that the database itself holds as not validated or not enforced promise nothing and are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg


@dataclass(frozen=True, slots=True)
class NotNull:
    """A column that may not be NULL."""

    table: str
    column: str

    def __str__(self) -> str:
        return f"not null {self.column}"


@dataclass(frozen=True, slots=True)
class UniqueKey:
    """Columns whose values together are unique; rows with a NULL among them count only if `nulls_equal`."""

    table: str
    name: str
    columns: tuple[str, ...]
    nulls_equal: bool

    def __str__(self) -> str:
        return f"unique {self.name}"


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns that must be found in another table.

    Attributes:
        table: quoted name of the table that refers.
        name: name of the constraint.
        columns: columns that refer.
        parent: schema and name of the table referred to.
        parent_only: whether the parent's own rows alone count; false for a partitioned parent.
        parent_columns: columns referred to, in the order of `columns`.
        operators: SQL operators that compare each pair, qualified.
    """

    table: str
    name: str
    columns: tuple[str, ...]
    parent: tuple[str, str]
    parent_only: bool
    parent_columns: tuple[str, ...]
    operators: tuple[str, ...]

    def __str__(self) -> str:
        return f"foreign key {self.name}"


@dataclass(frozen=True, slots=True)
class CheckRule:
    """A condition on each row, as SQL that the catalogue wrote out with qualified names."""

    table: str
    name: str
    condition: str

    def __str__(self) -> str:
        return f"check {self.name}"


Constraint = NotNull | UniqueKey | ForeignKey | CheckRule

_NOT_NULL = """
    SELECT wanted, a.attname
    FROM unnest(%s::text[]) AS wanted JOIN pg_attribute a ON a.attrelid = to_regclass(wanted)
    WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
      AND NOT EXISTS (SELECT FROM pg_constraint n WHERE n.conrelid = a.attrelid AND n.contype = 'n'
                      AND NOT n.convalidated AND n.conkey = ARRAY[a.attnum])
    ORDER BY wanted, a.attnum
"""
_UNIQUE = """
    SELECT wanted, c.relname, array_agg(a.attname ORDER BY part.place),
           coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false)
    FROM unnest(%s::text[]) AS wanted
    JOIN pg_index i ON i.indrelid = to_regclass(wanted)
    JOIN pg_class c ON c.oid = i.indexrelid
    CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS part(attnum, place)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = part.attnum
    WHERE i.indisunique AND i.indisvalid AND NOT i.indisexclusion AND i.indpred IS NULL AND i.indexprs IS NULL
      AND part.place <= i.indnkeyatts
    GROUP BY wanted, c.relname, i.indexrelid, to_jsonb(i)
    ORDER BY wanted, c.relname
"""
# A reference to a partitioned table is kept once more for each partition, under the same table: one is enough.
_FOREIGN = """
    SELECT wanted, k.conname,
           ARRAY(SELECT a.attname FROM unnest(k.conkey) WITH ORDINALITY AS part(attnum, place)
                 JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = part.attnum ORDER BY place),
           ARRAY[n.nspname, f.relname]::text[], f.relkind <> 'p',
           ARRAY(SELECT a.attname FROM unnest(k.confkey) WITH ORDINALITY AS part(attnum, place)
                 JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = part.attnum ORDER BY place),
           ARRAY(SELECT format('OPERATOR(%%I.%%s)', s.nspname, o.oprname)
                 FROM unnest(k.conpfeqop) WITH ORDINALITY AS part(operator, place)
                 JOIN pg_operator o ON o.oid = part.operator JOIN pg_namespace s ON s.oid = o.oprnamespace
                 ORDER BY place)
    FROM unnest(%s::text[]) AS wanted
    JOIN pg_constraint k ON k.conrelid = to_regclass(wanted) AND k.contype = 'f'
    JOIN pg_class f ON f.oid = k.confrelid JOIN pg_namespace n ON n.oid = f.relnamespace
    WHERE k.convalidated = %s AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)
      AND NOT coalesce((to_jsonb(k) ->> 'conperiod')::boolean, false)
      AND NOT EXISTS (SELECT FROM pg_constraint above WHERE above.oid = k.conparentid AND above.conrelid = k.conrelid)
    ORDER BY wanted, k.conname
"""
# A condition that calls a function of the product's own is the product's business: it may read other tables.
_CHECKS = """
    SELECT wanted, k.conname, pg_get_expr(k.conbin, k.conrelid)
    FROM unnest(%s::text[]) AS wanted JOIN pg_constraint k ON k.conrelid = to_regclass(wanted) AND k.contype = 'c'
    WHERE k.convalidated = %s AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_constraint'::regclass AND d.objid = k.oid
                      AND d.refclassid = 'pg_proc'::regclass)
    ORDER BY wanted, k.conname
"""


def find_constraints(connection: psycopg.Connection, tables: Sequence[str]) -> tuple[Constraint, ...]:
    """The validated constraints of these tables (quoted names), in the order of kind, table and name.

    Args:
        connection: session opened by `endpoint.read_only`, so that the catalogue qualifies what it writes out.
        tables: those that do not exist are left out.
    """

    return (
        *(NotNull(*row) for row in _read(connection, _NOT_NULL, list(tables))),
        *(UniqueKey(*row) for row in _read(connection, _UNIQUE, list(tables))),
        *(ForeignKey(*row) for row in _read(connection, _FOREIGN, list(tables), True)),
        *(CheckRule(*row) for row in _read(connection, _CHECKS, list(tables), True)),
    )


def find_unvalidated(connection: psycopg.Connection, tables: Sequence[str]) -> tuple[ForeignKey | CheckRule, ...]:
    """The constraints of these tables that are NOT VALID, which their rows may break; likewise."""
    return (
        *(ForeignKey(*row) for row in _read(connection, _FOREIGN, list(tables), False)),
        *(CheckRule(*row) for row in _read(connection, _CHECKS, list(tables), False)),
    )


def _read(connection: psycopg.Connection, query: str, *parameters: object) -> list[tuple[Any, ...]]:
    return [
        tuple(tuple(cell) if isinstance(cell, list) else cell for cell in row)
        for row in connection.execute(query, parameters).fetchall()
    ]
