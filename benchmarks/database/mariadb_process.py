"""Sunset's copy of a MariaDB database and the proof of every row, as a process of its own.

python -m benchmarks.database.mariadb_process SOURCE TARGET JOBS
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.database.sunset_process import endpoint, facts_of

from sunset.database.foreign.engine import ForeignEngine
from sunset.database.mysql.dialect import MySqlDialect
from sunset.database.mysql.place import Place
from sunset.database.packing import pack
from sunset.database.postgres.scope import Scope


def copy_and_prove(engine: ForeignEngine) -> None:
    folder = engine.work_folder / "schema"
    folder.mkdir()
    engine.dump_schema(folder)
    engine.prepare(folder)
    (units,) = pack(engine.units(engine.tables()), 1)
    receipts, _ = engine.copy_moving(units, print, (), ())
    engine.complete(folder)
    if facts_of(units, receipts) != {fact.table: fact for fact in engine.facts().tables}:
        sys.exit("the tables differ")


def main() -> None:
    source, target, jobs = sys.argv[1:]
    at = endpoint(source)
    with tempfile.TemporaryDirectory(prefix="sunset-bench-work-") as folder:
        dialect = MySqlDialect(Place(at.host, at.port, "bench", "", at.database), False)
        box = endpoint(target)
        scope = Scope(parallel=int(jobs))
        copy_and_prove(
            ForeignEngine("bench", "bench", "bench", dialect, box, box.on("postgres"), scope, (), 0, Path(folder))
        )


if __name__ == "__main__":
    main()
