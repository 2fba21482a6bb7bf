"""The peak of memory of a process and its children, each by itself, as Linux tells it.

Not what `wait4` gives: that is never below what the parent had at the fork.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import psutil

EVERY = 0.1


@dataclass(frozen=True, slots=True)
class Peak:
    """Looks at a tree of processes until it has ended.

    Attributes:
        of: peak of each process by its id, KiB, as it was when last seen. A process that has just been forked shows
            its parent's until it becomes another program, so a later look replaces an earlier one.
    """

    pid: int
    thread: threading.Thread
    of: dict[int, int] = field(default_factory=dict)

    @classmethod
    def watch(cls, pid: int) -> Peak:
        peaks: dict[int, int] = {}
        thread = threading.Thread(target=_look, args=(pid, peaks), daemon=True)
        thread.start()
        return cls(pid, thread, peaks)

    def mib(self) -> float:
        """Of the largest process; waits for the watch to end, so the process must have ended.

        Growth in the last tenth of a second of a process is missed.
        """
        self.thread.join()
        return max(self.of.values(), default=0) / 1024


def _look(pid: int, peaks: dict[int, int]) -> None:
    pause = threading.Event()
    while psutil.pid_exists(pid):
        for each in _tree(pid):
            with suppress(OSError, StopIteration):
                peaks[each] = _peak(each)
        pause.wait(EVERY)


def _tree(pid: int) -> Iterator[int]:
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        yield pid
        for child in process.children(recursive=True):
            yield child.pid


def _peak(pid: int) -> int:
    with open(f"/proc/{pid}/status", encoding="utf-8") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
