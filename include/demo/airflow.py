"""Airflow's processes, as a deployment runs them, all on this machine."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from demo.api import Unreachable
from demo.process import Process, run
from sunset.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import ExitStack
    from pathlib import Path

COMPONENTS: Mapping[str, Sequence[str]] = {
    "api-server": (),
    # the API server reads the log files itself: no log server whose port could be taken
    "scheduler": ("--skip-serve-logs",),
    "triggerer": ("--skip-serve-logs",),
    "dag-processor": (),
}
_PATIENCE = 240.0


def migrate(env: Mapping[str, str], cwd: Path) -> None:
    """Create Airflow's tables.

    Raises:
        Unavailable: Airflow could not; the message ends with what it said.
    """
    done = run([sys.executable, "-m", "airflow", "db", "migrate"], cwd=cwd, env=env)
    if done.returncode:
        raise Unavailable("`airflow db migrate` failed.", where=env["AIRFLOW_HOME"], remedy=done.stderr[-2000:])


def start(env: Mapping[str, str], logs: Path, cwd: Path, undo: ExitStack) -> dict[str, Process]:
    """Start all components; `undo` stops them, all at once."""
    processes = {
        name: Process.start([sys.executable, "-m", "airflow", name, *options], logs / f"{name}.log", cwd=cwd, env=env)
        for name, options in COMPONENTS.items()
    }
    undo.callback(stop, list(processes.values()))
    return processes


def stop(processes: Sequence[Process]) -> None:
    """Ask every process to end, then wait for them."""
    for process in processes:
        process.request_stop()
    for process in processes:
        process.stop()


def wait_until(ready: Callable[[], bool], processes: Mapping[str, Process], otherwise: str) -> None:
    """Return once `ready` says yes; an Airflow that does not answer yet counts as a no.

    Raises:
        Unavailable: a component ended, or time is up; then the message is `otherwise`.
    """
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        require_running(processes)
        with suppress(Unreachable):
            if ready():
                return
        time.sleep(0.5)
    logs = next(iter(processes.values())).log.parent
    raise Unavailable(otherwise, where=str(logs), remedy="Look at the logs of Airflow's components there.")


def require_running(processes: Mapping[str, Process]) -> None:
    """Check that no component has ended.

    Raises:
        Unavailable: one has; the message ends with its log.
    """
    for name, process in processes.items():
        if not process.running:
            raise Unavailable(f"Airflow's {name} ended.", where=str(process.log), remedy=process.last_lines())
