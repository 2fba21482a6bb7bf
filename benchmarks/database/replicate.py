"""Route `replicate`: how long a product that writes 200 times a second is read-only, and what following costs.

The whole retirement runs through its real DAG, headless. The read-only window begins with the last write that the
product got confirmed, and ends when the record of the validation is written. The initial copy is measured beside
PostgreSQL's own.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from benchmarks.database.data import SCALE, make_pgbench
from benchmarks.database.headless import run_product
from benchmarks.database.servers import recreate, server
from benchmarks.database.sunset_process import engine_of
from benchmarks.page import write_part

from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.engine import PostgresEngine
from sunset.database.postgres.replication.bounds import Bounds
from sunset.database.postgres.replication.replication import Replication
from sunset.engine import Pack
from sunset.errors import SunsetError

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
PER_SECOND = 200
SPEC = """
product: busy
title: Busy product
decision: {reason: Measured.}
people:
  crm_owner: {name: Owner, email: owner@example.com, roles: [sponsor, approver, steward, operator]}
timeline: {freeze: 2020-01-01T00:00:00+00:00, cutover: 2099-01-01T00:00:00+00:00, retain_until: 2106-01-01}
sources:
  databases:
    - {name: bench, conn_id: source_db, target_conn_id: target_db, sandbox_conn_id: sandbox_db, route: replicate}
dispositions: [{match: {kind: "*"}, do: migrate, because: needed}]
rehearsal: {mode: rehearse, clean_rounds_required: 1}
archive: {conn_id: archive_store, path: /bags}
"""


@dataclass
class Product:
    """Writes so many times a second, each write a transaction; counts those that were confirmed."""

    database: Endpoint
    confirmed: int = 0
    last_at: float = 0.0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        stop = threading.Event()
        thread = threading.Thread(target=self._work, args=(stop,))
        thread.start()
        yield
        stop.set()
        thread.join()

    def _work(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                with connect(self.database, "product", {"search_path": "public"}) as connection:
                    self._write(connection, stop)
            except (psycopg.Error, SunsetError):  # read-only from the freeze on: it tries again
                stop.wait(0.2)

    def _write(self, connection: psycopg.Connection, stop: threading.Event) -> None:
        next_at = time.monotonic()
        while not stop.is_set():
            account = random.randint(1, SCALE * 100_000)
            with connection.transaction():
                connection.execute("UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid = %s", [account])
                connection.execute("INSERT INTO pgbench_history (aid, delta) VALUES (%s, 1)", [account])
            self.confirmed, self.last_at = self.confirmed + 1, time.time()
            next_at = max(next_at + 1 / PER_SECOND, time.monotonic() - 1)
            time.sleep(max(next_at - time.monotonic(), 0))


@dataclass(frozen=True)
class Retired:
    """One retirement: seconds read-only until the migration was complete, and until it was validated; writes."""

    complete: float
    window: float
    writes: int


def retire(folder: Path, source: Endpoint, target: Endpoint) -> Retired:
    """The product's whole retirement through its DAG, in a process of its own."""
    recreate(target)
    with connect(source, "bench") as link:
        link.execute("TRUNCATE public.pgbench_history")
    product = Product(source)
    with product.at_work():
        run_product(folder, SPEC, source, target, "execute")
    ended = []
    for record in ("migrate/bench-source-facts.1.json", "validate/bench-validation.1.json"):
        newest = max(path.stat().st_mtime for path in folder.glob(f"dossiers/busy/*/{record}"))
        ended.append(newest - product.last_at)
    with connect(target, "bench") as link:
        arrived = link.execute("SELECT count(*) FROM public.pgbench_history").fetchone()
    with connect(source, "bench", {"default_transaction_read_only": "off"}) as link:
        written = link.execute("SELECT count(*) FROM public.pgbench_history").fetchone()
        link.execute("ALTER DATABASE bench RESET default_transaction_read_only")
    # The last write may have been committed without its confirmation having come through.
    if arrived != written or arrived is None or not product.confirmed <= arrived[0] <= product.confirmed + 1:
        raise RuntimeError(f"confirmed {product.confirmed}, source {written}, target {arrived}")
    return Retired(ended[0], ended[1], product.confirmed)


def follow_by_copy(engine: PostgresEngine) -> float:
    """Seconds until all rows are there by Sunset's copy on the slot's snapshot, keys and indexes made."""
    replication = Replication(engine, engine.source, Bounds(2**40))
    with tempfile.TemporaryDirectory() as folder:
        engine.dump_schema(Path(folder))
        engine.prepare(Path(folder))
        units = Pack("all", tuple(engine.units(engine.tables())))
        began = time.monotonic()
        replication.copy(units, print)
        replication.subscribe(Path(folder))
        took = time.monotonic() - began
    replication.tear_down()
    return took


def follow_by_tablesync(engine: PostgresEngine) -> float:
    """Seconds until all rows are there by PostgreSQL's own copy, into tables that have their keys, as it needs them."""
    replication = Replication(engine, engine.source, Bounds(2**40))
    with tempfile.TemporaryDirectory() as folder:
        engine.dump_schema(Path(folder))
        engine.prepare(Path(folder))
        with connect(engine.target, "bench") as target, connect(engine.source, "bench") as source:
            for table in ("accounts", "branches", "tellers"):
                key = {"accounts": "aid", "branches": "bid", "tellers": "tid"}[table]
                target.execute(f"ALTER TABLE public.pgbench_{table} ADD PRIMARY KEY ({key})".encode())
            name = replication.name
            source.execute(f"CREATE PUBLICATION {name} FOR ALL TABLES".encode())
            began = time.monotonic()
            where = f"host={engine.source.host} port={engine.source.port} user=postgres dbname={engine.source.database}"
            target.execute(f"CREATE SUBSCRIPTION {name} CONNECTION '{where}' PUBLICATION {name}".encode())
            waiting = "SELECT count(*) FROM pg_subscription_rel WHERE srsubstate NOT IN ('r', 's')"
            while target.execute(waiting).fetchone() != (0,):
                time.sleep(0.05)
            took = time.monotonic() - began
    replication.tear_down()
    return took


def main() -> None:
    with server(wal_level="logical") as one, server(wal_level="logical") as other:
        source, target = one.on("bench"), other.on("bench")
        make_pgbench(source)
        with connect(source, "bench") as link:
            link.execute("ALTER TABLE public.pgbench_history REPLICA IDENTITY FULL")
        version = _version(source)
        copies: dict[str, list[float]] = {"copy": [], "tablesync": []}
        for _ in range(ROUNDS):
            for way, follow in (("copy", follow_by_copy), ("tablesync", follow_by_tablesync)):
                recreate(target)
                with tempfile.TemporaryDirectory() as folder:
                    copies[way].append(follow(engine_of(source, target, 2, Path(folder))))
                print(f"  {way}: {copies[way][-1]:.1f} s", flush=True)
        runs = []
        with tempfile.TemporaryDirectory(prefix="sunset-bench-run-") as name:
            run_product(Path(name), SPEC, source, target, "rehearse")
            for _ in range(ROUNDS):
                runs.append(retire(Path(name), source, target))
                print(f"  {runs[-1]}", flush=True)
    write_part("replicate", "Route `replicate`: the read-only window", _page(version, runs, copies))


def _version(database: Endpoint) -> str:
    with connect(database, "bench") as link:
        return str(link.info.server_version // 10000)


def _page(version: str, runs: list[Retired], copies: dict[str, list[float]]) -> str:
    rows = "\n".join(f"| {run.complete:.1f} s | {run.window:.1f} s | {run.writes:,} |" for run in runs)
    window = statistics.median(run.window for run in runs)
    ours, theirs = (statistics.median(copies[way]) for way in ("copy", "tablesync"))
    return f"""
pgbench at scale {SCALE} (5,000,000 accounts, with foreign keys) goes from one PostgreSQL {version} server to another,
through the whole DAG, headless, while a product writes {PER_SECOND} times a second up to the freeze: an update of an
account and a row of history in each transaction. No run counts in which a confirmed write is not on the target.
`python -m benchmarks.database replicate` measures it.

| Last write to migration complete | Last write to validated | Writes confirmed |
|---|---|---|
{rows}

The read-only window is **{window:.1f} s** in the median; the target is below 20 s.

The initial copy, keys included, medians of {ROUNDS}: {ours:.1f} s by Sunset's COPY on the slot's snapshot with two
connections, {theirs:.1f} s by PostgreSQL's own table synchronisation with its two workers (into tables that have
their primary keys, without the foreign keys in both).
"""


if __name__ == "__main__":
    main()
