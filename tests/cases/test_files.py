"""Public failures of file transfers: FT-01 to FT-06, through the operators."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.capabilities import bound_by_permissions
from services.cut_proxy import Fault, proxied
from services.file_trees import (
    IN_LINES,
    IN_URLS,
    LINKS,
    LOOKALIKES,
    files_spec,
    grow,
    named,
    put,
    read_all,
    sha256,
    three_mib,
    with_links,
)
from services.object_store import ObjectStore
from services.retirement import Retirement, connections
from services.ssh_server import SshServer
from sunset.database.postgres.endpoint import Endpoint
from sunset.dossier.fetch import fetch_tree
from sunset.errors import Deviation, Unavailable

pytestmark = pytest.mark.integration

Carry = Callable[[ObjectStore, dict[str, bytes]], dict[str, bytes]]


@pytest.fixture
def bucket(object_store: ObjectStore, request: pytest.FixtureRequest) -> Iterator[str]:
    name = request.node.originalname.replace("_", "-")[:60].strip("-")
    object_store.client().create_bucket(Bucket=name)
    yield name
    assert object_store.uploads(name) == []


def started(folder: Path, origin: str, bucket: str, more: str = "") -> Retirement:
    """A rehearsal of the tree in `folder/source`, up to its plan."""
    place = f"from: {{{origin}}}, to: {{conn_id: store, path: 's3://{bucket}/kept'}}"
    run = Retirement(files_spec(folder, f"{{name: tree, {place}{more}}}"), "rehearse")
    run.run_through("rehearse.tree.prepare")
    return run


def copied(run: Retirement) -> None:
    run.run("rehearse.tree.copy")
    run.run("rehearse.tree.complete")


def sandbox(run: Retirement) -> str:
    """Prefix of the rehearsal's folder."""
    plan = run.dossier.latest("rehearse", "tree-units")
    assert plan is not None
    return str(plan["target"]).split("/", 3)[3]


def manifest(run: Retirement, folder: Path) -> dict[str, dict[str, Any]]:
    fetch_tree(run.dossier, "rehearse", "tree-manifest", folder / "manifest")
    lines = (folder / "manifest" / "entries.jsonl").read_text(encoding="ascii").splitlines()
    return {line["path"]: line for line in map(json.loads, lines)}


@pytest.fixture
def carry(tmp_path: Path, bucket: str) -> Carry:
    """Copies files into a store by the operators; gives back what the store holds."""

    def go(store: ObjectStore, files: dict[str, bytes]) -> dict[str, bytes]:
        put(tmp_path / "source", files)
        with connections(tmp_path, store=store.connection()):
            run = started(tmp_path, f"path: {tmp_path}/source", bucket)
            copied(run)
            held = manifest(run, tmp_path)
            found = store.objects(bucket, sandbox(run))
        assert {path: (line["size"], line["sha256"]) for path, line in held.items()} == {
            path: (len(data), sha256(data)) for path, data in found.items()
        }
        return found

    return go


def test_ft_01_names_that_look_the_same(carry: Carry, object_store: ObjectStore) -> None:
    assert carry(object_store, LOOKALIKES) == LOOKALIKES


def test_ft_02_space_plus_and_percent_in_a_key(
    carry: Carry,
    tmp_path: Path,
    object_store: ObjectStore,
    bucket: str,
) -> None:
    assert carry(object_store, named(IN_URLS)) == named(IN_URLS)
    client = object_store.client()
    first = client.list_objects_v2(Bucket=bucket, Prefix="kept-")["Contents"][0]["Key"].partition("/")[0]
    for name in IN_URLS:  # on the server side to a second prefix, and down again
        client.copy_object(Bucket=bucket, Key=f"second/{name}", CopySource={"Bucket": bucket, "Key": f"{first}/{name}"})
    place = f"from: {{conn_id: store, path: 's3://{bucket}/second'}}, to: {{path: {tmp_path}/down}}"
    with connections(tmp_path, store=object_store.connection()):
        run = Retirement(files_spec(tmp_path, f"{{name: tree, {place}}}"), "rehearse", run_id="down")
        run.run_through("rehearse.tree.prepare")
        copied(run)
    (down,) = tmp_path.glob("down-sandbox-*")
    assert read_all(down) == named(IN_URLS)


def test_ft_03_newlines_percent_and_edge_spaces(carry: Carry, other_store: ObjectStore, bucket: str) -> None:
    other_store.client().create_bucket(Bucket=bucket)
    assert carry(other_store, named(IN_LINES)) == named(IN_LINES)


def test_ft_03_what_is_damaged_is_named_and_nothing_else(tmp_path: Path) -> None:
    put(tmp_path / "source", named(IN_LINES))
    place = f"from: {{path: {tmp_path}/source}}, to: {{path: {tmp_path}/kept}}"
    with connections(tmp_path):
        run = Retirement(files_spec(tmp_path, f"{{name: tree, {place}}}"), "rehearse")
        run.run_through("rehearse.tree.validate")
        (kept,) = tmp_path.glob("kept-sandbox-*")
        (kept / "line\nbreak.txt").write_bytes(b"line\nbreak.tXt")
        (kept / "trail.txt").unlink()
        (kept / "besides").write_bytes(b"")
        with pytest.raises(Deviation, match="3 files differ") as raised:
            run.run("rehearse.tree.validate")
    report = Path(max(tmp_path.rglob("tree-validation-documents.*/validation.html"))).read_text()
    assert '<span class="bad">failed</span>' in report
    assert f"<dd>{len(IN_LINES) - 3} of {len(IN_LINES)}</dd>" in report
    assert "<code>trail.txt: is missing on the target" in report
    lines = [line for line in raised.value.differences if "expectations on" not in line]
    assert [line.partition(": ")[0] for line in lines] == ["besides", '"line\\nbreak.txt"', "trail.txt"]
    assert ["differs" in line for line in lines] == [False, True, False]
    assert "is missing on the target" in lines[2]
    assert "was not sent there" in lines[0]


def test_ft_04_links_in_loops_dead_links_and_a_locked_file(
    tmp_path: Path, object_store: ObjectStore, bucket: str
) -> None:
    (tmp_path / "source").mkdir()
    with_links(tmp_path / "source")
    with connections(tmp_path, store=object_store.connection()), bound_by_permissions():
        run = started(tmp_path, f"path: {tmp_path}/source", bucket)
        run.run("rehearse.tree.copy")
        with pytest.raises(Deviation, match=r"locked\.txt: cannot be read: no permission"):
            run.run("rehearse.tree.complete")
        assert object_store.objects(bucket, sandbox(run)) == {"real.txt": b"real\n", "sub/inner.txt": b"inner\n"}
        catalogue = run.dossier.latest("discover", "tree")
        facts = run.dossier.latest("rehearse", "tree-source-facts")
    assert catalogue is not None
    assert facts is not None
    assert {each["path"]: each["link"] for each in catalogue["left"]} == LINKS
    assert [failure["subject"] for failure in facts["failures"]] == ["locked.txt"]


def test_ft_05_a_file_grows_while_it_is_copied(tmp_path: Path, object_store: ObjectStore, bucket: str) -> None:
    put(tmp_path / "source", {"grow.log": b"0" * (8 << 20), "still.txt": b"still\n"})
    log = tmp_path / "source" / "grow.log"
    with connections(tmp_path, store=object_store.connection()):
        run = started(tmp_path, f"path: {tmp_path}/source", bucket, ", bytes_per_second: 40000000")
        writer = threading.Thread(target=grow, args=(log, 3))
        writer.start()
        with pytest.raises(Unavailable, match=r"grow\.log: changed while it was copied"):
            run.run("rehearse.tree.copy")
        assert object_store.objects(bucket, sandbox(run)) == {"still.txt": b"still\n"}
        writer.join()
        copied(run)
        found = object_store.objects(bucket, sandbox(run))
        held = manifest(run, tmp_path)
    assert found["grow.log"] == log.read_bytes()
    assert held["grow.log"]["sha256"] == sha256(log.read_bytes())
    assert held["grow.log"]["size"] == log.stat().st_size


@pytest.mark.parametrize("fault", ["cut", "stall"])
def test_ft_06_sftp_breaks_in_the_middle(
    fault: Fault, tmp_path: Path, sshd: SshServer, object_store: ObjectStore, bucket: str
) -> None:
    put(tmp_path / "source", {"three_mib.bin": three_mib()})
    server = Endpoint("127.0.0.1", sshd.port, "", "", "")
    with proxied(server, fault, 1_000_000) as (behind, proxy):
        places = {"old": sshd.connection(port=behind.port, compress="false"), "store": object_store.connection()}
        with connections(tmp_path, **places):
            run = started(tmp_path, f"conn_id: old, path: {tmp_path}/source", bucket, ", timeout: 2s")
            proxy.times = 1
            copied(run)
            found = object_store.objects(bucket, sandbox(run))
    assert proxy.broken == 1
    assert {path: sha256(data) for path, data in found.items()} == {
        "three_mib.bin": "f1c2e3c1532b6207595095f73b96401568e74d75c9120a35217b357263370960"
    }
    assert list((tmp_path / "work").iterdir()) == []
