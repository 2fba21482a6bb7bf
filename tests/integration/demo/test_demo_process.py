from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from demo.process import Process

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print('up', flush=True)
time.sleep(600)
"""
WITH_DAEMON = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)
print(child.pid, flush=True)
{then}
"""
START_AND_WAIT = """
import pathlib, sys, time
from demo.process import Process
folder = pathlib.Path(sys.argv[1])
Process.start([sys.executable, '-c', 'import os, time; print(os.getpid(), flush=True); time.sleep(600)'],
              folder / 'log', cwd=folder)
print('started', flush=True)
time.sleep(600)
"""


def first_line(log: Path) -> str:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if log.exists() and "\n" in log.read_text():
            return log.read_text().splitlines()[0]
        time.sleep(0.05)
    raise AssertionError("nothing in the log")


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid):
            return True
        time.sleep(0.05)
    return False


def start(tmp_path: Path, code: str, **options: float) -> Process:
    return Process.start([sys.executable, "-c", code], tmp_path / "log", cwd=tmp_path, **options)


def test_output_goes_to_the_log_and_the_end_is_noticed(tmp_path: Path) -> None:
    process = start(tmp_path, "print('one'); print('two')")
    deadline = time.monotonic() + 10
    while process.running and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not process.running
    assert process.last_lines(1) == "two"


def test_a_command_that_does_not_stop_is_killed(tmp_path: Path) -> None:
    process = start(tmp_path, STUBBORN, grace=0.5)
    first_line(tmp_path / "log")
    began = time.monotonic()
    process.stop()
    assert not process.running
    assert 0.5 <= time.monotonic() - began < 10


def test_stop_ends_what_left_the_session(tmp_path: Path) -> None:
    process = start(tmp_path, WITH_DAEMON.format(then="time.sleep(600)"))
    pid = int(first_line(tmp_path / "log"))
    assert psutil.pid_exists(pid)
    process.stop()
    assert gone(pid)


def test_what_the_command_left_behind_ends_with_it(tmp_path: Path) -> None:
    process = start(tmp_path, WITH_DAEMON.format(then=""))
    assert gone(int(first_line(tmp_path / "log")))
    process.stop()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_nothing_outlives_the_process_that_started_it(tmp_path: Path, number: signal.Signals) -> None:
    starter = subprocess.Popen([sys.executable, "-c", START_AND_WAIT, str(tmp_path)], stdout=subprocess.PIPE)
    assert starter.stdout is not None
    starter.stdout.readline()
    pid = int(first_line(tmp_path / "log"))
    assert os.getsid(pid) != os.getsid(starter.pid), "Ctrl-C in the terminal must not reach it"
    starter.send_signal(number)
    starter.wait()
    starter.stdout.close()
    assert gone(pid)
