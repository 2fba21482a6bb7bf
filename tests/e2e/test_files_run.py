"""`sunset run`: a file tree behind SFTP retired into an object store, through a real Airflow in one process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services.file_trees import LOOKALIKES, files_spec, put
from services.object_store import ObjectStore
from services.ssh_server import SshServer
from services.terminal import Terminal

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_a_file_tree_is_retired(tmp_path: Path, sshd: SshServer, object_store: ObjectStore) -> None:
    object_store.client().create_bucket(Bucket="retired")
    files = {**LOOKALIKES, "{{ ds }}.txt": b"no template\n", "large.bin": bytes(range(251)) * 80_000}
    put(tmp_path / "source", files)
    terminal = Terminal.at(tmp_path, old=sshd.connection(), store=object_store.connection())
    place = f"from: {{conn_id: old, path: {tmp_path}/source}}, to: {{conn_id: store, path: 's3://retired/kept'}}"
    files_spec(terminal.folder, f"{{name: tree, {place}, settle: 1s}}")
    rehearsed = terminal.sunset("run", "shop.yaml", "--mode=rehearse")
    assert rehearsed.returncode == 0, rehearsed.stdout + rehearsed.stderr
    assert object_store.objects("retired") == {}
    answers = ("--approve-as=migration_op", "--approve-as=steward")
    executed = terminal.sunset("run", "shop.yaml", "--mode=execute", "--reason=a test", *answers)
    assert executed.returncode == 0, executed.stdout + executed.stderr
    assert object_store.objects("retired", "kept/") == files
    assert object_store.uploads("retired") == []
    (dossier,) = [path.parent for path in terminal.folder.glob("dossiers/shop/*/archive")]
    verdict = json.loads((dossier / "close" / "verdict.1.json").read_text())
    assert (verdict["held"], verdict["files_equal"]) == (True, len(files))
    (bag,) = [path.parent for path in (terminal.folder / "archive").rglob("bagit.txt")]
    verified = terminal.sunset("verify", str(dossier), str(bag))
    assert verified.stdout.count("everything holds") == 2, verified.stdout
