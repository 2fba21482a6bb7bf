"""What the preflight looks for in the source."""

from __future__ import annotations

from collections.abc import Iterable

from sunset.database.postgres.finish import populated_views
from sunset.database.postgres.lent_path import SAFE_PATH, pathless_functions
from sunset.database.postgres.places import Places
from sunset.database.postgres.tables import quoted_tables
from sunset.engine import Finding


def schemas(places: Places) -> Iterable[Finding]:
    """Whether the schemas of the spec are there."""
    query = "SELECT s FROM unnest(%s::text[]) AS s WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = s)"
    for (schema,) in places.source.execute(query, [list(places.scope.schemas)]).fetchall():
        yield Finding(
            "error", "schema_missing", schema, "does not exist in the source.", "Correct `schemas` in the spec."
        )


_READABLE = """
    SELECT format('%%I.%%I', n.nspname, c.relname),
           has_schema_privilege(n.oid, 'USAGE') AND CASE c.relkind
             WHEN 'S' THEN has_sequence_privilege(c.oid, 'SELECT') ELSE has_table_privilege(c.oid, 'SELECT') END,
           c.relkind = 'r' AND c.relrowsecurity AND row_security_active(c.oid)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'S') AND c.relpersistence <> 't'
      AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'sunset_checkpoint')
      AND (cardinality(%(schemas)s::text[]) = 0 OR n.nspname = ANY (%(schemas)s))
    ORDER BY 1
"""


def readable(places: Places) -> Iterable[Finding]:
    """Partitioned tables count, though they hold no rows: pg_dump locks them, which takes the same privilege."""
    user = places.source.info.user
    for name, allowed, hidden in places.source.execute(_READABLE, {"schemas": list(places.scope.schemas)}).fetchall():
        if not allowed:
            remedy = "GRANT SELECT on it, and USAGE on its schema."
            yield Finding("error", "not_readable", name, f"the login {user!r} may not read it.", remedy)
        elif hidden:
            message = f"row security hides rows from the login {user!r}."
            yield Finding("error", "row_security", name, message, "Connect as its owner or a role with BYPASSRLS.")


def freezable(places: Places) -> Iterable[Finding]:
    """Only a warning: for rehearsals a login that may read is enough."""
    query = """
        SELECT pg_has_role(current_user, datdba, 'USAGE') FROM pg_database WHERE datname = current_database()
    """
    if places.source.execute(query).fetchone() != (True,):
        message = f"the login {places.source.info.user!r} may not freeze it, which an execution has to."
        yield Finding("warning", "not_freezable", places.source.info.dbname, message, "Connect as its owner.")


_LARGE_OBJECTS = """
    SELECT count(*), min(oid)::text FROM pg_largeobject_metadata m
    WHERE NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
      AND NOT pg_has_role(current_user, lomowner, 'USAGE') AND current_setting('lo_compat_privileges') = 'off'
      AND NOT EXISTS (SELECT FROM aclexplode(lomacl) AS a WHERE a.privilege_type = 'SELECT'
                      AND (a.grantee = 0 OR pg_has_role(current_user, a.grantee, 'USAGE')))
"""


def large_objects(places: Places) -> Iterable[Finding]:
    """Large objects that the source's login may not read."""
    (count, first) = places.reads.execute(_LARGE_OBJECTS).fetchone()  # type: ignore[misc]
    if count:
        message = f"the login {places.source.info.user!r} may not read {count} large objects, among them {first}."
        yield Finding(
            "error", "not_readable", "large objects", message, "GRANT SELECT ON LARGE OBJECT, or their owner."
        )


def refilled(places: Places) -> Iterable[Finding]:
    """Materialized views, whose rows are not copied."""
    for namespace, name in populated_views(places.source, places.scope.schemas):
        message = "a materialized view: filled anew on the target from the copied rows, not copied."
        yield Finding("info", "refilled", f"{namespace}.{name}", message)
        passed = places.source.info.server_version < SAFE_PATH <= places.target.info.server_version
        if passed and (functions := pathless_functions(places.source, namespace, name)):
            message = f"the target refreshes it under pg_catalog alone; it calls {', '.join(functions)}."
            remedy = "The run fills it; for later refreshes qualify the names in them, or give them a search_path."
            yield Finding("warning", "refresh_path", f"{namespace}.{name}", message, remedy)


_SHAPE = """
    SELECT format('%%I.%%I', n.nspname, c.relname),
           EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique),
           (SELECT string_agg(i.indexrelid::regclass::text, ', ') FROM pg_index i
            WHERE i.indrelid = c.oid AND NOT i.indisvalid),
           (SELECT string_agg(conname, ', ') FROM pg_constraint k WHERE k.conrelid = c.oid AND NOT convalidated)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND format('%%I.%%I', n.nspname, c.relname) = ANY (%s)
"""


def shape(places: Places) -> Iterable[Finding]:
    """What is odd about tables, and stays so."""
    tables = list(quoted_tables(places.source, places.scope.schemas, places.scope.excluded))
    for table, keyed, invalid, unvalidated in places.source.execute(_SHAPE, [tables]).fetchall():
        if not keyed:
            yield Finding("info", "no_key", table, "has no key: compared as a multiset, its doubles are kept.")
        if invalid:
            yield Finding("warning", "invalid_index", table, f"the index {invalid} is invalid.", "REINDEX or drop it.")
        if unvalidated:
            yield Finding("info", "not_validated", table, f"{unvalidated} is NOT VALID and stays so on the target.")


def long_transactions(places: Places) -> Iterable[Finding]:
    """Whoever holds up the schema dump or the freeze."""
    query = """
        SELECT pid, extract(epoch FROM now() - xact_start)::int FROM pg_stat_activity
        WHERE datname = current_database() AND xact_start < now() - interval '10 minutes' AND pid <> pg_backend_pid()
    """
    for pid, seconds in places.source.execute(query).fetchall():
        message = f"a transaction has been open for {seconds // 60} minutes; the schema dump waits for its locks."
        yield Finding("warning", "long_transaction", f"server process {pid}", message, "End it before the freeze.")
