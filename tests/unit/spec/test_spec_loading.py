"""Loading folders: the same in every order, nothing hidden, no id twice, and fast for one product."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sunset.spec import Loaded, load_file, load_folder
from sunset.spec.claims import may_claim
from sunset.spec.files import find_files

pytestmark = pytest.mark.unit


@pytest.fixture
def write(tmp_path: Path, minimal_text: str) -> Callable[..., Path]:
    """Writes a spec file with the products named, in order, and returns the folder."""

    def write(file: str, *products: str) -> Path:
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            "---\n".join(minimal_text.replace("product: helpdesk", f"product: {name}") for name in products)
        )
        return tmp_path

    return write


def products(loaded: Loaded) -> list[str]:
    return [spec.product for spec in loaded.specs]


def lines(loaded: Loaded) -> list[str]:
    return [str(problem) for problem in loaded.problems]


def test_folder_in_the_order_of_its_files(write: Callable[..., Path]) -> None:
    write("b.yaml", "one")
    write("a.yml", "three", "two")
    write("deep/er/c.yaml", "four")
    folder = write("B.yaml", "five")
    loaded = load_folder(folder)
    assert products(loaded) == ["five", "three", "two", "one", "four"]
    assert [spec.origin.file for spec in loaded.specs] == ["B.yaml", "a.yml", "a.yml", "b.yaml", "deep/er/c.yaml"]
    assert loaded.specs[2].origin.locate(("product",)) == (12, 1)
    assert loaded.problems == ()


def test_hidden_and_other_files_are_passed_over(write: Callable[..., Path]) -> None:
    for file in (".hidden/a.yaml", "deep/.hidden/a.yaml", ".a.yaml", "a.yaml.bak", "a.json", "a.YAML~"):
        write(file, "one")
    assert load_folder(write("b.yaml", "two")) == load_folder(write("b.yaml", "two"))
    assert products(load_folder(write("b.yaml", "two"))) == ["two"]


def test_links_to_files_are_read(write: Callable[..., Path]) -> None:
    folder = write("..data/a.yaml", "one")
    (folder / "a.yaml").symlink_to(Path("..data", "a.yaml"))
    assert products(load_folder(folder)) == ["one"]


def test_one_file_is_a_folder_of_one(write: Callable[..., Path]) -> None:
    folder = write("a.yaml", "one", "two")
    assert load_folder(folder / "a.yaml") == load_file(folder / "a.yaml") == load_folder(folder)


def test_empty_folder(tmp_path: Path) -> None:
    assert load_folder(tmp_path) == Loaded((), ())


def test_what_cannot_be_read_is_a_problem(write: Callable[..., Path]) -> None:
    folder = write("a.yaml", "one")
    (folder / "gone.yaml").symlink_to("nowhere")
    os.mkfifo(folder / "pipe.yaml")
    (folder / "folder.yaml").mkdir()
    loaded = load_folder(folder)
    assert products(loaded) == ["one"]
    assert lines(loaded) == [
        "gone.yaml: cannot be read: No such file or directory",
        "pipe.yaml: cannot be read: it is not a regular file",
    ]
    assert lines(load_folder(folder / "missing")) == ["missing: cannot be read: No such file or directory"]


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        ("sunset_orders", "sunset_orders", "sunset_orders"),
        ("sunset orders", "sunset_orders", "sunset_orders"),
        ("sunset_orders", "Sunset-Orders", "sunset_orders"),
        ("a.b", "a_b", "a_b"),
        ("a_b", '"a +/ b"', "a_b"),
    ],
)
def test_one_id_in_two_files_refuses_both(write: Callable[..., Path], first: str, second: str, name: str) -> None:
    write("x.yaml", first)
    write("other.yaml", "other")
    folder = write("y.yaml", second)
    loaded = load_folder(folder)
    assert products(loaded) == ["other"]
    clashes = [line for line in lines(loaded) if "claimed" in line]
    end = "too, so neither is loaded. Give each product an id of its own."
    assert clashes == [
        f"x.yaml:1: product: the id {name} is claimed by y.yaml:1 {end}",
        f"y.yaml:1: product: the id {name} is claimed by x.yaml:1 {end}",
    ]


def test_one_id_three_times_and_in_one_file(write: Callable[..., Path]) -> None:
    write("x.yaml", "one", "two", "one")
    loaded = load_folder(write("y.yaml", "one"))
    assert products(loaded) == ["two"]
    assert [line.partition(" too,")[0] for line in lines(loaded)] == [
        "x.yaml:1: product: the id one is claimed by x.yaml:23, y.yaml:1",
        "x.yaml:23: product: the id one is claimed by x.yaml:1, y.yaml:1",
        "y.yaml:1: product: the id one is claimed by x.yaml:1, x.yaml:23",
    ]


@pytest.mark.parametrize(
    "broken",
    [
        "product: one\ntitle: [\n",
        "title: [\nproduct: 'one' # id\n",
        "{product: one, title: [\n",
        'product: "One"\ntitle: x\n',
        "product: one\n\ttitle: x\n",
        "product: one\nnothing: else\n",
        "product: !!str one\n",
    ],
)
def test_a_broken_spec_keeps_its_id(write: Callable[..., Path], broken: str) -> None:
    folder = write("y.yaml", "one")
    (folder / "x.yaml").write_text(broken)
    loaded = load_folder(folder)
    assert loaded.specs == ()
    assert any("y.yaml:1: product: the id one is claimed by x.yaml" in line for line in lines(loaded))
    assert load_folder(folder, only="one").specs == ()


def test_unreadable_bytes_keep_their_id(write: Callable[..., Path]) -> None:
    folder = write("y.yaml", "one")
    (folder / "x.yaml").write_bytes(b"product: one\ntitle: \xff\n")
    assert load_folder(folder).specs == ()
    assert load_folder(folder, only="one").specs == ()


def test_every_order_of_reading_gives_the_same(write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    for file, names in {"x.yaml": ["a.b"], "y.yaml": ["a_b", "c"], "z.yaml": ["d"], "w.yaml": ["D"]}.items():
        folder = write(file, *names)
    expected = load_folder(folder)
    assert products(expected) == ["c"]
    walk = os.walk
    for seed in range(20):

        def shuffled(top: Path, seed: int = seed) -> object:
            for parent, folders, names in walk(top):
                random.Random(seed).shuffle(names)
                yield parent, folders, names

        monkeypatch.setattr(os, "walk", shuffled)
        assert load_folder(folder) == expected


def test_only_one_product(write: Callable[..., Path]) -> None:
    write("a.yaml", "one", "two")
    write("b.yaml", "three")
    folder = write("c.yaml", "Two")
    (folder / "empty.yaml").write_text("")
    (folder / "broken.yaml").write_bytes(b"\xff\xfe\x00")
    assert products(load_folder(folder, only="three")) == ["three"]
    assert load_folder(folder, only="three").problems == ()
    assert products(load_folder(folder, only="one")) == ["one"]
    two = load_folder(folder, only="two")
    assert two.specs == ()
    assert [problem.file for problem in two.problems] == ["a.yaml", "c.yaml", "c.yaml"]
    assert load_folder(folder, only="four") == Loaded((), ())
    for name in ("one", "two", "three"):
        assert products(load_folder(folder, only=name)) == [p for p in products(load_folder(folder)) if p == name]


@pytest.mark.parametrize(
    "text",
    [
        "product: one\n",
        "title: x\nproduct:   one   # the id\r\n",
        "\ufeffproduct: one\n",
        "product: 'one'\n",
        '"product": one\n',
        "product:\n  one\n",
        "product: >-\n  one\n",
        "? product\n: one\n",
        "{product: one}\n",
        "--- {product: one}\n",
        "product: two\n---\nproduct: one\n",
        "product: two\n---\n{product: one}\n",
        'product: two\n---\n"pro\\u0064uct": one\n',
        "product: two\n...\n---\ntitle: x\nproduct: One\n",
        "  product: one\n",
        "product: &a one\n",
        "product: !!str one\n",
        "product: two\nproduct: one\n",
        "product: ONE\n",
        "title: 'x\nproduct: two'\n'product': one\n",
        "product: two# more\n",
        "product: two\n\n  more\ntitle: x\n",
        "product: 'one\nproduct: two\n",
        "title: [\n",
    ],
)
def test_the_quick_look_misses_nothing(text: str) -> None:
    assert may_claim(text.encode(), "one")


@pytest.mark.parametrize(
    "text",
    [
        "product: two\n",
        "# product: one\nproduct: two\n",
        "product: two\ntitle: one\nsources:\n  product: one\n",
        "---\nproduct: two\n---\n# more\nproduct: three\n---\n",
        "\ufeffproduct: one_more # one\n",
    ],
)
def test_the_quick_look_leaves_others_alone(text: str) -> None:
    assert not may_claim(text.encode(), "one")


def test_two_hundred_specs_are_quick(tmp_path: Path, complete_text: str) -> None:
    for number in range(200):
        text = complete_text.replace("legacy_crm", f"crm_{number:03}")
        (tmp_path / f"{number:03}.yaml").write_text(text)
    load_folder(tmp_path, only="crm_100")  # the models are built at first use
    started = time.process_time()
    loaded = load_folder(tmp_path)
    whole = time.process_time() - started
    started = time.process_time()
    one = load_folder(tmp_path, only="crm_100")
    single = time.process_time() - started
    assert len(loaded.specs) == 200
    assert [spec.product for spec in one.specs] == ["crm_100"]
    assert whole < 2.0, "0.26 s on two idle cores"
    assert single < 0.2, "0.02 s on two idle cores"


def test_files_are_named_below_the_folder(write: Callable[..., Path]) -> None:
    write("b.yaml", "one")
    folder = write("a/c.yml", "two")
    assert list(find_files(folder)) == ["a/c.yml", "b.yaml"]
