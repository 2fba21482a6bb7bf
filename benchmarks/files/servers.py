"""The servers of the file benchmarks, on loopback: rclone's S3 server over a folder, and OpenSSH's with its SFTP."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from demo.ports import LOOPBACK, free_port
from demo.services.sftp import SftpServer

RCLONE = shutil.which("rclone", path=str(Path(sys.executable).parent)) or shutil.which("rclone") or "rclone"
KEY, SECRET = "BENCHMARKKEY00000001", "benchmark-secret-of-40-characters-000000"
BUCKET = "kept"


@dataclass(frozen=True, slots=True)
class Store:
    """An S3 store with one empty bucket."""

    url: str


@contextmanager
def store(folder: Path) -> Iterator[Store]:
    """rclone's S3 server for as long as the block runs."""
    (folder / BUCKET).mkdir(parents=True)
    address = f"{LOOPBACK}:{free_port()}"
    command = [RCLONE, "serve", "s3", "--auth-key", f"{KEY},{SECRET}", "--addr", address, str(folder)]
    with _running(command, address):
        yield Store(f"http://{address}")


@contextmanager
def sftp(tree: Path, folder: Path) -> Iterator[SftpServer]:
    """The demo's server over a tree, for as long as the block runs; it gives files and no shell."""
    folder.mkdir()
    server = SftpServer.start(tree, folder)
    try:
        if server.maker != "OpenSSH":
            raise RuntimeError("OpenSSH's server does not let us in here")
        yield server
    finally:
        server.process.stop()


@contextmanager
def _running(command: Sequence[str], address: str) -> Iterator[None]:
    host, _, port = address.partition(":")
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while process.poll() is None and time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection((host, int(port)), 1):
                break
            time.sleep(0.05)
        else:
            raise RuntimeError(f"{command[0]} does not answer")
        yield
    finally:
        process.terminate()
        process.wait()
