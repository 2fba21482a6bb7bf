"""The databases that are cloned: pgbench at scale 50, and 200 tables of mixed sizes and types, 1 GB."""

from __future__ import annotations

from pathlib import Path

from benchmarks.database.servers import program, recreate
from benchmarks.pairs import process

from sunset.database.postgres.endpoint import Endpoint, connect

SCALE = 50
_MIXED = Path(__file__).with_name("mixed.sql")


def make_pgbench(database: Endpoint, scale: int = SCALE) -> None:
    recreate(database)
    place = ["-h", database.host, "-p", str(database.port), "-U", database.user]
    process([program("pgbench"), "-i", "-q", "-s", str(scale), "--foreign-keys", *place, database.database])


def make_mixed(database: Endpoint) -> None:
    recreate(database)
    with connect(database, "bench", {"search_path": "public"}) as connection:
        connection.execute(_MIXED.read_bytes())
        connection.execute("VACUUM ANALYZE")
