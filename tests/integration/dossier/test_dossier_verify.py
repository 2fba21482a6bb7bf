from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sunset.cli import main
from sunset.dossier.canonical import digest, encode
from sunset.dossier.dossier import Dossier
from sunset.dossier.faults import Missing
from sunset.dossier.seal import seal
from sunset.dossier.store import Store, open_store
from sunset.dossier.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

SEALS = ("seals/01-go.json", "seals/02-accept.json", "seals/03-close.json")


@pytest.fixture
def closed(dossier: Dossier, tmp_path: Path) -> Store:
    (tmp_path / "docs").mkdir()
    for name in ("index.html", "line\rbreak.txt", "pct%0A.txt", " lead.txt", "trail.txt ", "trail.txt"):
        (tmp_path / "docs" / name).write_text(name)
    dossier.record("decide", "decision", {"reason": "x"})
    dossier.add_tree("validate", "docs", tmp_path / "docs")
    seal(dossier, "go")
    dossier.record("validate", "Order", {"rows": 3})
    seal(dossier, "accept")
    dossier.page("close", "retrospective", "<p>fine</p>", "html")
    seal(dossier, "close")
    return dossier.store


def rewrite(store: Store, path: str, data: bytes) -> None:
    """What an intruder does: no confinement, no write-once."""
    store.fs.pipe_file(f"{store.root}/{path}", data)


def remove(store: Store, path: str) -> None:
    store.fs.rm_file(f"{store.root}/{path}")


def named(store: Store) -> list[str]:
    return [problem.path for problem in verify(store).problems]


def forge(content: bytes, **changes: object) -> bytes:
    """A seal with other content and a right checksum of its own."""
    body = {**json.loads(content), **changes}
    del body["checksum"]
    return encode({**body, "checksum": digest(encode(body))})


def test_a_closed_dossier_holds(closed: Store) -> None:
    result = verify(closed)
    assert result.problems == ()
    assert (result.files, result.seals, result.closed, result.digest) == (13, 3, True, closed.sha256(SEALS[2]))


def test_every_flipped_byte_of_a_seal_is_named_and_nothing_else(local_store: Store) -> None:
    dossier = Dossier(local_store)
    for gate in ("go", "close"):
        dossier.record(gate, "record", {})
        seal(dossier, gate)
    for path, expected in {"seals/01-go.json": [], "seals/02-close.json": [""]}.items():
        content = local_store.read(path)
        for place in range(len(content)):
            rewrite(local_store, path, content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            assert named(local_store) == [*expected, path], place
        rewrite(local_store, path, content)


def test_every_changed_or_missing_file_is_named_and_nothing_else(closed: Store) -> None:
    for path in closed.list():
        content = closed.read(path)
        rewrite(closed, path, bytes([content[0] ^ 1]) + content[1:])
        assert named(closed) == (["", path] if path == SEALS[2] else [path])
        remove(closed, path)
        assert named(closed) == (["", "close/retrospective.1.html"] if path == SEALS[2] else [path])
        rewrite(closed, path, content)
    assert named(closed) == []


@pytest.mark.parametrize("path", ["more", "decide/more.1.json", "seals/more", "seals/04-more.json", "seals/02-x.json"])
def test_an_added_file_is_named(closed: Store, path: str) -> None:
    rewrite(closed, path, b"x")
    assert set(named(closed)) == ({"", path} if path.startswith("seals/04") else {path})


def test_forged_and_reordered_seals_are_named(closed: Store) -> None:
    first, second = closed.read(SEALS[0]), closed.read(SEALS[1])
    rewrite(closed, SEALS[0], forge(first, sealed_at="2000-01-01T00:00:00+00:00"))
    assert named(closed) == [SEALS[0]]
    rewrite(closed, SEALS[0], second)
    rewrite(closed, SEALS[1], first)
    assert named(closed) == [SEALS[0], SEALS[1]]
    rewrite(closed, SEALS[0], first)
    rewrite(closed, SEALS[1], forge(second, files=None))
    assert named(closed) == [SEALS[1]]
    rewrite(closed, SEALS[1], second)
    rewrite(closed, "seals/02-b.json", forge(second, gate="b"))
    assert named(closed) == ["seals/02-b.json"]


def test_a_seal_after_the_closing_one_opens_the_dossier(closed: Store) -> None:
    last = closed.read(SEALS[2])
    previous = {"path": SEALS[2], "sha256": digest(last)}
    rewrite(closed, "seals/04-late.json", forge(last, number=4, gate="late", previous=previous))
    assert not verify(closed).closed
    assert named(closed) == [""]


def test_a_file_that_was_changed_and_sealed_again_is_named(dossier: Dossier) -> None:
    dossier.record("decide", "decision", {"reason": "x"})
    first = seal(dossier, "go")
    dossier.record("close", "end", {})
    rewrite(dossier.store, "decide/decision.1.json", b"{}")
    entries = [
        {"path": path, "size": len(dossier.store.read(path)), "sha256": dossier.store.sha256(path)}
        for path in ("close/end.1.json", "decide/decision.1.json")
    ]
    previous = {"path": first.path, "sha256": first.digest}
    content = dossier.store.read(first.path)
    rewrite(
        dossier.store, "seals/02-close.json", forge(content, number=2, gate="close", previous=previous, files=entries)
    )
    assert [str(problem) for problem in verify(dossier.store).problems] == [
        "decide/decision.1.json: was changed or removed before the gate close."
    ]


def test_an_open_dossier_says_how_far_it_came(dossier: Dossier) -> None:
    dossier.record("decide", "decision", {})
    assert [str(problem) for problem in verify(dossier.store).problems] == [
        "The dossier is not closed: no gate was reached."
    ]
    seal(dossier, "go")
    dossier.record("accept", "answer", {})
    assert [str(problem) for problem in verify(dossier.store).problems] == [
        "The dossier is not closed: the last gate is go.",
        "accept/answer.1.json: is not recorded.",
    ]


def test_links_and_rests_of_killed_writers_are_named(local_store: Store, tmp_path: Path) -> None:
    dossier = Dossier(local_store)
    dossier.record("decide", "decision", {})
    seal(dossier, "close")
    root = tmp_path / "store"
    (root / "loop").symlink_to(root)
    (root / "seals" / "02-x.json").symlink_to("01-close.json")
    (root / "decide" / f".{'0' * 32}.unfinished").write_bytes(b"half")
    assert [(problem.kind, problem.path) for problem in verify(local_store).problems] == [
        ("unfinished", f"decide/.{'0' * 32}.unfinished"), ("irregular", "loop"), ("irregular", "seals/02-x.json"),
    ]  # fmt: skip
    (root / "seals" / "01-close.json").unlink()
    (root / "seals").joinpath("01-close.json").symlink_to(root / "decide" / "decision.1.json")
    assert "seals/01-close.json" in named(local_store)


def test_names_that_are_no_text_are_named(local_store: Store, tmp_path: Path) -> None:
    seal(Dossier(local_store), "close")
    (tmp_path / "store" / "latin\udce9").write_bytes(b"x")
    assert [str(problem) for problem in verify(local_store).problems] == ['"latin\\udce9": is not recorded.']


def test_nothing_is_no_dossier(store: Store) -> None:
    with pytest.raises(Missing):
        verify(store)


def test_the_command_names_problems_and_tells_the_verdict(
    local_store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dossier = Dossier(local_store)
    dossier.record("decide", "decision", {})
    made = seal(dossier, "close")
    root, absent = str(tmp_path / "store"), str(tmp_path / "absent")
    assert main(["verify", root]) == 0
    assert capsys.readouterr().out == f"file://{root}: everything holds; 2 files, 1 seals, newest seal {made.digest}\n"
    rewrite(local_store, "decide/decision.1.json", b"{ }\n")
    assert main(["verify", root]) == 1
    assert capsys.readouterr().out.splitlines()[0] == (
        "decide/decision.1.json: does not have the content that was recorded."
    )
    assert main(["verify", root, absent]) == 2
    assert absent in capsys.readouterr().err
    with pytest.raises(SystemExit) as caught:
        main(["verify"])
    assert caught.value.code == 2


def test_a_local_path_and_a_url_are_the_same(local_store: Store, tmp_path: Path) -> None:
    seal(Dossier(local_store), "close")
    for url in (str(tmp_path / "store"), f"file://{tmp_path}/store", f"{tmp_path}/x/../store/"):
        assert verify(open_store(url)).closed


def approved(dossier: Dossier, **changes: str) -> Store:
    """A dossier with two gates, of which the first was approved, and its seal perhaps under another digest."""
    made = seal(dossier, "go")
    dossier.record("go", "approval", {"by": "owner", "seal": made.path, "digest": made.digest, **changes})
    seal(dossier, "close")
    return dossier.store


def test_an_approval_of_a_seal_holds(dossier: Dossier) -> None:
    dossier.record("decide", "decision", {})
    assert verify(approved(dossier)).problems == ()


@pytest.mark.parametrize("changes", [{"digest": "0" * 64}, {"seal": "seals/09-go.json"}])
def test_an_approval_of_something_else_is_named(dossier: Dossier, changes: dict[str, str]) -> None:
    dossier.record("decide", "decision", {})
    assert named(approved(dossier, **changes)) == ["go/approval.1.json"]


@pytest.mark.parametrize("record", [{"by": "owner"}, {"seal": "seals/01-go.json"}, {"seal": ["x"], "digest": "0"}])
def test_an_approval_that_names_no_seal_is_named(dossier: Dossier, record: dict[str, str]) -> None:
    dossier.record("go", "approval", record)
    seal(dossier, "close")
    assert named(dossier.store) == ["go/approval.1.json"]
