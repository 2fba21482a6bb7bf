from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sunset.dossier.canonical import encode
from sunset.dossier.fetch import fetch_tree
from sunset.errors import Refusal

if TYPE_CHECKING:
    from pathlib import Path

    from sunset.dossier.dossier import Dossier

pytestmark = pytest.mark.integration


def test_a_tree_comes_back_as_it_was_stored(dossier: Dossier, tmp_path: Path) -> None:
    (tmp_path / "dump" / "below").mkdir(parents=True)
    (tmp_path / "dump" / "below" / "a b").write_bytes(b"rows")
    dossier.add_tree("back_up", "crm-dump", tmp_path / "dump")
    fetch_tree(dossier, "back_up", "crm-dump", tmp_path / "back")
    assert (tmp_path / "back" / "below" / "a b").read_bytes() == b"rows"


def test_a_manifest_that_leads_out_of_the_folder_touches_nothing_there(dossier: Dossier, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"ours")
    leading_out = {"files": [{"path": "../outside", "sha256": "0" * 64, "size": 4}]}
    dossier.store.write_new("back_up/crm-dump.1.files.json", encode(leading_out))
    with pytest.raises(Refusal, match="stay below its root"):
        fetch_tree(dossier, "back_up", "crm-dump", tmp_path / "back")
    assert outside.read_bytes() == b"ours"
