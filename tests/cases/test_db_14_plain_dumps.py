"""DB-14: what pg_dump writes for psql alone is in nobody's way, and an unchanged database is known by its facts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.pairs import make_pair
from services.places import run_sql
from services.retirement import Retirement
from services.scheduling import go_on
from sunset.database.postgres import tools
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.schema import apply_script
from sunset.database.postgres.tools import Tools

pytestmark = pytest.mark.integration

INPUT = r"CREATE TABLE public.bk (id int, v text); INSERT INTO public.bk VALUES (1, 'a\b'), (2, NULL)"


@pytest.mark.slow
def test_db_14_a_backup_is_restored_and_known_by_its_facts(
    pg_server: Any, tmp_path: Path, make_database: Callable[..., Endpoint]
) -> None:
    with make_pair("18 to 18", pg_server.endpoint, tmp_path) as pair:
        run_sql(pair.source, INPUT)
        run = pair.retired()
        held = [run.dossier.latest(stage, "shop-backup") for stage in ("rehearse", "back_up")]
        restored = run.dossier.latest("back_up", "shop-restored")
        assert restored is not None
        assert restored["restored"]["tables"] == [
            {"table": "public.bk", "rows": 2, "checksum": held[1]["facts"]["tables"][0]["checksum"], "quarantined": 0}
        ]
        assert held[0]["facts"] == held[1]["facts"]
        with connect(pair.target, "tests") as target:
            assert target.execute("SELECT id, v FROM public.bk ORDER BY 1").fetchall() == [(1, r"a\b"), (2, None)]
    (ddl,) = (tmp_path / "archive").rglob("schema.sql")
    assert "restrict" not in ddl.read_text()
    with connect(make_database("again"), "tests") as again:
        apply_script(again, ddl.read_text())
        assert again.execute("SELECT to_regclass('public.bk') IS NOT NULL").fetchone() == (True,)


def test_db_14_programs_older_than_the_server_are_refused_before_the_backup(
    pg_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "_installed", lambda: (Tools(Path("/usr/lib/postgresql/15/bin"), 15),))
    with make_pair("18 to 18", pg_server.endpoint, tmp_path) as pair:
        run_sql(pair.source, INPUT)
        errors = go_on(Retirement(pair.spec(), "rehearse"))
    task, error = next(iter(errors.items()))
    assert task.startswith("assess.")
    assert "client_programs: PostgreSQL 18: needs pg_dump of version 18 or newer; found: 15." in str(error)
