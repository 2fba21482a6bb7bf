"""What of a database is carried, and how hard its server may be worked."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of a source database that goes to the target.

    Attributes:
        schemas: schemas as the catalogue spells them; none means every schema that is not the system's.
        excluded: quoted tables that are archived or destroyed instead of migrated.
        parallel: connections used at once on either side.
        statement_timeout: longest time for one statement on the source, in PostgreSQL's own notation; "0" for none.
        lock_timeout: longest wait for a lock on the source, likewise.
        rows_per_second: upper bound of rows read a second over all connections; None for none.
    """

    schemas: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    parallel: int = 2
    statement_timeout: str = "0"
    lock_timeout: str = "30s"
    rows_per_second: int | None = None

    @property
    def share(self) -> Scope:
        """The scope of one of `parallel` tasks that work at once: one connection, its part of the rows a second."""
        rate = self.rows_per_second
        return replace(self, parallel=1, rows_per_second=max(rate // self.parallel, 1) if rate else None)

    @property
    def settings(self) -> tuple[tuple[str, str], ...]:
        """Session settings that bound the load on the source."""
        return (("statement_timeout", self.statement_timeout), ("lock_timeout", self.lock_timeout))
