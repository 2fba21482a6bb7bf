"""What the preflight looks for on the servers that take the data: target, sandbox, and the worker's disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence

import psycopg

from sunset.database.postgres.assets import discover
from sunset.database.postgres.inventory import DATABASE_WIDE, inventory
from sunset.database.postgres.places import Places
from sunset.database.postgres.tools import find_tools
from sunset.engine import Finding
from sunset.errors import Refusal


def versions(places: Places) -> Iterable[Finding]:
    """Whether the servers are new enough, and pg_dump too."""
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


# The owners, and whoever else the database's objects depend on: by grants, policies, default privileges.
_ROLES = """
    WITH ns AS (SELECT oid, nspname, nspowner FROM pg_namespace
                WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
                AND (cardinality(%(schemas)s::text[]) = 0 OR nspname = ANY (%(schemas)s))),
    owner AS (SELECT nspowner AS role FROM ns
              UNION SELECT relowner FROM pg_class WHERE relnamespace IN (SELECT oid FROM ns)
              UNION SELECT proowner FROM pg_proc WHERE pronamespace IN (SELECT oid FROM ns)
              UNION SELECT typowner FROM pg_type WHERE typnamespace IN (SELECT oid FROM ns)),
    other AS (SELECT refobjid AS role FROM pg_shdepend d, pg_identify_object(d.classid, d.objid, d.objsubid) AS o
              WHERE d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND d.refclassid = 'pg_authid'::regclass
                AND (o.schema IS NULL AND o.type <> 'schema' OR o.schema IN (SELECT nspname FROM ns)
                     OR d.classid = 'pg_namespace'::regclass AND d.objid IN (SELECT oid FROM ns)))
    SELECT pg_get_userbyid(role) FROM owner UNION SELECT pg_get_userbyid(role) FROM other
"""


def roles(places: Places) -> Iterable[Finding]:
    """Whether every role that the source's objects need is there."""
    needed = [row[0] for row in places.source.execute(_ROLES, {"schemas": list(places.scope.schemas)}).fetchall()]
    query = "SELECT r FROM unnest(%s::text[]) AS r WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) ORDER BY 1"
    for name, connection in (("target", places.target), ("sandbox", places.sandbox)):
        for (role,) in connection.execute(query, [needed]).fetchall():
            message = f"owns objects or holds grants on the source, and does not exist on the {name} server."
            yield Finding("error", "role_missing", role, message, f"CREATE ROLE on the {name} server.")


def encoding(places: Places) -> Iterable[Finding]:
    """Whether the target keeps text as the source does."""
    query = "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = current_database()"
    encoding, collation = places.source.execute(query).fetchone()  # type: ignore[misc]
    there, sorting = places.target.execute(query).fetchone()  # type: ignore[misc]
    if there != encoding:
        message = f"its encoding is {there}, the source's {encoding}."
        yield Finding("error", "encoding", "target", message, "Make the target database with the source's encoding.")
    if sorting != collation:
        message = f"its default collation is {sorting}, the source's {collation}: text sorts differently."
        yield Finding("warning", "collation", "target", message)


_OTHER_SCHEMAS = """
    SELECT quote_ident(nspname) FROM pg_namespace n
    WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'sunset_checkpoint', 'public')
      AND (cardinality(%(schemas)s::text[]) = 0 OR nspname = ANY (%(schemas)s))
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid
                      AND d.deptype = 'e')
    ORDER BY 1
"""


def target_taken(places: Places) -> Iterable[Finding]:
    """Whether the target already holds something where the copy goes."""
    return taken(places.target, places.scope.schemas)


def taken(target: psycopg.Connection, schemas: Sequence[str]) -> Iterable[Finding]:
    """Whether a database already has anything in the schemas that are copied, or these schemas themselves."""
    found = [row[0] for row in target.execute(_OTHER_SCHEMAS, {"schemas": list(schemas)}).fetchall()]
    found += [asset.address for asset in discover(target, "", schemas) if asset.namespace]
    if found:
        message = f"the target already holds {_listed(found)}."
        yield Finding(
            "error", "target_not_empty", "target", message, "Name an empty target database, or drop them there."
        )


def target_unattached(places: Places) -> Iterable[Finding]:
    """What the target has outside of all schemas: no copy brings it, and it would be in the way of one."""
    found = [
        f"the {fact.kind} {fact.identity}"
        for fact in inventory(places.target, places.scope.schemas, ())
        if fact.kind in DATABASE_WIDE - {"extension"}
        or (fact.kind == "default privilege" and " in all schemas on " in fact.identity)
    ]
    if found:
        message = f"the target already holds {_listed(found)}, outside of all schemas."
        yield Finding("error", "target_not_empty", "target", message, "Drop them there, or name an empty target.")


def target_writable(places: Places) -> Iterable[Finding]:
    """Whether the target's login may make schemas."""
    row = places.target.execute(
        "SELECT has_database_privilege(current_database(), 'CREATE'), pg_is_in_recovery()"
    ).fetchone()
    assert row is not None
    if not row[0] or row[1]:
        why = "is a standby" if row[1] else f"does not let {places.target.info.user!r} create schemas"
        yield Finding("error", "target_not_writable", "target", f"the target {why}.", "GRANT CREATE on the database.")


def sandbox_rights(places: Places) -> Iterable[Finding]:
    """Whether the sandbox's login may make databases."""
    user = places.sandbox.info.user
    row = places.sandbox.execute("SELECT rolcreatedb, rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    creates, superuser = row or (False, False)
    if not (creates or superuser):
        message = f"the sandbox login {user!r} may not create databases."
        yield Finding("error", "sandbox_rights", "sandbox", message, "ALTER ROLE ... CREATEDB.")


def disk(places: Places) -> Iterable[Finding]:
    """Whether a dump has room on the worker's disk."""
    (size,) = places.source.execute("SELECT pg_database_size(current_database())").fetchone()  # type: ignore[misc]
    free = shutil.disk_usage(places.work_folder).free
    if size > free:
        message = f"{free / 2**30:.1f} GiB free, and the backup of {size / 2**30:.1f} GiB is staged there."
        yield Finding(
            "error", "disk", str(places.work_folder), message, "Free space or set SUNSET_WORK to another disk."
        )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
