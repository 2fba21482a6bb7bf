"""OpenSSH's own server with its sftp-server, on loopback, for one user and one key."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

_CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/user_key.pub
PidFile {folder}/pid
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
PermitRootLogin prohibit-password
MaxStartups 100
MaxSessions 100
Subsystem sftp internal-sftp
"""


@dataclass(frozen=True)
class SshServer:
    """A running server: where it is, and the keys of both sides."""

    port: int
    folder: Path

    @property
    def host_key(self) -> str:
        return " ".join((self.folder / "host_key.pub").read_text().split()[:2])

    def connection(self, **changes: Any) -> dict[str, Any]:
        """The fields of an Airflow connection of type SFTP; `port` and extra fields may be replaced."""
        port = changes.pop("port", self.port)
        extra = {"host_key": self.host_key, "key_file": str(self.folder / "user_key"), **changes}
        return {
            "conn_type": "sftp",
            "host": "127.0.0.1",
            "port": port,
            "login": getpass.getuser(),
            "extra": {key: value for key, value in extra.items() if value is not None},
        }


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def make_key(path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)


@contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    """Start one; tests are skipped where the machine has none."""
    program = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin")
    if not program or not shutil.which("ssh-keygen"):
        pytest.skip("needs OpenSSH's server (openssh-server)")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    for name in ("host_key", "user_key"):
        make_key(folder / name)
    server = SshServer(free_port(), folder)
    (folder / "sshd_config").write_text(_CONFIG.format(port=server.port, folder=folder))
    process = subprocess.Popen([program, "-D", "-e", "-f", str(folder / "sshd_config")], stderr=subprocess.DEVNULL)
    try:
        _wait(server.port)
        yield server
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("sshd does not answer")
