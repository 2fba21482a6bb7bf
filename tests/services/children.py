"""Work in a process of its own, which can be killed as a worker is killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable


def start(work: Callable[[], object]) -> int:
    """Fork, and do the work in the child, which ends with it; returns the child's process id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
        os._exit(0)
    except BaseException:  # noqa: BLE001  the child reports by its exit status alone
        os._exit(1)


def outcome(pid: int) -> int:
    """Wait for a child: its exit status, or less than zero: the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def kill_me() -> None:
    """End this process as `kill -9` does: nothing is closed, nothing is said."""
    os.kill(os.getpid(), signal.SIGKILL)
