"""Reading for a preflight: it may take so long in all, and what it did not get to is named."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import errors, sql

# The session's own limit stands where it is the stricter one.
_LIMIT = """
    SELECT set_config('statement_timeout', (CASE WHEN setting = '0' THEN %(left)s
                                                 ELSE least(setting::int, %(left)s) END)::text, true)
    FROM pg_settings WHERE name = 'statement_timeout'
"""


@dataclass(frozen=True, slots=True)
class Budget:
    """Time for a series of queries.

    Attributes:
        seconds: time for all of them together.
        started: when the first could begin, on the monotonic clock.
        left_out: what was asked about in vain, because the time was over.
    """

    seconds: float
    started: float = field(default_factory=time.monotonic)
    left_out: list[str] = field(default_factory=list)

    def ask(
        self, connection: psycopg.Connection, about: str, query: sql.Composed, settings: dict[str, str] | None = None
    ) -> list[tuple[Any, ...]] | None:
        """The answer to a query, asked in a transaction with these settings; None where the time is over."""
        left = int((self.started + self.seconds - time.monotonic()) * 1000)
        try:
            if left > 0:
                with connection.transaction():
                    connection.execute(_LIMIT, {"left": left})
                    for name, value in (settings or {}).items():
                        connection.execute("SELECT set_config(%s, %s, true)", [name, value])
                    return connection.execute(query).fetchall()
        except errors.QueryCanceled:
            pass  # as if it had not been asked
        if about not in self.left_out:
            self.left_out.append(about)
        return None
