"""An execution with a database and a file tree: what goes wrong between the freeze and the cutover is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.file_trees import files_spec, put, read_all
from services.legacy import fill
from services.retirement import Retirement, connections
from sunset.database.postgres.endpoint import Endpoint
from sunset.errors import Deviation, Refusal, Unavailable

pytestmark = [pytest.mark.integration, pytest.mark.slow]

TREE = {f"d{n % 3}/f{n}.txt": f"{n}\n".encode() for n in range(1, 30)}


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Retirement]:
    """An execution of a product of files alone that stands before its migration."""
    put(tmp_path / "source", TREE)
    place = f"from: {{path: {tmp_path}/source}}, to: {{path: {tmp_path}/kept}}, settle: 0s"
    spec = files_spec(tmp_path, f"{{name: tree, {place}}}")
    with connections(tmp_path):
        Retirement(spec, "rehearse", run_id="round").run_through("close.verdict")
        execution = Retirement(spec, "execute", run_id="execution")
        execution.run_through("approve.read_answer")
        yield execution


def test_what_came_before_the_freeze_is_carried_and_what_comes_after_is_found(run: Retirement, tmp_path: Path) -> None:
    put(tmp_path / "source", {"late.txt": b"before the freeze\n", "d1/f1.txt": b"changed\n"})
    (tmp_path / "source" / "d2" / "f2.txt").unlink()
    run.run_through("migrate.tree.complete", "freeze.tree.freeze")
    frozen = run.dossier.latest("freeze", "tree")
    assert frozen is not None
    assert frozen["since_discovery"] == {"new": 1, "changed": 1, "gone": 1}
    put(tmp_path / "source", {"too late.txt": b""})
    with pytest.raises(Deviation, match=r"too late\.txt: is new"):
        run.run_through("validate.tree.source_stood_still", "validate.tree.source_stood_still")
    assert "late.txt" in read_all(tmp_path / "kept")
    with pytest.raises(Refusal):
        run.run_through("accept.seal", "accept.seal")


def test_a_file_that_changes_after_the_freeze_is_no_success(run: Retirement, tmp_path: Path) -> None:
    run.run_through("migrate.tree.prepare", "freeze.tree.freeze")
    put(tmp_path / "source", {"d1/f1.txt": b"changed after the freeze\n"})
    run.run("migrate.tree.copy")
    with pytest.raises(Deviation, match=r"d1/f1\.txt: is in the manifest in another version"):
        run.run("migrate.tree.complete")


def test_the_target_is_held_against_the_manifest_until_the_cutover(run: Retirement, tmp_path: Path) -> None:
    run.run_through("accept.read_answer", "freeze.tree.freeze")
    (tmp_path / "kept" / "d1" / "f1.txt").write_bytes(b"x\n")
    with pytest.raises(Deviation, match=r"d1/f1\.txt: differs"):
        run.run_through("cut_over.tree.target_unchanged", "cut_over.tree.source_stood_still")
    (tmp_path / "kept" / "d1" / "f1.txt").write_bytes(TREE["d1/f1.txt"])  # another object, and the very bytes
    run.run_through("close.verdict", "cut_over.tree.target_unchanged")
    verdict = run.dossier.latest("close", "verdict")
    assert verdict is not None
    assert verdict["held"], verdict["gaps"]


def test_a_run_that_was_given_up_leaves_no_unfinished_file_and_its_work_to_the_next(
    run: Retirement, tmp_path: Path
) -> None:
    run.run_through("migrate.tree.copy", "freeze.tree.freeze")
    (tmp_path / "kept" / "d1" / f".sunset-part-{'0' * 32}").write_bytes(b"half")
    run.run("thaw.tree.clean_up")
    assert read_all(tmp_path / "kept") == TREE
    again = Retirement(run.spec, "execute", run_id="again")
    again.run_through("migrate.tree.complete")
    facts = again.dossier.latest("migrate", "tree-source-facts")
    assert facts is not None
    assert (facts["kept"], facts["whole"]["files"]) == (len(TREE), len(TREE))


def test_a_tree_that_is_still_written_to_is_not_frozen(run: Retirement, tmp_path: Path) -> None:
    import threading

    from services.file_trees import grow

    (spec_source,) = run.spec.sources.files
    slow = run.dag.get_task("freeze.tree.freeze")
    slow.source = spec_source.model_copy(update={"settle": type(spec_source.settle)(seconds=0.3)})
    writer = threading.Thread(target=grow, args=(tmp_path / "source" / "d1" / "f1.txt", 2))
    writer.start()
    with pytest.raises(Unavailable, match=r"is still written to: d1/f1\.txt"):
        run.run("freeze.tree.freeze")
    writer.join()


def test_a_database_and_a_tree_in_one_product(
    make_database: Callable[..., Endpoint], pg_server: object, tmp_path: Path
) -> None:
    source, target = make_database("files"), make_database("target")
    fill(source)
    put(tmp_path / "source", TREE)
    place = f"from: {{path: {tmp_path}/source}}, to: {{path: {tmp_path}/kept}}, settle: 0s"
    spec = files_spec(tmp_path, f"{{name: tree, {place}}}", database=True)
    sandbox = pg_server.endpoint  # type: ignore[attr-defined]
    with connections(tmp_path, shop_db=source, target_db=target, sandbox_db=sandbox):
        Retirement(spec, "rehearse", run_id="round").run_through("close.verdict")
        run = Retirement(spec, "execute", run_id="execution")
        run.run_through("close.verdict")
        verdict = run.dossier.latest("close", "verdict")
        receipt = run.dossier.latest("archive", "receipt")
    assert verdict is not None
    assert verdict["held"], verdict["gaps"]
    assert verdict["files"] == verdict["files_equal"] == len(TREE)
    assert verdict["rows"] > 1000
    assert read_all(tmp_path / "kept") == TREE
    assert receipt is not None
    (manifest,) = (tmp_path / "archive").rglob("dossier/migrate/tree-manifest.1/entries.jsonl")
    assert manifest.read_text().count("\n") == len(TREE)
