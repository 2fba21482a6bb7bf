"""Sakila and Chinook, loaded by psql into a database of the test's own."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
from pathlib import Path

from demo.install import wheel_install
from services.airflow_home import ROOT
from sunset.database.postgres.endpoint import Endpoint

DATA = ROOT / "tests" / "data"
FILES = {
    "sakila": (DATA / "sakila" / "schema.sql.gz", DATA / "sakila" / "data.sql.gz"),
    "chinook": (DATA / "chinook" / "postgres.sql.gz",),
}
# A setting that is no more, and lines that make the database and connect to it.
_LEFT_OUT = re.compile(r"^(SET default_with_oids|DROP DATABASE|CREATE DATABASE|\\c ).*$", re.MULTILINE)


def load(name: str, database: Endpoint) -> None:
    """Load a sample into an empty database."""
    for file in FILES[name]:
        run_psql(database, _LEFT_OUT.sub("", gzip.decompress(file.read_bytes()).decode()))


def run_psql(database: Endpoint, script: str) -> None:
    """Run a script, COPY data and all; the first error ends it."""
    install = wheel_install()
    psql: list[str | Path] = [install.program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    environment = {**install.environment, **database.child_environment(), "PATH": os.environ["PATH"]}
    done = subprocess.run(psql, input=script, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
