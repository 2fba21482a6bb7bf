"""The reader: nothing is guessed, every key has its line, one broken document costs no other."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import yaml

from sunset.spec import composing, reading
from sunset.spec.document import UNREADABLE, Document
from sunset.spec.files import LARGEST
from sunset.spec.reading import MOST_DOCUMENTS, read_documents

pytestmark = pytest.mark.unit


def one(text: str) -> Document:
    (document,) = read_documents("f.yaml", text)
    return document


def problems(text: str) -> list[str]:
    return [str(problem) for document in read_documents("f.yaml", text) for problem in document.problems]


@pytest.mark.parametrize(
    "written",
    ["no", "on", "0123", "0x1F", "1e3", "1_000", "12:30:45", "2027-03-31", ".inf", "NaN", "true", "=", "1.10", "NULLS"],
)
def test_scalars_stay_what_was_written(written: str) -> None:
    assert one(f"a: {written}\nb: [{written}]\n").data == {"a": written, "b": [written]}


@pytest.mark.parametrize("written", ["", "~", "null", "Null", "NULL"])
def test_no_value(written: str) -> None:
    assert one(f"a: {written}\n").data == {"a": None}


@pytest.mark.parametrize("written", ["~", "null", ""])
def test_quoted_nulls_are_text(written: str) -> None:
    assert one(f"a: '{written}'\nb: \"{written}\"\n").data == {"a": written, "b": written}


def test_keys_are_text() -> None:
    assert one("no: 1\n1: 2\n~: 3\n2027-01-01: 4\n'': 5\n").data == {
        "no": "1",
        "1": "2",
        "~": "3",
        "2027-01-01": "4",
        "": "5",
    }


def test_blocks_and_quotes_are_read_as_yaml_reads_them() -> None:
    assert one('a: |\n  x\n   y\nb: >-\n  x\n  y\nc: "\\u8868\\t\\n"\nd: two\n  lines\n').data == {
        "a": "x\n y\n",
        "b": "x y",
        "c": "表\t\n",
        "d": "two lines",
    }


def test_lines_and_columns_of_keys() -> None:
    document = one("a:\n  b: 1\n  c:\n    - x\n    - {d: 2}\n")
    assert document.origin.locate(("a",)) == (1, 1)
    assert document.origin.locate(("a", "b")) == (2, 3)
    assert document.origin.locate(("a", "c", 1)) == (5, 7)
    assert document.origin.locate(("a", "c", 1, "d")) == (5, 8)
    assert document.origin.locate(("a", "c", 1, "missing", "deeper")) == (5, 7)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_lines_of_later_documents(newline: str) -> None:
    text = "---\na: 1\n---\n# comment\nb: 2\n".replace("\n", newline)
    assert [document.origin.locate(()) for document in read_documents("f.yaml", text)] == [(2, 1), (5, 1)]


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "---\n---\n", "~", "null\n...\n"])
def test_empty_file_is_one_problem(text: str) -> None:
    assert problems(text) == ["f.yaml:1: is empty: it describes no product"]


def test_empty_documents_beside_others_are_passed_over() -> None:
    assert [document.data for document in read_documents("f.yaml", "---\n---\na: 1\n---\n")] == [{"a": "1"}]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a:\n\tb: 1\n", "f.yaml:2: a tab stands where YAML wants spaces. Indent with spaces."),
        ("a: b: c\n", "f.yaml:1: is no valid YAML: mapping values are not allowed in this context"),
        (
            "a: 1\nb: [1,\n",
            "f.yaml:3: is no valid YAML: while parsing a flow node from line 3: did not find expected node content",
        ),
        (
            "a: 'x\n",
            "f.yaml:2: is no valid YAML: while scanning a quoted scalar from line 1: found unexpected end of stream",
        ),
        ("a: *x\n", "f.yaml:1: a: refers to an anchor, and a spec has none. Write the value out."),
        (
            "a: !!python/object:os.system x\n",
            "f.yaml:1: a: has the tag !!python/object:os.system, and a spec has none. Leave it out.",
        ),
        ("a: 1\na: 2\n", "f.yaml:2: a: is given twice, first on line 1. Keep one of the two."),
        ("a: {b: 1, c: 2, b: 3}\n", "f.yaml:1: a.b: is given twice, first on line 1. Keep one of the two."),
        ("? [a, b]\n: c\n", "f.yaml:1: has a key that is no plain text. Put Jinja such as {{ ... }} in quotes."),
        ("[a, b]: c\n", "f.yaml:1: has a key that is no plain text. Put Jinja such as {{ ... }} in quotes."),
        ("x: {{a: b}: c}\n", "f.yaml:1: x: has a key that is no plain text. Put Jinja such as {{ ... }} in quotes."),
        (
            "a: {{ params.src }}\n",
            "f.yaml:1: a: has a key that is no plain text. Put Jinja such as {{ ... }} in quotes.",
        ),
        ('a: "x\\0y"\n', "f.yaml:1: a: holds the control character U+0000. Leave it out."),
        ('"a\\u202eb": 1\n', 'f.yaml:1: ["a\\u202eb"]: is a key with a control character. Leave it out.'),
        ("a: x\0y\n", "f.yaml:1: holds the character U+0000, which no spec may hold"),
        ("a: 1\nb: 表\x07\n", "f.yaml:2: holds the character U+0007, which no spec may hold"),
    ],
)
def test_refused_by_name(text: str, problem: str) -> None:
    assert problems(text) == [problem]


def test_merge_keys_are_refused() -> None:
    text = "base: &base {a: 1}\nb:\n  <<: *base\n  c: 2\n"
    assert problems(text) == ['f.yaml:3: b: has a merge key ("<<"), and a spec has none. Write the keys out.']
    assert one(text).data == {"base": {"a": "1"}, "b": {"c": "2"}}


def test_recursion_is_refused() -> None:
    document = one("a: &a\n  b: *a\n")
    assert document.data == {"a": {"b": UNREADABLE}}
    assert len(document.problems) == 1


def test_alias_bomb_does_not_expand() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    started = time.process_time()
    document = one("\n".join(lines))
    assert time.process_time() - started < 1
    assert len(document.problems) == 29 * 9


@pytest.mark.parametrize("bomb", ["[", "{a: ", "- ", "? ", "[{a: "])
def test_nesting_bomb_is_one_problem(bomb: str) -> None:
    started = time.process_time()
    found = problems(bomb * (LARGEST // len(bomb)))
    assert time.process_time() - started < 1
    assert len(found) == 1
    assert found[0].endswith(("nested more than 20 levels deep", "exceeded maximum nesting depth"))


@pytest.mark.parametrize(
    "broken", ["b: [1,\n", "b: 'x\n", "b: @\n", "b:\n\tc: 1\n", "b: {\n", f"b: {'[' * 50}\n", "b: c: d\n"]
)
def test_documents_around_a_broken_one_are_read(broken: str) -> None:
    documents = list(read_documents("f.yaml", f"a: 1\n---\n{broken}---\nc: !x 3\n---\nd: 4\n"))
    assert [document.data for document in documents] == [{"a": "1"}, UNREADABLE, {"c": "3"}, {"d": "4"}]
    assert documents[1].text.strip().endswith(broken.strip())
    last = 3 + broken.count("\n")
    assert [document.origin.locate(()) for document in documents[2:]] == [(last + 1, 1), (last + 3, 1)]
    assert [problem.line for problem in documents[2].problems] == [last + 1]


def test_dashes_inside_a_text_part_no_documents() -> None:
    assert one("a: |\n  x\n  ---\n  y\nb: [@\n").text.startswith("a: |")
    assert len(list(read_documents("f.yaml", "a: |\n  x\n  ---\n  y\n"))) == 1


@pytest.mark.parametrize("unit", ["---\na: 1\n", "---\n@\n"])
def test_too_many_documents_are_not_read_to_the_end(unit: str) -> None:
    started = time.process_time()
    documents = list(read_documents("f.yaml", unit * 10_000))
    assert time.process_time() - started < 1
    assert len(documents) == MOST_DOCUMENTS + 1
    (last,) = documents[-1].problems
    assert str(last) == "f.yaml:202: holds more than 100 documents, and the rest was not read"


def test_as_many_documents_as_allowed_are_all_read() -> None:
    documents = list(read_documents("f.yaml", "---\na: 1\n" * MOST_DOCUMENTS))
    assert len(documents) == MOST_DOCUMENTS
    assert not any(document.problems for document in documents)


def test_pure_python_parser_reads_the_same(monkeypatch: pytest.MonkeyPatch, complete_text: str) -> None:
    compiled = one(complete_text)
    monkeypatch.setattr(reading, "_LOADER", yaml.BaseLoader)
    pure = one(complete_text)
    assert (pure.data, pure.origin.lines) == (compiled.data, compiled.origin.lines)
    assert problems("a: 1\n---\na:\n\tb: 1\n---\nb: !x 2\n") == [
        "f.yaml:4: a tab stands where YAML wants spaces. Indent with spaces.",
        "f.yaml:6: b: has the tag !x, and a spec has none. Leave it out.",
    ]


def test_example_is_far_from_the_limits(complete_text: str) -> None:
    document = one(complete_text)
    assert max(len(path) for path in document.origin.lines) < composing._DEEPEST / 2
    assert len(complete_text) < LARGEST / 50


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"\xff\xfe\x00", "bad.yaml:1: is not UTF-8 text: byte 0xff at offset 0"),
        (b"a: 1\nb: \xe9\n", "bad.yaml:2: is not UTF-8 text: byte 0xe9 at offset 8"),
        ("product: x\n".encode("utf-16"), "bad.yaml:1: is not UTF-8 text: byte 0xff at offset 0"),
        (b"# " + b"x" * LARGEST, "bad.yaml: is larger than 256 KiB"),
        (b"\x00" * 10, "bad.yaml:1: holds the character U+0000, which no spec may hold"),
        (b"- a\n- b\n", "bad.yaml:1: must be a mapping with keys such as product and title at the top level"),
        (b"just words\n", "bad.yaml:1: must be a mapping with keys such as product and title at the top level"),
    ],
)
def test_files_that_hold_no_spec_are_one_problem(
    problems_of: Callable[[bytes], list[str]], raw: bytes, problem: str
) -> None:
    assert problems_of(raw) == [problem]


def test_byte_order_mark_and_carriage_returns_are_fine(
    load_text: Callable[[str | bytes], object], minimal_text: str
) -> None:
    plain = load_text(minimal_text)
    assert load_text(b"\xef\xbb\xbf" + minimal_text.encode()) == plain
    assert load_text(minimal_text.replace("\n", "\r\n")) == plain
