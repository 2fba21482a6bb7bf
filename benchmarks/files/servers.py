"""The servers of the file benchmarks, on loopback: rclone's S3 server over a folder, and OpenSSH's with its SFTP."""

from __future__ import annotations

import getpass
import os
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

RCLONE = shutil.which("rclone", path=str(Path(sys.executable).parent)) or shutil.which("rclone") or "rclone"
KEY, SECRET = "BENCHMARKKEY00000001", "benchmark-secret-of-40-characters-000000"
BUCKET = "kept"
_SSHD = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/user_key.pub
PidFile {folder}/pid
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
PermitRootLogin prohibit-password
MaxStartups 100
MaxSessions 100
Subsystem sftp internal-sftp
ForceCommand internal-sftp
"""


@dataclass(frozen=True, slots=True)
class Store:
    """An S3 store with one empty bucket."""

    url: str


@dataclass(frozen=True, slots=True)
class Sftp:
    """A server that gives files and no shell; `key` is a path, `host_key` a public key."""

    port: int
    key: Path
    host_key: str
    user: str = getpass.getuser()


@contextmanager
def store(folder: Path) -> Iterator[Store]:
    """rclone's S3 server for as long as the block runs."""
    (folder / BUCKET).mkdir(parents=True)
    address = f"{LOOPBACK}:{free_port()}"
    command = [RCLONE, "serve", "s3", "--auth-key", f"{KEY},{SECRET}", "--addr", address, str(folder)]
    with _running(command, address):
        yield Store(f"http://{address}")


@contextmanager
def sftp(folder: Path) -> Iterator[Sftp]:
    """OpenSSH's server for as long as the block runs, for one key."""
    folder.mkdir()
    for name in ("host_key", "user_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    port = free_port()
    (folder / "sshd_config").write_text(_SSHD.format(port=port, folder=folder))
    program = shutil.which("sshd") or "/usr/sbin/sshd"
    with _running([program, "-D", "-e", "-f", str(folder / "sshd_config")], f"{LOOPBACK}:{port}"):
        public = (folder / "host_key.pub").read_text().split()
        yield Sftp(port, folder / "user_key", " ".join(public[:2]))


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
