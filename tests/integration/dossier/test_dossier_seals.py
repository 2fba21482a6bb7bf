from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sunset.dossier.seal import check_seal, seal
from sunset.errors import Deviation

if TYPE_CHECKING:
    from pathlib import Path

    from sunset.dossier.dossier import Dossier

pytestmark = pytest.mark.integration


@pytest.fixture
def sealed(dossier: Dossier, tmp_path: Path) -> Dossier:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.html").write_text("<html>")
    dossier.record("decide", "decision", {"reason": "x"})
    dossier.record("discover", "Odd Table", {"rows": 1})
    dossier.add_tree("validate", "docs", tmp_path / "docs")
    seal(dossier, "go/no-go")
    return dossier


def overwrite(dossier: Dossier, path: str, data: bytes) -> None:
    dossier.store.delete_tree(path)
    dossier.store.write_new(path, data)


def test_a_seal_indexes_everything_and_is_made_once(sealed: Dossier) -> None:
    first = seal(sealed, "go/no-go")
    assert first.path == "seals/01-go~2fno-go.json"
    assert first.digest == sealed.store.sha256(first.path)
    assert {entry.path: entry.sha256 for entry in first.files} == sealed.store.hashed(sealed.store.list("decide/")
        + sealed.store.list("discover/") + sealed.store.list("validate/"))  # fmt: skip
    assert seal(sealed, "go/no-go") == first
    assert seal(sealed, "accept").path == "seals/02-accept.json"
    sealed.record("accept", "answer", {"by": "x"})
    assert seal(sealed, "accept").path == "seals/03-accept.json"


def test_a_seal_holds_while_nothing_changes(sealed: Dossier) -> None:
    made = seal(sealed, "go/no-go")
    seal(sealed, "accept")
    assert check_seal(sealed, made.path, made.digest) == ()


def test_what_changed_since_the_seal_is_named(sealed: Dossier) -> None:
    made = seal(sealed, "go/no-go")
    overwrite(sealed, "decide/decision.1.json", b'{\n "reason": "y"\n}\n')
    overwrite(sealed, "validate/docs.1/index.html", b"<HTML>")
    sealed.store.delete_tree("discover/~4fdd~20~54able.1.json")
    sealed.record("decide", "late", {})
    problems = check_seal(sealed, made.path, made.digest)
    assert [(problem.kind, problem.path) for problem in problems] == [
        ("changed", "decide/decision.1.json"),
        ("added", "decide/late.1.json"),
        ("missing", "discover/~4fdd~20~54able.1.json"),
        ("changed", "validate/docs.1/index.html"),
    ]


def test_another_seal_than_the_approved_one_does_not_hold(sealed: Dossier) -> None:
    made = seal(sealed, "go/no-go")
    assert [problem.kind for problem in check_seal(sealed, made.path, "0" * 64)] == ["changed"]
    sealed.store.delete_tree(made.path)
    assert [problem.kind for problem in check_seal(sealed, made.path, made.digest)] == ["missing"]


def test_a_dossier_that_was_tampered_with_is_not_sealed_again(sealed: Dossier) -> None:
    overwrite(sealed, "decide/decision.1.json", b'{\n "reason": "y"\n}\n')
    with pytest.raises(Deviation, match="not sealed") as caught:
        seal(sealed, "accept")
    assert caught.value.differences == ("decide/decision.1.json: was changed or removed after it was sealed.",)


def test_a_tree_that_never_arrived_whole_is_not_sealed(dossier: Dossier, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    for name in ("a", "b"):
        (tmp_path / "docs" / name).write_text(name)
    dossier.add_tree("back_up", "dump", tmp_path / "docs")
    dossier.store.delete_tree("back_up/dump.1/b")
    with pytest.raises(Deviation) as caught:
        seal(dossier, "go")
    assert caught.value.differences == ("back_up/dump.1/b: is not there as its tree's manifest lists it.",)
    (tmp_path / "docs" / "b").write_text("another try")
    dossier.add_tree("back_up", "dump", tmp_path / "docs")
    assert seal(dossier, "go").number == 1
