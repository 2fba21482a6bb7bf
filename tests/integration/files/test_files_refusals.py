"""Bad input to file sources: each is refused by name, before anything is written."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from services.file_trees import LOOKALIKES, files_spec, local, put, read_all
from services.object_store import ObjectStore
from services.retirement import Retirement, connections
from services.ssh_server import SshServer, free_port, make_key
from sunset.errors import Deviation, Refusal, SunsetError, Unavailable

pytestmark = pytest.mark.integration


def stopped(folder: Path, places: Mapping[str, Any], origin: str, target: str, rules: str = "") -> SunsetError:
    """The error that a rehearsal ends with, which is before its copy."""
    spec = files_spec(folder, f"{{name: tree, from: {{{origin}}}, to: {{{target}}}, timeout: 2s}}", rules=rules)
    with connections(folder, **places), pytest.raises(SunsetError) as raised:
        Retirement(spec, "rehearse").run_through("rehearse.tree.prepare")
    return raised.value


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    put(tmp_path / "source", LOOKALIKES)
    return tmp_path / "source"


def test_an_unreachable_host(tmp_path: Path, tree: Path, sshd: SshServer) -> None:
    places = {"old": sshd.connection(port=free_port())}
    error = stopped(tmp_path, places, f"conn_id: old, path: {tree}", f"path: {tmp_path}/kept")
    assert isinstance(error, Unavailable)
    assert "127.0.0.1" in str(error)


def test_a_host_that_says_nothing(tmp_path: Path, tree: Path, sshd: SshServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        places = {"old": sshd.connection(port=listening.getsockname()[1], banner_timeout=2)}
        error = stopped(tmp_path, places, f"conn_id: old, path: {tree}", f"path: {tmp_path}/kept")
    assert isinstance(error, Unavailable)


def test_a_wrong_host_key(tmp_path: Path, tree: Path, sshd: SshServer) -> None:
    make_key(tmp_path / "other")
    other = " ".join((tmp_path / "other.pub").read_text().split()[:2])
    places = {"old": sshd.connection(host_key=other)}
    error = stopped(tmp_path, places, f"conn_id: old, path: {tree}", f"path: {tmp_path}/kept")
    assert isinstance(error, Refusal)
    assert "another host key" in str(error)


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({"host_key": None}, "host key is not known"),
        ({"host_key": None, "no_host_key_check": True}, "switches off the check"),
        ({"key_file": None}, "refused the login"),
        ({"key_file": "{folder}/stranger"}, "refused the login"),
    ],
)
def test_keys_that_do_not_prove_anything(
    extra: dict[str, Any], said: str, tmp_path: Path, tree: Path, sshd: SshServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    make_key(tmp_path / "stranger")
    known = {key: value.format(folder=tmp_path) if isinstance(value, str) else value for key, value in extra.items()}
    places = {"old": sshd.connection(**known)}
    error = stopped(tmp_path, places, f"conn_id: old, path: {tree}", f"path: {tmp_path}/kept")
    assert isinstance(error, Refusal)
    assert said in str(error)


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        ("conn_id: old, path: {folder}/nowhere", "is not there"),
        ("path: {folder}/nowhere", "is not there"),
        ("path: {folder}/source/../..", "leads out of its folder"),
        ("conn_id: store, path: 's3://no-such-bucket/x'", "the bucket is not there"),
        ("conn_id: wrong_key, path: 's3://somewhere/x'", "the store refused"),
        ("conn_id: nobody, path: /x", "Airflow knows no connection"),
    ],
)
def test_a_source_that_is_not_there(
    origin: str,
    said: str,
    tmp_path: Path,
    tree: Path,
    sshd: SshServer,
    object_store: ObjectStore,
    other_store: ObjectStore,
) -> None:
    wrong = {**other_store.connection(), "password": "another secret of forty characters ......"}
    places = {"old": sshd.connection(), "store": object_store.connection(), "wrong_key": wrong}
    error = stopped(tmp_path, places, origin.format(folder=tmp_path), f"path: {tmp_path}/kept")
    assert isinstance(error, Refusal)
    assert said in str(error)


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("conn_id: store, path: 's3://no-such-bucket/x'", "file_target"),
        ("path: {folder}/source/inside", "file_places"),
        ("path: {folder}/used", "file_target_used"),
    ],
)
def test_a_target_that_cannot_be_used(
    target: str, code: str, tmp_path: Path, tree: Path, object_store: ObjectStore
) -> None:
    put(tmp_path / "used", {"stranger.txt": b"mine\n"})
    places = {"store": object_store.connection()}
    error = stopped(tmp_path, places, f"path: {tree}", target.format(folder=tmp_path))
    assert isinstance(error, Deviation)
    assert error.differences[0].partition(":")[0] == code
    assert read_all(tmp_path / "used") == {"stranger.txt": b"mine\n"}


def test_sftp_is_no_target(tmp_path: Path, tree: Path, sshd: SshServer) -> None:
    error = stopped(tmp_path, {"old": sshd.connection()}, f"path: {tree}", f"conn_id: old, path: {tmp_path}/kept")
    assert "not written to" in str(error)


def test_names_that_a_store_cannot_keep(tmp_path: Path, object_store: ObjectStore) -> None:
    object_store.client().create_bucket(Bucket="names")
    latin, long = os.fsdecode(b"caf\xe9.txt"), f"{'x' * 200}/" * 5 + "y" * 100
    put(tmp_path / "source", {latin: b"1", long: b"2", "fine.txt": b"3"})
    places = {"store": object_store.connection(), "shelf": local(tmp_path)}
    store = "conn_id: store, path: 's3://names/kept'"
    error = stopped(tmp_path, places, "conn_id: shelf, path: /source", store)
    assert isinstance(error, Deviation)
    first, second = sorted(error.differences)
    assert first.startswith('file_name: "caf\\udce9.txt": the target cannot keep this name: it is not UTF-8')
    assert "its key is longer than 1024 bytes" in second
    assert object_store.objects("names") == {}


def test_names_that_are_no_utf_8_go_from_folder_to_folder(tmp_path: Path, sshd: SshServer) -> None:
    files = {os.fsdecode(b"caf\xe9.txt"): b"latin", "caf\u00e9.txt": b"utf-8"}
    put(tmp_path / "source", files)
    place = f"from: {{conn_id: old, path: {tmp_path}/source}}, to: {{path: {tmp_path}/kept}}"
    with connections(tmp_path, old=sshd.connection()):
        run = Retirement(files_spec(tmp_path, f"{{name: tree, {place}}}"), "rehearse")
        run.run_through("rehearse.tree.complete")
    (kept,) = tmp_path.glob("kept-sandbox-*")
    assert read_all(kept) == files


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{match: {kind: file}, do: archive, because: law}", "files are migrated or left out"),
        ("{match: {kind: view}, do: migrate, because: none}", "no rule decides"),
    ],
)
def test_rules_that_do_not_go_with_files(rule: str, said: str, tmp_path: Path, tree: Path) -> None:
    spec = files_spec(tmp_path, f"{{name: tree, from: {{path: {tree}}}, to: {{path: {tmp_path}/kept}}}}")
    text = (tmp_path / "shop.yaml").read_text()
    start = text.index("dispositions:")
    (tmp_path / "shop.yaml").write_text(
        text[:start] + f"dispositions:\n  - {rule}\n" + text[text.index("rehearsal:") :]
    )
    from sunset.spec import load_file

    (spec,) = load_file(tmp_path / "shop.yaml").specs
    with connections(tmp_path), pytest.raises(Refusal, match=said):
        Retirement(spec, "rehearse").run_through("rehearse.tree.prepare")


def test_files_that_a_rule_leaves_out_stay_behind(tmp_path: Path) -> None:
    put(tmp_path / "source", {"keep.txt": b"1", "scratch/a.tmp": b"2"})
    rules = '  - {match: {kind: file, schema: "scratch"}, do: destroy, because: scratch}\n'
    place = f"from: {{path: {tmp_path}/source}}, to: {{path: {tmp_path}/kept}}"
    with connections(tmp_path):
        run = Retirement(files_spec(tmp_path, f"{{name: tree, {place}}}", rules=rules), "rehearse")
        run.run_through("rehearse.tree.complete")
        catalogue = run.dossier.latest("discover", "tree")
    assert catalogue is not None
    assert {asset["name"]: asset["do"] for asset in catalogue["assets"]} == {"*.txt": "migrate", "*.tmp": "destroy"}
    (kept,) = tmp_path.glob("kept-sandbox-*")
    assert read_all(kept) == {"keep.txt": b"1"}
