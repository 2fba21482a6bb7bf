"""A packer is killed at each of its writes, by SIGKILL; the next one has to end as if nothing had happened."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from sunset.archive import layout
from sunset.archive import pack as packing
from sunset.archive.pack import pack
from sunset.dossier.faults import Missing
from sunset.dossier.store import Store
from sunset.dossier.verify import verify
from sunset.errors import Locked

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

INFO = {"Run-Id": "r"}

PACKER = textwrap.dedent(
    """
    import itertools, json, os, signal, sys
    from pathlib import Path
    from sunset.archive import pack
    from sunset.dossier.local import LocalFiles
    from sunset.dossier.remote import RemoteFiles
    from sunset.dossier.store import open_store

    pack._WRITERS = 1
    url, options, payload, fatal = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    calls = itertools.count(1)

    def deadly(function, after):
        def call(*arguments):
            number = next(calls)
            if number == fatal and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            result = function(*arguments)
            if number == fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            return result
        return call

    os.link = deadly(os.link, False)
    for files, names in {LocalFiles: ["remove_tree"], RemoteFiles: ["create", "create_from", "remove_tree"]}.items():
        for name in names:
            setattr(files, name, deadly(getattr(files, name), True))
    pack.pack(Path(payload), open_store(url, options), {"Run-Id": "r"})
    """
)


@pytest.fixture
def payload(tmp_path: Path) -> Path:
    folder = tmp_path / "payload"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / name).write_bytes(name.encode() * 100)
    return folder


def pack_and_die(destination: Store, options: dict[str, Any], payload: Path, fatal: int) -> int:
    argv = [sys.executable, "-c", PACKER, destination.uri, json.dumps(options), str(payload), str(fatal)]
    done = subprocess.run(argv, capture_output=True, text=True, env={**os.environ}, check=False)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode


@pytest.mark.parametrize(("kind", "step"), [("local", 1), ("s3", 4)])
def test_a_killed_packer_leaves_nothing_that_matters(
    request: pytest.FixtureRequest, s3_options: dict[str, Any], payload: Path, kind: str, step: int
) -> None:
    base: Store = request.getfixturevalue(f"{kind}_store")
    options = s3_options if kind == "s3" else {}
    reference = pack(payload, base.child("reference"), INFO)
    kept = base.child("reference").hashed(base.child("reference").list())
    for fatal in range(1, 40, step):
        destination = base.child(f"bag {fatal}")
        code = pack_and_die(destination, options, payload, fatal)
        found = destination.scan()
        if code and layout.DECLARATION not in {entry.path for entry in found} and found:
            assert verify(destination).problems
        receipt = pack(payload, destination, INFO)
        assert receipt.manifest_sha256 == reference.manifest_sha256
        assert verify(destination).problems == ()
        assert destination.hashed([entry.path for entry in destination.scan()]) == kept
        if code == 0:
            break
    assert fatal > 8


def test_of_two_packers_at_once_one_stops(payload: Path, destination: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put_file = Store.put_file
    monkeypatch.setattr(packing, "_WRITERS", 1)

    def overtaken(store: Store, path: str, local: Path) -> Any:
        monkeypatch.setattr(Store, "put_file", put_file)
        pack(payload, destination, INFO)
        return put_file(store, path, local)

    monkeypatch.setattr(Store, "put_file", overtaken)
    with pytest.raises(Locked, match="another packer was faster"):
        pack(payload, destination, INFO)
    assert verify(destination).problems == ()


def test_an_overtaken_packer_that_fails_says_why(
    payload: Path, destination: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_file = Store.put_file
    monkeypatch.setattr(packing, "_WRITERS", 1)

    def overtaken(store: Store, path: str, local: Path) -> Any:
        store.delete_tree(layout.PACKING)
        put_file(store, path, local)
        raise Missing("is not there.", where=path, remedy="")

    monkeypatch.setattr(Store, "put_file", overtaken)
    with pytest.raises(Locked, match="another packer was faster"):
        pack(payload, destination, INFO)


def test_a_packer_whose_destination_was_taken_over_stops(
    payload: Path, destination: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = Store.write_new

    def taken_over(store: Store, path: str, data: bytes) -> Any:
        if path == layout.tagmanifest("sha512"):
            store.delete_tree(layout.PACKING)
            claim = {"host": "other-host", "pid": 7, "since": "2027-01-01T00:00:00+00:00", "token": "t"}
            upload(store, layout.PACKING, json.dumps(claim).encode())
        return upload(store, path, data)

    monkeypatch.setattr(Store, "write_new", taken_over)
    with pytest.raises(Locked, match="process 7 on other-host"):
        pack(payload, destination, INFO)
    assert layout.DECLARATION not in destination.list()
