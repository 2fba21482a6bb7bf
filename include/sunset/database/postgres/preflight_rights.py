"""What the preflight looks for in the rights of the target's login: to make what the source's owners have made."""

from __future__ import annotations

from collections.abc import Iterable

from sunset.database.postgres.inventory import inventory
from sunset.database.postgres.places import Places
from sunset.engine import Finding

_LANGUAGES = """
    SELECT l.lanname::text, count(*), min(p.oid::regprocedure::text), string_agg(DISTINCT p.probin, ', ')
    FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE NOT l.lanpltrusted AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND (cardinality(%(schemas)s::text[]) = 0 OR n.nspname = ANY (%(schemas)s))
      AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    GROUP BY l.lanname ORDER BY 1
"""
_SUPERUSER = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"


def languages(places: Places) -> Iterable[Finding]:
    """Routines in languages that only a superuser may use, and those that lie in a library of the server."""
    for language, number, first, libraries in places.source.execute(
        _LANGUAGES, {"schemas": list(places.scope.schemas)}
    ).fetchall():
        for side, there in (("target", places.target), ("sandbox", places.sandbox)):
            if there.execute(_SUPERUSER).fetchone() != (True,):
                message = f"{number} routines, {first} first: only a superuser may make them, the {side} login is none."
                yield Finding("error", "language", language, message, f"Connect to the {side} as a superuser.")
        if libraries:
            message = f"{number} routines, {first} first, need {libraries}, which no copy carries."
            yield Finding("warning", "library", language, message, "Install it on target and sandbox.")


# The schema `public` of a new database belongs to whoever owns the database, on either side.
_OWNERS = """
    WITH ns AS (SELECT oid, nspowner FROM pg_namespace
                WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
                  AND (cardinality(%(schemas)s::text[]) = 0 OR nspname = ANY (%(schemas)s))),
    made AS (SELECT 'pg_class'::regclass AS classid, oid, relowner AS role, relnamespace AS namespace FROM pg_class
             UNION ALL SELECT 'pg_proc'::regclass, oid, proowner, pronamespace FROM pg_proc
             UNION ALL SELECT 'pg_type'::regclass, oid, typowner, typnamespace FROM pg_type
             WHERE typelem = 0 AND typrelid = 0),
    owner AS (SELECT nspowner AS role FROM ns
              UNION SELECT defaclrole FROM pg_default_acl
              UNION SELECT role FROM made WHERE namespace IN (SELECT oid FROM ns)
                AND NOT EXISTS (SELECT FROM pg_depend d
                                WHERE d.classid = made.classid AND d.objid = made.oid AND d.deptype = 'e'))
    SELECT pg_get_userbyid(role)::text FROM owner WHERE role <> to_regrole('pg_database_owner')
"""
_NOT_FOR = """
    SELECT rolname::text FROM pg_roles
    WHERE rolname = ANY (%s::text[]) AND NOT pg_has_role(current_user, oid, 'MEMBER') ORDER BY 1
"""


def owners(places: Places) -> Iterable[Finding]:
    """Owners of the source's objects for whom the logins of target and sandbox may make nothing."""
    needed = [row[0] for row in places.source.execute(_OWNERS, {"schemas": list(places.scope.schemas)}).fetchall()]
    for side, there in (("target", places.target), ("sandbox", places.sandbox)):
        for (owner,) in there.execute(_NOT_FOR, [needed]).fetchall():
            message = f"the {side} login {there.info.user!r} cannot make objects that belong to it."
            remedy = "GRANT it to that login there, or use a superuser."
            yield Finding("error", f"{side}_rights", owner, message, remedy)


_PUBLISHERS = "SELECT DISTINCT pg_get_userbyid(pubowner)::text FROM pg_publication ORDER BY 1"
_MAY_PUBLISH = """
    SELECT has_database_privilege(%s, current_database(), 'CREATE') OR rolsuper
    FROM pg_roles WHERE rolname = current_user
"""


def publishers(places: Places) -> Iterable[Finding]:
    """Owners of publications who may make none in the target database."""
    for (owner,) in places.source.execute(_PUBLISHERS).fetchall():
        known = places.target.execute("SELECT FROM pg_roles WHERE rolname = %s", [owner]).fetchone() is not None
        if known and places.target.execute(_MAY_PUBLISH, [owner]).fetchone() != (True,):
            message = "it owns a publication, and may make none in the target database."
            yield Finding("error", "target_rights", owner, message, "GRANT CREATE ON DATABASE ... TO it there.")


_OF_SUPERUSERS = {
    "access method",
    "base type",
    "event trigger",
    "foreign-data wrapper",
    "operator class",
    "operator family",
    "text search parser",
    "text search template",
}


def of_superusers(places: Places) -> Iterable[Finding]:
    """Objects that PostgreSQL lets only superusers make; a warning, because some providers let others make them too."""
    found = inventory(places.source, places.scope.schemas, places.scope.excluded)
    special = [fact for fact in found if fact.kind in _OF_SUPERUSERS]
    for side, there in (("target", places.target), ("sandbox", places.sandbox)):
        if special and there.execute(_SUPERUSER).fetchone() != (True,):
            for fact in special:
                message = f"{fact.kind}: the {side} login {there.info.user!r} is no superuser, and may not make it."
                yield Finding("warning", f"{side}_rights", fact.identity, message, "Try it in a rehearsal.")
