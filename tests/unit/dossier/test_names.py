from __future__ import annotations

import pytest

from sunset.dossier.names import NAME_BYTES, confined, safe_name, shown
from sunset.errors import Refusal

pytestmark = pytest.mark.unit

AWKWARD = [
    "A/b", "A%2fb", "a b", "a+b", "a~20b", "{{ ds }}", "%s", "Order", "order", "ORDER", ".", "..", ".hidden", "-dash",
    "trail ", "trail", "trail.", "é", "e\u0301", "表" * 21, "x\ny", "x\\ny", "tab\t", '"q"', "o.n", "o~n", "~", "~~",
    "n" * 62 + "1", "n" * 62 + "2", "Ü" * 150 + "1", "Ü" * 150 + "2", "N" * 67, "\udcff", "con",
]  # fmt: skip


def test_distinct_names_stay_distinct_where_case_and_unicode_forms_are_folded() -> None:
    mapped = [safe_name(name) for name in AWKWARD]
    assert len({name.casefold() for name in mapped}) == len(AWKWARD)
    assert all(name.isascii() and name == name.casefold() and len(name) <= NAME_BYTES for name in mapped)
    assert not any(name.startswith((".", "-")) or name.endswith(".") for name in mapped)
    assert all(confined(name) == name for name in mapped)


def test_plain_names_stay_readable() -> None:
    assert safe_name("public.order_lines") == "public.order_lines"
    assert safe_name("Order") == "~4frder"


def test_a_shortened_name_does_not_end_in_half_an_escape() -> None:
    for length in range(60, 75):
        name = safe_name("x" * (length % 4) + "表" * length)
        head = name.partition("~~")[0]
        assert bytes.fromhex(head.replace("~", "").lstrip("x") or "00")


@pytest.mark.parametrize(
    "path",
    ["", "/abs", "a//b", "a/", "..", "a/../b", "./a", "a\\..\\b", "..\\b", "\\\\host\\x", "C:\\x", "c:/x", "a\0b",
     "\udcff", "q?versionId=1", f".{'0' * 32}.unfinished"],
)  # fmt: skip
def test_paths_that_leave_the_store_are_refused(path: str) -> None:
    with pytest.raises(Refusal):
        confined(path)


@pytest.mark.parametrize("path", ["a", "a/b", "a b", " lead", "trail ", "x\ny", "x\r", "pct%0A", "back\\slash", "..a"])
def test_other_paths_are_kept_as_they_are(path: str) -> None:
    assert confined(path) == path


def test_names_that_would_mislead_are_quoted() -> None:
    assert shown("a b.txt") == "a b.txt"
    assert shown("trail ") == '"trail "'
    assert shown("line\nbreak") == '"line\\nbreak"'
    assert shown("\udcff") == '"\\udcff"'
