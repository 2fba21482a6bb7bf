"""The whole demo, as somebody in a terminal sees it. Takes minutes."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil
import pytest

from demo.api import AirflowApi, RunRef
from demo.crm.attachments import LITTER
from demo.services.objects import BUCKET
from services.airflow_home import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(1800)]

UP = "stays up until Ctrl-C"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of this checkout: a demo may be running in the original."""
    for name in ("include", "plugins", "dags"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    return tmp_path


@pytest.fixture
def busy_port() -> Iterator[None]:
    """The port that the demo would like to have is taken, by us or by somebody else."""
    with socket.socket() as busy:
        busy.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            busy.bind(("127.0.0.1", 8080))
        busy.listen()
        yield


@pytest.fixture
def demo(checkout: Path, busy_port: None) -> Iterator[subprocess.Popen[str]]:
    process = run_demo(checkout)
    yield process
    with suppress(ProcessLookupError):
        process.kill()
    process.wait()


def run_demo(checkout: Path) -> subprocess.Popen[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "SUNSET_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "demo"],
        cwd=checkout,
        env={**env, "PYTHONPATH": str(checkout / "include")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def read_until(process: subprocess.Popen[str], mark: str) -> str:
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if mark in line:
            return said
    raise AssertionError(said)


def processes_of(checkout: Path) -> list[str]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if (
                str(checkout) in " ".join([*process.cmdline(), *process.environ().values()])
                and process.pid != os.getpid()
            ):
                found.append(f"{process.pid} {' '.join(process.cmdline())}")
    return found


def test_demo_from_start_to_ctrl_c(checkout: Path, demo: subprocess.Popen[str]) -> None:
    said = read_until(demo, UP)
    assert "everything held" in said
    assert re.search(r"copied +attachments: 2,310 files\n", said)
    assert re.search(r"copied +tickets: 4,000 rows\n", said)
    assert "notices caught   3 mails" in said
    assert "customers-cn@example.com: Legacy CRM 将于2099年12月31日停用" in said
    (address,) = re.findall(rf"(http://127\.0\.0\.1:\d+) {UP}", said)
    assert not address.endswith(":8080")

    second = run_demo(checkout)
    refusal, _ = second.communicate(timeout=60)
    assert second.returncode == 1
    assert "A demo is running already." in refusal
    assert f"process {demo.pid}, {address}" in refusal

    password = re.search(r"helpdesk_owner\s+(\S+)\s+may answer", said)
    assert password is not None
    api = AirflowApi(address, "helpdesk_owner", password[1])
    (question,) = api.questions(RunRef("sunset_legacy_helpdesk", "~"))
    assert "helpdesk_owner" in question.assigned

    assert len(processes_of(checkout)) > 5
    os.killpg(demo.pid, signal.SIGINT)
    demo.wait(timeout=60)
    assert processes_of(checkout) == []
    assert list((checkout / ".demo" / "dossiers" / "legacy_crm").glob("*/close/verdict.*.json"))
    assert stored(checkout) == attached(checkout)
    portal = (checkout / ".demo" / "logs" / "portal.log").read_text()
    assert portal.count(" 429 ") == portal.count(" 500 ") == len(re.findall(r"tickets HTTP/1.1. 200 ", portal)) > 3


def attached(checkout: Path) -> dict[str, bytes]:
    """The CRM's attachments, without what the spec's rules leave out."""
    root = checkout / ".demo" / "sftp" / "attachments"
    found = {path.relative_to(root).as_posix(): path for path in root.rglob("*")}
    files = {name: path for name, path in found.items() if path.is_file() and not path.is_symlink()}
    return {name: path.read_bytes() for name, path in files.items() if name not in LITTER}


def stored(checkout: Path) -> dict[str, bytes]:
    """What lies in the object store."""
    root = checkout / ".demo" / "objects" / BUCKET
    found = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    return {name.removeprefix("attachments/"): content for name, content in found.items()}
