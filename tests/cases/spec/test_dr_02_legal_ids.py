"""DR-02, read: only ids that are legal everywhere become products; names from the data stay as they are."""

from __future__ import annotations

import re

import pytest

from sunset.spec import load_folder

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "name",
    [
        *("a.b", "a-b", "A.B", "a b", "表", "é", "1a", "_a", "a" * 101, "a" * 300, "my$cool_alias", "a/b", "'%s'"),
        *("'{{ ds }}'", '""', "Order", '"a\tb"', '"a\nb"', "../a", "[a]", "{a: b}", ""),
    ],
)
def test_illegal_ids_are_refused_by_name(folder, name: str) -> None:
    folder.write("bad.yaml", folder.spec(name))
    folder.write("good.yaml", folder.spec("good"))
    loaded = load_folder(folder.path)
    assert [spec.product for spec in loaded.specs] == ["good"]
    (problem,) = loaded.problems
    assert (problem.file, problem.line, problem.key) == ("bad.yaml", 1, "product")


@pytest.mark.parametrize("name", ["a", "a_b", "a__b", "order", "no", "null_", "a1", "a" * 100])
def test_legal_ids(folder, name: str) -> None:
    folder.write("good.yaml", folder.spec(name))
    (spec,) = load_folder(folder.path).specs
    assert spec.product == name
    assert re.fullmatch(r"[\w.-]{1,250}", f"sunset_{spec.product}", re.ASCII)


def test_the_nearest_legal_id_is_named(folder) -> None:
    for file, name in {"a": "a.b", "b": "Legacy-CRM", "c": "表", "d": "2fast"}.items():
        folder.write(f"{file}.yaml", folder.spec(name))
    suggestions = [problem.suggestion for problem in load_folder(folder.path).problems]
    assert suggestions == ['Did you mean "a_b"?', 'Did you mean "legacy_crm"?', "", ""]


@pytest.mark.parametrize(
    "name", ["Odd Schema", " x ", "%s", "{{ ds }}", "表", 'a"b', "a.b", "no", "0123", "x" * 63, "a\tb"]
)
def test_names_from_the_data_are_untouched(folder, name: str) -> None:
    quoted = "'" + name + "'"
    text = folder.spec("good", f"dispositions: [{{match: {{name: x, schema: y}}, do: migrate, because: {quoted}}}]\n")
    folder.write("good.yaml", text.replace("sandbox_conn_id: s", f"schemas: [{quoted}], sandbox_conn_id: s"))
    (spec,) = load_folder(folder.path).specs
    assert spec.sources.databases[0].schemas == (name,)
    assert spec.dispositions[0].because == name


def test_ids_that_clean_to_one_are_never_both_products(folder) -> None:
    for number, name in enumerate(["a.b", "a_b", "a-b", "A.B"]):
        folder.write(f"{number}.yaml", folder.spec(name))
    loaded = load_folder(folder.path)
    assert loaded.specs == ()
    assert {problem.file for problem in loaded.problems} == {"0.yaml", "1.yaml", "2.yaml", "3.yaml"}
