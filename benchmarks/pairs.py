"""Whole processes measured against each other in one run: interleaved, each clone checked, medians compared.

What else the machine does then hits all contenders alike, so that their ratio holds where seconds do not.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.peak import Peak

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process took: wall time, CPU time of it and its children, and the largest of them in memory."""

    seconds: float
    cpu: float
    peak_mib: float


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to do the work.

    Attributes:
        name: what the tables of the page call it.
        run: does the work; gives what it took.
        before: makes the ground ready; is not measured.
        after: raises where the result is wrong; is not measured.
    """

    name: str
    run: Callable[[], Spent]
    before: Callable[[], None] = field(default=lambda: None)
    after: Callable[[], None] = field(default=lambda: None)


def interleave(contenders: Sequence[Contender], rounds: int = ROUNDS) -> dict[str, list[Spent]]:
    """Let the contenders take turns; each round begins with another one."""
    spent: dict[str, list[Spent]] = {contender.name: [] for contender in contenders}
    for turn in range(rounds):
        first = turn % len(contenders)
        for contender in (*contenders[first:], *contenders[:first]):
            contender.before()
            took = contender.run()
            contender.after()
            spent[contender.name].append(took)
            print(f"  {turn + 1}/{rounds} {contender.name}: {took.seconds:.2f} s", flush=True)
    return spent


def process(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> Spent:
    """Run a process to its end.

    Raises:
        RuntimeError: it failed; quotes the end of what it said.
    """
    with tempfile.TemporaryFile() as said:
        started = time.monotonic()
        child = subprocess.Popen(
            list(map(str, command)),
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        peak = Peak.watch(child.pid)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            raise RuntimeError(f"{command[0]} failed:\n" + said.read().decode(errors="replace")[-4000:])
    return Spent(seconds, usage.ru_utime + usage.ru_stime, peak.mib())


def together(*spent: Spent) -> Spent:
    """Processes that ran one after the other, as one."""
    return Spent(
        sum(each.seconds for each in spent), sum(each.cpu for each in spent), max(each.peak_mib for each in spent)
    )


def median(spent: Sequence[Spent]) -> float:
    return statistics.median(each.seconds for each in spent)


def table(spent: Mapping[str, Sequence[Spent]]) -> str:
    """Seconds of every contender, as a Markdown table."""
    lines = ["| | Median | Least | Most | Peak of a process |", "|---|---|---|---|---|"]
    for name, each in spent.items():
        seconds = [one.seconds for one in each]
        peak = max(one.peak_mib for one in each)
        lines.append(
            f"| {name} | {median(each):.2f} s | {min(seconds):.2f} s | {max(seconds):.2f} s | {peak:.0f} MiB |"
        )
    return "\n".join(lines)


def verdict(what: str, ratio: float, at_most: float, unit: str = "times") -> str:
    """One line of the page: the figure against its target."""
    said = "met" if ratio <= at_most else "**missed**"
    return f"- {what}: {ratio:.2f} {unit}; target at most {at_most:g}: {said}."


def against(spent: Mapping[str, Sequence[Spent]], ours: str, theirs: str, at_most: float) -> str:
    """The ratio of two medians against its target; says so where the other one did not run."""
    if theirs not in spent:
        return f"- {ours} against {theirs}: not measured, it is not installed."
    return verdict(f"{ours} against {theirs}", median(spent[ours]) / median(spent[theirs]), at_most)
