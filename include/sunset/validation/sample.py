"""A sample of a table's rows, picked by the hash of their keys and read back one by one through the key.

The same rows are picked on both sides without any value leaving the databases.
"""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
from psycopg import sql

from sunset.database.postgres.checksum import SEEDS, hash_expression, row_expression
from sunset.database.postgres.tables import Table
from sunset.validation.readings import Sample

# OFFSET 0 keeps the reading apart from the pick, so that it goes through the key.
_READ = """
    WITH picked AS MATERIALIZED (
        SELECT {key}, {key_hash} AS sunset_hash FROM ONLY {table} ORDER BY sunset_hash LIMIT {rows}
    )
    SELECT to_hex(sunset_hash), (
        SELECT string_agg(to_hex({high}) || to_hex({low}), ',' ORDER BY {high}, {low})
        FROM (SELECT {row} AS x FROM ONLY {table} AS kept WHERE {same_key} OFFSET 0) AS q
    )
    FROM picked
"""
# The equality of an extension's type lies in the extension's schema, which is on no search path here.
_EQUALITY = """
    SELECT a.attname, coalesce(
        (SELECT format('OPERATOR(%%I.=)', n.nspname) FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
         WHERE o.oprname = '=' AND o.oprleft = base.oid AND o.oprright = base.oid ORDER BY o.oid LIMIT 1), '=')
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_type base ON base.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END
    WHERE a.attrelid = to_regclass(%s) AND a.attname = ANY (%s)
"""


def take_sample(connection: psycopg.Connection, table: Table, key: Sequence[str], rows: int) -> Sample:
    """Read up to `rows` rows of `table` back by `key`, columns that are unique and never NULL."""
    equality: dict[str, str] = dict(connection.execute(_EQUALITY, [table.quoted, list(key)]).fetchall())
    same_key = [
        sql.SQL("{} {} {}").format(
            sql.Identifier("kept", column), sql.SQL(equality[column]), sql.Identifier("picked", column)
        )
        for column in key
    ]
    query = sql.SQL(_READ).format(
        key=sql.SQL(", ").join(map(sql.Identifier, key)),
        key_hash=hash_expression(row_expression(key), SEEDS[0]),
        high=hash_expression(sql.SQL("x"), SEEDS[0]),
        low=hash_expression(sql.SQL("x"), SEEDS[1]),
        row=row_expression(table.columns),
        same_key=sql.SQL(" AND ").join(same_key),
        table=table.identifier,
        rows=sql.Literal(rows),
    )
    read = connection.execute(query).fetchall()  # no parameters: a "%" in a name would be taken for one
    return Sample(table.quoted, tuple(key), tuple(sorted((key_hash, row or "") for key_hash, row in read)))
