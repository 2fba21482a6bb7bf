"""What a worker needs in memory for rows with very large values: some copies of one value, and never a table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from services.airflow_home import ROOT
from services.places import run_sql, same_content
from sunset.database.postgres.endpoint import Endpoint

pytestmark = [
    pytest.mark.integration,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of a process's memory in /proc"),
]

LARGE = 50 * 2**20
LIMIT_MIB = 250
COPY = """
import json, pathlib, sys
from services.memory import peak
from sunset.database.packing import pack
from sunset.database.postgres.endpoint import Endpoint
from sunset.database.postgres.engine import PostgresEngine
from sunset.database.postgres.scope import Scope
given = json.load(sys.stdin)
source, target = Endpoint(**given["source"]), Endpoint(**given["target"])
folder = pathlib.Path(given["folder"])
engine = PostgresEngine("big", "big", "run", source, source, target, target, Scope(parallel=1), folder)
engine.dump_schema(folder)
engine.prepare(folder)
engine.copy(pack(engine.units(engine.tables()), 1)[0], print)
engine.complete(folder)
print(peak())
"""


def test_values_of_fifty_megabytes(make_database: Callable[..., Endpoint], tmp_path: Path) -> None:
    source, target = make_database("large"), make_database("target")
    run_sql(
        source,
        "CREATE TABLE public.large (id int PRIMARY KEY, v text)",
        f"INSERT INTO public.large SELECT g, repeat(chr(64 + g), {LARGE}) FROM generate_series(1, 6) AS g",
    )
    given = {"source": asdict(source), "target": asdict(target), "folder": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", COPY],
        input=json.dumps(given),
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'tests'}:{ROOT / 'include'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    peak = int(done.stdout.split()[-1]) / 1024
    print(f"peak {peak:.0f} MiB")
    assert peak < LIMIT_MIB
    run_sql(target, "DROP SCHEMA sunset_checkpoint CASCADE")
    assert same_content(source, target)
