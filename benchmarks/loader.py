"""How long the DAG files take to load beyond Airflow's own import, with many specs and for one running task.

    python benchmarks/loader.py [SPECS] [RUNS]

Prints the minimum, median and maximum in seconds of wall time over several fresh processes.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SPEC = ROOT / "include" / "products" / "legacy_crm.yaml"
LOAD = """
import sys, time
sys.path[:0] = [{paths}]
from airflow.sdk import DAG, BaseOperator, CronTriggerTimetable, Param, TaskGroup, get_parsing_context
from airflow.providers.standard.operators.hitl import ApprovalOperator
started = time.perf_counter()
import sunset_dags
print(time.perf_counter() - started)
"""


def seconds(products: Path, dag_id: str | None) -> float:
    """One load in a fresh process."""
    paths = ", ".join(repr(str(ROOT / folder)) for folder in ("include", "plugins", "dags"))
    environment = {**os.environ, "SUNSET_PRODUCTS": str(products)}
    if dag_id:
        environment["_AIRFLOW_PARSING_CONTEXT_DAG_ID"] = dag_id
    command = [sys.executable, "-W", "ignore", "-c", LOAD.format(paths=paths)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout.strip().splitlines()[-1])


def main() -> None:
    specs, runs = (int(text) for text in (*sys.argv[1:], "200", "5")[:2])
    with tempfile.TemporaryDirectory() as folder:
        for number in range(specs):
            text = SPEC.read_text().replace("product: legacy_crm", f"product: product_{number:04}")
            (Path(folder) / f"product_{number:04}.yaml").write_text(text)
        for label, dag_id in ((f"{specs} specs, all", None), (f"{specs} specs, one task runs", "sunset_product_0001")):
            taken = sorted(seconds(Path(folder), dag_id) for _ in range(runs))
            print(f"{label}: {taken[0]:.2f} / {statistics.median(taken):.2f} / {taken[-1]:.2f} s")


if __name__ == "__main__":
    main()
