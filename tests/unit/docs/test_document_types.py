"""The page about databases other than PostgreSQL shows the type map that the code has."""

from __future__ import annotations

import pytest

from services.airflow_home import ROOT
from sunset.database.general.type_map import MAP, OTHER

pytestmark = pytest.mark.unit


def test_the_type_map_is_shown_whole() -> None:
    page = (ROOT / "docs" / "foreign.md").read_text(encoding="utf-8")
    shown = [
        [cell.strip() for cell in row.strip("|").split("|")]
        for row in page.partition("| SQLAlchemy reflects |")[2].partition("\n\n")[0].splitlines()[2:]
    ]
    right = [[", ".join(f"`{name}`" for name in each.names), each.shown or str(each.type), each.sqlite] for each in MAP]
    assert shown == [*right, ["anything else", OTHER, ""]]
