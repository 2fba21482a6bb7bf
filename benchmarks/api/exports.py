"""200,000 records in 1,000 pages to a table of PostgreSQL, against dlt; and the same from a slow server."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
from benchmarks.api.server import PAGES, SIZE
from benchmarks.database.servers import recreate, server, url
from benchmarks.page import write_part
from benchmarks.pairs import ROUNDS, Contender, Spent, against, interleave, median, process, table, verdict

from demo.ports import LOOPBACK, free_port
from sunset.database.postgres.endpoint import Endpoint, connect

ROOT = Path(__file__).resolve().parents[2]
DLT = ROOT / ".venv-bench" / "bin" / "python"
SLOW = 0.05
OURS, THEIRS = "sunset: export, load, proof", "dlt: rest_api"
_OURS = {"PYTHONPATH": f"{ROOT}:{ROOT / 'include'}"}
_NOTHING_SENT_OUT = {"RUNTIME__DLTHUB_TELEMETRY": "false", "CREDENTIALS__PASSWORD": "none is asked for"}


def quick() -> None:
    """Against dlt, with a server that answers at once."""
    with server() as place, api(0) as address:
        target = place.on("crm")
        spent = interleave(_contenders(address, target))
    text = [table(spent), "", against(spent, OURS, THEIRS, 0.7)]
    write_part("api", f"{PAGES * SIZE:,} records in {PAGES:,} pages to a table", "\n".join(text))


def slow() -> None:
    """How much longer than the server takes by itself."""
    with server() as place, api(SLOW) as address:
        ours = _contenders(address, place.on("crm"))[:1]
        spent = interleave(ours, rounds=max(1, ROUNDS // 2))
        alone = [_asking(address)]
    what = f"against the server alone, which takes {SLOW * 1000:.0f} ms a page"
    text = [table({**spent, "asking for every page and doing nothing": alone}), ""]
    text.append(verdict(what, median(spent[OURS]) / median(alone), 1.25))
    write_part("api-slow", "The same from a slow server", "\n".join(text))


def _contenders(address: str, target: Endpoint) -> list[Contender]:
    def empty() -> None:
        recreate(target)

    def whole() -> None:
        with connect(target, "bench") as connection:
            row = connection.execute("SELECT count(*), count(DISTINCT id) FROM crm.tickets").fetchone()
        if row != (PAGES * SIZE, PAGES * SIZE):
            raise RuntimeError(f"the table has {row} rows and ids")

    command = [sys.executable, "-m", "benchmarks.api.sunset_process", address, str(target)]
    ways = [Contender(OURS, lambda: process(command, _OURS), empty, whole)]
    if DLT.exists():
        script = Path(__file__).with_name("dlt_process.py")
        theirs: list[str | Path] = [DLT, script, address, url(target)]
        ways.append(Contender(THEIRS, lambda: process(theirs, _NOTHING_SENT_OUT), empty, whole))
    return ways


def _asking(address: str) -> Spent:
    started = time.monotonic()
    with httpx.Client() as client:
        for number in range(1, PAGES + 2):
            client.get(f"{address}/tickets", params={"page": number}).raise_for_status()
    return Spent(time.monotonic() - started, 0.0, 0.0)


@contextmanager
def api(delay: float) -> Iterator[str]:
    """The API's address, for as long as the block runs."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.api.server", str(port), str(delay)]
    running = subprocess.Popen(command, cwd=ROOT)
    try:
        deadline = time.monotonic() + 60
        while running.poll() is None and time.monotonic() < deadline:
            with suppress(httpx.TransportError):
                httpx.get(f"http://{LOOPBACK}:{port}/tickets")
                break
            time.sleep(0.1)
        yield f"http://{LOOPBACK}:{port}"
    finally:
        running.terminate()
        running.wait()
