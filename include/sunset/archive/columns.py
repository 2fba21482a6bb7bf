"""How each column of a PostgreSQL table is kept in Parquet, decided by its type and by one look at its values.

| PostgreSQL type | Parquet | unless |
|---|---|---|
| boolean; smallint, integer, bigint; real, double precision | the same | |
| bytea | binary | |
| date | date32 | infinity, BC or beyond 9999 |
| timestamp, timestamptz | timestamp in microseconds, in UTC | infinity, BC or beyond 9999 |
| numeric(p,s), p up to 38, s from 0 to p | decimal128 | NaN |
| everything else, and what the last column names | string: PostgreSQL's own text | |

Domains are kept as their base type.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

STRING = "string"
BINARY = "binary"

_NATIVE = {
    16: "boolean", 20: "int64", 21: "int16", 23: "int32", 700: "float32", 701: "float64", 17: BINARY,
    1082: "date32", 1114: "timestamp[us]", 1184: "timestamp[us, UTC]",
}  # fmt: skip
_NUMERIC = 1700
_DESCRIBE = """
    WITH RECURSIVE base AS (
        SELECT attnum, atttypid AS type, atttypmod AS modifier
        FROM pg_catalog.pg_attribute WHERE attrelid = %(oid)s AND attnum > 0 AND NOT attisdropped
      UNION ALL
        SELECT base.attnum, t.typbasetype, t.typtypmod
        FROM base JOIN pg_catalog.pg_type t ON t.oid = base.type WHERE t.typtype = 'd'
    )
    SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), base.type::bigint, base.modifier
    FROM base
    JOIN pg_catalog.pg_type t ON t.oid = base.type AND t.typtype <> 'd'
    JOIN pg_catalog.pg_attribute a ON a.attrelid = %(oid)s AND a.attnum = base.attnum
    ORDER BY a.attnum"""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its PostgreSQL type as declared, and its type in Parquet."""

    name: str
    type: str
    encoding: str

    @property
    def has_length(self) -> bool:
        """Whether its values have a length, which is compared; numbers and dates have none."""
        return self.encoding in (STRING, BINARY)


def describe(connection: psycopg.Connection, oid: int) -> tuple[Column, ...]:
    """The columns of a relation, each with the encoding that its type allows at best."""
    rows = connection.execute(_DESCRIBE, {"oid": oid}).fetchall()
    return tuple(Column(name, declared, _encoding(base, modifier)) for name, declared, base, modifier in rows)


def _encoding(base: int, modifier: int) -> str:
    if base != _NUMERIC or modifier < 0:
        return _NATIVE.get(base, STRING)
    packed = modifier - 4
    precision, scale = packed >> 16 & 0xFFFF, ((packed & 0x7FF) ^ 1024) - 1024
    return f"decimal128({precision}, {scale})" if 0 <= scale <= precision <= 38 else STRING
