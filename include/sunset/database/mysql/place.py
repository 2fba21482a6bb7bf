"""Where a MySQL or MariaDB server is, and how Sunset opens a session on it: always with the same settings."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from sunset.database.mysql.watch import Watch
from sunset.database.postgres.session import stalled_after
from sunset.errors import Refusal, Unavailable

if TYPE_CHECKING:
    from pymysql.connections import Connection
    from sqlalchemy.sql.compiler import IdentifierPreparer

# Backslashes escape, double quotes are text, zero dates are read as they are; times are UTC.
_SETTINGS = (
    "SET SESSION sql_mode = '', time_zone = '+00:00', group_concat_max_len = 4294967295, "
    "lock_wait_timeout = 30, net_write_timeout = 600"
)
_BRIEF_SECONDS = 15
# Too many connections, shutdown, lock wait, deadlock, gone away, lost, cannot connect, killed, packets out of order.
_PASSING = {1040, 1053, 1205, 1213, 1927, 2002, 2003, 2006, 2013, 2014}
_ACCESS = {1044, 1045, 1049, 1698}


@dataclass(frozen=True, slots=True)
class Place:
    """One database on a server.

    Attributes:
        host, port, user, password: the server and the login.
        database: its name; it becomes a schema of this name on the target.
        ssl: keywords of PyMySQL: `ssl_ca`, `ssl_verify_cert` and the like.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    ssl: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        return f"mysql: {self.host}:{self.port}/{self.database}"


@contextmanager
def session(place: Place) -> Iterator[Session]:
    """A session in autocommit.

    Raises:
        Refusal: the login or the database is refused.
        Unavailable: the server does not answer.
    """
    with in_our_words(place), closing(_connect(place)) as connection:
        watch = Watch(partial(_look, place, connection), partial(_give_up, place, connection), stalled_after())
        connection._read_timeout = None  # noqa: SLF001  from here on it is watched
        with watch.kept():
            yield Session(place, connection, watch)


@dataclass(frozen=True, slots=True)
class Session:
    """An open session under watch; values come as bytes or as numbers, never as dates of Python."""

    place: Place
    connection: Connection
    watch: Watch

    def all(self, query: str, arguments: Sequence[object] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query; with arguments, the driver escapes them in place of `%s`."""
        with in_our_words(self.place), self.connection.cursor() as cursor:
            self.watch.wait(partial(cursor.execute, query, arguments))
            return list(cursor.fetchall())

    def one(self, query: str, arguments: Sequence[object] | None = None) -> tuple[Any, ...]:
        """The only row of a query."""
        (row,) = self.all(query, arguments)
        return row

    def run(self, statement: str, arguments: Sequence[object] | None = None) -> None:
        """Run a statement."""
        self.all(statement, arguments)

    def stream(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, as they come; nothing is buffered."""
        from pymysql.cursors import SSCursor

        with in_our_words(self.place), SSCursor(self.connection) as cursor:
            self.watch.wait(partial(cursor.execute, query))
            while (row := self.watch.wait(cursor.fetchone)) is not None:
                yield row  # nobody waits for the server while this is taken


@contextmanager
def in_our_words(place: Place) -> Iterator[None]:
    """Turn the driver's errors into Sunset's. The texts of data errors are left out: they may quote a row."""
    import pymysql

    try:
        yield
    except pymysql.err.Error as error:
        code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        if code in _PASSING or isinstance(error, pymysql.err.InterfaceError):
            said = f"the server went away or was busy (MySQL error {code})."
            raise Unavailable(said, where=str(place), remedy="The task is tried again.") from None
        if code in _ACCESS:
            said = f"the server refused the login as {place.user!r} (MySQL error {code})."
            remedy = "Correct login, password or database in the Airflow Connection, or grant the privilege."
            raise Refusal(said, where=str(place), remedy=remedy) from None
        shown = "" if isinstance(error, pymysql.err.DataError | pymysql.err.IntegrityError) else f": {error.args[-1]}"
        raise Refusal(
            f"MySQL says{shown} (error {code}).", where=str(place), remedy="Mend what it names and run the task again."
        ) from None


def quoted(*names: str) -> str:
    """A name, or a qualified name, as SQL wants it."""
    return ".".join(_preparer().quote_identifier(name) for name in names)


def _connect(place: Place) -> Connection:
    import pymysql
    from pymysql.constants import FIELD_TYPE
    from pymysql.converters import conversions

    moments = (FIELD_TYPE.DATE, FIELD_TYPE.DATETIME, FIELD_TYPE.TIMESTAMP, FIELD_TYPE.TIME, FIELD_TYPE.NEWDATE)
    return pymysql.connect(
        host=place.host,
        port=place.port,
        user=place.user,
        password=place.password,
        database=place.database,
        charset="utf8mb4",
        autocommit=True,
        connect_timeout=_BRIEF_SECONDS,
        read_timeout=_BRIEF_SECONDS,
        init_command=_SETTINGS,
        conv={key: value for key, value in conversions.items() if key not in moments},
        program_name="sunset",
        **place.ssl,
    )


# What a session stands still at that waits for us: for its next query, or for us to take what it sends.
_LOOK = """
    SELECT command, coalesce(state, '') FROM information_schema.processlist
    WHERE id = %s AND (command = 'Sleep' OR state IN ('Writing to net', 'Sending to client'))
"""
_THERE = "SELECT count(*) FROM information_schema.processlist WHERE id = %s"


def _look(place: Place, connection: Connection) -> str | None:
    import pymysql

    number = [connection.thread_id()]
    try:
        with closing(_connect(place)) as asking, asking.cursor() as cursor:
            cursor.execute(_LOOK, number)
            if standing := cursor.fetchone():
                return f"{standing[0]}, {standing[1]}"
            cursor.execute(_THERE, number)
            return None if cursor.fetchone() == (1,) else "the server has ended the session"
    except (pymysql.err.Error, OSError):
        return "the server does not answer"


def _give_up(place: Place, connection: Connection) -> None:
    """End the session on the server, so that it keeps no lock, and wake whoever waits for it."""
    import pymysql

    try:
        with closing(_connect(place)) as asking, asking.cursor() as cursor:
            cursor.execute("KILL CONNECTION %s", [connection.thread_id()])
    except (pymysql.err.Error, OSError):
        pass  # it does not answer, or has ended it
    with suppress(OSError):
        connection._sock.shutdown(socket.SHUT_RDWR)  # noqa: SLF001  closing would wait


@cache
def _preparer() -> IdentifierPreparer:
    from sqlalchemy.dialects import mysql

    return mysql.dialect(paramstyle="named").identifier_preparer
