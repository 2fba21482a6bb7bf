"""Event triggers: the product's own code, which runs whenever somebody changes the schema.

On the target they are made last, so that none sees what Sunset itself does there: one that keeps a log would write rows
that the source does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from sunset.database.postgres.schema import section_script
from sunset.database.postgres.tools import Tools

# As pg_restore lists them.
_ENTRY = re.compile(r"\d+; \d+ \d+ (COMMENT - |SECURITY LABEL - )?EVENT TRIGGER ")
_ENABLED = "SELECT evtname, evtenabled::text FROM pg_event_trigger WHERE evtenabled <> 'D' ORDER BY 1"
_STATES = {"O": sql.SQL("ENABLE"), "R": sql.SQL("ENABLE REPLICA"), "A": sql.SQL("ENABLE ALWAYS")}


def is_entry(line: str) -> bool:
    """Whether a line of pg_restore's list stands for an event trigger, or for what hangs on one."""
    return _ENTRY.match(line) is not None


def script(tools: Tools, dump: Path) -> str:
    """The SQL that makes the event triggers of a dump."""
    return section_script(tools, dump, "post-data", is_entry)


@contextmanager
def silenced(connection: psycopg.Connection) -> Iterator[None]:
    """A transaction in which no event trigger of the database fires."""
    with connection.transaction():
        enabled = connection.execute(_ENABLED).fetchall()
        for name, _ in enabled:
            _alter(connection, name, sql.SQL("DISABLE"))
        yield
        for name, state in enabled:
            _alter(connection, name, _STATES[state])


def _alter(connection: psycopg.Connection, name: str, action: sql.SQL) -> None:
    connection.execute(sql.SQL("ALTER EVENT TRIGGER {} {}").format(sql.Identifier(name), action))
