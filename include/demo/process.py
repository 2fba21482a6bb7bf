"""Processes that never outlive the one that started them."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_GUARD = Path(__file__).with_name("guard.py")


@dataclass(frozen=True, slots=True)
class Account:
    """The system user and group that a process runs as."""

    uid: int
    gid: int


def run(
    command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str], account: Account | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, as another user where one is given."""
    groups: list[int] | None = [] if account else None
    return subprocess.run(
        list(command),
        cwd=cwd,
        env=env,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=groups,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


class Process:
    """A running command, its output in a log file.

    It ends when `stop` is called, or when this interpreter ends, killed or not. It has a session of its own,
    so Ctrl-C in the terminal reaches it only through `stop`.
    """

    def __init__(self, guard: subprocess.Popen[bytes], log: Path) -> None:
        self._guard = guard
        self.log = log

    @classmethod
    def start(
        cls,
        command: Sequence[str | Path],
        log: Path,
        *,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        account: Account | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        grace: float = 20.0,
        remove: Path | None = None,
    ) -> Process:
        """Start `command`.

        At the end it gets `stop_signal`, and `grace` seconds until it is killed; then the folder `remove` goes.
        """
        guard = [sys.executable, "-I", str(_GUARD), "--signal", str(int(stop_signal)), "--grace", str(grace)]
        if account is not None:
            guard += ["--user", str(account.uid), "--group", str(account.gid)]
        if remove is not None:
            guard += ["--remove", str(remove)]
        with log.open("ab") as output:
            running = subprocess.Popen(
                [*guard, "--", *map(str, command)],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env=env,
                start_new_session=True,
            )
        return cls(running, log)

    @property
    def running(self) -> bool:
        """Whether the command is still at work."""
        return self._guard.poll() is None

    def request_stop(self) -> None:
        """Have the command ended with all it started, without waiting."""
        if self._guard.stdin is not None:
            self._guard.stdin.close()

    def stop(self) -> None:
        """End the command with all it started and wait until it is gone."""
        self.request_stop()
        self._guard.wait()

    def last_lines(self, number: int = 15) -> str:
        """The end of the log, for error messages."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-number:])
