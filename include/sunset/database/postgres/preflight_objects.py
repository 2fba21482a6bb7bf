"""What the preflight says of the source's objects: those that stay behind, those that need something on the target."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from sunset.database.postgres.accounting import unaccounted
from sunset.database.postgres.not_carried import not_carried
from sunset.database.postgres.places import Places
from sunset.engine import Finding


def left_behind(places: Places) -> Iterable[Finding]:
    """The list of what is not carried, for people to decide on."""
    for asset in not_carried(places.source, "", places.scope.schemas):
        message = f"{asset.kind}: {asset.not_carried}"
        yield Finding("warning", "not_carried", asset.address, message, "Do on the target what it needs of this.")


def unknown(places: Places) -> Iterable[Finding]:
    """Objects that are neither compared nor on that list: nobody could say what becomes of them."""
    for kind, identity in unaccounted(places.source):
        message = f"{kind}: it would neither be compared nor be named as not carried."
        yield Finding("error", "unaccounted", identity, message, "Drop it, or move what needs it to an extension.")


_MEMBERSHIPS = """
    SELECT pg_get_userbyid(roleid)::text, pg_get_userbyid(member)::text FROM pg_auth_members
    WHERE member IN (SELECT refobjid FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass
                     AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database()))
    ORDER BY 1, 2
"""
_MISSING = """
    SELECT m.granted, m.grantee FROM unnest(%s::text[], %s::text[]) AS m(granted, grantee)
    WHERE NOT EXISTS (SELECT FROM pg_auth_members a WHERE pg_get_userbyid(a.roleid) = m.granted
                      AND pg_get_userbyid(a.member) = m.grantee)
"""


def memberships(places: Places) -> Iterable[Finding]:
    """Memberships of the roles that the product's objects name: with them go rights that no grant shows."""
    held = places.source.execute(_MEMBERSHIPS).fetchall()
    for granted, member in places.target.execute(_MISSING, [[row[0] for row in held], [row[1] for row in held]]):
        message = f"on the source it is a member of {granted}, on the target it is not."
        yield Finding("warning", "role_membership", member, message, "GRANT it there, or decide that it may go.")


# What a login can read on the target depends on who will own the tables there: the source's owners, by name.
_SECURED = """
    SELECT format('%%I.%%I', n.nspname, c.relname), pg_get_userbyid(c.relowner)::text, c.relforcerowsecurity
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND c.relrowsecurity AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND (cardinality(%(schemas)s::text[]) = 0 OR n.nspname = ANY (%(schemas)s))
    ORDER BY 1
"""
_SEES_ALL = """
    SELECT (rolsuper OR rolbypassrls)
           OR (NOT %s AND coalesce(pg_has_role(current_user, to_regrole(quote_ident(%s)), 'USAGE'), false))
    FROM pg_roles WHERE rolname = current_user
"""


def secured(places: Places) -> Iterable[Finding]:
    """Tables whose rows the logins of target and sandbox will not see once row security is on there too."""
    tables = places.source.execute(_SECURED, {"schemas": list(places.scope.schemas)}).fetchall()
    for name, there in (("target", places.target), ("sandbox", places.sandbox)):
        for table, owner, forced in tables:
            if not _sees_all(there, owner, forced):
                message = f"row security would hide rows from the {name} login {there.info.user!r}."
                yield Finding("error", "row_security", table, message, "Give that login BYPASSRLS.")


def _sees_all(connection: psycopg.Connection, owner: str, forced: bool) -> bool:
    return connection.execute(_SEES_ALL, [forced, owner]).fetchone() == (True,)


_SECRETS = """
    SELECT format('%I on %I', usename, srvname) FROM pg_user_mappings
    WHERE EXISTS (SELECT FROM unnest(umoptions) AS o WHERE split_part(o, '=', 1) ~* 'pass|secret|token|key|cert')
    ORDER BY 1
"""


def mapped_secrets(places: Places) -> Iterable[Finding]:
    """User mappings whose secrets this login sees: pg_dump would write them into the evidence."""
    for (mapping,) in places.source.execute(_SECRETS).fetchall():
        message = f"the login {places.source.info.user!r} sees its secret, which would come into the evidence."
        remedy = "Connect as a login that may not see it, or DROP USER MAPPING."
        yield Finding("error", "mapped_secret", mapping, message, remedy)
