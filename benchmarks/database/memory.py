"""Peak memory of a worker: 1 GB and 10 GB of rows, and values of 50 MB."""

from __future__ import annotations

from benchmarks.database import peers
from benchmarks.database.servers import recreate, server
from benchmarks.page import write_part
from benchmarks.pairs import Spent, verdict

from sunset.database.postgres.endpoint import Endpoint, connect

AT_MOST = 250.0
# Rows of 8 kB that the server keeps compressed: it is the worker that is measured, not the disk.
_ROWS = "SELECT i AS id, repeat('0123456789abcdef', 500) AS body FROM generate_series(1, {}) AS i"
_TEXTS = "SELECT i AS id, repeat('0123456789', 5000000) AS body FROM generate_series(1, 4) AS i"
_BYTES = "SELECT i AS id, decode(repeat('0123456789abcdef', 6250000), 'hex') AS body FROM generate_series(1, 4) AS i"
CASES = {
    "1 GB of rows": _ROWS.format(125_000),
    "10 GB of rows": _ROWS.format(1_250_000),
    "rows with a text of 50 MB": _TEXTS,
    "rows with a bytea of 50 MB": _BYTES,
}


def main() -> None:
    with server() as place:
        source, target = place.on("rows"), place.on("clone")
        spent = {name: _copy(source, target, query) for name, query in CASES.items()}
    lines = ["| | Peak of the worker | Time |", "|---|---|---|"]
    lines += [f"| {name} | {took.peak_mib:.0f} MiB | {took.seconds:.1f} s |" for name, took in spent.items()]
    lines += ["", *(verdict(name, took.peak_mib, AT_MOST, "MiB") for name, took in spent.items())]
    write_part("memory", "Peak memory of a worker", "\n".join(lines))


def _copy(source: Endpoint, target: Endpoint, query: str) -> Spent:
    for database in (source, target):
        recreate(database)
    with connect(source, "bench") as link:
        link.execute(f"CREATE TABLE public.rows AS {query}".encode())
    return peers.sunset("worker", source, target, 1)
