"""What the preflight looks for in the rights of the target's login: to make what the source's owners have made."""

from __future__ import annotations

from collections.abc import Iterable

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


_OWNERS = """
    SELECT DISTINCT pg_get_userbyid(relowner)::text FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND (cardinality(%(schemas)s::text[]) = 0 OR n.nspname = ANY (%(schemas)s))
"""
_NOT_FOR = """
    SELECT rolname::text FROM pg_roles
    WHERE rolname = ANY (%s::text[]) AND NOT pg_has_role(current_user, oid, 'MEMBER') ORDER BY 1
"""


def owners(places: Places) -> Iterable[Finding]:
    """Owners of the source's objects for whom the target's login may make nothing."""
    needed = [row[0] for row in places.source.execute(_OWNERS, {"schemas": list(places.scope.schemas)}).fetchall()]
    for (owner,) in places.target.execute(_NOT_FOR, [needed]).fetchall():
        message = f"the target login {places.target.info.user!r} cannot make objects that belong to it."
        yield Finding("error", "target_rights", owner, message, "GRANT it to that login there, or use a superuser.")
