"""What is open on a source: grants to everybody, owners who may do all, secrets in plain text, lines without TLS.

Things are named, never shown: a secret found does not leave the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import psycopg

from sunset.engine import Finding

_HERE = """n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
           AND (cardinality(%(schemas)s::text[]) = 0 OR n.nspname = ANY (%(schemas)s))"""
_PUBLIC = f"""
    SELECT format('%%I.%%I', n.nspname, c.relname),
           string_agg(DISTINCT a.privilege_type, ', ' ORDER BY a.privilege_type)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) AS a
    WHERE a.grantee = 0 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND {_HERE} GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - no value is put in
_OWNERS = f"""
    SELECT r.rolname::text, count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_roles r ON r.oid = c.relowner
    WHERE r.rolsuper AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {_HERE} GROUP BY 1 ORDER BY 1
"""  # noqa: S608
_WORD = r"(password|passwd|pwd|secret|api_?key|token)"
_SECRETS = rf"""
    SELECT 'routine', format('%%I.%%I', n.nspname, p.proname)
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prosrc ~* '{_WORD}\s*(=|:=|=>|:)\s*''?[^\s'']{{4,}}' AND {_HERE}
      AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'foreign server', srvname::text FROM pg_foreign_server
    WHERE EXISTS (SELECT FROM unnest(srvoptions) AS o WHERE split_part(o, '=', 1) ~* '{_WORD}')
    UNION ALL
    SELECT 'user mapping', format('%%I on %%I', usename, srvname) FROM pg_user_mappings
    WHERE EXISTS (SELECT FROM unnest(umoptions) AS o WHERE split_part(o, '=', 1) ~* '{_WORD}')
    ORDER BY 1, 2
"""  # noqa: S608
_CONNINFO = f"""
    SELECT subname::text FROM pg_subscription
    WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND subconninfo ~* '{_WORD}'
    ORDER BY 1
"""  # noqa: S608
_MAY_READ = "SELECT has_column_privilege('pg_subscription', 'subconninfo', 'SELECT')"
_LINE = """
    SELECT coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false),
           coalesce(inet_client_addr() <<= '127.0.0.0/8' OR inet_client_addr() = '::1', true)
"""


def open_points(connection: psycopg.Connection, schemas: Sequence[str]) -> tuple[Finding, ...]:
    """Everything that is open in a database and on the line to it, each a finding of severity `warning`."""
    values = {"schemas": list(schemas)}
    return (
        *_granted(connection, values),
        *_owned(connection, values),
        *_secrets(connection, values),
        *_lines(connection),
    )


def _granted(connection: psycopg.Connection, values: dict[str, list[str]]) -> Iterator[Finding]:
    for name, privileges in connection.execute(_PUBLIC, values).fetchall():
        message = f"everybody has {privileges} on it."
        yield Finding("warning", "public_grant", name, message, "REVOKE it FROM PUBLIC, or decide that it may stay.")


def _owned(connection: psycopg.Connection, values: dict[str, list[str]]) -> Iterator[Finding]:
    for owner, number in connection.execute(_OWNERS, values).fetchall():
        message = f"{number:,} tables and views belong to this superuser."
        yield Finding("warning", "superuser_owner", owner, message, "Give them to a role without such rights.")


def _secrets(connection: psycopg.Connection, values: dict[str, list[str]]) -> Iterator[Finding]:
    found = connection.execute(_SECRETS, values).fetchall()
    if connection.execute(_MAY_READ).fetchone() == (True,):
        found += [("subscription", name) for (name,) in connection.execute(_CONNINFO).fetchall()]
    for kind, name in found:
        message = f"this {kind} seems to hold a secret in plain text."
        yield Finding("warning", "plain_secret", name, message, "Take it out and change it: it was readable.")


def _lines(connection: psycopg.Connection) -> Iterator[Finding]:
    row = connection.execute(_LINE).fetchone()
    if row == (False, False):
        host = connection.info.host
        yield Finding("warning", "tls_off", host, "the line to it is not encrypted.", "Set sslmode on the connection.")
