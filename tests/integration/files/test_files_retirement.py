"""File trees carried through the whole DAG, in all modes, by the real operators, between places of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.file_trees import IN_URLS, LOOKALIKES, files_spec, local, named, put, read_all
from services.object_store import ObjectStore
from services.retirement import Retirement, connections
from services.ssh_server import SshServer
from sunset.spec import Spec

pytestmark = pytest.mark.integration

TREE = {**named(IN_URLS), **LOOKALIKES, "empty.txt": b"", "deep/er/file.bin": b"x" * 100_000}
LARGE = {"large.bin": bytes(range(256)) * (20 * 2**12)}  # 20 MiB: three parts


def execute(spec: Spec) -> tuple[Retirement, dict[str, Any]]:
    """A rehearsal, then an execution; both must hold."""
    for number, mode in enumerate(("rehearse", "execute")):
        run = Retirement(spec, mode, run_id=f"manual__2026-01-0{number + 1}T00:00:00+00:00")
        run.run_through("close.verdict")
        verdict = run.dossier.latest("close", "verdict")
        assert verdict is not None
        assert verdict["held"], verdict["gaps"]
    return run, verdict


@pytest.fixture(params=["object_store", "other_store"])
def bucket(request: pytest.FixtureRequest) -> Iterator[tuple[ObjectStore, str]]:
    """An empty bucket on each of two servers."""
    store: ObjectStore = request.getfixturevalue(request.param)
    name = f"b{abs(hash(request.node.nodeid)) % 10**9}"
    store.client().create_bucket(Bucket=name)
    yield store, name
    assert store.uploads(name) == []


def test_from_folder_to_folder(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "kept"
    put(source, TREE)
    (source / "nothing" / "here").mkdir(parents=True)
    spec = files_spec(tmp_path, f"{{name: attachments, from: {{path: {source}}}, to: {{path: {target}}}, settle: 0s}}")
    with connections(tmp_path):
        dry = Retirement(spec, "dry_run", run_id="manual__2026-01-09T00:00:00+00:00")
        dry.run_through("close.verdict")
        assert not target.exists()
        run, verdict = execute(spec)
        store = run.dossier.store.child("validate").child("attachments-validation-documents.1")
        report = store.read("validation.html").decode()
    assert read_all(target) == TREE
    assert (target / "nothing" / "here").is_dir()
    assert f"<dd>{len(TREE)} of {len(TREE)}</dd>" in report
    assert 'href="data_docs/index.html"' in report
    assert b"../validation.html" in store.read("data_docs/index.html")
    assert verdict["files"] == verdict["files_equal"] == len(TREE)
    assert verdict["bytes"] == sum(map(len, TREE.values()))
    assert not list(tmp_path.glob("kept-sandbox*"))


def test_from_sftp_to_a_store(tmp_path: Path, sshd: SshServer, bucket: tuple[ObjectStore, str]) -> None:
    store, name = bucket
    put(tmp_path / "source", {**TREE, **LARGE})
    place = f"from: {{conn_id: old_files, path: {tmp_path}/source}}, to: {{conn_id: store, path: 's3://{name}/kept'}}"
    spec = files_spec(tmp_path, f"{{name: attachments, {place}, settle: 0s}}")
    with connections(tmp_path, old_files=sshd.connection(), store=store.connection()):
        execute(spec)
    assert store.objects(name, "kept/") == {**TREE, **LARGE}
    assert set(store.objects(name)) == {f"kept/{path}" for path in {**TREE, **LARGE}}


def test_from_a_store_to_a_store_and_to_a_folder(tmp_path: Path, bucket: tuple[ObjectStore, str]) -> None:
    store, name = bucket
    client = store.client()
    for path, data in {**TREE, **LARGE}.items():
        client.put_object(Bucket=name, Key=f"old/{path}", Body=data)
    origin = f"from: {{conn_id: store, path: 's3://{name}/old'}}"
    spec = files_spec(
        tmp_path,
        f"{{name: one, {origin}, to: {{conn_id: store, path: 's3://{name}/new'}}, settle: 0s}}",
        f"{{name: other, {origin}, to: {{conn_id: shelf, path: /kept}}, settle: 0s}}",
    )
    with connections(tmp_path, store=store.connection(), shelf=local(tmp_path)):
        _, verdict = execute(spec)
    assert store.objects(name, "new/") == store.objects(name, "old/") == {**TREE, **LARGE}
    assert read_all(tmp_path / "kept") == {**TREE, **LARGE}
    assert verdict["files"] == 2 * len({**TREE, **LARGE})
