"""DR-03, read: two specs with one id are both refused, both files are named, whatever the order."""

from __future__ import annotations

import itertools

import pytest

from sunset.spec import load_folder

pytestmark = pytest.mark.unit

DROPPING = "dispositions: [{match: {kind: '*'}, do: destroy, because: nobody needs it}]\n"


@pytest.mark.parametrize("names", list(itertools.permutations(["x.yaml", "y.yaml", "z.yml"], 2)))
@pytest.mark.parametrize(
    ("copying", "dropping"),
    [("sunset_orders", "sunset_orders"), ("sunset_orders", "sunset orders"), ("Sunset_Orders", "sunset_orders")],
)
def test_both_are_refused_and_named(folder, names: tuple[str, str], copying: str, dropping: str) -> None:
    folder.write(names[0], folder.spec(copying))
    folder.write(names[1], folder.spec(dropping, DROPPING))
    folder.write("other.yaml", folder.spec("other"))
    loaded = load_folder(folder.path)
    assert [spec.product for spec in loaded.specs] == ["other"]
    clashes = [problem for problem in loaded.problems if "sunset_orders is claimed by" in problem.message]
    assert {problem.file for problem in clashes} == set(names)
    assert all(all(name in str(problem) for name in names) for problem in clashes)
    assert load_folder(folder.path, only="sunset_orders").specs == ()


def test_a_broken_twin_counts(folder) -> None:
    folder.write("x.yaml", folder.spec("sunset_orders"))
    folder.write("y.yaml", folder.spec("sunset_orders", "tabels: [a]\n"))
    loaded = load_folder(folder.path)
    assert loaded.specs == ()
    assert {problem.file for problem in loaded.problems} == {"x.yaml", "y.yaml"}
