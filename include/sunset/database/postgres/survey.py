"""Looks at every relation of a source, for the catalogue: owner, use, integrity, and a sample of its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from sunset.catalogue.sensitivity.model import ColumnSample, Family
from sunset.catalogue.survey import Limits, Particulars, Remark, Surveyed
from sunset.database.postgres.budget import Budget
from sunset.database.postgres.file_times import file_times
from sunset.database.postgres.integrity import remarks
from sunset.database.postgres.queries import query
from sunset.database.postgres.tables import find_table

_SEEN: frozenset[Family] = frozenset(("text", "number", "document"))
_LAST_READ = {True: b"s.last_seq_scan, s.last_idx_scan", False: b"NULL::timestamptz"}
_KNOWS_READS = 160000
_NO_PERMISSION = "the login may not read it."
_LARGE, _PAGES = 500, 40
"""Pages from which on a table is sampled all over, and not from its beginning; pages that are read then."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation, with what the server knows of it; `bytes` is the size of its rows alone."""

    address: str
    oid: int
    particulars: Particulars
    pages: int
    rows: float
    holds_rows: bool
    readable: bool
    bytes: int


Columns = Sequence[tuple[str, str, Family]]
"""Name, type and family of each column of a relation."""


def survey(connection: psycopg.Connection, schemas: Sequence[str], limits: Limits) -> Iterator[Surveyed]:
    """Look at every relation in these schemas (none given: all). One sample is in memory at a time."""
    relations = _relations(connection, schemas)
    columns = _columns(connection, [each.oid for each in relations])
    with_rows = [each for each in relations if each.holds_rows]
    wrong = remarks(connection, with_rows, columns, limits)
    budget = Budget(limits.seconds)
    for each in relations:
        found = tuple(wrong.get(each.address, ()))
        own = columns.get(each.oid, ())
        if each.holds_rows and own:
            yield _sampled(connection, each, own, found, budget, limits)
        else:
            yield Surveyed(each.address, each.particulars, found)


def particulars(connection: psycopg.Connection, schemas: Sequence[str]) -> Mapping[str, Particulars]:
    """What the server knows of each relation, by address."""
    return {each.address: each.particulars for each in _relations(connection, schemas)}


def _sampled(
    connection: psycopg.Connection,
    relation: Relation,
    columns: Columns,
    found: tuple[Remark, ...],
    budget: Budget,
    limits: Limits,
) -> Surveyed:
    seen = [name for name, _, family in columns if family in _SEEN]
    rows, unseen = _rows(connection, relation, seen, budget, limits) if relation.readable else ([], _NO_PERMISSION)
    values = dict(zip(seen, zip(*rows, strict=True), strict=True)) if rows else {}
    samples = tuple(ColumnSample(name, family, values.get(name, ())) for name, _, family in columns)
    return Surveyed(relation.address, relation.particulars, found, samples, len(rows), unseen)


def _rows(
    connection: psycopg.Connection, relation: Relation, columns: Sequence[str], budget: Budget, limits: Limits
) -> tuple[list[tuple[str | None, ...]], str]:
    """Rows of a relation as texts, and why there are none."""
    texts = [sql.SQL("left({}::text, {})").format(sql.Identifier(name), limits.characters) for name in columns]
    table = find_table(connection, relation.address)
    parts = [_from_all_over(relation, limits.rows)] if relation.pages > _LARGE else []
    for sampled in (*parts, sql.SQL("")):
        asked = sql.SQL("SELECT {} FROM ONLY {}{} LIMIT {}").format(
            sql.SQL(", ").join(texts), table.identifier, sampled, limits.rows
        )
        try:
            rows = budget.ask(connection, relation.address, asked)
        except psycopg.errors.Error as error:
            if connection.broken or connection.closed:
                raise
            return [], f"the server refuses to read it: {type(error).__name__}."
        if rows is None:
            return [], f"the time for samples, {limits.seconds:.0f} s, was over."
        if rows:
            return rows, ""
    return [], ""


def _from_all_over(relation: Relation, rows: int) -> sql.Composed:
    """Some pages of a large table, and so many rows of each that all pages have their part; the same at every try."""
    percentage = max(100 * _PAGES / relation.pages, 0.0001)
    every = max(int(_PAGES * relation.rows / relation.pages / rows), 1)
    return sql.SQL(" TABLESAMPLE SYSTEM ({}) REPEATABLE (0) WHERE hashtext(ctid::text) % {} = 0").format(
        percentage, every
    )


def _relations(connection: psycopg.Connection, schemas: Sequence[str]) -> list[Relation]:
    text = query("survey_relations").replace(b"{last_read}", _LAST_READ[connection.info.server_version >= _KNOWS_READS])
    found = connection.execute(text, {"schemas": list(schemas)}).fetchall()
    written = file_times(connection, [row[1] for row in found if row[10]])
    return [_relation(row, written) for row in sorted(found)]


def _relation(row: tuple[Any, ...], written: Mapping[int, datetime]) -> Relation:
    address, oid, owner, root, referrers, counted, writes, last_read, pages, rows, holds_rows, readable, size = row
    known = Particulars(
        owner=owner,
        last_write=_instant(_earlier(counted, written.get(oid))),
        last_read=_instant(last_read),
        referred_by=referrers,
        part_of=root if root != address else "",
        writes=writes,
    )
    return Relation(address, oid, known, pages, rows, holds_rows, readable, size)


def _columns(connection: psycopg.Connection, oids: Sequence[int]) -> Mapping[int, Columns]:
    found: dict[int, list[tuple[str, str, Family]]] = defaultdict(list)
    for oid, name, type_, family in connection.execute(query("survey_columns"), {"oids": list(oids)}).fetchall():
        found[oid].append((name, type_, family))
    return found


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """Both are instants after which nothing was written: the earlier one says more."""
    return min((each for each in (one, other) if each), default=None)


def _instant(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
