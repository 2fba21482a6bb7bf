"""What the preflight looks for in the work that others do on the source: what would hold up the freeze, or miss it."""

from __future__ import annotations

from collections.abc import Iterable

from sunset.database.postgres.places import Places
from sunset.engine import Finding

_PREPARED = """
    SELECT gid, (extract(epoch FROM now() - prepared) / 60)::int FROM pg_prepared_xacts
    WHERE database = current_database() ORDER BY 1
"""


def prepared_transactions(places: Places) -> Iterable[Finding]:
    """Transactions that are prepared and not committed: a freeze does not keep them from being committed."""
    for name, minutes in places.source.execute(_PREPARED).fetchall():
        message = f"prepared {minutes} minutes ago and not committed; the freeze refuses while it is there."
        remedy = "COMMIT PREPARED or ROLLBACK PREPARED it before the freeze."
        yield Finding("warning", "prepared_transaction", name, message, remedy)


# Sunset's own slots are the business of the route that makes them.
_SLOTS = """
    SELECT slot_name::text, active, pg_size_pretty(pg_wal_lsn_diff(
             CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, restart_lsn))
    FROM pg_replication_slots WHERE database = current_database() AND slot_name !~ '^sunset' ORDER BY 1
"""


def slots(places: Places) -> Iterable[Finding]:
    """Logical replication slots: somebody follows this database, and will not learn of its end from it."""
    for slot, active, behind in places.source.execute(_SLOTS).fetchall():
        state = "somebody follows" if active else "somebody was to follow"
        message = f"{state} the database through this replication slot, {behind or 'nothing'} behind."
        yield Finding("warning", "slot", slot, message, "Point its reader to the target, and drop the slot at the end.")
