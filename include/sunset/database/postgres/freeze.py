"""The freeze: no session of the source database can write by default, and that is tried, not believed."""

from __future__ import annotations

import psycopg
from psycopg import sql

from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.engine import Frozen
from sunset.errors import Refusal

_SETTING = "default_transaction_read_only"
_OVERRIDES = """
    SELECT coalesce(quote_ident(r.rolname), 'all roles')
    FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) AS c
    WHERE c ~ '^default_transaction_read_only=(off|false|no|0)$' AND s.setrole <> 0
      AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    ORDER BY 1
"""
_PREPARED = "SELECT gid FROM pg_prepared_xacts WHERE database = current_database() ORDER BY 1"
# A login without pg_read_all_stats sees of other roles' sessions little more than that they are there. Whoever
# streams from a replication slot writes nothing, and may be the target that still fetches the last changes.
_END_WRITERS = """
    SELECT coalesce(usename, 'unknown') || ' (server process ' || pid || ')', pg_terminate_backend(pid, 10000)
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL
      AND coalesce(backend_type, 'client backend') = 'client backend' AND coalesce(application_name, '') <> %s
      AND pid NOT IN (SELECT active_pid FROM pg_replication_slots WHERE active_pid IS NOT NULL)
"""


def freeze(source: Endpoint, application: str) -> Frozen:
    """Make new sessions read-only, end the others, and prove it by a write that must fail.

    Raises:
        Refusal: no permission to do so, a role is exempt, or the proving write went through.
    """
    with connect(source, application) as connection:
        if exempt := [row[0] for row in connection.execute(_OVERRIDES).fetchall()]:
            raise Refusal(
                f"these roles may write in spite of a freeze: {', '.join(exempt)}.",
                where=str(source),
                remedy=f"ALTER ROLE ... RESET {_SETTING} for them.",
            )
        if prepared := connection.execute(_PREPARED).fetchall():
            raise Refusal(
                f"prepared transactions could still be committed: {', '.join(row[0] for row in prepared)}.",
                where=str(source),
                remedy="COMMIT PREPARED or ROLLBACK PREPARED them.",
            )
        _set_read_only(connection, source)
        ended = _end_writers(connection, source, application)
        position = connection.execute("SELECT pg_current_wal_lsn()::text").fetchone()
    assert position is not None
    prove_frozen(source, application)
    return Frozen(position[0], ended)


def prove_frozen(source: Endpoint, application: str) -> None:
    """Try to write as a new session would.

    Raises:
        Refusal: the write was possible.
    """
    with connect(source, application) as connection:
        try:
            with connection.transaction(force_rollback=True):
                connection.execute("CREATE TABLE public.sunset_write_probe ()")
        except psycopg.errors.ReadOnlySqlTransaction:
            return
        except psycopg.errors.InsufficientPrivilege:
            row = connection.execute("SELECT current_setting('transaction_read_only')").fetchone()
            if row == ("on",):
                return
    raise Refusal(
        "a new session can still write.",
        where=str(source),
        remedy=f"Find what sets {_SETTING} back (a connection pooler, a role setting), then run the task again.",
    )


def thaw(source: Endpoint, application: str) -> None:
    """Let new sessions write again."""
    with connect(source, application, {_SETTING: "off"}) as connection:
        reset = sql.SQL("ALTER DATABASE {} RESET {}")
        connection.execute(reset.format(sql.Identifier(source.database), sql.Identifier(_SETTING)))


def _end_writers(connection: psycopg.Connection, source: Endpoint, application: str) -> int:
    """End every client session but ours: one that began before the freeze could go on writing."""
    try:
        sessions = connection.execute(_END_WRITERS, [application[:63]]).fetchall()
    except psycopg.errors.InsufficientPrivilege as error:
        raise Refusal(
            f"the login {source.user!r} may not end the sessions of others: {error.diag.message_primary}",
            where=str(source),
            remedy="GRANT pg_signal_backend to it, and let superusers disconnect.",
        ) from error
    if alive := [who for who, gone in sessions if not gone]:
        raise Refusal(
            f"these sessions could not be ended: {', '.join(alive)}.",
            where=str(source),
            remedy="Disconnect them and run the task again.",
        )
    return len(sessions)


def _set_read_only(connection: psycopg.Connection, source: Endpoint) -> None:
    alter = sql.SQL("ALTER DATABASE {} SET {} = on").format(sql.Identifier(source.database), sql.Identifier(_SETTING))
    try:
        connection.execute("SELECT set_config(%s, 'off', false)", [_SETTING])  # a second freeze is as good as the first
        connection.execute(alter)
    except psycopg.errors.InsufficientPrivilege as error:
        raise Refusal(
            f"the login {source.user!r} may not freeze it: {error.diag.message_primary}",
            where=str(source),
            remedy="Connect as the owner of the database.",
        ) from error
