"""The freeze of a MySQL server: `read_only` for all of it, because a database has no such switch of its own.

Accounts that may write in spite of it are named and refused; sessions that began before are ended.
"""

from __future__ import annotations

from sunset.database.mysql.place import Place, Session, session
from sunset.engine import Frozen
from sunset.errors import Refusal

# Replication's own threads and the server's go on: they have no client's command.
_OTHERS = """
    SELECT id, user FROM information_schema.processlist
    WHERE id <> connection_id() AND user NOT IN ('system user', 'event_scheduler')
      AND command NOT IN ('Daemon', 'Binlog Dump', 'Binlog Dump GTID', 'Slave_IO', 'Slave_SQL')
"""
_EXEMPT = """
    SELECT DISTINCT grantee FROM information_schema.user_privileges
    WHERE privilege_type IN ('SUPER', 'READ ONLY ADMIN', 'READ_ONLY ADMIN', 'CONNECTION_ADMIN') ORDER BY 1
"""


def freeze(place: Place) -> Frozen:
    """Make the server read-only, end all other sessions, and prove it.

    Raises:
        Refusal: the login may not, or a write went through.
    """
    with session(place) as admin:
        admin.run("SET GLOBAL read_only = ON")
        ended = _end_others(admin)
        position = _position(admin)
    prove_frozen(place)
    return Frozen(position, ended)


def prove_frozen(place: Place) -> None:
    """Read the switch again. Whoever may set it may write in spite of it, so a write of ours would prove nothing.

    That nothing was written is proven by the rows, which are measured again.

    Raises:
        Refusal: the server can be written to, or the event scheduler still runs.
    """
    with session(place) as admin:
        read_only, scheduler = admin.one("SELECT @@global.read_only, @@global.event_scheduler")
        if not int(read_only):
            raise Refusal(
                "the server can be written to: read_only is off.",
                where=str(place),
                remedy="Find who set it back, then clear the freeze.",
            )
        if str(scheduler).upper() == "ON" and admin.one("SELECT count(*) FROM information_schema.events")[0]:
            raise Refusal(
                "the event scheduler is on, and events write in spite of read_only.",
                where=str(place),
                remedy="SET GLOBAL event_scheduler = OFF for the time of the freeze.",
            )


def thaw(place: Place) -> None:
    """Let the server be written to again."""
    with session(place) as admin:
        admin.run("SET GLOBAL read_only = OFF")


def exempt(reading: Session) -> list[str]:
    """Accounts that may write to a read-only server, as far as this login may see."""
    return [str(row[0]) for row in reading.all(_EXEMPT)]


def _end_others(admin: Session) -> int:
    others = admin.all(_OTHERS)
    for number, _ in others:
        try:
            admin.run(f"KILL CONNECTION {int(number)}")
        except Refusal as error:
            if "1094" not in error.what:  # it ended by itself
                raise
    return len(others)


def _position(admin: Session) -> str:
    """Where the binary log stands; empty where the server keeps none."""
    rows = admin.all("SHOW MASTER STATUS")
    return f"{rows[0][0]}:{rows[0][1]}" if rows else "no binary log"
