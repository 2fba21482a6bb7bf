"""No URL leads out of the dossier that it names, and none brings its own words back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from services.browsing import Browse
from services.evidence import Evidence

pytestmark = pytest.mark.integration

OUTSIDE = (
    "../../../secret.json",
    "..%2f..%2f..%2fsecret.json",
    "%2e%2e/%2e%2e/%2e%2e/secret.json",
    "plan/../../../../secret.json",
    "plan/..%2fplan.1.html",
    "%2fetc%2fpasswd",
    "/etc/passwd",
    "plan//plan.1.html",
    "plan/%2e/plan.1.html",
    "plan%5cplan.1.html",
    "plan/plan.1.html%00.html",
    "plan/plan.1.html/",
    "PLAN/PLAN.1.HTML",
    "plan/plan.1",
    "plan/",
    "plan",
)


@pytest.mark.parametrize("kind", ["view", "files"])
@pytest.mark.parametrize("path", OUTSIDE)
def test_only_listed_documents_are_served(run: Evidence, browse: Browse, kind: str, path: str) -> None:
    (Path(run.store.root).parent / "secret.json").write_text('{"password": "hidden"}')
    answer = browse().get(f"{run.url}/{kind}/{path}")
    assert answer.status_code == 404, answer.text
    assert "hidden" not in answer.text


@pytest.mark.parametrize(
    "url",
    [
        "/sunset/dags/sunset_..%2f..",
        "/sunset/dags/sunset_%2e%2e/runs/x",
        "/sunset/dags/sunset_shop/runs/%2e%2e",
        "/sunset/dags/sunset_shop/runs/rounds",
        "/sunset/dags/sunset_shop/runs/trial-backups",
        "/sunset/dags/sunset_/runs/shop",
        "/sunset/dags/shop",
        "/sunset/dags/example_dag/runs/manual__1",
        "/sunset/nothing",
        "/sunset/console.py",
        "/sunset/assets/console.css",
    ],
)
def test_unknown_names_are_not_found(run: Evidence, browse: Browse, url: str) -> None:
    run.round(1)
    answer = browse().get(url)
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "url", ["/sunset/{}", "/sunset/dags/{}", "/sunset/dags/sunset_shop/runs/{}", "/sunset/dags/sunset_shop/run?id={}"]
)
def test_what_is_not_found_is_not_repeated_unescaped(run: Evidence, browse: Browse, url: str) -> None:
    answer = browse().get(url.format("%3Cscript%3Ealert(1)%3C%2fscript%3E"), follow_redirects=True)
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


def test_links_are_named_and_lead_nowhere(run: Evidence, browse: Browse, tmp_path: Path) -> None:
    secret = tmp_path / "secret.html"
    secret.write_text("hidden")
    os.symlink(secret, run.path / "plan" / "link.1.html")
    os.symlink(tmp_path, run.path / "plan" / "tree.1")
    page = browse().get(run.url)
    assert page.status_code == 200
    assert "plan/link.1.html" in page.text
    assert "a link" in page.text
    for path in ("plan/link.1.html", "plan/tree.1/secret.html"):
        assert browse().get(run.file(path)).status_code == 404
        assert browse().get(run.view(path)).status_code == 404


def test_folders_that_are_links_are_no_runs_and_no_products(run: Evidence, browse: Browse, tmp_path: Path) -> None:
    outside = tmp_path / "outside" / "plan"
    outside.mkdir(parents=True)
    (outside / "plan.1.html").write_text("hidden")
    os.symlink(outside.parent, run.path.parent / "linked")
    os.symlink(run.path.parent, run.path.parent.parent / "twin")
    assert browse().get(f"{run.dag_url}/runs/linked/files/plan/plan.1.html").status_code == 404
    assert browse().get("/sunset/dags/sunset_twin").status_code == 404
    assert "twin" not in browse().get("/sunset/").text


def test_a_file_that_is_still_being_written_is_not_shown(run: Evidence, browse: Browse) -> None:
    name = f"plan/.{'0' * 32}.unfinished"
    (run.path / name).write_text("half")
    assert browse().get(run.file(name)).status_code == 404
    assert browse().get(run.url).status_code == 200


@pytest.mark.parametrize(
    "name", ["2636.dat.gz", "toc.dat", "schema.dump", "rows.parquet", "pages.jsonl", "run.sh", "no"]
)
def test_data_is_listed_and_not_handed_out(run: Evidence, browse: Browse, tmp_path: Path, name: str) -> None:
    (tmp_path / "dump").mkdir()
    (tmp_path / "dump" / name).write_text("4111-1111-1111-1111")
    run.dossier.add_tree("back_up", "shop-dump", tmp_path / "dump")
    path = f"back_up/shop-dump.1/{name}"
    assert browse().get(run.file(path)).status_code == 404
    assert browse().get(run.view(path)).status_code == 404
    assert path not in browse().get(run.url).text
    manifest = browse().get(run.view("back_up/shop-dump.1.files.json"))
    assert name in manifest.text
    assert "4111" not in manifest.text


@pytest.mark.parametrize(
    "name",
    [
        "a b & c.html",
        "100% sure?.html",
        "Größe 表 🌇.html",
        "<img src=x onerror=alert(1)>.html",
        "'\"><script>alert(1)<.html",
        "{{ 7 * 7 }}.html",
        "semi;colon#hash.html",
        "tilde~5c.html",
    ],
)
def test_odd_names_are_found_and_escaped(run: Evidence, browse: Browse, tmp_path: Path, name: str) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / name).write_text("odd but there")
    run.dossier.add_tree("validate", "docs", tmp_path / "docs")
    path = f"validate/docs.1/{name}"
    client = browse()
    page = client.get(run.url)
    assert page.status_code == 200
    assert run.view(path) in page.text.replace("&#39;", "'")
    assert client.get(run.file(path)).text == "odd but there"
    shown = client.get(run.view(path))
    assert shown.status_code == 200
    for text in (page.text, shown.text):
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "49.html" not in text


@pytest.mark.parametrize(
    "run_id", ["a/b c", "Ünïcode <run>", "x" * 240, "manual__2026-01-05T00:00:00+00:00", "rounds/"]
)
def test_a_run_is_found_by_any_id_that_airflow_may_give_it(shelf: Evidence, browse: Browse, run_id: str) -> None:
    from sunset.dossier.dossier import Dossier
    from sunset_operators.stage_run import run_folder

    Dossier(shelf.store.child("shop").child(run_folder(run_id))).record("decide", "decision", {"run_id": run_id})
    answer = browse().get("/sunset/dags/sunset_shop/run", params={"id": run_id}, follow_redirects=True)
    assert answer.status_code == 200
    assert str(answer.url).endswith(f"/runs/{run_folder(run_id)}")
