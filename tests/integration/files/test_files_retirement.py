"""File trees carried through the whole DAG, in all modes, by the real operators."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.file_trees import IN_URLS, LOOKALIKES, files_spec, named, put, read_all
from services.object_store import ObjectStore
from services.retirement import Retirement, connections
from services.ssh_server import SshServer

pytestmark = pytest.mark.integration

TREE = {**named(IN_URLS), **LOOKALIKES, "empty.txt": b"", "deep/er/file.bin": b"x" * 100_000}


def test_local_to_local(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "kept"
    put(source, TREE)
    (source / "nothing" / "here").mkdir(parents=True)
    spec = files_spec(tmp_path, f"{{name: attachments, from: {{path: {source}}}, to: {{path: {target}}}, settle: 0s}}")
    with connections(tmp_path):
        for number, mode in enumerate(("dry_run", "rehearse", "execute")):
            run = Retirement(spec, mode, run_id=f"manual__2026-01-0{number + 1}T00:00:00+00:00")
            run.run_through("close.verdict")
            verdict = run.dossier.latest("close", "verdict")
            assert verdict is not None
            assert verdict["held"], verdict["gaps"]
            if mode != "execute":
                assert not target.exists()
    assert read_all(target) == TREE
    assert (target / "nothing" / "here").is_dir()
    assert verdict["files"] == verdict["files_equal"] == len(TREE)
    assert not list(tmp_path.glob("kept-sandbox*"))
