"""Whole clones, clones with proof, and the proof alone, against the tools that people use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.database import peers
from benchmarks.database.data import make_mixed, make_pgbench
from benchmarks.database.servers import recreate, server
from benchmarks.database.sunset_process import engine_of
from benchmarks.page import write_part
from benchmarks.pairs import Contender, Spent, against, interleave, table, together

from sunset.database.postgres.endpoint import Endpoint
from sunset.validation.facts import Facts

JOBS = 2
DATABASES: dict[str, tuple[str, Callable[[Endpoint], None]]] = {
    "pgbench": ("pgbench at scale 50: 4 tables, 5,000,000 rows", make_pgbench),
    "mixed": ("200 tables of mixed sizes and types, 1 GB", make_mixed),
}


def main() -> None:
    with server() as place:
        for name, (title, make) in DATABASES.items():
            source, target = place.on(name), place.on("clone")
            make(source)
            measure(name, title, source, target)


def measure(name: str, title: str, source: Endpoint, target: Endpoint) -> None:
    expected = facts(source)

    def right() -> None:
        if facts(target) != expected:
            raise RuntimeError("the clone is not the same as its source")

    print(title)
    clones = interleave(_cloning(source, target, right))
    proofs = interleave(_proving(source, target), 5) if peers.has_reladiff() else {}
    text = [
        table({**clones, **proofs}),
        "",
        against(clones, "sunset", "pgcopydb", 1.0),
        against(clones, "sunset", "pg_dump -Fd and pg_restore", 0.8),
    ]
    if proofs:
        text += [_clone_and_proof(clones, proofs), against(proofs, "sunset: proof alone", "reladiff", 0.2)]
    write_part(name, title[0].upper() + title[1:], "\n".join(text))


def _cloning(source: Endpoint, target: Endpoint, right: Callable[[], None]) -> list[Contender]:
    def empty() -> None:
        recreate(target)

    ways: dict[str, Callable[[], Spent]] = {
        "sunset": lambda: peers.sunset("clone", source, target, JOBS),
        "sunset: clone and proof": lambda: peers.sunset("clone_and_prove", source, target, JOBS),
        "pg_dump -Fd and pg_restore": lambda: peers.dump_and_restore(source, target, JOBS),
    }
    if peers.has_pgcopydb():
        ways["pgcopydb"] = lambda: peers.pgcopydb(source, target, JOBS)
    return [Contender(name, run, empty, right) for name, run in ways.items()]


def _proving(source: Endpoint, target: Endpoint) -> list[Contender]:
    return [
        Contender("sunset: proof alone", lambda: peers.sunset("prove", source, target, JOBS)),
        Contender("reladiff", lambda: peers.reladiff(source, target, JOBS)),
    ]


def _clone_and_proof(clones: dict[str, list[Spent]], proofs: dict[str, list[Spent]]) -> str:
    spent = {"sunset: clone and proof": clones["sunset: clone and proof"]}
    if "pgcopydb" in clones:
        pairs = zip(clones["pgcopydb"], proofs["reladiff"], strict=False)
        spent["pgcopydb, then reladiff"] = [together(*pair) for pair in pairs]
    return against(spent, "sunset: clone and proof", "pgcopydb, then reladiff", 0.5)


def facts(database: Endpoint) -> Facts:
    """Rows, sequences and definitions of a database."""
    with TemporaryDirectory() as folder:
        return engine_of(database, database, JOBS, Path(folder)).facts()
