"""One table through the operator inside Airflow, against the engine alone.

A rehearsal runs through its real DAG; what its copy task took is Airflow's own figure, from the task's start to its
end. The engine's is taken in a process that does the same copy, without the process's start.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import subprocess
import tempfile
from pathlib import Path

from benchmarks.database import peers
from benchmarks.database.data import SCALE, make_pgbench
from benchmarks.database.headless import run_product
from benchmarks.database.servers import recreate, server
from benchmarks.page import write_part
from benchmarks.pairs import ROUNDS, verdict

from sunset.database.postgres.endpoint import Endpoint, connect

SPEC = """
product: one
title: One table
decision: {reason: Measured.}
people:
  crm_owner: {name: Owner, email: owner@example.com, roles: [sponsor, approver, steward, operator]}
timeline: {freeze: 2020-01-01T00:00:00+00:00, cutover: 2099-01-01T00:00:00+00:00, retain_until: 2106-01-01}
sources:
  databases:
    - {name: bench, conn_id: source_db, target_conn_id: target_db, sandbox_conn_id: sandbox_db, parallel: 2}
dispositions: [{match: {kind: "*"}, do: migrate, because: needed}]
rehearsal: {mode: rehearse, clean_rounds_required: 1}
archive: {conn_id: archive_store, path: /bags}
"""
_TOOK = """
    SELECT (julianday(end_date) - julianday(start_date)) * 86400 FROM task_instance
    WHERE task_id = 'rehearse.bench.copy' ORDER BY start_date DESC LIMIT 1
"""


def main() -> None:
    with server() as place, tempfile.TemporaryDirectory(prefix="sunset-bench-run-") as name:
        source, target, folder = place.on("one"), place.on("clone"), Path(name)
        make_pgbench(source)
        with connect(source, "bench") as link:
            link.execute("DROP TABLE public.pgbench_history, public.pgbench_tellers")
            link.execute("DROP TABLE public.pgbench_branches CASCADE")
        engine: list[float] = []
        task: list[float] = []
        for _ in range(ROUNDS):
            recreate(target)
            engine.append(_engine(source, target))
            task.append(_task(folder, source, target))
            print(f"  engine {engine[-1]:.2f} s, task {task[-1]:.2f} s", flush=True)
    write_part("airflow_task", "The operator inside Airflow", _page(engine, task))


def _engine(source: Endpoint, target: Endpoint) -> float:
    command, environment = peers.command("table", source, target, 2), {**os.environ, **peers.OURS}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def _task(folder: Path, source: Endpoint, target: Endpoint) -> float:
    run_product(folder, SPEC, source, target, "rehearse")
    with sqlite3.connect(folder / "airflow" / "airflow.db") as link:
        return float(link.execute(_TOOK).fetchone()[0])


def _page(engine: list[float], task: list[float]) -> str:
    alone, inside = statistics.median(engine), statistics.median(task)
    return f"""
`pgbench_accounts` at scale {SCALE}, {SCALE * 100_000:,} rows, medians of {len(task)}: the engine's copy with its facts
{alone:.2f} s, the copy task of a rehearsal {inside:.2f} s, as Airflow gives its start and end. The tasks of a headless
run share one process: what an executor takes to start a task's process is not in it.

{verdict("the copy task over the engine alone", inside / alone, 1.1)}
{verdict("the difference", inside - alone, 3.0, "s")}
"""
