"""Airflow Connections, as the library wants them: endpoints and stores. The only place that reads a secret."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from airflow.sdk import BaseHook, Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from sunset.dossier.store import Store, open_store
from sunset.errors import Refusal
from sunset_operators import settings

if TYPE_CHECKING:
    import httpx
    from fsspec import AbstractFileSystem

    from sunset.api.session import ApiLogin
    from sunset.database.general.place import Place
    from sunset.database.mysql.place import Place as MySqlPlace
    from sunset.database.postgres.endpoint import Endpoint

_DRIVERS = {"sqlite": "sqlite", "mssql": "mssql+pymssql", "oracle": "oracle+oracledb"}
"""SQLAlchemy's name of dialect and driver, by the type of a connection."""
_NO_LIMIT = 24 * 3600.0
_SSL = ("sslmode", "sslrootcert", "sslcert", "sslkey")


def postgres_endpoint(conn_id: str) -> Endpoint:
    """The PostgreSQL database behind a connection.

    Raises:
        Refusal: no such connection, another type, or a part of it is missing.
    """
    from sunset.database.postgres.endpoint import Endpoint

    connection = find_connection(conn_id)
    if connection.conn_type not in ("postgres", "postgresql"):
        raise _wrong(conn_id, f"is of type {connection.conn_type!r}, not postgres.")
    if not (connection.host and connection.login and connection.schema):
        raise _wrong(conn_id, "needs a host, a login and a database (the field Schema).")
    options = {key: str(value) for key, value in connection.extra_dejson.items() if key in _SSL}
    return Endpoint(
        host=connection.host,
        port=connection.port or 5432,
        user=connection.login,
        password=connection.password or "",
        database=connection.schema,
        options=options,
    )


def mysql_place(conn_id: str) -> MySqlPlace:
    """The MySQL or MariaDB database behind a connection; its extra fields `ssl_ca` and the like go to the driver.

    Raises:
        Refusal: no such connection, or a part of it is missing.
    """
    from sunset.database.mysql.place import Place

    connection = find_connection(conn_id)
    if not (connection.host and connection.login and connection.schema):
        raise _wrong(conn_id, "needs a host, a login and a database (the field Schema).")
    return Place(
        host=connection.host,
        port=connection.port or 3306,
        user=connection.login,
        password=connection.password or "",
        database=connection.schema,
        ssl={name: value for name, value in connection.extra_dejson.items() if name.startswith("ssl_")},
    )


def general_place(conn_id: str, lock_seconds: float) -> Place:
    """The database behind a connection of any type that SQLAlchemy knows.

    A connection of type SQLite has the file's path in its field Host; one of type Generic names SQLAlchemy's dialect
    and driver under `driver` in its extra fields.

    Raises:
        Refusal: no such connection, or a part of it is missing.
    """
    from sunset.database.general.place import Place

    connection = find_connection(conn_id)
    kind, extra = connection.conn_type, connection.extra_dejson
    driver = str(extra.get("driver") or "") if kind == "generic" else _DRIVERS[str(kind)]
    if driver.partition("+")[0] == "sqlite":
        if not str(connection.host or "").startswith("/"):
            raise _wrong(conn_id, "needs the file's absolute path in its field Host.")
        return Place(driver, str(connection.host), lock_seconds=lock_seconds or _NO_LIMIT)
    if not (driver and connection.host and connection.login and connection.schema):
        raise _wrong(conn_id, "needs a host, a login, a database (the field Schema), and a driver where it is generic.")
    query = {str(key): str(value) for key, value in (extra.get("query") or {}).items()}
    return Place(
        driver,
        connection.schema,
        connection.host,
        connection.port,
        connection.login,
        connection.password or "",
        query,
    )


def api_login(conn_id: str) -> ApiLogin:
    """The API behind a connection of type HTTP.

    A login and password are sent as they are (basic); a password alone is a bearer token; with `token_url` in the
    extra fields, login and password are a client's credentials (OAuth2) and `scope` goes with them. Further extra
    fields: `headers` and `params` for every request, `verify` for a certificate authority's file.

    Raises:
        Refusal: no such connection, another type, or a part of it is missing.
    """
    from sunset.api.session import ApiLogin

    connection = find_connection(conn_id)
    if connection.conn_type not in ("http", "https"):
        raise _wrong(conn_id, f"is of type {connection.conn_type!r}, not http.")
    if not connection.host:
        raise _wrong(conn_id, "needs the API's address in its field Host.")
    extra = connection.extra_dejson
    host = str(connection.host)
    address = host if "://" in host else f"{connection.schema or 'http'}://{host}"
    return ApiLogin(
        base=address.rstrip("/") + (f":{connection.port}" if connection.port else ""),
        auth=_api_auth(connection),
        headers={str(name): str(value) for name, value in (extra.get("headers") or {}).items()},
        params={str(name): str(value) for name, value in (extra.get("params") or {}).items()},
        verify=str(extra["verify"]) if extra.get("verify") else True,
    )


def _api_auth(connection: Connection) -> httpx.Auth | None:
    import httpx

    from sunset.api.auth import ClientCredentials, Token

    login, password, extra = connection.login or "", connection.password or "", connection.extra_dejson
    if extra.get("token_url"):
        return ClientCredentials(str(extra["token_url"]), login, password, str(extra.get("scope") or ""))
    if login:
        return httpx.BasicAuth(login, password)
    return Token(password) if password else None


def store_at(url: str, conn_id: str | None) -> Store:
    """The store at a URL, with the credentials of a connection where it has one.

    A connection of type File (path) makes `url` a path below its folder.

    Raises:
        Refusal: no such connection, or it does not go with the URL.
        Unavailable: the store does not answer.
    """
    if conn_id is None:
        return open_store(url, {})
    connection = find_connection(conn_id)
    if connection.conn_type in ("fs", "file"):
        return _below(conn_id, str(connection.extra_dejson.get("path") or ""), url)
    if "://" not in url:
        raise _wrong(conn_id, f"is no folder, so it needs a URL such as s3://bucket/folder, not {url!r}.")
    return Store(_file_system(url, conn_id), url.partition("://")[2])


def dossiers() -> Store:
    """The store of all dossiers, as the deployment is set.

    Raises:
        Refusal, Unavailable: as `store_at`.
    """
    return store_at(settings.dossier_url(), settings.dossier_conn_id())


def find_connection(conn_id: str) -> Connection:
    """The connection of this id.

    Raises:
        Refusal: Airflow does not know it.
    """
    try:
        return BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        raise _wrong(conn_id, "Airflow knows no connection of this id.") from None


def _below(conn_id: str, folder: str, path: str) -> Store:
    if not folder.startswith("/"):
        raise _wrong(conn_id, "needs an absolute folder in its field Path.")
    if ".." in PurePosixPath(path).parts or "://" in path:
        raise _wrong(conn_id, f"{path!r} is not a path below the connection's folder.")
    return open_store(f"file://{folder.rstrip('/')}/{path.strip('/')}", {})


def _file_system(url: str, conn_id: str) -> AbstractFileSystem:
    from airflow.sdk import ObjectStoragePath

    return ObjectStoragePath(url, conn_id=conn_id).fs


def _wrong(conn_id: str, what: str) -> Refusal:
    return Refusal(what, where=f"connection {conn_id!r}", remedy="Make or mend it under Admin, Connections.")
