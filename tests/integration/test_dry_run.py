"""A dry run writes to its dossier and nowhere else: content, write counters and the write-ahead log say so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from demo.postgres import THROWAWAY, PostgresServer
from services.databases import Databases
from services.legacy import fill, shop_spec
from services.places import Places
from services.retirement import Retirement, connections
from services.scheduling import go_on
from sunset.database.postgres.endpoint import Endpoint, connect

pytestmark = pytest.mark.integration

_COUNTERS = """
    SELECT datname, tup_inserted, tup_updated, tup_deleted FROM pg_stat_database WHERE datname IS NOT NULL ORDER BY 1
"""
_TABLES = """
    SELECT relid::regclass::text, n_tup_ins, n_tup_upd, n_tup_del, n_tup_hot_upd, n_dead_tup
    FROM pg_stat_all_tables ORDER BY relid
"""


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """A server on which nobody else works, not even itself: no autovacuum, no notes for standbys in its log."""
    quiet = {"autovacuum": "off", "checkpoint_timeout": "1h", "wal_level": "minimal", "max_wal_senders": "0"}
    settings = {**THROWAWAY, **quiet}
    server = PostgresServer.start(tmp_path_factory.mktemp("idle"), settings)
    yield server.endpoint
    server.stop()


@pytest.fixture
def places(idle: Endpoint, tmp_path: Path) -> Iterator[Places]:
    databases = Databases(idle)
    source, target = databases.make("shop"), databases.make("target")
    fill(source)
    with connections(tmp_path, shop_db=source, target_db=target, sandbox_db=idle):
        yield Places(source, target, idle, tmp_path)
    databases.drop_all()


@dataclass(frozen=True)
class Traces:
    """What the servers count of what is written, and where their log stands."""

    position: str
    counters: Any
    tables: Any

    @classmethod
    def of(cls, places: Places) -> Traces:
        tables = []
        for place in (places.source, places.target):
            with connect(place, "tests") as link:
                link.execute("SELECT pg_stat_force_next_flush()")
                tables.append(link.execute(_TABLES).fetchall())
        with connect(places.server, "tests") as link:
            (position,) = link.execute("SELECT pg_current_wal_insert_lsn()::text").fetchone()  # type: ignore[misc]
            return cls(position, link.execute(_COUNTERS).fetchall(), tables)


def settle(places: Places) -> None:
    """Leave nothing to tidy up for whoever reads next: that would be written, and logged."""
    for place in (places.source, places.target, places.server):
        with connect(place, "tests") as link:
            link.execute("ANALYZE")
            link.execute("VACUUM (FREEZE)")  # after what the other statement wrote
            link.execute("CHECKPOINT")


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nothing_is_written_outside_the_dossier(places: Places) -> None:
    run = Retirement(shop_spec(places.folder), "dry_run")
    settle(places)
    content, outside = places.state(), files(places.folder)
    before = Traces.of(places)
    assert go_on(run) == {}
    after = Traces.of(places)
    assert after == before
    assert places.state() == content
    new = files(places.folder).keys() - outside.keys()
    assert all(path.startswith(f"{places.folder}/dossiers/") for path in new)
    assert outside.items() <= files(places.folder).items()
    done = {task for task, state in run.states.items() if state == "success"}
    assert {task.partition(".")[0] for task in done} == {"decide", "announce", "discover", "assess", "plan", "close"}


def test_the_counters_would_show_a_single_row(places: Places) -> None:
    settle(places)
    before = Traces.of(places)
    with connect(places.target, "tests") as link:
        link.execute("CREATE TABLE public.t (id int)")
        link.execute("INSERT INTO public.t VALUES (1)")
    after = Traces.of(places)
    assert after.position != before.position
    assert after.counters != before.counters
    assert after.tables != before.tables


def test_a_dry_run_again_finds_its_own_words(places: Places) -> None:
    run = Retirement(shop_spec(places.folder), "dry_run")
    go_on(run)
    first = files(places.folder / "dossiers")
    again = Retirement(run.spec, "dry_run")
    assert go_on(again) == {}
    assert files(places.folder / "dossiers").items() >= first.items()
