"""The API of the cases as a server of its own process."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from demo.ports import free_port
from services.legacy import shop_spec
from sunset.spec import Spec

PROGRAM = Path(__file__).parents[1] / "cases" / "inputs" / "http_api.py"


def api_spec(folder: Path, *apis: str) -> Spec:
    """The shop's spec with collections of an API, each written as the spec has it, in place of its database."""
    database = (
        "- {name: shop, conn_id: shop_db, target_conn_id: target_db, sandbox_conn_id: sandbox_db, schemas: [shop]}"
    )
    check = "  checks:\n    - {name: order total, source: shop, sql: select sum(amount) from shop.orders}\n"
    lines = "".join(f"\n    - {api}" for api in apis)
    return shop_spec(folder, **{f"  databases:\n    {database}": f"  apis:{lines}", f"validation:\n{check}": ""})


@contextmanager
def api_server() -> Iterator[str]:
    """Its address, for as long as the block runs."""
    address = f"http://127.0.0.1:{free_port()}"
    process = subprocess.Popen([sys.executable, str(PROGRAM), address.rpartition(":")[2]])
    try:
        deadline = time.monotonic() + 30
        while not _answers(address):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield address
    finally:
        process.kill()
        process.wait()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/reset").is_success
    except httpx.ConnectError:
        return False
