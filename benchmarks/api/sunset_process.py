"""Sunset's engine for REST APIs as a process of its own, for the clock of a benchmark.

python -m benchmarks.api.sunset_process ADDRESS TARGET
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.database.sunset_process import endpoint

from sunset.api.client import Manners
from sunset.api.dialect import ApiDialect
from sunset.api.engine import MIGRATION, ApiEngine
from sunset.api.export import Collection
from sunset.api.session import ApiLogin, open_client
from sunset.database.packing import pack
from sunset.database.postgres.endpoint import Endpoint
from sunset.database.postgres.scope import Scope
from sunset.dossier.store import open_store
from sunset.spec.pagination import PageNumber


def engine_of(address: str, target: Endpoint, work: Path) -> ApiEngine:
    paging = PageNumber(kind="page", param="page")
    dialect = ApiDialect(
        collection=Collection("tickets", f"{address}/tickets", "data", "id", paging),
        open_client=partial(open_client, ApiLogin(address), Manners()),
        pages=open_store(str(work / "pages")),
        purpose=MIGRATION,
        namespace="crm",
        table="tickets",
        report=print,
    )
    return ApiEngine("tickets", "bench", "bench", dialect, target, target, Scope(parallel=1), (), 0, work)


def main() -> None:
    address, target = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="sunset-bench-work-") as folder:
        engine = engine_of(address, endpoint(target), Path(folder))
        schema = Path(folder) / "schema"
        schema.mkdir()
        engine.dump_schema(schema)
        engine.prepare(schema)
        (units,) = pack(engine.units(engine.tables()), 1)
        (receipt,) = engine.copy(units, print)
        engine.complete(schema)
        if receipt.fact not in engine.facts().tables:
            sys.exit("the table differs from the export")


if __name__ == "__main__":
    main()
