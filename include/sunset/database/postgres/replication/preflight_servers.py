"""What the preflight of a replication looks for on the two servers."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from sunset.database.postgres.replication import subscription
from sunset.database.postgres.replication.names import PREFIX
from sunset.database.postgres.replication.route import Route
from sunset.engine import Finding

_OLDEST_SOURCE, _OLDEST_TARGET = 13, 15


def versions(route: Route) -> Iterable[Finding]:
    """Whether both servers know what is asked of them: bounds of a slot, stopping at an error."""
    for name, connection, oldest in (
        ("source", route.source, _OLDEST_SOURCE),
        ("target", route.target, _OLDEST_TARGET),
    ):
        version = connection.info.server_version // 10000
        if version < oldest:
            message = f"PostgreSQL {version} is too old for route `replicate`, which needs {oldest} there."
            yield Finding("error", "replication_version", name, message, "Use route `copy`, or a newer server.")


def publishes(route: Route) -> Iterable[Finding]:
    """Whether the source's log has what is to be sent."""
    row = route.source.execute("SELECT current_setting('wal_level'), pg_is_in_recovery()").fetchone()
    assert row is not None
    if row[0] != "logical":
        remedy = "Set wal_level = logical and restart the source."
        yield Finding("error", "wal_level", "source", f"its wal_level is {row[0]}.", remedy)
    if row[1]:
        yield Finding("error", "wal_level", "source", "it is a standby.", "Name the primary under conn_id.")


_ROOM = """
    SELECT 'max_replication_slots', current_setting('max_replication_slots')::int,
           (SELECT count(*) FROM pg_replication_slots)
    UNION ALL
    SELECT 'max_wal_senders', current_setting('max_wal_senders')::int, (SELECT count(*) FROM pg_stat_replication)
"""


def room(route: Route) -> Iterable[Finding]:
    """Whether one more slot and one more sender fit."""
    for setting, limit, used in route.source.execute(_ROOM).fetchall():
        if used >= limit:
            message = f"{used} of {limit} are in use."
            yield Finding("error", "replication_room", setting, message, f"Raise {setting} on the source.")


_RIGHTS = """
    SELECT rolsuper OR rolreplication, has_database_privilege(current_database(), 'CREATE')
    FROM pg_roles WHERE rolname = current_user
"""


def publisher_rights(route: Route) -> Iterable[Finding]:
    """Whether the source's login may make a slot and a publication."""
    user = route.source.info.user
    replicates, creates = route.source.execute(_RIGHTS).fetchone() or (False, False)
    if not replicates:
        message = f"the login {user!r} may not make a replication slot."
        yield Finding("error", "replication_right", "source", message, "ALTER ROLE ... REPLICATION.")
    if not creates:
        message = f"the login {user!r} may not make a publication."
        yield Finding("error", "replication_right", "source", message, "GRANT CREATE on the database.")


def subscriber_rights(route: Route) -> Iterable[Finding]:
    """Whether the target's login may subscribe."""
    if route.target.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (True,):
        return
    if route.target.info.server_version >= 160000:
        member = "SELECT pg_has_role('pg_create_subscription', 'USAGE')"
        if route.target.execute(member).fetchone() == (True,):
            return
    message = f"the login {route.target.info.user!r} may not subscribe."
    remedy = "GRANT pg_create_subscription to it (PostgreSQL 16 and newer), or connect as a superuser."
    yield Finding("error", "replication_right", "target", message, remedy)


_WORKERS = """
    SELECT current_setting('max_logical_replication_workers')::int,
           (SELECT count(*) FROM pg_subscription WHERE subenabled),
           coalesce(current_setting('max_active_replication_origins', true),
                    current_setting('max_replication_slots'))::int,
           (SELECT count(*) FROM pg_replication_origin)
"""


def workers(route: Route) -> Iterable[Finding]:
    """Whether the target has a worker for one more subscription, and a place for what it has applied."""
    limit, used, origins, known = route.target.execute(_WORKERS).fetchone()  # type: ignore[misc]
    if used >= limit:
        message = f"{used} of {limit} workers are in use."
        remedy = "Raise max_logical_replication_workers and max_worker_processes on the target."
        yield Finding("error", "replication_room", "max_logical_replication_workers", message, remedy)
    if known >= origins:
        message = f"{known} of {origins} replication origins are in use."
        remedy = "Raise max_active_replication_origins (before 18: max_replication_slots) on the target."
        yield Finding("error", "replication_room", "replication origins", message, remedy)


def within_reach(route: Route) -> Iterable[Finding]:
    """Whether the target's server reaches the source: it is tried, with a subscription that is taken back."""
    try:
        subscription.try_out(route.target, f"{PREFIX}trial", route.publisher)
    except psycopg.Error as error:
        message = f"the target's server cannot reach it as {route.publisher.user!r}: {_said(error, route)}"
        remedy = "Name under `replication.conn_id` the source's address and a login with REPLICATION, for that server."
        yield Finding("error", "out_of_reach", str(route.publisher), message, remedy)


def unbounded(route: Route) -> Iterable[Finding]:
    """Whether the source's server itself bounds what a slot may hold back."""
    if route.source.execute("SELECT current_setting('max_slot_wal_keep_size')").fetchone() == ("-1",):
        message = (
            f"without a limit of the server's own; the run gives up at {route.bounds.retained_bytes / 2**20:,.0f} MiB, "
            "if it is running."
        )
        remedy = "Set max_slot_wal_keep_size on the source."
        yield Finding("warning", "slot_unbounded", "max_slot_wal_keep_size", message, remedy)


def left_behind(route: Route) -> Iterable[Finding]:
    """Slots of runs that ended without their tear-down."""
    query = "SELECT slot_name FROM pg_replication_slots WHERE NOT active AND starts_with(slot_name, %s) ORDER BY 1"
    for (slot,) in route.source.execute(query, [PREFIX]).fetchall():
        message = "a slot that nobody reads; the source keeps its log for it."
        yield Finding("warning", "slot_left_behind", slot, message, "If no run uses it: pg_drop_replication_slot().")


def waits(route: Route) -> Iterable[Finding]:
    """A new slot waits for every transaction that has written, in any database of the server."""
    query = """
        SELECT pid, extract(epoch FROM now() - xact_start)::int FROM pg_stat_activity
        WHERE backend_xid IS NOT NULL AND xact_start < now() - interval '1 minute' ORDER BY 1
    """
    for pid, seconds in route.source.execute(query).fetchall():
        message = f"a transaction that writes has been open for {seconds // 60} minutes; a new slot waits for its end."
        yield Finding("warning", "slot_waits", f"server process {pid}", message, "End it before the following begins.")


def writers(route: Route) -> Iterable[Finding]:
    """Whoever else is on the target could write what then collides."""
    query = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
          AND application_name NOT LIKE 'sunset %'
    """
    (others,) = route.target.execute(query).fetchone()  # type: ignore[misc]
    if others:
        message = f"{others} other sessions are connected to it; a row that they write can stop the following."
        yield Finding("warning", "target_writers", "target", message, "Keep everybody off it until the cutover.")


def _said(error: psycopg.Error, route: Route) -> str:
    """PostgreSQL's own words, in which no password is to be: the statement held one."""
    said = error.diag.message_primary or "no answer"
    return said.replace(route.publisher.password, "***") if route.publisher.password else said
