"""What disks, networks, stores and writers do to a copy of files."""

from __future__ import annotations

import os
import random
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.file_copies import copy, journal_in, s3_tree, start_worker
from services.file_trees import put, read_all, three_mib
from services.flaky_http import flaky
from services.object_store import ObjectStore
from sunset.errors import Refusal, Unavailable
from sunset.files.entries import Entry
from sunset.files.limits import Limits, Throttle
from sunset.files.local import LocalTree
from sunset.files.proof import changed_since, content_differences, read_back
from sunset.files.transfer import Carrier

pytestmark = pytest.mark.integration

SMALL = {f"d{n % 7}/f{n}.txt": f"{n}\n".encode() * n for n in range(60)}
LARGE = {"large.bin": bytes(range(251)) * 80_000}  # 20 MB: three parts


@pytest.fixture
def bucket(object_store: ObjectStore, request: pytest.FixtureRequest) -> str:
    name = request.node.originalname.replace("_", "-")[:60].strip("-")
    object_store.client().create_bucket(Bucket=name)
    return name


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with room for two MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", place], check=False).returncode:
        pytest.skip("needs to mount a small disk")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_second_run_sends_what_is_not_right_and_nothing_else(
    tmp_path: Path, object_store: ObjectStore, bucket: str
) -> None:
    put(tmp_path / "source", SMALL)
    source, target = LocalTree(str(tmp_path / "source")), s3_tree(object_store, bucket, "kept/")
    journal = journal_in(tmp_path / "journal", target)
    assert copy(source, target, journal).kept == 0
    again = copy(source, target, journal)
    assert (again.kept, again.bytes) == (len(SMALL), 0)
    object_store.client().put_object(Bucket=bucket, Key="kept/d1/f1.txt", Body=b"x\n")  # the very size
    put(tmp_path / "source", {"d2/f2.txt": b"longer than before\n"})
    third = copy(source, target, journal)
    assert (third.kept, third.bytes) == (len(SMALL) - 2, len(b"1\n") + len(b"longer than before\n"))
    assert object_store.objects(bucket, "kept/") == {**SMALL, "d2/f2.txt": b"longer than before\n"}
    assert list(content_differences(third.sent, read_back(target, Limits()))) == []


def test_large_files_are_known_again_by_a_server_that_lists_another_etag(
    tmp_path: Path, other_store: ObjectStore, bucket: str
) -> None:
    other_store.client().create_bucket(Bucket=bucket)
    put(tmp_path / "source", LARGE)
    source, target = LocalTree(str(tmp_path / "source")), s3_tree(other_store, bucket, "kept/")
    journal = journal_in(tmp_path / "journal", target)
    assert copy(source, target, journal).kept == 0
    again = copy(source, target, journal)
    assert (again.kept, again.bytes) == (1, 0)


def test_a_target_that_is_changed_by_others_is_seen(tmp_path: Path, object_store: ObjectStore, bucket: str) -> None:
    put(tmp_path / "source", SMALL)
    source, target = LocalTree(str(tmp_path / "source")), s3_tree(object_store, bucket, "")
    sent = copy(source, target, journal_in(tmp_path / "journal", target)).sent
    assert list(changed_since(sent, target, Limits())) == []
    client = object_store.client()
    client.put_object(Bucket=bucket, Key="d1/f1.txt", Body=b"x\n")
    client.delete_object(Bucket=bucket, Key="d2/f2.txt")
    client.put_object(Bucket=bucket, Key="stranger", Body=b"")
    lines = list(changed_since(sent, target, Limits()))
    assert [line.partition(": ")[0] for line in lines] == ["d1/f1.txt", "d2/f2.txt", "stranger"]


def test_a_store_that_is_busy_for_a_while(tmp_path: Path, object_store: ObjectStore, bucket: str) -> None:
    put(tmp_path / "source", {**SMALL, **LARGE})
    source = LocalTree(str(tmp_path / "source"))
    with flaky(object_store.url) as front:
        target = s3_tree(object_store, bucket, "", front.url)
        front.left = 5
        outcome = copy(source, target, journal_in(tmp_path / "journal", target))
        assert front.refused == 5
        assert outcome.faults == ()
        front.left = 10**6
        put(tmp_path / "source", {"one more.txt": b""})
        with pytest.raises(Unavailable, match="did not answer"):
            copy(source, target, journal_in(tmp_path / "journal", target), Limits(tries=1, pause=0.01, timeout=1))
        front.left = 0
    assert object_store.objects(bucket) == {**SMALL, **LARGE}
    assert object_store.uploads(bucket) == []


@pytest.mark.parametrize("code", ["ExpiredToken", "RequestExpired"])
def test_credentials_that_expire_in_the_middle(
    code: str, tmp_path: Path, object_store: ObjectStore, bucket: str, request: pytest.FixtureRequest
) -> None:
    prefix = f"{request.node.callspec.id}/"
    source = LocalTree(str(tmp_path / "source"))
    body = f"<Error><Code>{code}</Code><Message>too late</Message></Error>".encode()
    head = b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/xml\r\nConnection: close\r\n"
    with flaky(object_store.url) as front:
        front.answer = head + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        target = s3_tree(object_store, bucket, prefix, front.url)
        journal = journal_in(tmp_path / "journal", target)
        put(tmp_path / "source", SMALL)
        copy(source, target, journal)
        put(tmp_path / "source", LARGE)
        front.left = 10**6
        for other in ({}, LARGE):  # a small file's request, and an upload in parts
            put(tmp_path / "source", {"d1/more.txt": b"more\n", **other})
            fresh = s3_tree(object_store, bucket, prefix, front.url)
            with pytest.raises(Unavailable, match="credentials: they have expired"):
                Carrier(source, fresh, Limits(tries=1), Throttle(None)).carry("large.bin" if other else "d1/more.txt")
        front.left = 0
        outcome = copy(source, target, journal)
    assert (outcome.kept, outcome.faults) == (len(SMALL), ())
    assert object_store.objects(bucket, prefix) == {**SMALL, **LARGE, "d1/more.txt": b"more\n"}
    assert object_store.uploads(bucket) == []


def test_parts_that_an_earlier_try_sent_are_not_sent_again(
    tmp_path: Path, object_store: ObjectStore, bucket: str
) -> None:
    put(tmp_path / "source", LARGE)
    source, target = LocalTree(str(tmp_path / "source")), s3_tree(object_store, bucket, "")
    parts: list[int] = []
    target.objects.client.meta.events.register(
        "before-parameter-build.s3.UploadPart", lambda params, **_: parts.append(params["PartNumber"])
    )
    entry = source.look("large.bin")
    with target.writer(entry) as writer:
        writer.write(LARGE["large.bin"][: 17 * 2**20])
    assert parts == [1, 2]
    assert object_store.uploads(bucket) == ["large.bin"]
    copy(source, target, journal_in(tmp_path / "journal", target))
    assert parts == [1, 2, 3]
    assert object_store.objects(bucket) == LARGE
    assert object_store.uploads(bucket) == []


def test_bytes_that_an_earlier_try_wrote_are_kept_and_leftovers_go(tmp_path: Path) -> None:
    put(tmp_path / "source", {"three.bin": three_mib()})
    source, target = LocalTree(str(tmp_path / "source")), LocalTree(str(tmp_path / "target"))
    with target.writer(source.look("three.bin")) as writer:
        writer.write(three_mib()[: 2**20])
    with target.writer(Entry("gone.bin", size=5)) as writer:
        writer.write(b"12")
    assert list(target.stored()) == []
    started = time.monotonic()
    copy(source, target, journal_in(tmp_path / "journal", target), Limits(bytes_per_second=2**21))
    assert time.monotonic() - started > 0.5  # it is slowed down
    assert target.clean_up() == 1
    assert read_all(tmp_path / "target") == {"three.bin": three_mib()}


@pytest.mark.parametrize("what", ["shrinks", "vanishes", "is a link now"])
def test_a_file_that_changes_meanwhile_is_not_published(what: str, tmp_path: Path) -> None:
    put(tmp_path / "source", {"moving.bin": three_mib(), "still.txt": b"still\n"})
    moving = tmp_path / "source" / "moving.bin"
    source, target = LocalTree(str(tmp_path / "source")), LocalTree(str(tmp_path / "target"))

    def change() -> None:
        if what == "shrinks":
            os.truncate(moving, 5)
        else:
            moving.unlink()
            if what == "is a link now":
                moving.symlink_to("still.txt")

    timer = threading.Timer(0.5, change)
    timer.start()
    outcome = copy(source, target, journal_in(tmp_path / "journal", target), Limits(bytes_per_second=2**21))
    timer.join()
    assert [fault.where for fault in outcome.faults] == ["moving.bin"]
    assert read_all(tmp_path / "target") == {"still.txt": b"still\n"}


def test_a_full_disk_is_a_refusal_and_leaves_nothing_half_published(tmp_path: Path, full_disk: Path) -> None:
    put(tmp_path / "source", {"three.bin": three_mib()})
    source, target = LocalTree(str(tmp_path / "source")), LocalTree(str(full_disk / "target"))
    with pytest.raises(Refusal, match="No space left"):
        copy(source, target, journal_in(tmp_path / "journal", target))
    assert list(target.stored()) == []
    target.clean_up()
    assert read_all(full_disk) == {}


def test_nothing_is_written_or_read_through_a_link_out_of_the_root(tmp_path: Path) -> None:
    put(tmp_path / "source", {"out/secret.txt": b"new\n"})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "out").symlink_to(tmp_path / "elsewhere")
    source, target = LocalTree(str(tmp_path / "source")), LocalTree(str(tmp_path / "target"))
    outcome = copy(source, target, journal_in(tmp_path / "journal", target))
    assert [fault.cause for fault in outcome.faults] == ["changed"]
    assert read_all(tmp_path / "elsewhere") == {}
    assert [each.path for each in target.stored()] == ["out"]


@pytest.mark.slow
def test_a_worker_killed_at_random_moments(tmp_path: Path, object_store: ObjectStore, bucket: str) -> None:
    files = {**SMALL, **LARGE, "other.bin": LARGE["large.bin"][::-1]}
    put(tmp_path / "source", files)
    dice, killed = random.Random(7), 0
    for _ in range(30):
        worker = start_worker(tmp_path, object_store, bucket)
        try:
            worker.wait(1.0 + 2.5 * dice.random() if killed < 10 else 120)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
            killed += 1
            # Whatever shows under its name is whole.
            assert object_store.objects(bucket, "kept/").items() <= files.items()
            continue
        assert worker.returncode == 0
        break
    assert killed > 3
    target = s3_tree(object_store, bucket, "kept/")
    outcome = copy(LocalTree(str(tmp_path / "source")), target, journal_in(tmp_path / "journal", target))
    assert (outcome.kept, outcome.bytes) == (len(files), 0)
    assert object_store.objects(bucket, "kept/") == files
    assert object_store.uploads(bucket) == []
