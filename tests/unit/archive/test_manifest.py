from __future__ import annotations

import pytest

from sunset.archive import manifest

pytestmark = pytest.mark.unit

NAMES = ["line\nbreak", "cr\rx", "crlf\r\nx", "pct%0A", "pct%0a", "pct%25", "100%", " lead", "trail ", "trail", "a  b",
         "*star", "tab\tx", "u2028\u2028x", "nel\x85x", "vt\x0bx", "é", "e\u0301", "日本"]  # fmt: skip


def test_every_name_survives() -> None:
    entries = {f"data/{name}": f"{number:064x}" for number, name in enumerate(NAMES)}
    written = manifest.write(entries)
    assert manifest.read(written) == manifest.Manifest(entries, ())
    assert written.count(b"\n") == len(NAMES)


def test_newline_return_and_percent_are_encoded_and_nothing_else() -> None:
    assert manifest.write({"data/a\n\r% b": "00"}) == b"00  data/a%0A%0D%25 b\n"


def test_a_damaged_line_is_told_by_its_number() -> None:
    assert manifest.read(b"00  data/a\nzz data/b\n01  data/a\n\n02  data/c\n") == manifest.Manifest(
        {"data/a": "00", "data/c": "02"}, (2, 3)
    )
