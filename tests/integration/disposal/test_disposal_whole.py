"""A source is destroyed by its list, once, and a certificate says what is gone and what is left."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from services.disposal import Disposal, Retired, on
from services.places import run_sql
from sunset.cli import main
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.disposal.postgres import PostgresContents
from sunset.disposal.removers import LocalFolder
from sunset.errors import SunsetError, Unavailable

pytestmark = pytest.mark.integration


def objects(database: Endpoint) -> set[str]:
    with connect(database, "tests") as link:
        query = """
            SELECT oid::regclass::text FROM pg_class WHERE oid >= 16384 AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
            UNION SELECT nspname FROM pg_namespace WHERE oid >= 16384
            UNION SELECT oid::regprocedure::text FROM pg_proc WHERE oid >= 16384
            UNION SELECT oid::regtype::text FROM pg_type WHERE oid >= 16384 AND typtype IN ('e', 'd')
        """
        return {name for (name,) in link.execute(query).fetchall()}


def files(disposal: Disposal) -> dict[str, bytes]:
    root = Path(disposal.dossier.store.root)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def verified(capsys: pytest.CaptureFixture[str], folder: object) -> tuple[int, str]:
    status = main(["verify", str(folder)])
    return status, capsys.readouterr().out


def test_contents_go_by_the_list_and_the_chain_is_proven_offline(
    shop: Retired, capsys: pytest.CaptureFixture[str]
) -> None:
    run_sql(shop.places.server, f'CREATE DATABASE "other_{shop.places.source.database}"')
    other = shop.places.server.on(f"other_{shop.places.source.database}")
    run_sql(
        other,
        "CREATE EXTENSION postgres_fdw",
        f"CREATE SERVER legacy FOREIGN DATA WRAPPER postgres_fdw OPTIONS (dbname '{shop.places.source.database}')",
    )
    target = objects(shop.places.target)
    disposal = shop.disposal()
    certificate = disposal.to_the_end()
    run_sql(shop.places.server, f'DROP DATABASE "{other.database}"')

    assert objects(shop.places.source) == set()
    assert objects(shop.places.target) == target
    assert certificate["complete"], certificate["left"]
    assert certificate["list"]["by_kind"]["table"] == 6
    assert [each["by"] for each in certificate["approved"]["people"]] == ["crm_owner", "steward"]
    assert certificate["tool"].startswith("PostgreSQL 18")
    left = {(each["kind"], each["where"]) for each in certificate["left"]}
    assert ("setting", "default_transaction_read_only") in left
    assert ("foreign server", "legacy") in left
    assert {"target", "backup", "archive"} <= {kind for kind, _ in left}
    page = next(text for path, text in files(disposal).items() if path.endswith(".html")).decode()
    assert "Certificate of destruction" in page
    assert "crm_owner" in page

    store = disposal.dossier.store.root
    assert verified(capsys, store)[0] == 0
    assert verified(capsys, shop.dossier)[0] == 0
    verdict = shop.dossier / "close" / "verdict.1.json"
    saved = verdict.read_bytes()
    verdict.write_bytes(saved.replace(b"true", b"True", 1))
    status, said = verified(capsys, store)
    assert status == 1
    assert "close/verdict.1.json" in said
    verdict.write_bytes(saved)
    shop.dossier.rename(shop.dossier.with_name("elsewhere"))
    status, said = verified(capsys, store)
    assert status == 1
    assert "the retirement that this disposal rests on" in said


def test_a_second_run_finds_the_certificate_and_a_task_run_again_changes_nothing(shop: Retired) -> None:
    disposal = shop.disposal()
    disposal.to_the_end()
    before = files(disposal)
    for task in ("destroy", "certify"):
        disposal.run(task)
    assert files(disposal) == before
    second = shop.disposal(run_id="second")
    for task in ("list", "destroy", "probe", "certify"):
        with pytest.raises(AirflowSkipException, match="destroyed already, as first certifies"):
            second.run(task)
    assert files(second) == {}


def test_a_killed_task_goes_on_and_certifies_once(shop: Retired, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise Unavailable("the server went away.", where="tests", remedy="")

    disposal = shop.disposal()
    disposal.run_through("approve.read_answer")
    with monkeypatch.context() as patched:
        patched.setattr(PostgresContents, "_drop_schemas", die)
        with pytest.raises(Unavailable):
            disposal.run("destroy")
    assert objects(shop.places.source) == {"shop"}  # the tables are gone, the source is no longer what was listed
    disposal.run_through("certify", "destroy")
    assert objects(shop.places.source) == set()
    assert disposal.certificate["complete"]
    assert [path for path in files(disposal) if "certificate" in path and path.endswith("json")] == [
        "certify/certificate.1.json"
    ]


def test_a_whole_database_goes_with_its_sessions_and_no_other(shop: Retired) -> None:
    disposal = shop.disposal(extent="database")
    with connect(shop.places.source, "a reader") as reader:
        reader.execute("SELECT 1")
        certificate = disposal.to_the_end()
    with connect(shop.places.server, "tests") as link:
        names = {name for (name,) in link.execute("SELECT datname FROM pg_database").fetchall()}
    assert shop.places.source.database not in names
    assert shop.places.target.database in names
    assert certificate["complete"]
    assert "setting" not in {each["kind"] for each in certificate["left"]}
    disposal.run("probe")
    disposal.run("certify")


def test_an_expired_archive_goes_with_the_backups_and_the_evidence_stays(
    shop: Retired, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dumps = [path for path in shop.dossier.glob("back_up/shop-dump.1/*") if path.is_file()]
    assert dumps
    disposal, remove, removed = shop.disposal("archive"), LocalFolder.remove, list[str]()
    with on(date(2106, 1, 2)):
        disposal.run_through("approve.read_answer")

        def die_in_the_dumps(folder: LocalFolder, path: str) -> None:
            if "back_up" in removed[-2:-1]:
                raise ConnectionError("killed")
            removed.append("back_up" if "/back_up/" in path and "dump" in path and "data/" not in path else "bag")
            remove(folder, path)

        with monkeypatch.context() as patched:
            patched.setattr(LocalFolder, "remove", die_in_the_dumps)
            with pytest.raises(ConnectionError):
                disposal.run("destroy")
        assert sum(path.exists() for path in dumps) == len(dumps) - 2
        disposal.run_through("certify", "destroy")
        with pytest.raises(SunsetError, match="the archive does not hold"):
            shop.disposal(run_id="source").run("list")  # sources go before the archive that proves them
    assert not shop.places.folder.joinpath("archive", "bags", "shop", shop.dossier.name).exists()
    assert not any(path.exists() for path in dumps)
    certificate = disposal.certificate
    assert certificate["complete"], certificate["left"]
    assert {each["kind"] for each in certificate["left"]} == {"target", "dossier"}
    for folder in (disposal.dossier.store.root, shop.dossier):
        status, said = verified(capsys, folder)
        assert status == 0, said
    assert f"{len(dumps)} destroyed under a certificate" in said
    (shop.dossier / "back_up" / "shop-backup.1.json").unlink()
    assert verified(capsys, shop.dossier)[0] == 1
