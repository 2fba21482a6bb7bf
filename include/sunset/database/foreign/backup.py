"""A backup that any tool can read: each table's lines of COPY's text format, compressed, beside the schema as JSON.

It is restored into a scratch database of PostgreSQL and measured there.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from sunset.database.foreign import ddl, finish, quarantine
from sunset.database.foreign.facts import whole
from sunset.database.foreign.model import Schema, Table
from sunset.database.foreign.objects import Orphans
from sunset.database.foreign.quarantine import Bucket
from sunset.database.foreign.reader import Reader
from sunset.database.progress import Tally
from sunset.database.spread import spread
from sunset.engine import Report
from sunset.validation.facts import TableFact

SCHEMA, QUARANTINE = "schema.json", "quarantine.copy.gz"
LEVEL = 3
BLOCK = 2**20


def write_schema(folder: Path, schema: Schema, orphans: Orphans) -> None:
    """Write the schema, and which foreign keys its rows break, into a folder."""
    broken = [[address, key, rows] for (address, key), rows in sorted(orphans.items())]
    text = json.dumps({**schema.to_json(), "orphans": broken}, ensure_ascii=False, indent=1)
    (folder / SCHEMA).write_text(text, encoding="utf-8")


def read_schema(folder: Path) -> tuple[Schema, Orphans]:
    """What `write_schema` wrote."""
    data: dict[str, Any] = json.loads((folder / SCHEMA).read_text(encoding="utf-8"))
    orphans = {(address, key): rows for address, key, rows in data.pop("orphans")}
    return Schema.from_json(data), orphans


def dump(
    folder: Path, readers: Sequence[Reader], schema: Schema, source: str, allowed: int, report: Report
) -> tuple[TableFact, ...]:
    """Write every table's lines into an empty folder; returns the facts of what was written.

    Raises:
        Refusal: a table has more rows that do not fit than `allowed`.
    """
    progress = Tally(source, map(whole, schema.tables), report)
    buckets = [Bucket(table, allowed) for table in schema.tables]

    def write(reader: Reader, number: int) -> TableFact:
        table, bucket = schema.tables[number], buckets[number]
        with gzip.GzipFile(_file(folder, number), "wb", LEVEL, mtime=0) as file:
            sent = reader.send(table, whole(table), file.write, bucket.reject)  # type: ignore[arg-type]
        progress.begin(whole(table))(sent.rows, _file(folder, number).stat().st_size)
        progress.end(whole(table))
        return bucket.fact(sent)

    facts = tuple(spread(readers, range(len(schema.tables)), write))
    with gzip.GzipFile(folder / QUARANTINE, "wb", LEVEL, mtime=0) as file:
        for bucket in buckets:
            file.writelines(bucket.lines(source, bucket.table.address))
    return facts


def load(folder: Path, target: psycopg.Connection) -> Schema:
    """Make a dump's schema and rows in an empty database, in one transaction; returns the schema."""
    schema, orphans = read_schema(folder)
    with target.transaction():
        for statement in ddl.before_rows(schema):
            target.execute(statement)
        for number, table in enumerate(schema.tables):
            _load(target, _into(table), _file(folder, number))
        quarantine.create(target)
        _load(target, sql.SQL("COPY sunset_quarantine.rows FROM STDIN"), folder / QUARANTINE)
        finish.add_keys(target, schema)
        finish.add_foreign_keys(target, schema, orphans)
        finish.add_views(target, schema.views)
        finish.set_identities(target, schema)
    return schema


def remove(folder: Path) -> None:
    """Take a dump away."""
    shutil.rmtree(folder)


def _file(folder: Path, number: int) -> Path:
    return folder / f"table-{number:04}.copy.gz"


def _into(table: Table) -> sql.Composed:
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.stored)
    return sql.SQL("COPY {} ({}) FROM STDIN").format(ddl.identifier(table), columns)


def _load(target: psycopg.Connection, statement: sql.SQL | sql.Composed, file: Path) -> None:
    with target.cursor().copy(statement) as copy:
        for block in _blocks(file):
            copy.write(block)


def _blocks(path: Path) -> Iterator[bytes]:
    with gzip.open(path, "rb") as file:
        while block := file.read(BLOCK):
            yield block
