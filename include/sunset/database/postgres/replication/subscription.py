"""The subscription: the target's own server fetches what the source sends, and applies it in the order of commits.

Its connection string holds the password of a login of the source; that is how PostgreSQL works. It stands in
`pg_subscription.subconninfo`, which superusers of the target alone can read, until the subscription is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from sunset.database.postgres.endpoint import Endpoint
from sunset.errors import Refusal

# CREATE SUBSCRIPTION has its password in its text: a superuser keeps that out of the log and of the statistics.
_QUIET = """
    SELECT set_config(name, value, false)
    FROM (VALUES ('log_statement', 'none'), ('log_min_error_statement', 'panic'), ('log_min_duration_statement', '-1'),
                 ('log_min_duration_sample', '-1'), ('pg_stat_statements.track_utility', 'off')) AS s(name, value)
    WHERE (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
"""
_STATE = """
    SELECT s.subenabled, w.pid IS NOT NULL, to_jsonb(t)
    FROM pg_subscription s
    LEFT JOIN pg_stat_subscription w ON w.subid = s.oid AND w.relid IS NULL
    LEFT JOIN pg_stat_subscription_stats t ON t.subid = s.oid
    WHERE s.subname = %s AND s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_HERE = """
    SELECT FROM pg_subscription
    WHERE subname = %s AND subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@dataclass(frozen=True, slots=True)
class SubscriptionState:
    """What the target says of its subscription.

    Attributes:
        enabled: False after an error of the apply, at which it stops.
        working: whether its worker runs.
        errors: how often the apply broke off.
        conflicts: rows that could not be applied as sent, by PostgreSQL's word for the case (18 and newer). A row that
            is missing stops nothing: a TRUNCATE during the copy leads there too, and the validation decides.
    """

    enabled: bool
    working: bool
    errors: int = 0
    conflicts: dict[str, int] = field(default_factory=dict)


def create(target: psycopg.Connection, name: str, publisher: Endpoint) -> None:
    """Subscribe, from the position at which the slot of the same name stands; one that is there stays.

    The slot was made first, which also lets both databases be of one server. An error of the apply disables the
    subscription instead of being tried again for ever.

    Raises:
        psycopg.Error: the server said no; without the statement, which holds the password.
    """
    if target.execute(_HERE, [name]).fetchone() is not None:
        return
    options = sql.SQL("create_slot = false, copy_data = false, disable_on_error = true, streaming = off")
    _subscribe(target, name, publisher, options)


def try_out(target: psycopg.Connection, name: str, publisher: Endpoint) -> None:
    """Let the target's server reach the source as a subscription would, and take it back: nothing is left.

    Raises:
        psycopg.Error: it cannot; without the statement, which holds the password.
    """
    options = sql.SQL("create_slot = false, copy_data = false, enabled = false, slot_name = NONE")
    with target.transaction(force_rollback=True):
        _subscribe(target, name, publisher, options)


def find_subscription(target: psycopg.Connection, name: str) -> SubscriptionState:
    """The state of the subscription.

    Raises:
        Refusal: it is gone.
    """
    row = target.execute(_STATE, [name]).fetchone()
    if row is None:
        raise Refusal(
            f"the subscription {name!r} is gone.",
            where=f"{target.info.host}:{target.info.port}/{target.info.dbname}",
            remedy="Somebody dropped it: empty the target and start a new run.",
        )
    enabled, working, counted = row
    return SubscriptionState(enabled, working, (counted or {}).get("apply_error_count", 0), _conflicts(counted or {}))


def enable(target: psycopg.Connection, name: str) -> None:
    """Let the apply go on after an error."""
    target.execute(sql.SQL("ALTER SUBSCRIPTION {} ENABLE").format(sql.Identifier(name)))


def drop(target: psycopg.Connection, name: str) -> None:
    """Drop the subscription if it is there; its slot is dropped on the source, which may be the one that is away."""
    if target.execute(_HERE, [name]).fetchone() is None:
        return
    subscription = sql.Identifier(name)
    with target.transaction():
        target.execute(sql.SQL("ALTER SUBSCRIPTION {} DISABLE").format(subscription))
        target.execute(sql.SQL("ALTER SUBSCRIPTION {} SET (slot_name = NONE)").format(subscription))
        target.execute(sql.SQL("DROP SUBSCRIPTION {}").format(subscription))


def _subscribe(target: psycopg.Connection, name: str, publisher: Endpoint, options: sql.SQL) -> None:
    conninfo = make_conninfo(
        host=publisher.host,
        port=publisher.port,
        user=publisher.user,
        password=publisher.password,
        dbname=publisher.database,
        connect_timeout=15,
        **publisher.options,
    )
    subscribing = sql.SQL("CREATE SUBSCRIPTION {name} CONNECTION {conninfo} PUBLICATION {name} WITH ({options})")
    target.execute(_QUIET)
    target.execute(subscribing.format(name=sql.Identifier(name), conninfo=sql.Literal(conninfo), options=options))
    target.execute("SELECT 'subscribed'")  # pg_stat_activity shows the last statement of a session


def _conflicts(counted: dict[str, Any]) -> dict[str, int]:
    """Not those about the origin of a row: the rows of the initial copy are the target's own."""
    return {
        name.removeprefix("confl_"): count
        for name, count in sorted(counted.items())
        if name.startswith("confl_") and not name.endswith("_origin_differs") and count
    }
