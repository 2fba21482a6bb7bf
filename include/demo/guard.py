"""Runs one command and ends it, with all it started, once the process that asked for it is gone.

Started by `demo.process` as `python -I guard.py --signal N --grace SECONDS [--user UID --group GID] [--remove FOLDER]
-- COMMAND...`, with a pipe as standard input that nobody writes to: the pipe closes when the asking process stops the
command or ends in whatever way, `kill -9` included.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import select
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

_PR_SET_CHILD_SUBREAPER = 36


def main() -> int:
    """Run the command; the exit status is the command's own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--signal", type=int, required=True)
    parser.add_argument("--grace", type=float, required=True)
    parser.add_argument("--user", type=int)
    parser.add_argument("--group", type=int)
    parser.add_argument("--remove")
    parser.add_argument("command", nargs="+")
    args = parser.parse_args()
    _adopt_orphans()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _leave)
    groups: list[int] | None = None if args.user is None else []
    child = subprocess.Popen(
        args.command, stdin=subprocess.DEVNULL, user=args.user, group=args.group, extra_groups=groups
    )
    try:
        _wait(child)
    finally:
        _end(child, signal.Signals(args.signal), args.grace)
        if args.remove:
            shutil.rmtree(args.remove, ignore_errors=True)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def _adopt_orphans() -> None:
    """Grandchildren whose parent died become ours, so that they are found at the end (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _wait(child: subprocess.Popen[bytes]) -> None:
    """Return when the command has ended or our standard input is closed."""
    while child.poll() is None:
        if select.select([sys.stdin], [], [], 0.2)[0]:
            return


def _end(child: subprocess.Popen[bytes], first: signal.Signals, grace: float) -> None:
    import psutil  # type: ignore[import-untyped]

    started = psutil.Process().children(recursive=True)
    if child.poll() is None:
        child.send_signal(first)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(grace)
    if child.poll() is None:
        child.kill()
        child.wait()
    left = {*started, *psutil.Process().children(recursive=True)}
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(left, timeout=5)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=5)


if __name__ == "__main__":
    sys.exit(main())
