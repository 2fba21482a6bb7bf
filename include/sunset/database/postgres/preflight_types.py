"""What the preflight looks for in the types of columns: values that another server reads otherwise, or not at all."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from sunset.database.postgres.places import Places
from sunset.database.postgres.tables import quoted_tables
from sunset.engine import Finding

_COLUMNS = """
    SELECT format('%%I.%%I.%%I', n.nspname, c.relname, a.attname), base.typname::text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_type item ON item.oid = CASE WHEN t.typcategory = 'A' THEN t.typelem ELSE t.oid END
    JOIN pg_type base ON base.oid = CASE item.typtype WHEN 'd' THEN item.typbasetype ELSE item.oid END
    WHERE format('%%I.%%I', n.nspname, c.relname) = ANY (%s)  -- to_regclass() asks for USAGE on the schema
      AND a.attnum > 0 AND NOT a.attisdropped AND base.typnamespace = 'pg_catalog'::regnamespace
      AND base.typname = ANY (%s) ORDER BY 1
"""
_NAMES = ["regclass", "regproc", "regprocedure", "regoper", "regoperator", "regtype", "regconfig", "regdictionary"]
_NUMBERS = ["oid", "xid", "xid8", "cid", "tid", "pg_lsn", "pg_snapshot", "txid_snapshot"]


def at_risk(places: Places) -> Iterable[Finding]:
    """Columns that name objects of the server, or count its transactions."""
    for column, type_ in _columns(places, [*_NAMES, *_NUMBERS]):
        if type_ in _NAMES:
            message = f"{type_}: carried by name, and every object named has to be there when the rows are copied."
            yield Finding("warning", "type_at_risk", column, message, "Indexes and constraints are not; use text.")
        else:
            message = f"{type_}: the number is carried as it is; what it counts on the source is not on the target."
            yield Finding("info", "type_at_risk", column, message)


def xml(places: Places) -> Iterable[Finding]:
    """Columns of XML where the target cannot read it."""
    columns = _columns(places, ["xml"])
    for side, there in (("target", places.target), ("sandbox", places.sandbox)):
        if columns and not _reads_xml(there):
            message = f"xml, and the {side} server is built without it: no row would be taken."
            yield Finding("error", "xml", columns[0][0], message, "Use a PostgreSQL that is built with libxml.")


_MONETARY = "SELECT reset_val FROM pg_settings WHERE name = 'lc_monetary'"


def money(places: Places) -> Iterable[Finding]:
    """Amounts whose decimal point hangs on a setting of the server."""
    here, there = (each.execute(_MONETARY).fetchone() for each in (places.source, places.target))
    if here != there:
        for column, _ in _columns(places, ["money"]):
            message = f"money: lc_monetary is {here[0]} on the source, {there[0]} on the target."  # type: ignore[index]
            yield Finding("warning", "money", column, message, "Set it alike: amounts may read as others.")


_HASHED_ENUMS = """
    WITH RECURSIVE key AS (
      SELECT format('%%I.%%I', n.nspname, c.relname) AS tab, a.atttypid AS type
      FROM pg_partitioned_table p JOIN pg_class c ON c.oid = partrelid JOIN pg_namespace n ON n.oid = c.relnamespace,
           unnest(p.partattrs::int2[]) AS part(attnum) JOIN pg_attribute a ON true
      WHERE p.partstrat = 'h' AND a.attrelid = p.partrelid AND a.attnum = part.attnum
        AND n.nspname !~ '^pg_' AND (cardinality(%(schemas)s::text[]) = 0 OR n.nspname = ANY (%(schemas)s))
    ), within AS (
      SELECT * FROM key
      UNION SELECT w.tab, inner_type FROM within w JOIN pg_type t ON t.oid = w.type
            LEFT JOIN pg_range r ON r.rngtypid = t.oid LEFT JOIN pg_attribute a ON a.attrelid = nullif(t.typrelid, 0),
            unnest(ARRAY[t.typbasetype, t.typelem, r.rngsubtype, a.atttypid]) AS inner_type
    )
    SELECT DISTINCT tab, t.oid::regtype::text FROM within JOIN pg_type t ON t.oid = type WHERE typtype = 'e' ORDER BY 1
"""


def hashed_enums(places: Places) -> Iterable[Finding]:
    """Tables partitioned by the hash of an enum, which PostgreSQL makes of numbers that each server chooses."""
    for table, enum in places.source.execute(_HASHED_ENUMS, {"schemas": list(places.scope.schemas)}).fetchall():
        message = f"partitioned by the hash of {enum}: on the target its rows belong to other partitions."
        yield Finding("error", "hashed_enum", table, message, "Partition it by LIST, or by the hash of the text.")


def _columns(places: Places, types: list[str]) -> list[tuple[str, str]]:
    tables = quoted_tables(places.source, places.scope.schemas, places.scope.excluded)
    return places.source.execute(_COLUMNS, [list(tables), types]).fetchall()


def _reads_xml(connection: psycopg.Connection) -> bool:
    try:
        connection.execute("SELECT xml '<a/>'")
    except psycopg.errors.FeatureNotSupported:
        return False
    return True
