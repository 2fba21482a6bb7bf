"""What a MySQL database holds besides tables and views: nothing of it is carried, and all of it is named."""

from __future__ import annotations

from collections.abc import Iterator

from sunset.database.foreign.model import NotCarried
from sunset.database.mysql.place import Session

_KINDS = (
    (
        "sequence",
        "SELECT table_name, '' FROM information_schema.tables WHERE table_schema = %s AND table_type = 'SEQUENCE'",
    ),
    (
        "row history",
        "SELECT table_name, 'earlier versions of rows' FROM information_schema.tables "
        "WHERE table_schema = %s AND table_type = 'SYSTEM VERSIONED'",
    ),
    (
        "table",
        "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = %s AND table_type "
        "NOT IN ('BASE TABLE', 'SYSTEM VERSIONED', 'SEQUENCE', 'VIEW', 'SYSTEM VIEW')",
    ),
    ("routine", "SELECT routine_name, routine_type FROM information_schema.routines WHERE routine_schema = %s"),
    ("trigger", "SELECT trigger_name, event_object_table FROM information_schema.triggers WHERE trigger_schema = %s"),
    ("event", "SELECT event_name, '' FROM information_schema.events WHERE event_schema = %s"),
    (
        "grants",
        "SELECT DISTINCT grantee, '' FROM (SELECT grantee, table_schema FROM information_schema.schema_privileges "
        "UNION SELECT grantee, table_schema FROM information_schema.table_privileges "
        "UNION SELECT grantee, table_schema FROM information_schema.column_privileges) AS g WHERE %s LIKE table_schema",
    ),
)
_CODE = "its code is not translated; the archive has its text."
_BECAUSE = {
    "routine": _CODE,
    "trigger": _CODE,
    "event": _CODE,
    "grants": "accounts and their rights belong to the server; grant on the target what its users need.",
}


def others(session: Session) -> Iterator[NotCarried]:
    """Everything of these kinds, with the reason."""
    namespace = session.place.database
    for kind, query in _KINDS:
        for name, what in session.all(query, [namespace]):
            because = _BECAUSE.get(kind, "it is nothing that the target has.")
            yield NotCarried(kind, namespace, name, f"{what.lower()}: {because}" if what else because)
