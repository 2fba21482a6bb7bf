"""Work on many things spread over a few workers, each a session that does one thing at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Worker = TypeVar("Worker")
Item = TypeVar("Item")
Result = TypeVar("Result")


def spread(workers: Sequence[Worker], items: Sequence[Item], work: Callable[[Worker, Item], Result]) -> list[Result]:
    """The result for each item, in their order; the first error stops the rest and is raised."""
    waiting = iter(enumerate(items))
    done: dict[int, Result] = {}

    def share(worker: Worker) -> None:
        for place, item in waiting:
            done[place] = work(worker, item)

    with ThreadPoolExecutor(max_workers=max(len(workers), 1)) as pool:
        running = [pool.submit(share, worker) for worker in workers]
        try:
            for worker in running:
                worker.result()
        finally:
            for _ in waiting:  # after an error the other workers find nothing left to do
                pass
    return [done[place] for place in range(len(items))]
