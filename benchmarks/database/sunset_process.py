"""Sunset's engine as a process of its own, for the clock of a benchmark.

python -m benchmarks.database.sunset_process clone|prove|clone_and_prove SOURCE TARGET JOBS
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sunset.database.packing import pack
from sunset.database.postgres.endpoint import Endpoint
from sunset.database.postgres.engine import PostgresEngine
from sunset.database.postgres.scope import Scope
from sunset.engine import Pack, Receipt
from sunset.validation.facts import TableFact, combine


def engine_of(source: Endpoint, target: Endpoint, jobs: int, work_folder: Path) -> PostgresEngine:
    scope = Scope(parallel=jobs)
    return PostgresEngine("bench", "bench", "bench", source, source, target, target, scope, work_folder)


def clone(engine: PostgresEngine) -> dict[str, TableFact]:
    """The whole clone as the rehearsal makes it; gives the source's facts by table."""
    with tempfile.TemporaryDirectory(dir=engine.work_folder) as name:
        folder = Path(name)
        engine.dump_schema(folder)
        engine.prepare(folder)
        (units,) = pack(engine.units(engine.tables()), 1)
        receipts, _ = engine.copy_moving(units, print, (), ())
        engine.complete(folder)
    return facts_of(units, receipts)


def facts_of(units: Pack, receipts: Sequence[Receipt]) -> dict[str, TableFact]:
    """The source's facts by table, as they were taken on the way."""
    parts: dict[str, list[TableFact]] = {unit.table: [] for unit in units.units}
    tables_of = {unit.name: unit.table for unit in units.units}
    for receipt in receipts:
        parts[tables_of[receipt.unit]].append(receipt.fact)
    return {table: combine(facts, table) for table, facts in parts.items()}


def table(engine: PostgresEngine) -> None:
    """Print the seconds that the rows take, as the copy task of a rehearsal moves them."""
    units = _prepare(engine)
    started = time.monotonic()
    engine.copy_moving(units, print, (), engine.tables())
    print(time.monotonic() - started)


def worker(engine: PostgresEngine) -> None:
    """One copy task of a source that stands still, for all rows."""
    engine.copy(_prepare(engine), print)


def resume(engine: PostgresEngine) -> None:
    """The whole copy of a source that stands still, by as many workers as it may have sessions."""
    with tempfile.TemporaryDirectory(dir=engine.work_folder) as name:
        engine.dump_schema(Path(name))
        engine.prepare(Path(name))
        packs = pack(engine.units(engine.tables()), engine.scope.parallel)
        with ThreadPoolExecutor(len(packs)) as workers:
            for done in [workers.submit(engine.copy, each, print) for each in packs]:
                done.result()
        engine.complete(Path(name))


def _prepare(engine: PostgresEngine) -> Pack:
    with tempfile.TemporaryDirectory(dir=engine.work_folder) as name:
        engine.dump_schema(Path(name))
        engine.prepare(Path(name))
    (units,) = pack(engine.units(engine.tables()), 1)
    return units


def prove(engine: PostgresEngine, source: dict[str, TableFact]) -> None:
    """Every row of every table of the target, against the source's facts."""
    if source != {fact.table: fact for fact in engine.facts().tables}:
        sys.exit("the tables differ")


def main() -> None:
    work, source, target, jobs = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="sunset-bench-work-") as folder:
        engine = engine_of(endpoint(source), endpoint(target), int(jobs), Path(folder))
        WORKS[work](engine)


WORKS: dict[str, Callable[[PostgresEngine], object]] = {
    "clone": clone,
    "clone_and_prove": lambda engine: prove(engine, clone(engine)),
    "prove": lambda engine: prove(engine, {fact.table: fact for fact in engine.source_facts().tables}),
    "table": table,
    "worker": worker,
    "resume": resume,
}


def endpoint(address: str) -> Endpoint:
    """The endpoint of `host:port/database`."""
    place, _, database = address.partition("/")
    host, _, port = place.partition(":")
    return Endpoint(host, int(port), "postgres", "", database)


if __name__ == "__main__":
    main()
