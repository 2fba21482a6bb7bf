"""Where a database of any kind is, and how a session on it is opened: by SQLAlchemy, with its driver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from sunset.errors import Refusal, Unavailable

if TYPE_CHECKING:
    import sqlite3

    from sqlalchemy import Connection, Engine


@dataclass(frozen=True, slots=True)
class Place:
    """One database.

    Attributes:
        driver: SQLAlchemy's name of dialect and driver, such as `sqlite` or `mssql+pyodbc`.
        database: name of the database; for SQLite the path of its file.
        host, port, user, password: where a server is, and the login on it.
        query: further parts of SQLAlchemy's URL.
        lock_seconds: how long SQLite waits for a lock.
    """

    driver: str
    database: str
    host: str | None = None
    port: int | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    lock_seconds: float = 30.0

    def __str__(self) -> str:
        return f"{self.driver}: {self.host or ''}{f':{self.port}' if self.port else ''}/{self.database.lstrip('/')}"

    @property
    def is_sqlite(self) -> bool:
        return self.driver.partition("+")[0] == "sqlite"

    @property
    def file(self) -> Path:
        """The file of a SQLite database."""
        return Path(self.database)


@contextmanager
def reading(place: Place) -> Iterator[Connection]:
    """A session in a transaction that reads one state of the database.

    Raises:
        Refusal: there is no such database, no driver, or the login is refused.
        Unavailable: it does not answer now.
    """
    with in_our_words(place):
        engine = _engine(place)
        try:
            with engine.connect() as connection:
                if place.is_sqlite:
                    connection.exec_driver_sql("BEGIN")
                    connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")  # BEGIN alone fixes no state
                else:
                    connection.execution_options(isolation_level="SERIALIZABLE")
                yield connection
        finally:
            engine.dispose()


@contextmanager
def in_our_words(place: Place) -> Iterator[None]:
    """Turn the driver's errors into Sunset's. Their texts are left out: they may quote a URL or a row."""
    from sqlalchemy import exc

    try:
        yield
    except exc.NoSuchModuleError:
        raise _no_driver(place) from None
    except exc.DBAPIError as error:
        passing = error.connection_invalidated or _is_busy(error.orig)
        kind = Unavailable if passing else Refusal
        what = _said(place, error.orig)
        raise kind(what, where=str(place), remedy="Check the database and the Airflow Connection.") from None
    except ModuleNotFoundError as error:
        raise _no_driver(place) from error


def sqlite_session(place: Place, mode: str) -> sqlite3.Connection:
    """A plain session on a SQLite file, in autocommit; `mode` is `ro` or `rw`, so that no file is made.

    Text that is no UTF-8 is read with surrogates in place of its bytes.
    """
    import sqlite3

    address, wait = f"file:{quote(place.database)}?mode={mode}", place.lock_seconds
    session = sqlite3.connect(address, uri=True, isolation_level=None, timeout=wait, check_same_thread=False)
    session.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    return session


def _engine(place: Place) -> Engine:
    from sqlalchemy import URL, create_engine
    from sqlalchemy.pool import NullPool

    if place.is_sqlite:
        if not place.file.is_file():
            raise Refusal(
                "there is no such file.", where=str(place), remedy="Correct the path in the Airflow Connection."
            )
        return create_engine("sqlite://", creator=lambda: sqlite_session(place, "ro"), poolclass=NullPool)
    url = URL.create(
        place.driver, place.user, place.password, place.host, place.port, place.database, dict(place.query)
    )
    return create_engine(url, poolclass=NullPool, hide_parameters=True)


def _is_busy(error: BaseException | None) -> bool:
    return any(word in str(error).lower() for word in ("database is locked", "timeout", "timed out"))


def _said(place: Place, error: BaseException | None) -> str:
    name = type(error).__name__
    return f"the database says: {error}." if place.is_sqlite else f"the driver raises {name}."


def _no_driver(place: Place) -> Refusal:
    return Refusal(
        f"there is no driver for {place.driver!r} here.", where=str(place), remedy="Install it on the workers."
    )
