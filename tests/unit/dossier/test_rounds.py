from __future__ import annotations

import pytest

from sunset.dossier.rounds import Outcome, Round, clean_streak, compare, previous_round

pytestmark = pytest.mark.unit


def made(number: int, run_id: str = "", *, clean: bool = True, spec: str = "s", sources: str = "crm,erp",
         differences: tuple[str, ...] = (), seconds: float = 1.0) -> Round:  # fmt: skip
    return Round(
        number=number, recorded_at="2027-01-01T00:00:00+00:00", previous=None, run_id=run_id or f"run {number}",
        spec_digest=spec, sources=tuple(sources.split(",")), clean=clean, differences=differences,
        seconds={"rehearse": seconds},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rounds", "streak"),
    [
        ([], 0),
        ([made(1), made(2), made(3)], 3),
        ([made(1), made(2, clean=False), made(3)], 1),
        ([made(1), made(2, clean=False)], 0),
        ([made(1), made(2, spec="other"), made(3)], 1),
        ([made(1, spec="other")], 0),
        ([made(1), made(2, sources="crm"), made(3, sources="crm,erp,web")], 2),
        ([made(1), made(2, sources="crm", clean=False), made(3)], 1),
        ([made(1, sources="crm")], 0),
    ],
)
def test_only_clean_rounds_of_this_spec_at_the_end_count(rounds: list[Round], streak: int) -> None:
    assert clean_streak(rounds, "s", ["crm", "erp"]) == streak


def test_rounds_are_compared_with_the_one_before() -> None:
    first = made(1, clean=False, differences=("a", "b"), seconds=5.0)
    second = made(2, clean=False, differences=("b", "c"), seconds=4.0)
    comparison = compare(first, second)
    assert (comparison.fixed, comparison.new, comparison.open) == (("a",), ("c",), ("b",))
    assert (comparison.seconds_before, comparison.seconds_now) == ({"rehearse": 5.0}, {"rehearse": 4.0})
    assert compare(None, second).new == ("b", "c")


def test_the_round_before_is_of_another_run() -> None:
    rounds = [made(1, "a"), made(2, "b"), made(3, "a")]
    assert previous_round(rounds, rounds[2]) == rounds[1]
    assert previous_round(rounds, rounds[0]) is None


def test_a_round_with_differences_is_not_clean() -> None:
    with pytest.raises(ValueError, match="not clean"):
        Outcome(run_id="r", spec_digest="s", sources=(), clean=True, differences=("a",))
