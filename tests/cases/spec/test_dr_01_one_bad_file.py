"""DR-01, read: one bad YAML file takes no other product down, and says where it is wrong."""

from __future__ import annotations

import pytest

from sunset.spec import load_folder

pytestmark = pytest.mark.unit

GOOD = ["good_a", "good_b"]


@pytest.fixture(autouse=True)
def good(folder) -> None:
    folder.write("good_a.yaml", folder.spec("good_a"))
    folder.write("good_b.yaml", folder.spec("good_b"))


@pytest.mark.parametrize(
    ("bad", "problems"),
    [
        (
            "product: bad\ndecision:\n\treason: none\n",
            ["bad.yaml:3: a tab stands where YAML wants spaces. Indent with spaces."],
        ),
        ("", ["bad.yaml:1: is empty: it describes no product"]),
        (b"\xff\xfe\x00", ["bad.yaml:1: is not UTF-8 text: byte 0xff at offset 0"]),
    ],
)
def test_broken_files(folder, bad: str | bytes, problems: list[str]) -> None:
    folder.write("bad.yaml", bad)
    loaded = load_folder(folder.path)
    assert [spec.product for spec in loaded.specs] == GOOD
    assert [str(problem) for problem in loaded.problems] == problems


@pytest.mark.parametrize(
    ("extra", "key"),
    [
        ("tabels: [a]\n", "tabels"),
        ('retries: "many"\n', "retries"),
        ('rehearsal: {clean_rounds_required: "many"}\n', "rehearsal.clean_rounds_required"),
    ],
)
def test_unknown_key_and_wrong_type(folder, extra: str, key: str) -> None:
    folder.write("bad.yaml", folder.spec("bad", extra))
    loaded = load_folder(folder.path)
    assert [spec.product for spec in loaded.specs] == GOOD
    (problem,) = loaded.problems
    assert (problem.file, problem.line, problem.key) == ("bad.yaml", 11, key)


@pytest.mark.parametrize(
    "wrong", ["title: [\n", "tabels: [a]\n", "\ttitle: x\n", "product: wrong\n", "- a\n- b\n", "just words\n"]
)
def test_a_file_with_two_products_of_which_the_second_is_wrong(folder, wrong: str) -> None:
    folder.write("bad.yaml", f"{folder.spec('half')}---\n{wrong}---\n{folder.spec('third')}")
    loaded = load_folder(folder.path)
    assert [spec.product for spec in loaded.specs] == ["half", "third", *GOOD]
    assert {problem.file for problem in loaded.problems} == {"bad.yaml"}
    assert all(problem.line >= 11 for problem in loaded.problems)
