"""What the preflight looks for in encodings and collations: text that cannot be carried, or would sort otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from psycopg import sql

from sunset.database.postgres.budget import Budget
from sunset.database.postgres.checksum import row_expression
from sunset.database.postgres.places import Places
from sunset.database.postgres.tables import find_table, quoted_tables
from sunset.engine import Finding

SECONDS = 60.0
"""Time for reading all tables of a database that does not know its encoding."""

# UTF-8 as RFC 3629 has it, over hexadecimal digits: no overlong forms, no surrogates, nothing above U+10FFFF.
_UTF8 = (
    "^(?:[0-7][0-9a-f]|(?:c[2-9a-f]|d[0-9a-f])[89ab][0-9a-f]"
    "|(?:e0[ab][0-9a-f]|ed[89][0-9a-f]|e[1-9abcef][89ab][0-9a-f])[89ab][0-9a-f]"
    "|(?:f0[9ab][0-9a-f]|f[123][89ab][0-9a-f]|f48[0-9a-f])(?:[89ab][0-9a-f]){2})*$"
)
_UNREADABLE = "SELECT count(*) FROM ONLY {table} WHERE encode(convert_to({row}, 'SQL_ASCII'), 'hex') !~ {utf8}"


def unreadable_text(places: Places) -> Iterable[Finding]:
    """Rows of a database of encoding SQL_ASCII whose bytes are no UTF-8: nothing can read them as text."""
    if places.reads.execute("SHOW server_encoding").fetchone() != ("SQL_ASCII",):
        return
    budget = Budget(SECONDS)
    for name in quoted_tables(places.reads, places.scope.schemas, places.scope.excluded):
        table = find_table(places.reads, name)
        query = sql.SQL(_UNREADABLE).format(
            table=table.identifier, row=row_expression(table.columns), utf8=sql.Literal(_UTF8)
        )
        answer = budget.ask(places.reads, name, query)
        if answer and answer[0][0]:
            message = f"{answer[0][0]} rows hold bytes that are no UTF-8, which the copy cannot carry."
            yield Finding("error", "bytes", name, message, "Correct them on the source, or keep them as bytea.")
    for name in budget.left_out[:1]:
        message = f"its bytes were not looked at, nor those of {len(budget.left_out) - 1} more tables: no time left."
        yield Finding("info", "not_looked_at", name, message, "The copy stops at a byte that is no UTF-8.")


# Used by columns, indexes or types, or made by the product itself.
_COLLATIONS = """
    SELECT format('%%I.%%I', n.nspname, c.collname), n.nspname = 'pg_catalog', c.collname::text, c.collprovider::text,
           c.collcollate::text, c.collversion, pg_collation_actual_version(c.oid)
    FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
    WHERE (n.nspname = 'pg_catalog' OR cardinality(%(schemas)s::text[]) = 0 OR n.nspname = ANY (%(schemas)s))
      AND c.collprovider <> 'd'
      AND (n.nspname <> 'pg_catalog' OR EXISTS (
            SELECT FROM pg_depend d WHERE d.refclassid = 'pg_collation'::regclass AND d.refobjid = c.oid))
    ORDER BY 1
"""
_SAME_NAME = """
    SELECT pg_collation_actual_version(oid) FROM pg_collation
    WHERE collnamespace = 'pg_catalog'::regnamespace AND collname = %s AND collprovider = %s
      AND collencoding IN (-1, (SELECT encoding FROM pg_database WHERE datname = current_database()))
"""
_HAS_ICU = "SELECT EXISTS (SELECT FROM pg_collation WHERE collprovider = 'i' AND collname = 'und-x-icu')"
_HAS_LOCALE = "SELECT EXISTS (SELECT FROM pg_collation WHERE collprovider = 'c' AND collcollate = %s)"


def collations(places: Places) -> Iterable[Finding]:
    """Collations of the source that target or sandbox do not have, or have in another version."""
    used = places.source.execute(_COLLATIONS, {"schemas": list(places.scope.schemas)}).fetchall()
    for collation, systems, name, provider, locale, recorded, actual in used:
        if recorded and actual and recorded != actual:
            message = f"made by version {recorded} of its library, which is {actual} now: indexes may be out of order."
            remedy = "REINDEX on the source, then ALTER COLLATION ... REFRESH VERSION."
            yield Finding("warning", "collation_version", collation, message, remedy)
        for side, there in (("target", places.target), ("sandbox", places.sandbox)):
            if systems:
                found = there.execute(_SAME_NAME, [name, provider]).fetchone()
                has, version = found is not None, found[0] if found else None
            else:
                query, parameters = (_HAS_ICU, []) if provider == "i" else (_HAS_LOCALE, [locale])
                has, version = provider == "b" or there.execute(query, parameters).fetchone() == (True,), None
            if not has:
                message = f"the {side} server does not have it, or not the library that makes it."
                remedy = "Install the locale or a PostgreSQL with ICU there, then pg_import_system_collations()."
                yield Finding("error", "collation_missing", collation, message, remedy)
            elif version and actual and version != actual:
                message = f"version {actual} on the source, {version} on the {side}: text may sort differently."
                yield Finding("warning", "collation_version", collation, message, "Decide whether that matters.")


_OF_THE_DATABASE = """
    SELECT datcollversion, pg_database_collation_actual_version(oid) FROM pg_database WHERE datname = current_database()
"""


def default_collation(places: Places) -> Iterable[Finding]:
    """Whether the library that sorts the source's text is still the one that its indexes were made with."""
    if places.source.info.server_version < 150000:  # these note no version for the database
        return
    recorded, actual = places.source.execute(_OF_THE_DATABASE).fetchone()  # type: ignore[misc]
    if recorded and actual and recorded != actual:
        message = f"made by version {recorded} of its collation library, which is {actual} now."
        remedy = "REINDEX on the source, then ALTER DATABASE ... REFRESH COLLATION VERSION."
        yield Finding("warning", "collation_version", places.source.info.dbname, message, remedy)
