from __future__ import annotations

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from sunset.dossier.faults import AlreadyWritten, Missing
from sunset.dossier.listing import FileEntry
from sunset.dossier.store import Store, open_store
from sunset.errors import Refusal, Unavailable

if TYPE_CHECKING:
    from pathlib import Path

    from services.object_store import ObjectStore

pytestmark = pytest.mark.integration

A_SHA256 = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"


def test_a_file_is_written_once(store: Store) -> None:
    assert store.write_new("x/y.json", b"a") == FileEntry("x/y.json", 1, A_SHA256)
    store.write_new("x/y.json", b"a")
    with pytest.raises(AlreadyWritten, match="y"):
        store.write_new("x/y.json", b"b")
    assert store.read("x/y.json") == b"a"
    assert store.list() == ("x/y.json",)


def test_of_many_writers_at_once_one_wins(store: Store) -> None:
    def write(number: int) -> bool:
        try:
            store.write_new("race", b"%d" % number)
        except AlreadyWritten:
            return False
        return True

    with ThreadPoolExecutor(12) as writers:
        assert sum(writers.map(write, range(12))) == 1
    assert store.list() == ("race",)


def test_a_local_file_is_stored_with_its_hash(store: Store, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"xyz" * 4_000_000)
    entry = store.put_file("dump/data", source)
    assert entry.size == 12_000_000
    assert store.sha256("dump/data") == entry.sha256
    assert store.put_file("dump/data", source) == entry
    source.write_bytes(b"other")
    with pytest.raises(AlreadyWritten):
        store.put_file("dump/data", source)


def test_names_survive(store: Store) -> None:
    names = ["a b", "a+b", "a%20b", "pct%0A", " lead", "trail ", "back\\slash", "cr\rx", "tab\tx", "日本", "é",
             "e\u0301", "*", "[x]", "q?x=1", "h#f", "{{ ds }}", "-dash", "~"]  # fmt: skip
    for name in names:
        store.write_new(f"n/{name}", name.encode())
    assert store.list("n/") == tuple(sorted(f"n/{name}" for name in names))
    assert all(store.read(f"n/{name}") == name.encode() for name in names)
    store.delete_tree("n/*")
    store.delete_tree("n/[x]")
    assert len(store.list("n/")) == len(names) - 2


def test_listing_by_prefix_and_deleting_a_tree(store: Store) -> None:
    for path in ["s/a.1.json", "s/a.2.json", "s/ab.1.json", "s/a.1/deep/x", "sa"]:
        store.write_new(path, b"a")
    assert store.list("s/a.") == ("s/a.1.json", "s/a.1/deep/x", "s/a.2.json")
    assert store.list("nothing/") == ()
    assert store.child("s").list() == ("a.1.json", "a.1/deep/x", "a.2.json", "ab.1.json")
    store.delete_tree("s")
    store.delete_tree("s")
    assert store.list() == ("sa",)


def test_what_is_not_there_is_named(store: Store) -> None:
    for read in (store.read, store.open, store.sha256):
        with pytest.raises(Missing, match="none"):
            read("none.json")


def test_an_absent_bucket_is_named(object_store: ObjectStore, s3_store: Store) -> None:
    absent = Store(s3_store.fs, "no-such-bucket/x")
    for call in (absent.list, lambda: absent.write_new("a", b"a")):
        with pytest.raises(Missing, match="s3://no-such-bucket/x"):
            call()


def test_a_store_that_does_not_answer_is_unavailable() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
        options = {"key": "id", "secret": "secret", "client_kwargs": {"endpoint_url": address}}
        store = open_store("s3://some-bucket/x", {**options, "config_kwargs": {"retries": {"max_attempts": 0}}})
        with pytest.raises(Unavailable, match="s3://some-bucket/x") as caught:
            store.write_new("a", b"a")
    assert "secret" not in str(caught.value)


def test_links_and_special_files_are_refused_by_name(local_store: Store, tmp_path: Path) -> None:
    local_store.write_new("a", b"a")
    os.symlink(tmp_path, tmp_path / "store" / "link")
    with pytest.raises(Refusal, match="link"):
        local_store.list()
    os.unlink(tmp_path / "store" / "link")
    os.mkfifo(tmp_path / "store" / "pipe")
    with pytest.raises(Refusal, match="pipe"):
        local_store.list()


def test_a_killed_writers_rest_is_no_file_and_is_swept(local_store: Store, tmp_path: Path) -> None:
    local_store.write_new("x/a", b"a")
    (tmp_path / "store" / "x" / f".{'0' * 32}.unfinished").write_bytes(b"half")
    assert local_store.list() == ("x/a",)
    assert len(local_store.scan()) == 2
    local_store.sweep()
    assert len(local_store.scan()) == 1


def test_a_killed_multipart_upload_is_swept(s3_store: Store) -> None:
    bucket = s3_store.root.partition("/")[0]
    for key in ("dossiers/crm/big", "dossiers/other/big"):
        s3_store.fs.call_s3("create_multipart_upload", Bucket=bucket, Key=key)
    s3_store.sweep()
    left = s3_store.fs.call_s3("list_multipart_uploads", Bucket=bucket)
    assert [upload["Key"] for upload in left["Uploads"]] == ["dossiers/other/big"]


def test_a_read_only_folder_is_refused(local_store: Store, tmp_path: Path) -> None:
    (tmp_path / "store").write_bytes(b"a file where the folder should be")
    with pytest.raises(Refusal, match="file://"):
        local_store.write_new("a", b"a")


@pytest.mark.parametrize("url", ["nonsense://user:secret@host/x", "nonsense://x"])
def test_an_unknown_scheme_is_refused(url: str) -> None:
    with pytest.raises(Refusal) as caught:
        open_store(url)
    assert "secret" not in str(caught.value)
