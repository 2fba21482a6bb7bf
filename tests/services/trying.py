"""Tasks tried as Airflow tries them: again while the cause may pass, at once red when it may not."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from services import children
from services.retirement import Retirement
from sunset.errors import Unavailable

_PATIENCE = 30.0


def retried(run: Retirement, task_id: str) -> Any:
    """Run a task again and again until it succeeds or fails for good."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            return run.run(task_id)
        except Unavailable:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


@contextmanager
def meanwhile(when: Callable[[], object], then: Callable[[], object]) -> Iterator[None]:
    """While the block runs: as soon as something is the case, do something; the block's end waits for it."""
    failed: list[BaseException] = []

    def watch() -> None:
        try:
            wait_for(when)
            then()
        except BaseException as error:  # noqa: BLE001  raised again where the test sees it
            failed.append(error)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    yield
    watcher.join()
    if failed:
        raise failed[0]


def killed_after(run: Retirement, tasks: Sequence[str], seconds: float) -> list[str]:
    """Run tasks in a process of their own and kill it; returns those that are left to do.

    The results of those that had ended are known to `run` afterwards, as Airflow knows them.
    """
    results, says = os.pipe()

    def work() -> None:
        for task_id in tasks:
            os.write(says, json.dumps([task_id, run.run(task_id)]).encode() + b"\n")

    child = children.start(work)
    os.close(says)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    assert children.outcome(child) in (-signal.SIGKILL, 0)
    with os.fdopen(results) as lines:
        ended = dict(json.loads(line) for line in lines if line.endswith("\n"))
    run.xcom.update(ended)
    run.states.update(dict.fromkeys(ended, "success"))
    return [task_id for task_id in tasks if task_id not in ended]
