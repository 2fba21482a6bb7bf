"""A disposal in Airflow itself: its form, its two questions through the REST API, its certificate."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.airflow_home import ROOT
from services.disposal import DUE, retired
from services.kept import Kept
from services.legacy import shop_spec
from sunset.cli import main
from sunset.database.postgres.endpoint import connect

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

RUN = """
import sys, json
from airflow.dag_processing.dagbag import DagBag
from sunset_headless.answers import Answering
dag = DagBag(sys.argv[1]).dags["sunset_disposal.shop"]
answering = Answering(dag.dag_id, ["migration_op", "crm_owner", "steward"])
answering.start()
done = dag.test(run_conf=json.loads(sys.argv[2]))
answering.stopped.set()
answering.join()
print(f"{done.run_id} {done.state}")
"""


def test_two_people_are_asked_and_the_source_is_gone(kept: Kept, tmp_path: Path, airflow_home: Path) -> None:
    with retired(kept, tmp_path) as shop:
        shop_spec(tmp_path, **DUE)
        conf = {"run": shop.run.run_id, "subject": "shop", "extent": "contents", "reason": "It is over."}
        path = os.pathsep.join(str(ROOT / folder) for folder in ("include", "plugins", "dags", "tests"))
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", RUN, str(ROOT / "dags" / "sunset_disposal.py"), json.dumps(conf)],
            env={**os.environ, "SUNSET_PRODUCTS": str(tmp_path / "shop.yaml"), "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
            timeout=500,
        )
        last = done.stdout.strip().splitlines()[-1]
        assert last.endswith(" success"), done.stdout[-6000:] + done.stderr[-3000:]
        assert "crm_owner approved approve.destruction\n" in done.stdout
        assert "steward approved approve.destruction_2\n" in done.stdout
        with connect(shop.places.source, "tests") as link:
            assert link.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'shop'").fetchone() == (0,)
        (disposal,) = (tmp_path / "dossiers" / "shop" / "disposals").iterdir()
        assert main(["verify", str(disposal)]) == 0
