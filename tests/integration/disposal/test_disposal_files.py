"""Trees and buckets are destroyed by their lists; what a lock or another name keeps is said."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.disposal import Disposal, on
from services.file_trees import files_spec, put, read_all
from services.object_store import ObjectStore
from services.retirement import Retirement, connections
from services.ssh_server import SshServer
from sunset.disposal.removers import LocalFolder
from sunset.errors import SunsetError
from sunset.spec import Spec

pytestmark = [pytest.mark.integration, pytest.mark.slow]

TREE = {"d/one.txt": b"1\n", "d/e/two.txt": b"2\n", "three.tmp": b"3\n", "linked.txt": b"4\n"}
OBJECTS = ("invoices/1", "invoices/2 ü%", "locked")
ENDS = {"retain_until: 2106-01-01": "retain_until: 2099-01-02"}
DAY = date(2099, 1, 3)


class Places:
    """A product of a tree and a bucket, with an archive under object lock; retired once for all tests here."""

    def __init__(self, folder: Path, store: ObjectStore) -> None:
        self.folder, self.store, self.client = folder, store, store.client()
        self.spec = self.make_spec("")

    def make_spec(self, disposal: str) -> Spec:
        tree = f"from: {{path: {self.folder}/source}}, to: {{path: {self.folder}/kept}}, settle: 0s"
        objects = "from: {conn_id: s3, path: 's3://legacy/files'}, to: {path: " + f"{self.folder}/objects}}, settle: 0s"
        behind = f"from: {{conn_id: sftp, path: {self.folder}/behind}}, to: {{path: {self.folder}/fetched}}, settle: 0s"
        spec = files_spec(
            self.folder,
            f"{{name: tree, {tree}}}",
            f"{{name: bucket, {objects}}}",
            f"{{name: behind, {behind}}}",
            rules='  - {match: {name: "*.tmp"}, do: destroy, because: scratch}\n',
        )
        text = (self.folder / "shop.yaml").read_text()
        text = text.replace(
            "archive: {conn_id: archive_store, path: /bags}",
            f"{disposal}archive: {{conn_id: s3, path: 's3://bags/kept'}}",
        )
        (self.folder / "shop.yaml").write_text(text.replace(*next(iter(ENDS.items()))))
        from sunset.spec import load_file

        assert spec
        return load_file(self.folder / "shop.yaml").specs[0]

    def fill(self) -> None:
        put(self.folder / "source", TREE)
        put(self.folder / "behind", {"a/b/c.txt": b"c\n", "a/é.txt": b"e\n"})
        (self.folder / "behind" / "empty").mkdir()
        (self.folder / "source" / "link").symlink_to("d")
        os.link(self.folder / "source" / "linked.txt", self.folder / "elsewhere")
        self.client.create_bucket(Bucket="legacy", ObjectLockEnabledForBucket=True)
        self.client.create_bucket(Bucket="bags", ObjectLockEnabledForBucket=True)
        self.client.put_object(Bucket="legacy", Key="beside", Body=b"not below the prefix")
        for name in OBJECTS:
            for body in (b"old", name.encode()):
                self.client.put_object(Bucket="legacy", Key=f"files/{name}", Body=body)
        self.client.put_object(Bucket="legacy", Key="files/gone", Body=b"gone")
        self.client.delete_object(Bucket="legacy", Key="files/gone")
        self.client.put_object_retention(
            Bucket="legacy",
            Key="files/locked",
            Retention={"Mode": "COMPLIANCE", "RetainUntilDate": datetime(2107, 1, 1, tzinfo=UTC)},
        )
        self.client.create_multipart_upload(Bucket="legacy", Key="files/half")

    def disposal(self, subject: str, run_id: str) -> Disposal:
        spec = self.make_spec("disposal: {sources_from: 2020-01-01}\n")
        return Disposal(spec, "execute", run_id, params={"run": "execution", "subject": subject}, reason="Over.")

    def versions(self, bucket: str) -> list[tuple[str, bool]]:
        found = self.client.list_object_versions(Bucket=bucket)
        kept = [(each["Key"], False) for each in found.get("Versions", ())]
        return sorted([*kept, *((each["Key"], True) for each in found.get("DeleteMarkers", ()))])


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, object_store: ObjectStore, sshd: SshServer) -> Iterator[Places]:
    folder = tmp_path_factory.mktemp("files")
    places = Places(folder, object_store)
    places.fill()
    with connections(folder, s3=object_store.connection(), sftp=sshd.connection()):
        Retirement(places.spec, "rehearse", run_id="round").run_through("close.verdict")
        Retirement(places.spec, "execute", run_id="execution").run_through("close.verdict")
        yield places


def left(certificate: dict[str, Any]) -> set[tuple[str, str, bool]]:
    return {(each["kind"], each["where"], each["listed"]) for each in certificate["left"]}


def test_an_archive_is_under_object_lock_until_its_time(places: Places) -> None:
    run = Retirement(places.spec, "execute", run_id="execution")
    receipt = run.dossier.latest("archive", "receipt")
    assert receipt is not None
    keys = [key for key, marker in places.versions("bags") if not marker]
    assert receipt["lock"]["mode"] == "governance"
    assert receipt["lock"]["until"] == "2099-01-02"
    kept = {key for key in keys if "/execution/" in key and not key.endswith("packing.json")}
    assert receipt["lock"]["objects"] == len(kept)
    for key in kept:
        kept_until = places.client.head_object(Bucket="bags", Key=key)["ObjectLockRetainUntilDate"]
        assert kept_until == datetime(2099, 1, 2, 23, 59, 59, tzinfo=UTC)
    run.run("archive.pack_and_verify")  # once more, it is found as it is
    assert run.dossier.latest("archive", "receipt") == receipt


def test_a_source_that_was_written_to_is_refused(places: Places) -> None:
    late = places.folder / "source" / "late.txt"
    late.write_bytes(b"")
    with pytest.raises(SunsetError, match=r"late\.txt: is new"):
        places.disposal("tree", "late").run("list")
    late.unlink()
    kept = places.folder / "kept" / "linked.txt"
    kept.write_bytes(b"5\n")
    with pytest.raises(SunsetError, match=r"linked\.txt: differs"):
        places.disposal("tree", "changed").run("list")
    kept.write_bytes(TREE["linked.txt"])
    assert read_all(places.folder / "source") == TREE


def test_a_tree_goes_file_by_file(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    source, remove = places.folder / "source", LocalFolder.remove
    disposal = places.disposal("tree", "tree")
    disposal.run_through("approve.read_answer")

    def change_another(folder: LocalFolder, path: str) -> None:
        (source / "three.tmp").write_bytes(b"written to meanwhile\n")
        remove(folder, path)

    monkeypatch.setattr(LocalFolder, "remove", change_another)
    disposal.run_through("certify", "destroy")
    certificate = disposal.certificate
    assert sorted(os.listdir(source)) == ["link", "three.tmp"]
    assert (source / "three.tmp").read_bytes() == b"written to meanwhile\n"
    assert (places.folder / "elsewhere").read_bytes() == TREE["linked.txt"]
    found = left(certificate)
    assert ("hard link", "linked.txt", False) in found
    assert ("link", "link", False) in found
    assert ("file", "three.tmp", True) in found
    assert not certificate["complete"]
    assert {"target", "archive"} <= {kind for kind, *_ in found}


def test_a_tree_behind_sftp_goes_with_its_folders(places: Places) -> None:
    certificate = places.disposal("behind", "behind").to_the_end()
    assert os.listdir(places.folder / "behind") == []
    assert certificate["complete"], certificate["left"]
    assert certificate["list"]["by_kind"] == {"file": 2, "folder": 3}
    assert sorted(read_all(places.folder / "fetched")) == ["a/b/c.txt", "a/é.txt"]


def test_objects_go_with_all_versions_but_those_that_are_locked(places: Places) -> None:
    disposal = places.disposal("bucket", "bucket")
    certificate = disposal.to_the_end()
    assert certificate["list"]["by_kind"] == {"object version": 6}
    assert places.versions("legacy") == [
        ("beside", False), ("files/gone", False), ("files/gone", True), ("files/locked", False),
    ]  # fmt: skip
    assert not certificate["complete"]
    said = {each["where"]: each["what"] for each in certificate["left"] if each["listed"]}
    assert list(said) == ["files/locked"]
    assert "COMPLIANCE lock until 2107-01-01" in said["files/locked"]
    assert ("open upload", "files/half", False) in left(certificate)
    assert ("object version", "files/gone", False) in left(certificate)
    assert ("delete marker", "files/gone", False) in left(certificate)


def test_an_archive_whose_lock_outlives_it_is_not_destroyed_and_the_certificate_says_so(places: Places) -> None:
    before = places.versions("bags")
    with on(DAY):
        certificate = places.disposal("archive", "archive").to_the_end()
    assert not certificate["complete"]
    locked = [each for each in certificate["left"] if each["kind"] == "locked version"]
    assert locked
    assert all("GOVERNANCE lock until 2099-01-02" in each["what"] for each in locked)
    assert [key for key in places.versions("bags") if "/execution/" in key[0] and not key[1]] == [
        key for key in before if "/execution/" in key[0] and not key[1] and not key[0].endswith("packing.json")
    ]
