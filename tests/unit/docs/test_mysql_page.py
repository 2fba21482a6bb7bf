"""The page on MySQL shows the map of types as the code has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sunset.database.mysql.type_map import MAP

pytestmark = pytest.mark.unit

PAGE = Path(__file__).parents[3] / "docs" / "mysql.md"


def test_every_line_of_the_map_stands_on_the_page() -> None:
    shown = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    assert shown == [
        f"| {', '.join(mapping.natives)} | {mapping.type} | {f'{mapping.note} ' if mapping.note else ''}|"
        for mapping in MAP
    ]
