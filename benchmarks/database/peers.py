"""The other ways to clone and to compare a PostgreSQL database, each as a process of its own."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.database.servers import DEBIAN, program, url
from benchmarks.pairs import Spent, process, together

from sunset.database.postgres.endpoint import Endpoint

ROOT = Path(__file__).resolve().parents[2]
RELADIFF = ROOT / ".venv-bench" / "bin" / "python"


def command(work: str, source: Endpoint, target: Endpoint, jobs: int) -> list[str]:
    """Our own process for a piece of work, see `sunset_process`."""
    return [sys.executable, "-m", "benchmarks.database.sunset_process", work, str(source), str(target), str(jobs)]


OURS = {"PYTHONPATH": f"{ROOT}:{ROOT / 'include'}"}


def sunset(work: str, source: Endpoint, target: Endpoint, jobs: int) -> Spent:
    return process(command(work, source, target, jobs), OURS)


def has_pgcopydb() -> bool:
    return shutil.which("pgcopydb") is not None and DEBIAN.exists()


def pgcopydb(source: Endpoint, target: Endpoint, jobs: int) -> Spent:
    with tempfile.TemporaryDirectory(prefix="pgcopydb-") as folder:
        command = ["pgcopydb", "clone", "--dir", f"{folder}/work", "--source", url(source), "--target", url(target)]
        return process([*command, "--table-jobs", str(jobs), "--index-jobs", str(jobs)])


def dump_and_restore(source: Endpoint, target: Endpoint, jobs: int) -> Spent:
    with tempfile.TemporaryDirectory(prefix="dump-") as folder:
        dump, parallel = f"{folder}/dump", ["-j", str(jobs)]
        return together(
            process([program("pg_dump"), "-Fd", *parallel, "-f", dump, "-d", url(source)]),
            process([program("pg_restore"), *parallel, "-d", url(target), dump]),
        )


def has_reladiff() -> bool:
    return RELADIFF.exists()


def reladiff(source: Endpoint, target: Endpoint, jobs: int) -> Spent:
    script = Path(__file__).with_name("reladiff_process.py")
    return process([RELADIFF, script, url(source), url(target), str(jobs)])
