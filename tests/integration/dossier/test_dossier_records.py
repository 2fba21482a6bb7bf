from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from sunset.errors import Refusal

if TYPE_CHECKING:
    from pathlib import Path

    from sunset.dossier.dossier import Dossier

pytestmark = pytest.mark.integration


def test_records_count_up_and_the_newest_counts(dossier: Dossier) -> None:
    assert dossier.latest("validate", "crm") is None
    first = dossier.record("validate", "crm", {"rows": 1})
    assert first.path == "validate/crm.1.json"
    assert dossier.record("validate", "crm", {"rows": 1}) == first
    for rows in range(2, 12):
        dossier.record("validate", "crm", {"rows": rows})
    assert dossier.latest("validate", "crm") == {"rows": 11}
    assert dossier.record("validate", "crm", {"rows": 1}).path == "validate/crm.12.json"
    assert dossier.store.read(first.path) == b'{\n "rows": 1\n}\n'


def test_names_that_begin_alike_do_not_mix(dossier: Dossier) -> None:
    dossier.record("migrate", "a", {"n": "a"})
    dossier.record("migrate", "a.1", {"n": "a.1"})
    dossier.record("migrate", "a.1.json", {"n": "a.1.json"})
    dossier.record("migrate", "A", {"n": "A"})
    dossier.page("migrate", "a", "<p>", "html")
    assert dossier.latest("migrate", "a") == {"n": "a"}
    assert dossier.latest("migrate", "a.1") == {"n": "a.1"}
    assert sorted(record["n"] for record in dossier.records("migrate").values()) == ["A", "a", "a.1", "a.1.json"]


def test_writers_at_once_get_numbers_of_their_own(dossier: Dossier) -> None:
    with ThreadPoolExecutor(8) as writers:
        references = [*writers.map(lambda n: dossier.record("s", "n", {"n": n}), range(8))]
    assert len({reference.path for reference in references}) == 8
    assert dossier.store.list() == tuple(sorted(f"s/n.{n}.json" for n in range(1, 9)))


def test_a_tree_is_completed_by_the_next_try(dossier: Dossier, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    (folder / "static").mkdir(parents=True)
    (folder / "index.html").write_text("<html>")
    (folder / "static" / "a.css").write_text("a")
    whole = dossier.add_tree("validate", "docs", folder)
    assert [reference.path for reference in whole] == [
        "validate/docs.1.files.json", "validate/docs.1/index.html", "validate/docs.1/static/a.css",
    ]  # fmt: skip
    dossier.store.delete_tree("validate/docs.1/static")
    assert dossier.add_tree("validate", "docs", folder) == whole
    (folder / "index.html").write_text("<html><body>")
    assert dossier.add_tree("validate", "docs", folder)[0].path == "validate/docs.2.files.json"
    assert dossier.latest("validate", "docs") is None
    assert dossier.records("validate") == {}


def test_a_tree_with_a_link_is_refused(dossier: Dossier, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "gone").symlink_to("nowhere")
    with pytest.raises(Refusal, match="gone"):
        dossier.add_tree("validate", "docs", tmp_path / "docs")
    assert dossier.store.list() == ()
