"""A folder behind SFTP on loopback: OpenSSH's server where the machine has one that lets us in, else asyncssh's."""

from __future__ import annotations

import asyncio
import getpass
import shutil
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from demo.ports import LOOPBACK, free_port
from demo.process import Process
from demo.services.ssh_keys import SshKeys
from sunset.errors import Unavailable

if TYPE_CHECKING:
    from pathlib import Path

_SSHD = """\
Port {port}
ListenAddress {host}
HostKey {keys.host}
AuthorizedKeysFile {authorized}
PidFile none
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
StrictModes no
MaxStartups 100
MaxSessions 100
Subsystem sftp internal-sftp
ForceCommand internal-sftp -d {root}
"""
_START_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class SftpServer:
    """A running server.

    Attributes:
        maker: whose server it is.
        port: where it listens on loopback.
        keys: the keys of both sides.
        process: what runs.
    """

    maker: str
    port: int
    keys: SshKeys
    process: Process

    @classmethod
    def start(cls, root: Path, folder: Path) -> SftpServer:
        """Serve `root`, in which every login starts; `folder` takes keys, settings and logs.

        Raises:
            Unavailable: no server started; the message ends with the log.
        """
        keys = SshKeys.make(folder)
        if (program := _sshd()) and (server := cls._openssh(program, root, keys)):
            return server
        port, log = free_port(), folder / "asyncssh.log"
        command: list[str | Path] = [sys.executable, "-m", "demo.services.sftp_server", "--port", str(port)]
        command += ["--root", root, "--keys", folder]
        process = Process.start(command, log, cwd=folder)
        server = cls("asyncssh", port, keys, process)
        if not server.lets_in():
            process.stop()
            raise Unavailable("The SFTP server did not start.", where=str(log), remedy=process.last_lines())
        return server

    @classmethod
    def _openssh(cls, program: str, root: Path, keys: SshKeys) -> SftpServer | None:
        """None if it does not let us in: root's account may be locked, or a folder be missing that it wants."""
        port, settings = free_port(), keys.folder / "sshd_config"
        authorized = keys.user.with_suffix(".pub")
        settings.write_text(_SSHD.format(port=port, host=LOOPBACK, keys=keys, authorized=authorized, root=root))
        process = Process.start([program, "-D", "-e", "-f", settings], keys.folder / "sshd.log", cwd=keys.folder)
        server = cls("OpenSSH", port, keys, process)
        if server.lets_in():
            return server
        process.stop()
        return None

    @property
    def connection(self) -> dict[str, object]:
        """The fields of an Airflow connection that leads here."""
        extra = {"host_key": self.keys.host_name, "key_file": str(self.keys.user)}
        return {"conn_type": "sftp", "host": LOOPBACK, "port": self.port, "login": getpass.getuser(), "extra": extra}

    def lets_in(self) -> bool:
        """Whether a login gets as far as a listing, once the server is up."""
        import asyncssh

        deadline = time.monotonic() + _START_SECONDS
        while self.process.running and time.monotonic() < deadline:
            try:
                asyncio.run(self._look())
            except asyncssh.PermissionDenied:
                return False
            except (OSError, asyncssh.Error):
                time.sleep(0.05)
            else:
                return True
        return False

    async def _look(self) -> None:
        import asyncssh

        known = asyncssh.import_known_hosts(f"[{LOOPBACK}]:{self.port} {self.keys.host_name}\n")
        async with (
            asyncssh.connect(
                LOOPBACK,
                self.port,
                username=getpass.getuser(),
                client_keys=[str(self.keys.user)],
                known_hosts=known,
                config=None,
                agent_path=None,
                login_timeout=_START_SECONDS,
            ) as connection,
            connection.start_sftp_client() as client,
        ):
            await client.listdir(".")


def _sshd() -> str | None:
    return shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
