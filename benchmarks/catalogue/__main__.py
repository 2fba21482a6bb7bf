"""`make bench-catalogue`: how long 1,000 tables and 100,000 files take to be catalogued, and the memory it takes."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from benchmarks.catalogue.legacy import TABLES, fill, grow_tree
from benchmarks.page import write_part

FILES = 100_000
_SPEC = """
product: bench
title: Many of everything
decision: {{reason: measured}}
people: {{owner: {{name: Owner, email: owner@example.com, roles: [approver, steward]}}}}
timeline: {{freeze: 2020-01-01T00:00:00+00:00, cutover: 2099-01-01T00:00:00+00:00, retain_until: 2106-01-01}}
sources:
  databases:
    - {{name: shop, conn_id: shop_db, target_conn_id: target_db, sandbox_conn_id: sandbox_db}}
  files:
    - {{name: tree, from: {{path: {folder}/tree}}, to: {{path: {folder}/kept}}}}
dispositions:
  - {{match: {{sensitivity: personal}}, do: migrate, because: needed}}
  - {{match: {{kind: "*"}}, do: migrate, because: needed}}
archive: {{path: {folder}/archive}}
"""
_NOTE = """
`make bench-catalogue`, tasks of the real DAG one after the other, the source on the same two cores. {rows:,} rows in
{tables:,} tables of ten columns, one of them JSON, every fifth with a foreign key; {files:,} files of 0.2 to 4 KiB
in 100 folders: CSV, JSON, logs and binary ones. Memory is the peak of the process above what it held before.

| | Time | Rate | Memory |
|---|---|---|---|
| `discover.<source>.catalogue`, database | {database:.0f} s | {table_rate:.0f} tables/s | {database_memory:.0f} MiB |
| `discover.<source>.catalogue`, files | {tree:.0f} s | {file_rate:,.0f} files/s | {tree_memory:.0f} MiB |
| `discover.write_catalogue` | {pages:.1f} s | | {pages_memory:.0f} MiB |
| all | **{total:.0f} s** | | |
"""


def main() -> int:
    from demo.postgres import THROWAWAY, PostgresServer
    from services.airflow_home import enter

    with tempfile.TemporaryDirectory(prefix="sunset-bench-") as home:
        folder = Path(home)
        (folder / "airflow").mkdir()
        enter(folder / "airflow")
        server = PostgresServer.start(folder / "server", THROWAWAY)
        try:
            rows = fill(server.endpoint)
            grow_tree(folder / "tree", FILES)
            figures = _measured(folder, server)
        finally:
            server.stop()
    write_part("catalogue", "The catalogue", _NOTE.format(rows=rows, tables=TABLES, files=FILES, **figures))
    return 0


def _measured(folder: Path, server: object) -> dict[str, float]:
    from services.retirement import Retirement, connections
    from sunset.spec import load_file

    spec_file = folder / "bench.yaml"
    spec_file.write_text(_SPEC.format(folder=folder))
    (spec,) = load_file(spec_file).specs
    endpoint = server.endpoint  # type: ignore[attr-defined]
    figures: dict[str, float] = {}
    with connections(folder, shop_db=endpoint, target_db=endpoint, sandbox_db=endpoint):
        run = Retirement(spec, "dry_run")
        run.run_through("announce.preview")
        for name, task in (
            ("database", "discover.shop.catalogue"),
            ("tree", "discover.tree.catalogue"),
            ("pages", "discover.write_catalogue"),
        ):
            figures |= _task(run, name, task)
    total = figures["database"] + figures["tree"] + figures["pages"]
    rates = {"table_rate": TABLES / figures["database"], "file_rate": FILES / figures["tree"]}
    return {**figures, **rates, "total": total}


def _task(run: object, name: str, task: str) -> dict[str, float]:
    from services.memory import forget_peak, peak

    held, started = forget_peak(), time.monotonic()
    run.run(task)  # type: ignore[attr-defined]
    return {name: time.monotonic() - started, f"{name}_memory": (peak() - held) / 1024}


if __name__ == "__main__":
    sys.exit(main())
