from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from sunset.archive.inspect import inspect_bag
from sunset.archive.pack import Receipt, pack
from sunset.dossier.dossier import Dossier
from sunset.dossier.faults import AlreadyWritten
from sunset.dossier.seal import seal
from sunset.dossier.store import Store, open_store
from sunset.dossier.verify import verify
from sunset.errors import Deviation, Refusal

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

INFO = {"Product": "Legacy CRM", "Run-Id": "manual__2027-02-27T06:00:00+00:00", "Retain-Until": "2034-03-31"}
ODD = ["line\nbreak.txt", "cr\rhere.txt", "pct%0A.txt", "pct%25.txt", " lead.txt", "trail.txt ", "trail.txt",
       "tab\there.txt", "*star.txt", "two  spaces.txt"]  # fmt: skip


@pytest.fixture
def dossier(tmp_path: Path) -> Dossier:
    dossier = Dossier(open_store(str(tmp_path / "dossier")))
    dossier.record("decide", "decision", {"reason": "x"})
    seal(dossier, "go")
    dossier.record("validate", "Order", {"rows": 3})
    seal(dossier, "archive")
    return dossier


@pytest.fixture
def payload(tmp_path: Path, dossier: Dossier) -> Path:
    folder = tmp_path / "payload"
    (folder / "crm" / "empty").mkdir(parents=True)
    (folder / "crm" / "orders.parquet").write_bytes(b"PAR1" * 1000)
    (folder / "crm" / "schema.sql").write_bytes(b"")
    shutil.copytree(dossier.store.root, folder / "dossier")
    return folder


def rewrite(store: Store, path: str, data: bytes) -> None:
    """What an intruder does: no confinement, no write-once."""
    target = f"{store.root}/{path}"
    store.fs.makedirs(target.rpartition("/")[0], exist_ok=True)
    store.fs.pipe_file(target, data)


def remove(store: Store, path: str) -> None:
    store.fs.rm_file(f"{store.root}/{path}")


def named(store: Store) -> list[str]:
    return [problem.path for problem in verify(store).problems]


def test_a_bag_holds_what_was_packed(payload: Path, destination: Store) -> None:
    receipt = pack(payload, destination, INFO)
    manifest = destination.sha256("manifest-sha256.txt")
    assert receipt == Receipt(destination.uri, 7, destination_bytes(destination), manifest)
    assert destination.read("data/crm/empty/.keep") == b""
    assert "Retain-Until: 2034-03-31" in destination.read("bag-info.txt").decode().splitlines()
    result = verify(destination)
    assert (result.problems, result.seals, result.closed) == ((), 2, False)
    assert pack(payload, destination, INFO) == receipt


def destination_bytes(store: Store) -> int:
    return sum(entry.size for entry in store.files("data/"))


def test_another_implementation_reads_the_bag(payload: Path, local_store: Store) -> None:
    import bagit

    pack(payload, local_store, INFO)
    bag = bagit.Bag(local_store.root)
    assert bag.validate()
    assert bag.info["Product"] == "Legacy CRM"
    assert bag.version_info == (1, 0)


def test_every_flipped_byte_is_named_and_nothing_else(payload: Path, local_store: Store) -> None:
    pack(payload, local_store, INFO)
    for path in local_store.list():
        content = local_store.read(path)
        for place in {0, len(content) // 3, len(content) // 2, max(len(content) - 1, 0)}:
            flipped = bytearray(content or b"\0")
            flipped[place] ^= 1
            rewrite(local_store, path, bytes(flipped))
            assert named(local_store) == [path], (path, place)
        rewrite(local_store, path, content)
    assert named(local_store) == []


def test_every_changed_or_missing_file_is_named_and_nothing_else(payload: Path, destination: Store) -> None:
    pack(payload, destination, INFO)
    paths = destination.list()
    assert len(paths) == 7 + 6
    for path in paths:
        content = destination.read(path)
        rewrite(destination, path, content + b"x")
        assert named(destination) == [path]
        remove(destination, path)
        assert named(destination) == [path]
        rewrite(destination, path, content)


@pytest.mark.parametrize("path", ["data/more", "more", "tags/more", "manifest-md5.txt", "data/dossier/go/more.json"])
def test_an_added_file_is_named(payload: Path, destination: Store, path: str) -> None:
    pack(payload, destination, INFO)
    rewrite(destination, path, b"x")
    assert path in named(destination)
    assert set(named(destination)) <= {path, f"tag{path}"}


def test_a_file_that_was_changed_together_with_one_manifest_is_named(payload: Path, destination: Store) -> None:
    pack(payload, destination, INFO)
    was = destination.sha256("data/crm/orders.parquet")
    rewrite(destination, "data/crm/orders.parquet", b"forged")
    lines = destination.read("manifest-sha256.txt").decode()
    forged = lines.replace(was, destination.sha256("data/crm/orders.parquet"))
    rewrite(destination, "manifest-sha256.txt", forged.encode())
    assert named(destination) == ["data/crm/orders.parquet", "manifest-sha256.txt"]


def test_all_problems_are_listed(payload: Path, destination: Store) -> None:
    pack(payload, destination, INFO)
    rewrite(destination, "data/crm/orders.parquet", b"x")
    remove(destination, "data/crm/schema.sql")
    rewrite(destination, "data/new", b"x")
    rewrite(destination, "bag-info.txt", b"x")
    assert named(destination) == ["bag-info.txt", "data/crm/orders.parquet", "data/crm/schema.sql", "data/new"]


def test_odd_names_survive(tmp_path: Path, local_store: Store) -> None:
    (tmp_path / "payload").mkdir()
    for name in ODD:
        (tmp_path / "payload" / name).write_bytes(name.encode())
    assert pack(tmp_path / "payload", local_store, INFO).files == 10
    assert named(local_store) == []
    lines = local_store.read("manifest-sha256.txt").decode().split("\n")
    assert {line.partition("  ")[2] for line in lines} >= {"data/line%0Abreak.txt", "data/pct%250A.txt"}
    for name in ODD:
        rewrite(local_store, f"data/{name}", b"?")
        assert named(local_store) == [f"data/{name}"]
        remove(local_store, f"data/{name}")
        assert named(local_store) == [f"data/{name}"]
        rewrite(local_store, f"data/{name}", name.encode())


def test_a_finished_bag_is_not_replaced(payload: Path, destination: Store) -> None:
    pack(payload, destination, INFO)
    (payload / "crm" / "orders.parquet").write_bytes(b"other")
    before = destination.hashed(destination.list())
    with pytest.raises(AlreadyWritten, match=r"data/crm/orders\.parquet"):
        pack(payload, destination, INFO)
    assert destination.hashed(destination.list()) == before


def test_a_finished_bag_that_was_damaged_is_not_confirmed(payload: Path, destination: Store) -> None:
    pack(payload, destination, INFO)
    rewrite(destination, "data/crm/orders.parquet", b"forged")
    with pytest.raises(Deviation) as caught:
        pack(payload, destination, INFO)
    assert caught.value.differences == ("data/crm/orders.parquet: was changed after it was packed.",)


def test_a_folder_with_other_files_is_refused_and_kept(payload: Path, destination: Store) -> None:
    destination.write_new("precious.txt", b"x")
    with pytest.raises(Refusal, match="precious"):
        pack(payload, destination, INFO)
    assert destination.list() == ("precious.txt",)


def test_what_cannot_be_packed_is_refused_before_anything_is_written(
    tmp_path: Path, payload: Path, destination: Store
) -> None:
    (tmp_path / "nothing").mkdir()
    for folder, info in {tmp_path / "nothing": INFO, payload: {**INFO, "Title": "two\nlines"}}.items():
        with pytest.raises(Refusal):
            pack(folder, destination, info)
    (payload / "link").symlink_to("crm")
    with pytest.raises(Refusal, match="link"):
        pack(payload, destination, INFO)
    (payload / "link").unlink()
    (payload.joinpath("latin\udce9")).write_bytes(b"x")
    with pytest.raises(Refusal, match=r"latin\\udce9"):
        pack(payload, destination, INFO)
    assert destination.list() == ()


def test_links_and_special_files_in_a_bag_are_named(payload: Path, local_store: Store, tmp_path: Path) -> None:
    pack(payload, local_store, INFO)
    root = tmp_path / "archive" / "crm" / "run 1"
    (root / "data" / "loop").symlink_to(root)
    assert named(local_store) == ["data/loop"]
    shutil.move(root / "data" / "crm" / "orders.parquet", tmp_path / "orders.parquet")
    (root / "data" / "crm" / "orders.parquet").symlink_to(tmp_path / "orders.parquet")
    assert set(named(local_store)) == {"data/crm/orders.parquet", "data/loop"}


def test_the_dossier_inside_has_to_agree_with_its_seals(payload: Path, destination: Store) -> None:
    (payload / "dossier" / "late.json").write_bytes(b"{}")
    (payload / "dossier" / "decide" / "decision.1.json").write_bytes(b"{}")
    pack(payload, destination, INFO)
    assert named(destination) == ["data/dossier/decide/decision.1.json"]


def test_a_dossier_that_was_packed_without_a_seal_is_named(tmp_path: Path, local_store: Store) -> None:
    Dossier(open_store(str(tmp_path / "unsealed" / "dossier"))).record("decide", "decision", {})
    pack(tmp_path / "unsealed", local_store, INFO)
    assert named(local_store) == ["data/dossier"]


def test_inspection_does_not_rest_on_the_count_alone(payload: Path, destination: Store) -> None:
    pack(payload, destination, INFO)
    size = len(destination.read("data/crm/orders.parquet"))
    rewrite(destination, "data/crm/orders.parquet", b"x" * size)
    assert [problem.kind for problem in inspect_bag(destination, destination.scan())] == ["changed"]
