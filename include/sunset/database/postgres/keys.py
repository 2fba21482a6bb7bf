"""Keys and indexes of many tables at once, each table's in one transaction with its mark; foreign keys validated so.

A table's statistics belong to that transaction: what comes after it is planned by them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack

import psycopg
from psycopg import sql

from sunset.database.postgres.checkpoint import Checkpoint
from sunset.database.postgres.lock import transaction_lock
from sunset.database.postgres.post_data import ForeignKey, TableKeys
from sunset.database.postgres.schema import apply_script
from sunset.database.postgres.tables import find_table, largest_first
from sunset.database.spread import spread
from sunset.errors import Refusal

OpenSession = Callable[[], psycopg.Connection]

# A build sorts the table; more memory than most servers give by default saves it from going through files.
_MEMORY = """
    SELECT set_config('maintenance_work_mem', '256MB', false)
    WHERE pg_size_bytes(current_setting('maintenance_work_mem')) < pg_size_bytes('256MB')
"""
_NOT_VALID = """
    SELECT true FROM pg_constraint
    WHERE conrelid = to_regclass(%s) AND contype = 'f' AND NOT convalidated AND quote_ident(conname) = %s
"""


def make_keys(open_session: OpenSession, parallel: int, mark: Checkpoint, keys: Iterable[TableKeys]) -> None:
    """Make what each table has of keys and indexes, unless it is made, and take its statistics.

    Args:
        open_session: opens a session that writes to the target.
        parallel: tables at a time.
        mark: the checkpoint of the copy.
        keys: of all tables, also of those without any.

    Raises:
        Locked: another task makes those of one of the tables.
        Refusal: the target did not accept a statement; names it.
    """
    by_table = {each.table: each for each in keys}

    def make(target: psycopg.Connection, table: str) -> None:
        with target.transaction():
            transaction_lock(target, f"{mark.source}: keys of {table}")
            step = f"keys of {table}"
            if mark.reached(target, step):
                return
            apply_script(target, by_table[table].script)
            target.execute(sql.SQL("ANALYZE {}").format(find_table(target, table).identifier))
            mark.reach(target, step)

    _spread(open_session, parallel, tuple(by_table), make)


def validate(open_session: OpenSession, parallel: int, foreign_keys: Sequence[ForeignKey]) -> None:
    """Let the target look at all rows of the tables with these foreign keys, unless it has.

    Raises:
        Refusal: rows break one; names it.
    """
    by_table: dict[str, list[ForeignKey]] = {}
    for key in foreign_keys:
        by_table.setdefault(key.table, []).append(key)

    def look(target: psycopg.Connection, table: str) -> None:
        for key in by_table[table]:
            if target.execute(_NOT_VALID, [table, key.name]).fetchone():
                _validate(target, key)

    _spread(open_session, parallel, tuple(by_table), look)


def _validate(target: psycopg.Connection, key: ForeignKey) -> None:
    try:
        target.execute(key.validating.encode())
    except psycopg.errors.ForeignKeyViolation as error:
        raise Refusal(
            f"the target did not accept it: {error.diag.message_primary}",
            where=key.validating,
            remedy="Rows of the source break the key: correct them there, then start a new round.",
        ) from None


def _spread(
    open_session: OpenSession, parallel: int, tables: Sequence[str], work: Callable[[psycopg.Connection, str], None]
) -> None:
    with ExitStack() as open_sessions:
        sessions = [open_sessions.enter_context(open_session()) for _ in range(min(parallel, len(tables)))]
        for session in sessions:
            session.execute(_MEMORY)
        if sessions:
            spread(sessions, largest_first(sessions[0], tables), work)
