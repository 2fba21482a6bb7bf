from __future__ import annotations

import pytest

from sunset.dossier.canonical import encode

pytestmark = pytest.mark.unit


def test_one_value_has_one_text() -> None:
    assert encode({"b": 1, "a": "é"}) == encode({"a": "é", "b": 1}) == '{\n "a": "é",\n "b": 1\n}\n'.encode()


def test_integers_beyond_float_stay_exact() -> None:
    assert b"9007199254740993" in encode({"n": 2**53 + 1})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\udcff"])
def test_values_that_json_does_not_have_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"not allowed|not JSON compliant|surrogates"):
        encode({"x": value})
