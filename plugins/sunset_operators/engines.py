"""Engines, made from a source of the spec and the connections that Airflow knows.

What kind of database a source is, its connection says when a task runs; the DAG is the same for all. The engine is
imported when a task asks for it: parsing a DAG file needs no database driver.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from sunset.errors import Refusal
from sunset.spec.sources import ApiSource, DatabaseSource
from sunset_operators import settings
from sunset_operators.connections import api_login, find_connection, general_place, mysql_place, postgres_endpoint
from sunset_operators.stage_run import StageRun, run_folder

if TYPE_CHECKING:
    from sunset.database.foreign.reader import Dialect
    from sunset.engine import Engine

_log = logging.getLogger(__name__)


def connections_of(source: DatabaseSource | ApiSource) -> dict[str, str]:
    """The connection ids of a source by part, as the spec has them: still to be rendered."""
    if isinstance(source, ApiSource):
        return {"source": source.conn_id, "target": source.to.conn_id, "sandbox": source.sandbox_conn_id}
    parts = {
        "source": source.conn_id,
        "reads": source.read_conn_id or source.conn_id,
        "target": source.target_conn_id,
        "sandbox": source.sandbox_conn_id,
    }
    if source.follows:
        parts["publisher"] = (source.replication and source.replication.conn_id) or source.conn_id
    return parts


def engine_of(run: StageRun, source: DatabaseSource | ApiSource, conn_ids: Mapping[str, str]) -> Engine:
    """The engine of a source, with what the catalogue leaves out of the copy.

    Args:
        run: the run that it works for.
        source: the source, as the spec has it.
        conn_ids: rendered connection ids by part, as `connections_of` names them.

    Raises:
        Refusal: a connection is missing or incomplete, or there is no engine for its type.
    """
    if isinstance(source, ApiSource):
        return _api(run, source, conn_ids)
    kind = find_connection(conn_ids["source"]).conn_type
    if kind not in _ENGINES:
        raise Refusal(
            f"is of type {kind!r}; Sunset has engines for {', '.join(sorted(_ENGINES))}.",
            where=f"connection {conn_ids['source']!r}",
            remedy="Make or mend it under Admin, Connections.",
        )
    return _ENGINES[kind](run, source, conn_ids)


def _postgres(run: StageRun, source: DatabaseSource, conn_ids: Mapping[str, str]) -> Engine:
    from sunset.database.postgres.engine import PostgresEngine
    from sunset.database.postgres.scope import Scope

    _refuse_given(source, "is for other than PostgreSQL", types=source.types, quarantine=source.quarantine.rows)
    return PostgresEngine(
        name=source.name,
        product=run.spec.product,
        run=run.run_id,
        source=postgres_endpoint(conn_ids["source"]),
        reads=postgres_endpoint(conn_ids["reads"]),
        target=postgres_endpoint(conn_ids["target"]),
        sandbox=postgres_endpoint(conn_ids["sandbox"]),
        scope=Scope(
            schemas=source.schemas,
            excluded=_not_migrated(run, source),
            parallel=source.parallel,
            statement_timeout=f"{source.statement_timeout.total_seconds():.0f}s",
            lock_timeout=f"{source.lock_timeout.total_seconds():.0f}s",
            rows_per_second=source.rows_per_second,
        ),
        work_folder=settings.work_folder(),
    )


def _general(run: StageRun, source: DatabaseSource, conn_ids: Mapping[str, str]) -> Engine:
    from sunset.database.general.dialect import GeneralDialect

    _refuse_given(source, "is for PostgreSQL and MySQL", statement_timeout=source.statement_timeout)
    place = general_place(conn_ids["source"], source.lock_timeout.total_seconds())
    if place.is_sqlite:
        _refuse_given(source, "is for other than SQLite", schemas=source.schemas)
    return _foreign(run, source, conn_ids, GeneralDialect(place, source.name, source.schemas))


def _mysql(run: StageRun, source: DatabaseSource, conn_ids: Mapping[str, str]) -> Engine:
    from sunset.database.mysql.dialect import MySqlDialect

    dialect = MySqlDialect(mysql_place(conn_ids["source"]), zero_dates_as_null=source.zero_dates == "null")
    return _foreign(run, source, conn_ids, dialect)


def _foreign(run: StageRun, source: DatabaseSource, conn_ids: Mapping[str, str], dialect: Dialect) -> Engine:
    from sunset.database.foreign.engine import ForeignEngine
    from sunset.database.foreign.resolve import TypeOverride
    from sunset.database.postgres.scope import Scope

    _refuse_given(source, "is for PostgreSQL", route=source.route != "copy", read_conn_id=source.read_conn_id)
    return ForeignEngine(
        name=source.name,
        product=run.spec.product,
        run=run.run_id,
        dialect=dialect,
        target=postgres_endpoint(conn_ids["target"]),
        sandbox=postgres_endpoint(conn_ids["sandbox"]),
        scope=Scope(
            excluded=_not_migrated(run, source), parallel=source.parallel, rows_per_second=source.rows_per_second
        ),
        types=tuple(TypeOverride(each.table, each.column, each.type, each.schema_ or "") for each in source.types),
        quarantine=source.quarantine.rows,
        work_folder=settings.work_folder(),
    )


def _api(run: StageRun, source: ApiSource, conn_ids: Mapping[str, str]) -> Engine:
    from sunset.api.client import Manners
    from sunset.api.dialect import ApiDialect
    from sunset.api.engine import MIGRATION, ApiEngine
    from sunset.api.export import Collection
    from sunset.api.session import open_client
    from sunset.database.postgres.scope import Scope

    api = api_login(conn_ids["source"])
    manners = Manners(
        longest_wait=source.longest_wait.total_seconds(),
        per_second=source.requests_per_second,
        timeout=source.timeout.total_seconds(),
    )
    namespace, _, table = source.to.table.partition(".")
    return ApiEngine(
        name=source.name,
        product=run.spec.product,
        run=run.run_id,
        dialect=ApiDialect(
            collection=Collection(source.name, api.at(source.endpoint), source.items, source.id, source.pagination),
            open_client=partial(open_client, api, manners),
            pages=run.product_store.child("api-pages").child(run_folder(run.run_id)).child(source.name),
            purpose=MIGRATION,
            namespace=namespace,
            table=table,
            report=_log.info,
        ),
        target=postgres_endpoint(conn_ids["target"]),
        sandbox=postgres_endpoint(conn_ids["sandbox"]),
        scope=Scope(excluded=_not_migrated(run, source), parallel=1),
        types=(),
        quarantine=0,
        work_folder=settings.work_folder(),
    )


def _refuse_given(source: DatabaseSource, why: str, **given: object) -> None:
    """Refuse what the spec asks for and this kind of source does not do.

    Raises:
        Refusal: names the key.
    """
    for key, value in given.items():
        if value:
            remedy = "Leave it out of the spec, or correct the source's connection."
            raise Refusal(f"`{key}` {why} sources alone.", where=f"source {source.name!r}", remedy=remedy)


def _not_migrated(run: StageRun, source: DatabaseSource | ApiSource) -> tuple[str, ...]:
    catalogue = run.dossier.latest("discover", source.name) or {"not_migrated": []}
    return tuple(catalogue["not_migrated"])


_ENGINES: dict[str, Callable[[StageRun, DatabaseSource, Mapping[str, str]], Engine]] = {
    "postgres": _postgres,
    "postgresql": _postgres,
    "mysql": _mysql,
    "sqlite": _general,
    "mssql": _general,
    "oracle": _general,
    "generic": _general,
}
"""By the type of the source's connection."""
