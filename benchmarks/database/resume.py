"""A copy that is killed at half time and started again, against one that is left alone."""

from __future__ import annotations

import os
import subprocess
import time

from benchmarks.database import peers
from benchmarks.database.clones import JOBS, facts
from benchmarks.database.data import make_mixed
from benchmarks.database.servers import recreate, server
from benchmarks.page import write_part
from benchmarks.pairs import ROUNDS, Contender, Spent, against, interleave, table, together

from sunset.database.postgres.endpoint import Endpoint


def main() -> None:
    with server() as place:
        source, target = place.on("mixed"), place.on("clone")
        make_mixed(source)
        expected = facts(source)
        whole: list[float] = []

        def empty() -> None:
            recreate(target)

        def right() -> None:
            if facts(target).tables != expected.tables:
                raise RuntimeError("the clone is not the same as its source")

        def left_alone() -> Spent:
            spent = peers.sunset("resume", source, target, JOBS)
            whole.append(spent.seconds)
            return spent

        def killed() -> Spent:
            return _killed(source, target, whole[-1] / 2)

        ways = [
            Contender("left alone", left_alone, empty, right),
            Contender("killed at half time", killed, empty, right),
        ]
        spent: dict[str, list[Spent]] = {way.name: [] for way in ways}
        for _ in range(ROUNDS):
            for name, took in interleave(ways, 1).items():
                spent[name] += took
    text = f"{table(spent)}\n\n{against(spent, 'killed at half time', 'left alone', 1.25)}"
    write_part("resume", "A run that is killed at half time and tried again", text)


def _killed(source: Endpoint, target: Endpoint, after: float) -> Spent:
    command = peers.command("resume", source, target, JOBS)
    started = time.monotonic()
    running = subprocess.Popen(command, env={**os.environ, **peers.OURS}, stdout=subprocess.DEVNULL)
    try:
        running.wait(timeout=after)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()
    first = Spent(time.monotonic() - started, 0.0, 0.0)
    return together(first, peers.sunset("resume", source, target, JOBS))
