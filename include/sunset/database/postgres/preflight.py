"""Preflight: what would make the copy fail or fall short, found before anything is written.

Each check is a function that looks at one thing and returns findings; `error` stops the run.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from sunset.database.postgres.finish import populated_views
from sunset.database.postgres.scope import Scope
from sunset.database.postgres.tables import quoted_tables
from sunset.database.postgres.tools import find_tools
from sunset.engine import Finding
from sunset.errors import Refusal


@dataclass(frozen=True, slots=True)
class Places:
    """Open sessions on the three servers of a source, and the folder in which backups are staged."""

    source: psycopg.Connection
    target: psycopg.Connection
    sandbox: psycopg.Connection
    scope: Scope
    work_folder: Path


def preflight(places: Places) -> tuple[Finding, ...]:
    """All findings, errors first."""
    checks: tuple[Callable[[Places], Iterable[Finding]], ...] = (
        _versions,
        _schemas,
        _readable,
        _large_objects,
        _not_carried,
        _refilled,
        _roles,
        _extensions,
        _encoding,
        target_taken,
        _target_writable,
        _sandbox_rights,
        _disk,
        _shape,
        _long_transactions,
    )
    order = {"error": 0, "warning": 1, "info": 2}
    findings = [finding for check in checks for finding in check(places)]
    return tuple(sorted(findings, key=lambda finding: (order[finding.severity], finding.code, finding.subject)))


def _versions(places: Places) -> Iterable[Finding]:
    source = places.source.info.server_version // 10000
    for name, connection in (("target", places.target), ("sandbox", places.sandbox)):
        version = connection.info.server_version // 10000
        if version < source:
            message = f"PostgreSQL {version} is older than the source's {source}."
            yield Finding("error", "server_older", name, message, "Use a server of the source's version or newer.")
    try:
        find_tools(source)
    except Refusal as error:
        yield Finding("error", "client_programs", error.where, error.what, error.remedy)


def _schemas(places: Places) -> Iterable[Finding]:
    query = "SELECT s FROM unnest(%s::text[]) AS s WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = s)"
    for (schema,) in places.source.execute(query, [list(places.scope.schemas)]).fetchall():
        yield Finding(
            "error", "schema_missing", schema, "does not exist in the source.", "Correct `schemas` in the spec."
        )


def _readable(places: Places) -> Iterable[Finding]:
    tables = list(quoted_tables(places.source, places.scope.schemas, ()))
    query = """
        SELECT t, has_schema_privilege(c.relnamespace, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'),
               c.relrowsecurity AND row_security_active(c.oid)
        FROM unnest(%s::text[]) AS t JOIN pg_class c ON c.oid = to_regclass(t)
    """
    user = places.source.info.user
    for table, allowed, hidden in places.source.execute(query, [tables]).fetchall():
        if not allowed:
            yield Finding("error", "not_readable", table, f"the login {user!r} may not read it.", "GRANT SELECT on it.")
        elif hidden:
            message = f"row security hides rows from the login {user!r}."
            yield Finding("error", "row_security", table, message, "Connect as its owner or a role with BYPASSRLS.")


def _large_objects(places: Places) -> Iterable[Finding]:
    (count,) = places.source.execute("SELECT count(*) FROM pg_largeobject_metadata").fetchone()  # type: ignore[misc]
    if count:
        message = f"{count} large objects exist, which this engine does not carry yet."
        yield Finding("error", "large_objects", places.source.info.dbname, message, "Move them into a bytea column.")


def _not_carried(places: Places) -> Iterable[Finding]:
    query = """
        SELECT subname FROM pg_subscription
        WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    """
    for (name,) in places.source.execute(query).fetchall():
        yield Finding("warning", "not_carried", name, "a subscription is not carried: the target must not subscribe.")
    query = """
        SELECT format('%I.%I', n.nspname, c.relname)
        FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'f'
    """
    for (name,) in places.source.execute(query).fetchall():
        yield Finding(
            "warning", "not_carried", name, "a foreign table: its definition is carried, its rows lie elsewhere."
        )


def _refilled(places: Places) -> Iterable[Finding]:
    for namespace, name in populated_views(places.source, places.scope.schemas):
        message = "a materialized view: filled anew on the target from the copied rows, not copied."
        yield Finding("info", "refilled", f"{namespace}.{name}", message)


_ROLES = """
    WITH ns AS (SELECT oid, nspowner, nspacl FROM pg_namespace
                WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
                AND (cardinality(%(schemas)s::text[]) = 0 OR nspname = ANY (%(schemas)s))),
    acl AS (SELECT nspowner AS owner, nspacl AS acl FROM ns
            UNION ALL SELECT relowner, relacl FROM pg_class WHERE relnamespace IN (SELECT oid FROM ns)
            UNION ALL SELECT proowner, proacl FROM pg_proc WHERE pronamespace IN (SELECT oid FROM ns)
            UNION ALL SELECT typowner, typacl FROM pg_type WHERE typnamespace IN (SELECT oid FROM ns))
    SELECT DISTINCT pg_get_userbyid(role) FROM (
      SELECT owner AS role FROM acl UNION SELECT a.grantee FROM acl, aclexplode(acl) AS a) AS r WHERE role <> 0
"""


def _roles(places: Places) -> Iterable[Finding]:
    roles = [row[0] for row in places.source.execute(_ROLES, {"schemas": list(places.scope.schemas)}).fetchall()]
    query = "SELECT r FROM unnest(%s::text[]) AS r WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) ORDER BY 1"
    for name, connection in (("target", places.target), ("sandbox", places.sandbox)):
        for (role,) in connection.execute(query, [roles]).fetchall():
            message = f"owns objects or holds grants on the source, and does not exist on the {name} server."
            yield Finding("error", "role_missing", role, message, f"CREATE ROLE on the {name} server.")


def _extensions(places: Places) -> Iterable[Finding]:
    wanted = [row[0] for row in places.source.execute("SELECT extname FROM pg_extension").fetchall()]
    query = (
        "SELECT e FROM unnest(%s::text[]) AS e WHERE NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = e)"
    )
    for name, connection in (("target", places.target), ("sandbox", places.sandbox)):
        for (extension,) in connection.execute(query, [wanted]).fetchall():
            message = f"the extension is not installed on the {name} server."
            yield Finding("error", "extension_missing", extension, message, "Install its package there.")


def _encoding(places: Places) -> Iterable[Finding]:
    query = "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = current_database()"
    encoding, collation = places.source.execute(query).fetchone()  # type: ignore[misc]
    there, sorting = places.target.execute(query).fetchone()  # type: ignore[misc]
    if there != encoding:
        message = f"its encoding is {there}, the source's {encoding}."
        yield Finding("error", "encoding", "target", message, "Make the target database with the source's encoding.")
    if sorting != collation:
        message = f"its default collation is {sorting}, the source's {collation}: text sorts differently."
        yield Finding("warning", "collation", "target", message)


def target_taken(places: Places) -> Iterable[Finding]:
    """Whether the target already has tables of these names."""
    tables = list(quoted_tables(places.source, places.scope.schemas, places.scope.excluded))
    query = "SELECT t FROM unnest(%s::text[]) AS t WHERE to_regclass(t) IS NOT NULL ORDER BY 1"
    taken = [row[0] for row in places.target.execute(query, [tables]).fetchall()]
    if taken:
        names = ", ".join(taken[:5]) + (f" and {len(taken) - 5} more" if len(taken) > 5 else "")
        message = f"the target already holds {names}."
        yield Finding(
            "error", "target_not_empty", "target", message, "Name an empty target database, or drop them there."
        )


def _target_writable(places: Places) -> Iterable[Finding]:
    row = places.target.execute(
        "SELECT has_database_privilege(current_database(), 'CREATE'), pg_is_in_recovery()"
    ).fetchone()
    assert row is not None
    if not row[0] or row[1]:
        why = "is a standby" if row[1] else f"does not let {places.target.info.user!r} create schemas"
        yield Finding("error", "target_not_writable", "target", f"the target {why}.", "GRANT CREATE on the database.")


def _sandbox_rights(places: Places) -> Iterable[Finding]:
    row = places.sandbox.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if row != (True,):
        message = f"the sandbox login {places.sandbox.info.user!r} may not create databases."
        yield Finding("error", "sandbox_rights", "sandbox", message, "ALTER ROLE ... CREATEDB.")


def _disk(places: Places) -> Iterable[Finding]:
    (size,) = places.source.execute("SELECT pg_database_size(current_database())").fetchone()  # type: ignore[misc]
    free = shutil.disk_usage(places.work_folder).free
    if size > free:
        message = f"{free / 2**30:.1f} GiB free, and the backup of {size / 2**30:.1f} GiB is staged there."
        yield Finding(
            "error", "disk", str(places.work_folder), message, "Free space or set SUNSET_WORK to another disk."
        )


_SHAPE = """
    SELECT format('%%I.%%I', n.nspname, c.relname),
           EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique),
           (SELECT string_agg(i.indexrelid::regclass::text, ', ') FROM pg_index i
            WHERE i.indrelid = c.oid AND NOT i.indisvalid),
           (SELECT string_agg(conname, ', ') FROM pg_constraint k WHERE k.conrelid = c.oid AND NOT convalidated)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND format('%%I.%%I', n.nspname, c.relname) = ANY (%s)
"""


def _shape(places: Places) -> Iterable[Finding]:
    tables = list(quoted_tables(places.source, places.scope.schemas, places.scope.excluded))
    for table, keyed, invalid, unvalidated in places.source.execute(_SHAPE, [tables]).fetchall():
        if not keyed:
            yield Finding("info", "no_key", table, "has no key: compared as a multiset, its doubles are kept.")
        if invalid:
            yield Finding("warning", "invalid_index", table, f"the index {invalid} is invalid.", "REINDEX or drop it.")
        if unvalidated:
            yield Finding("info", "not_validated", table, f"{unvalidated} is NOT VALID and stays so on the target.")


def _long_transactions(places: Places) -> Iterable[Finding]:
    query = """
        SELECT pid, extract(epoch FROM now() - xact_start)::int FROM pg_stat_activity
        WHERE datname = current_database() AND xact_start < now() - interval '10 minutes' AND pid <> pg_backend_pid()
    """
    for pid, seconds in places.source.execute(query).fetchall():
        message = f"a transaction has been open for {seconds // 60} minutes; the schema dump waits for its locks."
        yield Finding("warning", "long_transaction", f"server process {pid}", message, "End it before the freeze.")
